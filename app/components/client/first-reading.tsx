import { Store } from "lucide-react";
import { Card } from "#app/components/ui/card.tsx";
import { EmptyState } from "#app/components/ui/empty-state.tsx";
import { StatusDot } from "#app/components/ui/status-dot.tsx";
import { useFormat } from "#app/i18n/display.tsx";
import { wordsOf } from "#app/i18n/words.tsx";
import type { Outputs } from "#server/trpc/root.ts";

const useWords = wordsOf("overview");

export type Backfill = NonNullable<Outputs["overview"]["get"]["backfill"]>;

/** While a shop's history is read for the first time: how many orders so far, and of which days. The page looks again by itself. */
export function FirstReading({ backfill: { orders, from, to } }: { backfill: Backfill }) {
  const t = useWords();
  const format = useFormat();
  return (
    <Card padding="none">
      <EmptyState icon={Store} title={t("reading.title")}>
        <div role="status" className="grid min-h-16 content-center justify-items-center gap-0.5">
          {from === null || to === null ? (
            <StatusDot tone="info" live>
              {t("reading.begins")}
            </StatusDot>
          ) : (
            <>
              <StatusDot tone="info" live className="font-semibold tabular-nums">
                {t("reading.orders", { count: orders, orders: format.count(orders) })}
              </StatusDot>
              <p className="tabular-nums">{t("reading.days", { from: format.day(from, "date"), to: format.day(to, "date") })}</p>
            </>
          )}
        </div>
        <p>{t("reading.body")}</p>
        <noscript>
          <a href="?" className="link mt-2 inline-block">
            {t("reading.reload")}
          </a>
        </noscript>
      </EmptyState>
    </Card>
  );
}
