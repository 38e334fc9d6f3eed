import { Form } from "@remix-run/react";
import { Callout } from "#app/components/ui/callout.tsx";
import { StatusDot } from "#app/components/ui/status-dot.tsx";
import { SubmitButton } from "#app/components/ui/submit-button.tsx";
import { useFormat } from "#app/i18n/display.tsx";
import { wordsOf } from "#app/i18n/words.tsx";
import type { Outputs } from "#server/trpc/root.ts";

const useWords = wordsOf("operations");

/** How many data keys the current root key wraps, and so whether an older one may be taken away. What is left is done from here. */
export function KeyCoverage({ coverage: { total, current } }: { coverage: Outputs["credentials"]["coverage"] }) {
  const t = useWords();
  const format = useFormat();
  if (total === 0) return null;
  const counts = { current: format.count(current), total: format.count(total) };
  if (current < total) {
    return (
      <Callout
        tone="warn"
        title={t("coverage.openTitle")}
        className="mb-6"
        action={
          <Form method="post">
            <SubmitButton>{t("coverage.rotate")}</SubmitButton>
          </Form>
        }
      >
        {t("coverage.openBody", counts)}
      </Callout>
    );
  }
  return (
    <p className="mb-6 flex flex-wrap items-center gap-x-3 gap-y-1 text-[0.8125rem] text-ink-muted">
      <StatusDot tone="ok">{t("coverage.doneTitle")}</StatusDot>
      {t("coverage.doneBody", counts)}
    </p>
  );
}
