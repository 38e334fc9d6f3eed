import { Form } from "@remix-run/react";
import { Link2 } from "lucide-react";
import { Callout } from "#app/components/ui/callout.tsx";
import { SubmitButton } from "#app/components/ui/submit-button.tsx";
import { wordsOf } from "#app/i18n/words.tsx";
import type { Outputs } from "#server/trpc/root.ts";

const useWords = wordsOf("audit");

type Check = Outputs["audit"]["verify"];

/** The button that follows a log from its first line to its last. */
export function VerifyButton({ label }: { label: string }) {
  return (
    <Form method="post">
      <SubmitButton variant="secondary" name="intent" value="verify">
        <Link2 aria-hidden />
        {label}
      </SubmitButton>
    </Form>
  );
}

/** What following the log found: that it holds, or its first link that does not. */
export function ChainCheck({ check }: { check: Check | undefined }) {
  const t = useWords();
  if (!check) return null;
  const { lines, older, broken } = check;
  const more = older > 0 && <p>{t("audit.older", { count: older })}</p>;
  if (!broken) {
    return (
      <div role="status">
        <Callout tone="ok" title={t("audit.intact")} className="mb-6">
          <p>{t("audit.intactBody", { count: lines })}</p>
          {more}
        </Callout>
      </div>
    );
  }
  return (
    <Callout tone="danger" title={t("audit.broken")} className="mb-6">
      <p>{t(`audit.brokenBody.${broken.kind}`, { seq: broken.seq })}</p>
      {broken.line && (
        <p>
          {t("audit.brokenLine")}:{" "}
          <code dir="ltr" className="font-mono text-ink [overflow-wrap:anywhere]">
            {broken.line}
          </code>
        </p>
      )}
      <p>{t("audit.intactUpTo", { count: lines })}</p>
      {more}
    </Callout>
  );
}
