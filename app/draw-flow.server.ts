import type { ActionState } from "#db/words/actions.ts";
import { currencies } from "#server/catalog/currencies.ts";
import type { Outputs } from "#server/trpc/root.ts";
import type { FlowView } from "./components/automations/flow-page.tsx";
import type { Tone } from "./components/ui/tone.ts";
import type { Reader } from "./draw-lift.server.ts";
import { formatCount, formatDay, formatMoney, formatRatio } from "./i18n/format.ts";
import { isolate } from "./i18n/isolate.ts";
import { wordsIn } from "./i18n/translator.server.ts";

type Found = Outputs["flow"]["get"];
type Rule = Found["rules"][number];

const TONES: Partial<Record<ActionState, Tone>> = {
  waiting: "info",
  approved: "info",
  executing: "info",
  unsure: "warn",
  done: "ok",
  failed: "danger",
};

/** What the page of Shopify Flow says, written on the server so that the browser gets no words for it. `base`: what stands before the pages of automations and approvals. */
export function drawFlow(found: Found, reader: Reader, { base, automation }: { base: string; automation: string }): FlowView {
  const t = wordsIn(reader.locale);
  const { locale } = reader;
  const { mode, rules, sent, received, may, checkouts } = found;
  return {
    words: { title: t("flowWords:title"), description: t("flowWords:description") },
    standsStill: mode === "off" || mode === "shadow" ? t(`flowWords:${mode}`) : null,
    rules: {
      title: t("flowWords:rules.title"),
      rows: rules.map((rule, place) => ({ key: String(place), says: ruleOf(rule, reader), standing: standingOf(rule, reader) })),
      empty: { title: t("flowWords:rules.empty"), body: t("flowWords:rules.emptyBody") },
      settings: { label: t("flowWords:rules.settings"), to: `${base}/automations/${automation}` },
    },
    may: {
      title: t("flowWords:may.title"),
      hint: t("flowWords:may.hint"),
      rows: (["runs", "pauses", "resumes", "notes"] as const).map((name) => ({
        ...{
          key: name,
          label: t(`flowWords:may.${name}`),
          allowed: may[name],
          says: t(may[name] ? "flowWords:may.yes" : "flowWords:may.no"),
        },
      })),
    },
    checkouts: checkouts && {
      title: t("flowWords:checkouts.title"),
      lead: t("flowWords:checkouts.lead"),
      caption: t("flowWords:checkouts.caption"),
      rows: countedDays(checkouts, reader),
      empty: { title: t("flowWords:checkouts.empty"), body: t("flowWords:checkouts.emptyBody") },
    },
    sent: {
      title: t("flowWords:sent.title"),
      caption: t("flowWords:sent.caption"),
      columns: { trigger: t("flowWords:sent.trigger"), status: t("flowWords:sent.status"), at: t("flowWords:sent.at") },
      rows: sent.map(({ actionId, title, because, status, unclear, at }) => ({
        ...{ key: actionId, title: title[locale], because: because[locale], at, to: `${base}/approvals/${actionId}` },
        status: { label: t(`approvals:state.${unclear ? "unclear" : status}`), tone: TONES[status] ?? "neutral" },
      })),
      empty: { title: t("flowWords:sent.empty"), body: t("flowWords:sent.emptyBody") },
    },
    received: {
      title: t("flowWords:received.title"),
      caption: t("flowWords:received.caption"),
      columns: { action: t("flowWords:received.action"), answer: t("flowWords:received.answer"), at: t("flowWords:received.at") },
      rows: received.map(({ id, title, asked, status, answer, at }) => ({
        ...{ key: id, title: title?.[locale] ?? t("flowWords:received.unknown"), asked, answer: answer?.[locale] ?? "", at },
        status: { label: t(`flowWords:received.${status}`), tone: ({ done: "ok", refused: "warn", begun: "info" } as const)[status] },
      })),
      empty: { title: t("flowWords:received.empty"), body: t("flowWords:received.emptyBody") },
    },
  };
}

/** Each day beside the one with the most, the oldest first; none where nothing was told of. */
function countedDays(days: NonNullable<Found["checkouts"]>, { region }: Reader) {
  const most = Math.max(...days.map(({ checkouts }) => checkouts));
  if (most === 0) return [];
  return [...days].reverse().map(({ day, checkouts }) => ({
    key: day,
    day: formatDay(region, day),
    many: formatCount(region, checkouts),
    share: checkouts / most,
  }));
}

function ruleOf(rule: Rule, { locale, region }: Reader): string {
  const t = wordsIn(locale);
  switch (rule.kind) {
    case "metric": {
      const threshold = isolate(thresholdOf(rule, region));
      const says = t(`flowWords:rules.${rule.when}`, { metric: rule.metric[locale], threshold });
      return rule.days === 1 ? says : `${says} · ${t("flowWords:rules.days", { days: formatCount(region, rule.days) })}`;
    }
    case "actions": {
      const states = rule.states.map((state) => t(`flowWords:rules.${state}`)).join(", ");
      return rule.automation === null
        ? t("flowWords:rules.anyAction", { states })
        : t("flowWords:rules.action", { automation: rule.automation.title[locale], states });
    }
    case "incidents":
      return t(`flowWords:rules.${rule.opened && rule.ended ? "openedEnded" : rule.opened ? "opened" : "ended"}`);
    default:
      return rule satisfies never;
  }
}

function thresholdOf({ threshold, unit }: Extract<Rule, { kind: "metric" }>, region: string): string {
  const decimals = currencies.get(unit);
  if (decimals !== undefined) return formatMoney(region, { minor: Math.round(threshold * 10 ** decimals), currency: unit });
  return unit === "percent" ? formatRatio(region, threshold / 100) : formatCount(region, threshold);
}

/** Whether a metric may cross next, has crossed, or has no figures yet; the other rules look at what happens. */
function standingOf(rule: Rule, { locale, region }: Reader): FlowView["rules"]["rows"][number]["standing"] {
  const t = wordsIn(locale);
  if (rule.kind !== "metric") return { label: t("flowWords:standing.on"), tone: "ok", note: "" };
  if (rule.standing === null) return { label: t("flowWords:standing.waits"), tone: "neutral", note: "" };
  const { over, seen } = rule.standing;
  const note = t("flowWords:standing.seen", { day: isolate(formatDay(region, seen)) });
  return over ? { label: t("flowWords:standing.over"), tone: "warn", note } : { label: t("flowWords:standing.ready"), tone: "ok", note };
}
