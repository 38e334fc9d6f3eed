import type { ReactNode } from "react";
import { AccountCell } from "#app/components/admin/account-cell.tsx";
import { Section } from "#app/components/shell/section.tsx";
import { Badge } from "#app/components/ui/badge.tsx";
import { Card } from "#app/components/ui/card.tsx";
import { type Column, Table } from "#app/components/ui/table.tsx";
import { Time } from "#app/components/ui/time.tsx";
import { useDisplay, useFormat } from "#app/i18n/display.tsx";
import { monthOf } from "#app/i18n/format.ts";
import { wordsOf } from "#app/i18n/words.tsx";
import type { Outputs } from "#server/trpc/root.ts";

const useWords = wordsOf("calendar");

export type Entry = Outputs["renewals"]["calendar"][number];

const DAY_MS = 86_400_000;

/** What ends, a section a month, in the reader's timezone; `columns` stand between the reason and what to do. */
export function Months({
  entries,
  columns = [],
  mend,
}: {
  entries: readonly Entry[];
  columns?: readonly Column<Entry>[];
  mend: (entry: Entry) => ReactNode;
}) {
  const t = useWords();
  const { timeZone } = useDisplay();
  const format = useFormat();
  return [...byMonth(entries, timeZone)].map(([month, own]) => (
    <Section key={month} title={format.month(month)}>
      <Card padding="none">
        <Table
          caption={format.month(month)}
          rows={own}
          rowKey={({ provider, connection, name }) => `${provider} ${connection ?? name}`}
          columns={[
            {
              key: "account",
              header: t("calendar.account"),
              primary: true,
              cell: AccountCell,
            },
            ...columns,
            { key: "ends", header: t("calendar.ends"), aside: true, cell: ({ at }) => <Ends at={at} /> },
            { key: "why", header: t("calendar.why"), cell: ({ kind }) => t(`calendar.kinds.${kind}`) },
            { key: "what", header: t("calendar.what"), cell: mend },
          ]}
        />
      </Card>
    </Section>
  ));
}

function Ends({ at }: { at: number }) {
  const { now } = useDisplay();
  const days = (at - now) / DAY_MS;
  return (
    <span className="inline-flex flex-wrap items-center justify-end gap-x-2 gap-y-1">
      <Time at={at} style="date" />
      <Badge tone={days <= 3 ? "danger" : days <= 30 ? "warn" : "neutral"}>
        <Time at={at} />
      </Badge>
    </span>
  );
}

/** `YYYY-MM` -> its entries, in the order in which they came. */
function byMonth(entries: readonly Entry[], timeZone: string): Map<string, Entry[]> {
  const months = new Map<string, Entry[]>();
  for (const entry of entries) {
    const month = monthOf(entry.at, timeZone);
    months.set(month, [...(months.get(month) ?? []), entry]);
  }
  return months;
}
