import { currencies } from "#server/catalog/currencies.ts";

/** How a number is to be read. Sensors name one for each of their metrics. */
export type Unit = "count" | "money" | "ratio" | "seconds" | "days" | "number";

/** A number with what is needed to print it. Money is integer minor units with its ISO 4217 currency. */
export interface Quantity {
  value: number;
  unit: Unit;
  currency?: string;
}

// Building an Intl object costs about as much as a hundred calls of it, and a table makes the same one for each row.
const memo = new Map<string, unknown>();
function once<T>(key: string, make: () => T): T {
  const known = memo.get(key);
  if (known !== undefined) return known as T;
  const made = make();
  memo.set(key, made);
  return made;
}

function keyOf(kind: string, locale: string, options: Readonly<Record<string, unknown>>): string {
  let key = kind + locale;
  for (const name in options) key += `,${name}:${options[name]}`;
  return key;
}

function numberFormat(locale: string, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  return once(keyOf("n", locale, { ...options }), () => new Intl.NumberFormat(locale, options));
}

function dateFormat(locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  return once(keyOf("d", locale, { ...options }), () => new Intl.DateTimeFormat(locale, options));
}

/** A shortened number has three digits: "1.57M", "192K". */
const SHORT: Intl.NumberFormatOptions = { notation: "compact", maximumSignificantDigits: 3 };

/** As the language has it: on "1.57m" of Britain's English a page's two sides would not agree, for versions of the language data differ. */
const formatShort = (locale: string, value: number): string => numberFormat(locale.replace(/-.*/, ""), SHORT).format(value);

/** From which size on a number is shortened ("€123K"); left out, it never is. */
export interface Shortening {
  compactFrom?: number;
}

/** 123456 minor units of EUR -> "€1,234.56"; `compactFrom` counts whole units of the currency. */
export function formatMoney(
  locale: string,
  { minor, currency }: { minor: number; currency: string },
  { compactFrom = Number.POSITIVE_INFINITY }: Shortening = {},
): string {
  const digits = currencies.get(currency);
  // Nothing is stored in a currency that the table does not know; a code that a person typed says no more than itself.
  if (digits === undefined) return `${formatCount(locale, minor)} ${currency}`;
  const major = minor / 10 ** digits;
  // Both ends are said, since engines disagree on how many decimals a currency has.
  const money = numberFormat(locale, { style: "currency", currency, minimumFractionDigits: digits, maximumFractionDigits: digits });
  if (Math.abs(major) < compactFrom) return money.format(major);
  // Where the currency stands in a short number differs between versions of the language data, so that a page's two sides
  // would not agree: the short digits take the place of the long ones.
  const short = formatShort(locale, Math.abs(major));
  const isDigits = (type: string) => type === "integer" || type === "group" || type === "decimal" || type === "fraction";
  const parts = money.formatToParts(major);
  const first = parts.findIndex(({ type }) => isDigits(type));
  return parts.map(({ type, value }, index) => (index === first ? short : isDigits(type) ? "" : value)).join("");
}

/** 25900 -> "25,900", or "25.9K" when shortened. */
export function formatCount(locale: string, value: number, { compactFrom = Number.POSITIVE_INFINITY }: Shortening = {}): string {
  if (Math.abs(value) >= compactFrom) return formatShort(locale, value);
  return numberFormat(locale, { maximumFractionDigits: 0 }).format(value);
}

/** 0.4213 -> "42.1%". */
export function formatRatio(locale: string, ratio: number): string {
  return numberFormat(locale, { style: "percent", maximumFractionDigits: Math.abs(ratio) < 0.01 ? 2 : 1 }).format(ratio);
}

/** Milliseconds -> "850 ms", "12.4 s", "3 min 20 s", "5 h 2 min", "12 days": the two largest parts at most. */
export function formatDuration(locale: string, milliseconds: number): string {
  const unit = (value: number, name: string, digits = 0) =>
    numberFormat(locale, {
      style: "unit",
      unit: name,
      unitDisplay: name === "day" ? "long" : "short",
      maximumFractionDigits: digits,
    }).format(value);
  const seconds = milliseconds / 1000;
  if (seconds < 1) return unit(Math.round(milliseconds), "millisecond");
  if (seconds < 60) return unit(seconds, "second", 1);
  if (seconds < 3600) return `${unit(Math.floor(seconds / 60), "minute")} ${unit(Math.floor(seconds % 60), "second")}`;
  if (seconds < 48 * 3600) return `${unit(Math.floor(seconds / 3600), "hour")} ${unit(Math.floor((seconds % 3600) / 60), "minute")}`;
  return unit(seconds / 86_400, "day", 1);
}

/** Which parts of a moment to print: `date` 21 Nov 2026, `day` 21 Nov, `time` 14:05, `clock` 14:05:09.120, `dateTime` 21 Nov 2026, 14:05 UTC. */
export type DateStyle = "date" | "day" | "time" | "clock" | "dateTime";

