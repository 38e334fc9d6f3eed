import type { Outputs } from "#server/trpc/root.ts";
import type { RehearsalRow, RehearsalView } from "./components/automations/rehearsal-page.tsx";
import { formatCount, formatDate, formatDay, formatMoney, formatRatio } from "./i18n/format.ts";
import { isolate } from "./i18n/isolate.ts";
import type { Locale } from "./i18n/locale.ts";
import { wordsIn } from "./i18n/translator.server.ts";

type Rehearsal = NonNullable<Outputs["rehearsals"]["get"]["rehearsal"]>;
type Totals = NonNullable<Rehearsal["results"]>["today"];
type Money = Totals["spent"][number];

export interface Reader {
  locale: Locale;
  /** How numbers are written where the reader is at home. */
  region: string;
  timeZone: string;
}

/** What the page of a rehearsal says around the form and what it came to, written on the server so that the browser gets no words for it. */
export function drawRehearsal(rehearsal: Rehearsal | null, reader: Reader): RehearsalView {
  const t = wordsIn(reader.locale);
  const words = {
    ...{ title: t("rehearsalWords:title"), description: t("rehearsalWords:description") },
    ...{ settings: t("rehearsalWords:settings"), settingsBody: t("rehearsalWords:settingsBody"), days: t("rehearsalWords:days") },
    ...{ start: t(rehearsal ? "rehearsalWords:again" : "rehearsalWords:start"), results: t("rehearsalWords:results") },
  };
  if (!rehearsal) return { words, status: "none", line: t("rehearsalWords:none"), body: t("rehearsalWords:noneBody"), result: null };
  const { status, results } = rehearsal;
  if (status === "failed") return { words, status, line: t("rehearsalWords:failed"), body: t("rehearsalWords:failedBody"), result: null };
  if (!results) {
    const line = t("rehearsalWords:underway", {
      done: formatCount(reader.region, rehearsal.done),
      of: formatCount(reader.region, rehearsal.of),
    });
    return { words, status, line, body: "", result: null };
  }
  const line = t("rehearsalWords:between", {
    from: formatDay(reader.region, rehearsal.fromDay, "date"),
    to: formatDay(reader.region, rehearsal.toDay, "date"),
    seconds: isolate(new Intl.NumberFormat(reader.region, { maximumFractionDigits: 1 }).format(rehearsal.tookMs / 1000)),
  });
  return { words, status, line, body: "", result: resultOf(rehearsal, results, reader) };
}

function resultOf(rehearsal: Rehearsal, { today, tried }: NonNullable<Rehearsal["results"]>, reader: Reader): RehearsalView["result"] {
  const t = wordsIn(reader.locale);
  const count = (value: number) => formatCount(reader.region, value);
  const money = (amounts: readonly Money[]) =>
    amounts.length === 0 ? t("rehearsalWords:nothing") : amounts.map((amount) => isolate(formatMoney(reader.region, amount))).join(" · ");
  const bought = ({ bought: some, over }: Totals) =>
    // Of nobody there is no share.
    over === 0 ? count(some) : t("rehearsalWords:share", { some: count(some), share: isolate(formatRatio(reader.region, some / over)) });
  const days = rehearsal.outcomeDays;
  const row = (key: string, label: string, say: (of: Totals) => string): RehearsalRow => ({
    key,
    label,
    today: say(today),
    tried: say(tried),
  });
  return {
    caption: t("rehearsalWords:caption"),
    columns: {
      label: t("rehearsalWords:columns.figure"),
      today: t("rehearsalWords:columns.today"),
      tried: t("rehearsalWords:columns.tried"),
    },
    rows: [
      row("customers", t("rehearsalWords:rows.customers"), ({ customers }) => count(customers)),
      row("only", t("rehearsalWords:rows.only"), ({ only }) => count(only)),
      row("proposals", t("rehearsalWords:rows.proposals"), ({ proposals }) => count(proposals)),
      row("stake", t("rehearsalWords:rows.stake"), ({ stake }) => money(stake)),
      row("over", t("rehearsalWords:rows.over", { days }), ({ over }) => count(over)),
      row("bought", t("rehearsalWords:rows.bought", { days }), bought),
      row("spent", t("rehearsalWords:rows.spent"), ({ spent }) => money(spent)),
    ],
    notes: [
      t("rehearsalWords:notes.noLift"),
      t("rehearsalWords:notes.net"),
      t("rehearsalWords:notes.limits"),
      t("rehearsalWords:notes.begins"),
      t("rehearsalWords:notes.consent"),
    ],
    weeksTitle: t("rehearsalWords:weeks"),
    weekHeader: t("rehearsalWords:week"),
    weeks: today.weeks.map(({ from, proposals }, place) => ({
      ...{ key: from, label: formatDay(reader.region, from), today: count(proposals) },
      tried: count(tried.weeks[place]?.proposals ?? 0),
    })),
    differingTitle: t("rehearsalWords:differing"),
    differingColumns: {
      customer: t("rehearsalWords:differingColumns.customer"),
      settings: t("rehearsalWords:differingColumns.settings"),
      when: t("rehearsalWords:differingColumns.when"),
      stake: t("rehearsalWords:differingColumns.stake"),
      orders: t("rehearsalWords:differingColumns.orders"),
    },
    differing: rehearsal.differing.map(({ variant, customerId, at, stake, over, orders }) => ({
      ...{ key: `${variant} ${customerId} ${at}`, customer: customerId ?? "", settings: t(`rehearsalWords:variants.${variant}`) },
      ...{ when: formatDate(reader.region, at, { timeZone: reader.timeZone }), stake: stake ? formatMoney(reader.region, stake) : "" },
      orders: over ? count(orders) : t("rehearsalWords:soFar", { some: count(orders) }),
    })),
  };
}
