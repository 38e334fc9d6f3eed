import { useTranslation } from "react-i18next";
import { Callout } from "#app/components/ui/callout.tsx";
import { useFormat } from "#app/i18n/display.tsx";
import type { Outputs } from "#server/trpc/root.ts";

/** How many data keys the current root key wraps, and so whether an older one may be taken away. */
export function KeyCoverage({ coverage: { total, current } }: { coverage: Outputs["credentials"]["coverage"] }) {
  const { t } = useTranslation("admin");
  const format = useFormat();
  if (total === 0) return null;
  const done = current === total;
  return (
    <Callout tone={done ? "ok" : "warn"} title={t(done ? "coverage.doneTitle" : "coverage.openTitle")} className="mb-6">
      {t(done ? "coverage.doneBody" : "coverage.openBody", { current: format.count(current), total: format.count(total) })}
    </Callout>
  );
}
