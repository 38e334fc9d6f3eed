import { currencies } from "#server/catalog/currencies.ts";
import type { Outputs } from "#server/trpc/root.ts";
import type { LiftRow, LiftView } from "./components/automations/lift-section.tsx";
import { formatCount, formatDate, formatMoney, formatRatio } from "./i18n/format.ts";
import { isolate } from "./i18n/isolate.ts";
import type { Locale } from "./i18n/locale.ts";
import { wordsIn } from "./i18n/translator.server.ts";

/** Beyond two years nobody waits for a result. */
const farWeeks = 104;

type Lift = Outputs["lift"]["get"];
type Interval = NonNullable<Lift["difference"]>;
/** With fewer the server does not say how many it takes. */
const LEAST_PEOPLE = 30;

export interface Reader {
  locale: Locale;
  /** How numbers are written where the reader is at home. */
  region: string;
  timeZone: string;
}

/** What an automation brought, in words and figures for its page, so that the browser gets neither words nor formats for it. Null where it is about no customers. */
export function drawLift(lift: Lift, { locale, region, timeZone }: Reader): LiftView | null {
  if (lift.outcomeDays === null) return null;
  const t = wordsIn(locale);
  const days = lift.outcomeDays;
  const isCompared = lift.control !== null;
  const notes = [
    t("liftWords:notes.counted", { days }),
    lift.since !== null && t("liftWords:notes.since", { date: formatDate(region, lift.since, { timeZone }) }),
    (lift.treated.open > 0 || (lift.control?.open ?? 0) > 0) && t("liftWords:notes.open", { days }),
    lift.difference && t("liftWords:notes.ranges"),
    lift.others &&
      lift.treated.alsoOthers + (lift.control?.alsoOthers ?? 0) > 0 &&
      t(`liftWords:notes.${lift.others.balanced ? "balanced" : "unbalanced"}`),
    ...lift.values.map(({ agrees, currency }) => agrees === false && t("liftWords:notes.outliers", { currency })),
  ];
  const isEmpty = lift.verdict === "nobody";
  return {
    title: t("liftWords:title"),
    verdict: lift.verdict,
    sentence: sentenceOf(lift, days, { locale, region }),
    caption: t(isCompared ? "liftWords:caption" : "liftWords:captionAlone"),
    columns: {
      label: t("liftWords:columns.figure"),
      treated: t("liftWords:columns.treated"),
      ...(isCompared && {
        control: t("liftWords:columns.control"),
        difference: t("liftWords:columns.difference"),
        always: t("liftWords:columns.always"),
      }),
    },
    rows: isEmpty ? [] : rowsOf(lift, { locale, region }),
    notes: isEmpty ? [] : notes.filter((note) => typeof note === "string"),
  };
}

type Written = Pick<Reader, "locale" | "region">;

function sentenceOf(lift: Lift, days: number, { locale, region }: Written): string {
  const t = wordsIn(locale);
  const count = (value: number) => isolate(formatCount(region, value));
  const share = (value: number | null | undefined) => isolate(formatRatio(region, value ?? 0));
  const shares = { treated: share(lift.treated.share), control: share(lift.control?.share) };
  const { always, needed } = lift;
  switch (lift.verdict) {
    case "not_compared":
    case "nobody":
      return t("liftWords:verdict.nobody");
    case "no_control":
      return t("liftWords:verdict.noControl");
    case "too_few":
      if (!needed) return t("liftWords:verdict.tooFewUnknown", { people: LEAST_PEOPLE, days });
      if (needed.more > 0 && needed.weeks === null) return t("liftWords:verdict.tooFewPaused", { more: count(needed.more) });
      if (needed.more > 0 && (needed.weeks ?? 0) > farWeeks) return t("liftWords:verdict.tooFewFar", { more: count(needed.more) });
      if (needed.more > 0) return t("liftWords:verdict.tooFew", { more: count(needed.more), weeks: count(needed.weeks ?? 0) });
      return t("liftWords:verdict.tooFewOpen", { weeks: count(needed.weeks ?? 0) });
    case "more":
      return t("liftWords:verdict.more", { ...shares, low: points(region, always?.low ?? 0), high: points(region, always?.high ?? 0) });
    case "fewer":
      return t("liftWords:verdict.fewer", {
        ...shares,
        low: points(region, -(always?.high ?? 0)),
        high: points(region, -(always?.low ?? 0)),
      });
    case "unclear":
      return t("liftWords:verdict.unclear", { ...shares, points: count(lift.effectPoints) });
    default:
      lift.verdict satisfies never;
      throw new Error(`nobody has words for ${String(lift.verdict)}`);
  }
}

/** Of a share (0.021) its points of a hundred ("2.1"). */
const points = (region: string, share: number): string =>
  isolate(new Intl.NumberFormat(region, { maximumFractionDigits: 1 }).format(share * 100));

/** Of a difference its sign is said, where the language writes it. */
const SIGNED = { signDisplay: "exceptZero" } as const;

function rowsOf({ treated, control, values, difference, always, others }: Lift, { locale, region }: Written): LiftRow[] {
  const t = wordsIn(locale);
  const count = (value: number | undefined) => (value === undefined ? "" : formatCount(region, value));
  const range = (found: Interval | null, say: (value: number) => string) =>
    found ? t("liftWords:range", { low: say(found.low), high: say(found.high) }) : "";
  const inPoints = (value: number) => isolate(new Intl.NumberFormat(region, { ...SIGNED, maximumFractionDigits: 1 }).format(value * 100));
  const counted = (of: { people: number } | null, value: number) =>
    // Of nobody there is no share.
    !of || of.people === 0
      ? count(of ? value : undefined)
      : t("liftWords:counted", { count: value, share: isolate(formatRatio(region, value / of.people)) });
  const differs = (found: Interval | null, sure: Interval | null, say: (value: number) => string) => ({
    difference: found ? `${say(found.estimate)} (${range(found, say)})` : "",
    always: range(sure, say),
  });
  const nothing = { difference: "", always: "" };
  return [
    { key: "people", label: t("liftWords:rows.people"), treated: count(treated.people), control: count(control?.people), ...nothing },
    { key: "open", label: t("liftWords:rows.open"), treated: count(treated.open), control: count(control?.open), ...nothing },
    {
      ...{ key: "bought", label: t("liftWords:rows.bought"), ...differs(difference, always, inPoints) },
      ...{ treated: counted(treated, treated.bought), control: counted(control, control?.bought ?? 0) },
    },
    ...values.map((value): LiftRow => {
      const { currency } = value;
      const money = (minor: number) => formatMoney(region, { minor: Math.round(minor), currency });
      const digits = currencies.get(currency) ?? 0;
      const inMoney = new Intl.NumberFormat(region, {
        ...SIGNED,
        style: "currency",
        currency,
        minimumFractionDigits: digits,
        maximumFractionDigits: digits,
      });
      const say = (minor: number) => isolate(inMoney.format(minor / 10 ** digits));
      return {
        ...{ key: currency, label: t("liftWords:rows.value", { currency }), ...differs(value.difference, value.always, say) },
        ...{ treated: isolate(money(value.treated.each ?? 0)), control: value.control ? isolate(money(value.control.each ?? 0)) : "" },
      };
    }),
    {
      ...{ key: "others", label: t("liftWords:rows.others"), ...differs(others?.difference ?? null, null, inPoints) },
      ...{ treated: counted(treated, treated.alsoOthers), control: counted(control, control?.alsoOthers ?? 0) },
    },
  ];
}
