import { Card } from "#app/components/ui/card.tsx";
import { NameAndNote } from "#app/components/ui/name-and-note.tsx";
import { None } from "#app/components/ui/none.tsx";
import { Table } from "#app/components/ui/table.tsx";
import { useFormat } from "#app/i18n/display.tsx";
import { wordsOf } from "#app/i18n/words.tsx";
import type { Outputs } from "#server/trpc/root.ts";

const useWords = wordsOf("operations");

type Rate = Outputs["renewals"]["rates"][number];

/** How renewals went at each provider. */
export function RenewalRates({ rates }: { rates: readonly Rate[] }) {
  const t = useWords();
  return (
    <Card padding="none">
      <Table
        caption={t("renewals.ratesTitle")}
        rows={rates}
        rowKey={({ provider }) => provider}
        columns={[
          { key: "provider", header: t("renewals.provider"), primary: true, cell: ({ providerName }) => providerName },
          { key: "day", header: t("renewals.day"), align: "end", cell: ({ day }) => <Share {...day} /> },
          { key: "week", header: t("renewals.week"), align: "end", cell: ({ week }) => <Share {...week} /> },
        ]}
      />
    </Card>
  );
}

function Share({ attempts, renewed }: Rate["day"]) {
  const t = useWords();
  const format = useFormat();
  if (attempts === 0) return <None />;
  return (
    <NameAndNote note={t("renewals.rateOf", { renewed: format.count(renewed), attempts: format.count(attempts) })}>
      <span className="font-medium text-ink">{format.ratio(renewed / attempts)}</span>
    </NameAndNote>
  );
}
