import { addDays, instantOf } from "#server/catalog/days.ts";
import type { DayValue } from "#server/catalog/watch.ts";

/** A threshold that a metric is held against, in the unit of its values. */
export interface Threshold {
  when: "above" | "below";
  at: number;
  /** Where the metric must have come back to, before it can cross again. */
  back: number;
  /** So many days in a row. */
  days: number;
}

/** Where a rule stands: up to which day it has judged, how many days in a row are beyond the threshold, and whether that was told. */
export interface Standing {
  seen: string;
  run: number;
  over: boolean;
}

/** What a day came to, where it did. */
export interface Crossing {
  day: string;
  value: number;
}

export interface Calendar {
  timezone: string;
  /** Of that calendar. */
  today: string;
  /** How long after its end a day's figure is still corrected. */
  settlesMs: number;
  /** A state counts as it was last measured on its day; what adds up over a day is known once it was measured after it. */
  state: boolean;
}

/** A day without a figure is waited for so long; what comes later is history. */
const waitDays = 3;

/**
 * Judges the days that are over since the last time, in their order, each once. The first time takes what it finds as given. A day that is not
 * complete, or whose figure has not come yet, is waited for, and with it those behind it; one whose figure comes later than that, or not at all, breaks the row
 * and is never judged. What crossed longer ago than that is not told either, and neither is what has not come back since it was told.
 */
export function judgeDays(
  standing: Standing | null,
  { threshold, days, calendar }: { threshold: Threshold; days: readonly DayValue[]; calendar: Calendar },
): { standing: Standing | null; crossings: Crossing[] } {
  const oldest = addDays(calendar.today, -1 - waitDays);
  const settled = new Map(days.filter((day) => isSettled(day, calendar)).map(({ day, value }) => [day, value]));
  if (standing === null) return { standing: begin(settled, { threshold, today: calendar.today }), crossings: [] };
  let now = standing;
  const crossings: Crossing[] = [];
  for (let day = addDays(now.seen, 1); day < calendar.today; day = addDays(day, 1)) {
    const value = settled.get(day);
    const isLater = [...settled.keys()].some((other) => other > day);
    if (value === undefined) {
      if (day > oldest && !isLater) break;
      now = { ...now, seen: day, run: 0 };
      continue;
    }
    const judged = judge(now, value, threshold);
    if (judged.over && !now.over && day > oldest) crossings.push({ day, value });
    now = { seen: day, ...judged };
  }
  return { standing: now, crossings };
}

/** How it stands as of the newest day that is complete; null before there is one. */
function begin(settled: ReadonlyMap<string, number>, { threshold, today }: { threshold: Threshold; today: string }): Standing | null {
  const days = [...settled.keys()].filter((day) => day < today).sort();
  const seen = days.at(-1);
  if (seen === undefined) return null;
  let run = 0;
  while (isBeyond(settled.get(addDays(seen, -run)), threshold)) run++;
  return { seen, run, over: run >= threshold.days };
}

function judge({ run, over }: Standing, value: number, threshold: Threshold): Pick<Standing, "run" | "over"> {
  if (over && !isBack(value, threshold)) return { run, over };
  const next = isBeyond(value, threshold) ? (over ? 0 : run) + 1 : 0;
  return { run: next, over: next >= threshold.days };
}

const isBeyond = (value: number | undefined, { when, at }: Threshold): boolean =>
  value !== undefined && (when === "above" ? value > at : value < at);

const isBack = (value: number, { when, back }: Threshold): boolean => (when === "above" ? value <= back : value >= back);

const isSettled = ({ day, measuredAt }: DayValue, { timezone, today, settlesMs, state }: Calendar): boolean =>
  day < today && (state || measuredAt >= instantOf(addDays(day, 1), "00:00", timezone) + settlesMs);
