import { isOpen } from "#app/components/runs/run-status.tsx";
import { Button } from "#app/components/ui/button.tsx";
import { Callout } from "#app/components/ui/callout.tsx";
import { Link } from "#app/components/ui/link.tsx";
import { wordsOf } from "#app/i18n/words.tsx";
import type { Outputs } from "#server/trpc/root.ts";

const useWords = wordsOf("operations", "runs");

type Run = Outputs["scripts"]["status"];

/** Why a run did not go well: its kind in plain words and, for staff, what the run itself said, with the stack of what was our own fault. */
export function RunProblem({ run }: { run: Run }) {
  const { status, tenantId, errorKind, errorMessage, defect } = run;
  const t = useWords();
  if (errorKind === null) return defect === null ? null : <Defect text={defect} />;
  return (
    <Callout
      tone={isOpen(status) ? "warn" : "danger"}
      title={t(`runs:runError.${errorKind}.title`)}
      className="mb-6"
      action={
        status === "dead" && (
          <Button asChild size="sm">
            <Link to={`/admin/dead-letters?client=${tenantId}`}>{t("run.toDeadLetters")}</Link>
          </Button>
        )
      }
    >
      {errorMessage && <bdi className="[overflow-wrap:anywhere]">{errorMessage}</bdi>}
      {defect !== null && <Defect text={defect} />}
    </Callout>
  );
}

/** A redacted error with its stack, as the server keeps it for staff. */
function Defect({ text }: { text: string }) {
  const t = useWords();
  const error: unknown = JSON.parse(text);
  return (
    <details className="mt-2 min-w-0">
      <summary className="w-fit rounded-sm text-[0.8125rem] text-ink-muted transition-colors hover:text-ink">{t("run.defect")}</summary>
      <pre
        dir="ltr"
        className="mt-2 rounded-control border border-line bg-sunken p-2.5 font-mono text-xs whitespace-pre-wrap text-ink [overflow-wrap:anywhere]"
      >
        {JSON.stringify(error, null, 2)}
      </pre>
    </details>
  );
}
