import type { Outputs } from "#server/trpc/root.ts";
import type { OutlookView } from "./components/automations/outlook-section.tsx";
import type { Reader } from "./draw-lift.server.ts";
import { formatCount, formatDay, formatMoney, formatRatio } from "./i18n/format.ts";
import { isolate } from "./i18n/isolate.ts";
import { wordsIn } from "./i18n/translator.server.ts";

type Outlook = Outputs["outlook"]["get"];
type Model = NonNullable<Outlook["model"]>;
type Written = Pick<Reader, "locale" | "region">;

/** The groups in the order in which they are told. */
const SEGMENTS = ["loyal", "promising", "new", "at_risk", "quiet"] as const;

/** What an automation goes by, in words and figures for its page, so that the browser gets neither words nor formats for it. Null where it reads no such thing. */
export function drawOutlook({ reads, model, asOf, segments }: Outlook, { locale, region }: Written): OutlookView | null {
  if (!reads) return null;
  const t = wordsIn(locale);
  const title = t("outlookWords:title");
  if (!model) return { title, step: "none", sentences: [t("outlookWords:sentence.none")], segments: null, past: null, notes: [] };
  const count = (value: number) => isolate(formatCount(region, value));
  const day = (value: string | null) => isolate(value === null ? "" : formatDay(region, value, "date"));
  const facts = { bought: count(model.bought), again: count(model.boughtAgain), from: day(model.firstDay), until: day(model.fittedUntil) };
  const isModel = model.step === "model";
  const money = (minor: number) => (model.currency === null ? "" : isolate(formatMoney(region, { minor, currency: model.currency })));
  const rows = SEGMENTS.flatMap((segment) => segments.filter((each) => each.segment === segment));
  return {
    title,
    step: model.step,
    sentences: [
      t(`outlookWords:sentence.${model.step}`, facts),
      ...(model.reason === "enough" ? [] : [t(`outlookWords:reason.${model.reason}`, facts)]),
    ],
    segments:
      rows.length === 0
        ? null
        : {
            caption: t("outlookWords:segments.caption", { day: day(asOf) }),
            columns: {
              segment: t("outlookWords:segments.columns.segment"),
              customers: t("outlookWords:segments.columns.customers"),
              ...(isModel && { orders: t("outlookWords:segments.columns.orders"), value: t("outlookWords:segments.columns.value") }),
            },
            rows: rows.map(({ segment, customers, expectedOrders, valueMinor }) => ({
              ...{ key: segment, segment: t(`outlookWords:segments.names.${segment}`), customers: formatCount(region, customers) },
              orders: expectedOrders === null ? "" : formatCount(region, Math.round(expectedOrders)),
              value: valueMinor === null ? "" : money(valueMinor),
            })),
          },
    past: isModel && model.past ? drawPast(model.past, { locale, region }) : null,
    notes: notesOf(model, { locale, region }),
  };
}

function notesOf({ step, season, spend }: Model, { locale, region }: Written): string[] {
  const t = wordsIn(locale);
  const counted = t("outlookWords:notes.counted");
  if (step !== "model") return [counted, t("outlookWords:notes.weekly")];
  const times = (value: number) => isolate(new Intl.NumberFormat(region, { maximumFractionDigits: 2 }).format(value));
  const factors = season && { factor: times(season.estimate), low: times(season.low), high: times(season.high) };
  return [
    counted,
    factors ? t("outlookWords:notes.season", factors) : t("outlookWords:notes.noSeason"),
    ...(spend?.doubt === "too_few" ? [t("outlookWords:notes.spendFew")] : []),
    ...(spend?.doubt === "correlated" ? [t("outlookWords:notes.spendCorrelated")] : []),
    t("outlookWords:notes.blind"),
    t("outlookWords:notes.weekly"),
  ];
}

function drawPast({ from, days, orders, groups, error }: NonNullable<Model["past"]>, { locale, region }: Written): OutlookView["past"] {
  const t = wordsIn(locale);
  const count = (value: number) => isolate(formatCount(region, Math.round(value)));
  const share = (value: number) => isolate(formatRatio(region, value));
  const points = isolate(new Intl.NumberFormat(region, { maximumFractionDigits: 1 }).format(error * 100));
  return {
    title: t("outlookWords:past.title"),
    sentence: t("outlookWords:past.sentence", {
      ...{ from: isolate(formatDay(region, from, "date")), days, error: points },
      ...{ expected: count(orders.expected), observed: count(orders.observed) },
    }),
    caption: t("outlookWords:past.caption"),
    chart: t("outlookWords:past.chart"),
    columns: {
      group: t("outlookWords:past.columns.group"),
      customers: t("outlookWords:past.columns.customers"),
      predicted: t("outlookWords:past.columns.predicted"),
      observed: t("outlookWords:past.columns.observed"),
      range: t("outlookWords:past.columns.range"),
    },
    rows: groups.map(({ customers, predicted, observed, low, high }, place) => ({
      ...{ key: String(place), group: formatCount(region, place + 1), customers: formatCount(region, customers) },
      ...{ predicted: share(predicted), observed: share(observed) },
      range: t("outlookWords:past.range", { low: share(low), high: share(high) }),
      drawn: { predicted, observed },
    })),
  };
}