const DATE_STYLES: Record<DateStyle, Intl.DateTimeFormatOptions> = {
  date: { day: "numeric", month: "short", year: "numeric" },
  day: { day: "numeric", month: "short" },
  time: { hour: "2-digit", minute: "2-digit" },
  clock: { hour: "2-digit", minute: "2-digit", second: "2-digit", fractionalSecondDigits: 3, hourCycle: "h23" },
  dateTime: {
    day: "numeric",
    month: "short",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    timeZoneName: "short",
  },
};

/** A browser knows the zones of the day on which it was built, the server may know younger ones. */
function isKnown(timeZone: string): boolean {
  return once(`z${timeZone}`, () => {
    try {
      return new Intl.DateTimeFormat("en", { timeZone }).resolvedOptions().timeZone !== "";
    } catch (error) {
      if (error instanceof RangeError) return false;
      throw error;
    }
  });
}

const momentFormat = (locale: string, timeZone: string, style: DateStyle) =>
  once(`m${locale} ${style} ${timeZone}`, () => {
    const zone: Intl.DateTimeFormatOptions = isKnown(timeZone) ? { timeZone } : { timeZone: "UTC", timeZoneName: "short" };
    return new Intl.DateTimeFormat(locale, { ...DATE_STYLES[style], ...zone });
  });

/** A moment (epoch milliseconds) in an IANA timezone; in UTC, and with its name, where the zone is not known here. */
export function formatDate(locale: string, at: number, { timeZone, style = "date" }: { timeZone: string; style?: DateStyle }): string {
  const text = momentFormat(locale, timeZone, style).format(at);
  // Hebrew says "GMT+0" where all others say "GMT".
  return style === "dateTime" ? text.replace(/\u200e?\+0\u200e?$/, "") : text;
}

/** The calendar month `YYYY-MM` of a moment (epoch milliseconds) in an IANA timezone; in UTC where the zone is not known here. */
export function monthOf(at: number, timeZone: string): string {
  const format = dateFormat("en", { year: "numeric", month: "2-digit", timeZone: isKnown(timeZone) ? timeZone : "UTC" });
  const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]));
  return `${parts.year}-${parts.month}`;
}

// Every chart of a page names the same days.
const dayNames = new Map<string, string>();
const mostDayNames = 2000;

/** A calendar day `YYYY-MM-DD`, which has no timezone -> "21 Nov". */
export function formatDay(locale: string, day: string, style: "date" | "day" = "day"): string {
  const key = `${locale}${style}${day}`;
  const known = dayNames.get(key);
  if (known !== undefined) return known;
  const name = dateFormat(locale, { ...DATE_STYLES[style], timeZone: "UTC" }).format(Date.parse(`${day}T00:00:00Z`));
  if (dayNames.size >= mostDayNames) dayNames.clear();
  dayNames.set(key, name);
  return name;
}

/** A calendar month `YYYY-MM` -> "Nov 2026". */
export function formatMonth(locale: string, month: string): string {
  return dateFormat(locale, { month: "short", year: "numeric", timeZone: "UTC" }).format(Date.parse(`${month}-01T00:00:00Z`));
}

const RELATIVE_STEPS: readonly (readonly [limitSeconds: number, unitSeconds: number, unit: Intl.RelativeTimeFormatUnit])[] = [
  [60, 1, "second"],
  [3600, 60, "minute"],
  [86_400, 3600, "hour"],
  [30 * 86_400, 86_400, "day"],
  [365 * 86_400, 30 * 86_400, "month"],
  [Number.POSITIVE_INFINITY, 365 * 86_400, "year"],
];

/** A moment seen from `now` (both epoch milliseconds) -> "3 minutes ago", "in 2 hours", "now" within ten seconds. */
export function formatRelative(locale: string, at: number, now: number): string {
  const seconds = (at - now) / 1000;
  const format = once(`r${locale}`, () => new Intl.RelativeTimeFormat(locale, { numeric: "auto" }));
  if (Math.abs(seconds) < 10) return format.format(0, "second");
  const step = RELATIVE_STEPS.find(([limit]) => Math.abs(seconds) < limit);
  if (!step) return "";
  // Hebrew says "a minute ago", and the number once more in brackets.
  return format.format(Math.trunc(seconds / step[1]), step[2]).replace(/ \(\d+\)$/, "");
}

/** Any quantity as its unit says; only counts and money are shortened. */
export function formatQuantity(locale: string, { value, unit, currency }: Quantity, shortening?: Shortening): string {
  switch (unit) {
    case "count":
      return formatCount(locale, value, shortening);
    case "money":
      return currency ? formatMoney(locale, { minor: value, currency }, shortening) : formatCount(locale, value, shortening);
    case "ratio":
      return formatRatio(locale, value);
    case "seconds":
      return formatDuration(locale, value * 1000);
    case "days":
      return numberFormat(locale, { style: "unit", unit: "day", unitDisplay: "long", maximumFractionDigits: 1 }).format(value);
    case "number":
      return numberFormat(locale, { maximumFractionDigits: 2 }).format(value);
    default: {
      const unknown: never = unit;
      return unknown;
    }
  }
}
