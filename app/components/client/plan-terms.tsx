import { Card } from "#app/components/ui/card.tsx";
import { DescriptionList } from "#app/components/ui/description-list.tsx";
import { useDisplay, useFormat } from "#app/i18n/display.tsx";
import { wordsOf } from "#app/i18n/words.tsx";
import type { Outputs } from "#server/trpc/root.ts";

const useWords = wordsOf("plan", "common");

/** What a client's plan gives and how much of it is taken. `jobTitle` and `providerName` name what is on its list. */
export function PlanTerms({
  plan,
  jobTitle,
  providerName,
  className,
}: {
  plan: Outputs["clients"]["plan"];
  jobTitle: (id: string) => string;
  providerName: (id: string) => string;
  className?: string;
}) {
  const t = useWords();
  const { locale } = useDisplay();
  const format = useFormat();
  const { used } = plan;
  const named = (ids: "all" | string[], name: (id: string) => string) =>
    ids === "all" ? t("everything") : new Intl.ListFormat(locale).format(ids.map(name));
  const days = (count: number) => t("days", { count });
  const use = (taken: number, of: number) => (
    <>
      {t("use", { used: format.count(taken), of: format.count(of) })}
      {taken >= of && <span className="block text-warn">{t(taken > of ? "over" : "full")}</span>}
    </>
  );
  return (
    <Card title={t("title", { plan: t(`common:plan.${plan.plan}`) })} description={t("description")} className={className}>
      <DescriptionList
        items={[
          { term: t("connections"), value: use(used.connections, plan.connections) },
          { term: t("members"), value: use(used.members, plan.members) },
          { term: t("providers"), value: named(plan.providers, providerName) },
          { term: t("jobs"), value: named(plan.jobs, jobTitle) },
          { term: t("exports"), value: t("exportsPerDay", { count: plan.exportsPerDay }) },
          { term: t("runs"), value: days(plan.runDays) },
          { term: t("logs"), value: days(plan.logDays) },
          { term: t("audit"), value: plan.auditDays === null ? t("always") : days(plan.auditDays) },
        ]}
      />
    </Card>
  );
}
