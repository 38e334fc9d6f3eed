import type { ReactNode } from "react";
import { Button } from "#app/components/ui/button.tsx";
import { Callout } from "#app/components/ui/callout.tsx";
import { Link } from "#app/components/ui/link.tsx";
import { wordsOf } from "#app/i18n/words.tsx";
import type { RunErrorKind } from "#db/words/runs.ts";
import { isOpen } from "./run-status.tsx";
import type { RunView } from "./run-timeline.tsx";

const useWords = wordsOf("runs", "run");

const MENDED_BY_CONNECTING: readonly RunErrorKind[] = ["revoked", "missing_scopes", "not_connected", "choice_needed"];

/** Whether running it again would only fail again until an account is connected, or allows more. */
export const isMendedByConnecting = (kind: RunErrorKind | null): boolean => kind !== null && MENDED_BY_CONNECTING.includes(kind);

/**
 * What went wrong in plain words and what to do about it; below, what the run itself said. `integrations` is the page where
 * accounts are connected, for a reader who may do so; `mend` the click that mends it, where it is known.
 */
export function RunError({
  run,
  kind,
  integrations,
  mend,
}: {
  run: RunView;
  kind: RunErrorKind;
  integrations?: string | undefined;
  mend?: ReactNode;
}) {
  const t = useWords();
  const again = isOpen(run.status);
  return (
    <Callout
      tone={again ? "warn" : "danger"}
      title={t(`runError.${kind}.title`)}
      className="mb-6"
      action={
        isMendedByConnecting(kind) &&
        integrations &&
        (mend ?? (
          <Button asChild size="sm" variant="primary">
            <Link to={integrations}>{t("block.fix")}</Link>
          </Button>
        ))
      }
    >
      <p>{run.status === "dead" ? t("run:run.deadFix") : t(`runError.${kind}.fix`)}</p>
      {run.errorMessage && (
        <p className="mt-1 text-[0.8125rem] text-ink-faint">
          <bdi>{run.errorMessage}</bdi>
        </p>
      )}
    </Callout>
  );
}
