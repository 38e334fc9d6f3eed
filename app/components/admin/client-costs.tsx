import { Receipt } from "lucide-react";
import { Card } from "#app/components/ui/card.tsx";
import { EmptyState } from "#app/components/ui/empty-state.tsx";
import { Table } from "#app/components/ui/table.tsx";
import { useFormat } from "#app/i18n/display.tsx";
import { wordsOf } from "#app/i18n/words.tsx";
import type { Outputs } from "#server/trpc/root.ts";

const useWords = wordsOf("clients");

/** What a client cost this month, a line a kind. */
export function ClientCosts({ costs }: { costs: Outputs["clients"]["costs"] }) {
  const t = useWords();
  const format = useFormat();
  return (
    <Card padding="none" className="max-w-xl">
      <Table
        caption={t("costs.title")}
        rows={costs}
        rowKey={({ kind, currency }) => `${kind} ${currency}`}
        empty={<EmptyState icon={Receipt} title={t("costs.none")} />}
        columns={[
          { key: "kind", header: t("costs.kind"), primary: true, cell: ({ kind }) => t(`costs.kinds.${kind}`) },
          {
            key: "quantity",
            header: t("costs.quantity"),
            aside: true,
            align: "end",
            cell: ({ quantity, currency }) => (currency === "" ? format.count(quantity) : format.money({ minor: quantity, currency })),
          },
        ]}
      />
    </Card>
  );
}
