import { Card } from "#app/components/ui/card.tsx";
import { useDisplay } from "#app/i18n/display.tsx";
import { wordsOf } from "#app/i18n/words.tsx";
import type { Integration } from "./account-state.ts";
import { StateBadge } from "./state-badge.tsx";

const useWords = wordsOf("accounts");

/** The account that the agency lends: its name and what reads it. Nothing of it is the client's to change. */
export function LentAccount({ lent }: { lent: NonNullable<Integration["lent"]> }) {
  const t = useWords();
  const { locale } = useDisplay();
  const { account, jobs } = lent;
  return (
    <Card className="mb-4">
      <div className="flex flex-wrap items-center justify-between gap-x-3 gap-y-1">
        <h2 className="min-w-0 text-[0.9375rem] font-semibold [overflow-wrap:anywhere]">
          <bdi>{account}</bdi>
        </h2>
        <StateBadge state="lent" />
      </div>
      <p className="mt-0.5 text-[0.8125rem] text-ink-muted">
        {jobs.length > 0
          ? t("lent.reads", { list: new Intl.ListFormat(locale).format(jobs.map(({ title }) => title[locale])) })
          : t("lent.readsNone")}
      </p>
    </Card>
  );
}
