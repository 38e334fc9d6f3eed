import { createContext, type ReactNode, useContext, useMemo } from "react";
import * as format from "./format.ts";
import { DEFAULT_LOCALE, type Locale } from "./locale.ts";

/** For whom figures and moments are printed. `now` is the server's clock at rendering, so that both sides print the same. */
export interface Display {
  locale: Locale;
  /** The language as it is written where the reader is at home: a BCP 47 tag. */
  region: string;
  timeZone: string;
  now: number;
}

const Context = createContext<Display>({ locale: DEFAULT_LOCALE, region: DEFAULT_LOCALE, timeZone: "UTC", now: 0 });

/** Sets the display for what is inside; what is left out is kept from outside. A tenant's layout sets `timeZone`. */
export function DisplayProvider({ children, ...changes }: Partial<Display> & { children: ReactNode }) {
  const outer = useContext(Context);
  const { locale = outer.locale, region = changes.locale ?? outer.region, timeZone = outer.timeZone, now = outer.now } = changes;
  const value = useMemo(() => ({ locale, region, timeZone, now }), [locale, region, timeZone, now]);
  return <Context.Provider value={value}>{children}</Context.Provider>;
}

export function useDisplay(): Display {
  return useContext(Context);
}

/** The formatters of `format.ts`, bound to the reader's region and timezone. Moments are epoch milliseconds. */
export function useFormat(): Format {
  const { region, timeZone } = useDisplay();
  return formatOf(region, timeZone);
}

type Format = ReturnType<typeof bind>;

// Each row of each table asks for them.
const bound = new Map<string, Format>();
const mostBound = 500;

function formatOf(region: string, timeZone: string): Format {
  const key = `${region} ${timeZone}`;
  const known = bound.get(key);
  if (known) return known;
  if (bound.size >= mostBound) bound.clear();
  const made = bind(region, timeZone);
  bound.set(key, made);
  return made;
}

const bind = (locale: string, timeZone: string) => ({
  money: (money: { minor: number; currency: string }, shortening?: format.Shortening) => format.formatMoney(locale, money, shortening),
  count: (value: number, shortening?: format.Shortening) => format.formatCount(locale, value, shortening),
  ratio: (value: number) => format.formatRatio(locale, value),
  duration: (milliseconds: number) => format.formatDuration(locale, milliseconds),
  date: (at: number, style?: format.DateStyle) => format.formatDate(locale, at, { timeZone, style }),
  day: (day: string, style?: "date" | "day") => format.formatDay(locale, day, style),
  month: (month: string) => format.formatMonth(locale, month),
  relative: (at: number, now: number) => format.formatRelative(locale, at, now),
  quantity: (quantity: format.Quantity, shortening?: format.Shortening) => format.formatQuantity(locale, quantity, shortening),
});
