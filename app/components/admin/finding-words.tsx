import { ArrowRight } from "lucide-react";
import { Badge } from "#app/components/ui/badge.tsx";
import { useDisplay, useFormat } from "#app/i18n/display.tsx";
import { isolate } from "#app/i18n/isolate.ts";
import { wordsOf } from "#app/i18n/words.tsx";
import type { Outputs } from "#server/trpc/root.ts";

const useWords = wordsOf("learning", "automations");
const useFailures = wordsOf("runs");

type Finding = Outputs["learning"]["list"]["items"][number];
export type Change = NonNullable<Finding["proposal"]>;

const BUDGETS = ["actions", "customers", "stake"] as const;

/** What was found, in a sentence with its figures. */
export function FoundWords({ finding }: { finding: Finding }) {
  const t = useWords();
  const f = useFailures();
  const { locale } = useDisplay();
  const format = useFormat();
  const { kind, what, label } = finding;
  const figures = { hits: format.count(finding.hits), of: format.count(finding.of) };
  switch (kind) {
    case "rejections":
    case "low_agreement":
      return t(`says.${kind}`, figures);
    case "edits":
      return t("says.edits", { ...figures, what: isolate(label?.[locale] ?? what) });
    case "failures":
      return t("says.failures", { ...figures, what: f.find(`runError.${what}.title`) ?? what });
    case "budgets": {
      const budget = BUDGETS.find((each) => each === what);
      return t("says.budgets", { ...figures, what: budget ? t(`budget.${budget}`) : what });
    }
    default:
      return kind satisfies never;
  }
}

/** What would change, from what to what. */
export function ChangeWords({ change, currency, badge = false }: { change: Change; currency: string; badge?: boolean }) {
  const t = useWords();
  const { locale } = useDisplay();
  const name = change.label?.[locale] ?? t.find(`automations:policy.${change.field}`)?.replace("{{currency}}", currency) ?? change.field;
  return (
    <span className="inline-flex flex-wrap items-center gap-x-2 gap-y-1">
      {badge && <Badge>{t(`does.${change.does}`)}</Badge>}
      <span className="text-ink-muted">{name}</span>
      <span className="inline-flex flex-wrap items-center gap-x-1.5 font-medium [overflow-wrap:anywhere]">
        <Value change={change} value={change.from} currency={currency} />
        <ArrowRight aria-hidden data-mirror className="size-3.5 shrink-0 text-ink-faint" />
        <span className="sr-only">{t("to")}</span>
        <Value change={change} value={change.to} currency={currency} />
      </span>
    </span>
  );
}

function Value({ change, value, currency }: { change: Change; value: string | number; currency: string }) {
  const t = useWords();
  const format = useFormat();
  if (change.field === "mode" && change.does === "rule") return t.find(`automations:mode.${value}`) ?? value;
  if (typeof value === "string") return <bdi>{value}</bdi>;
  if (change.does === "rule" && change.field === "stakeADay") return <bdi>{format.money({ minor: value, currency })}</bdi>;
  return <bdi>{format.quantity({ value, unit: "number" })}</bdi>;
}
