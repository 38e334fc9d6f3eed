import { expect, test } from "vitest";
import { type Calendar, judgeDays, type Standing, type Threshold } from "#server/catalog/automations/threshold.ts";
import { addDays, instantOf } from "#server/catalog/days.ts";

const below: Threshold = { when: "below", at: 100, back: 105, days: 1 };
const calendar: Calendar = { timezone: "Asia/Jerusalem", today: "2026-12-10", settlesMs: 0, state: false };
/** Figures of the days that end yesterday, the last one last; each was measured an hour after its day, unless it is said otherwise. */
const until = (values: readonly (number | null)[], { today = calendar.today, late = 0 } = {}) =>
  values.flatMap((value, place) => {
    const day = addDays(today, place - values.length);
    return value === null ? [] : [{ day, value, measuredAt: instantOf(addDays(day, 1), "01:00", calendar.timezone) + late }];
  });
const stand = (seen: string, more: Partial<Standing> = {}): Standing => ({ seen, run: 0, over: false, ...more });
const judge = (standing: Standing | null, values: readonly (number | null)[], threshold = below, more: Partial<Calendar> = {}) =>
  judgeDays(standing, { threshold, days: until(values), calendar: { ...calendar, ...more } });

test("the first look takes what it finds as given, and tells nothing", () => {
  expect(judge(null, [120, 80, 70])).toEqual({ standing: { seen: "2026-12-09", run: 2, over: true }, crossings: [] });
  expect(judge(null, [80, 120])).toEqual({ standing: stand("2026-12-09"), crossings: [] });
  expect(judge(null, [])).toEqual({ standing: null, crossings: [] });
});

test("a crossing is told once, and again only after the metric has come back by its margin", () => {
  expect(judge(stand("2026-12-06"), [120, 80, 70, 60])).toEqual({
    standing: { seen: "2026-12-09", run: 1, over: true },
    crossings: [{ day: "2026-12-07", value: 80 }],
  });
  // 102 is above the threshold and not yet back.
  expect(judge(stand("2026-12-06", { run: 1, over: true }), [102, 80, 101]).crossings).toEqual([]);
  expect(judge(stand("2026-12-06", { run: 1, over: true }), [105, 80, 70]).crossings).toEqual([{ day: "2026-12-08", value: 80 }]);
});

test("what is exactly at the threshold has not crossed it, from above or below", () => {
  expect(judge(stand("2026-12-07"), [100, 100]).crossings).toEqual([]);
  expect(judge(stand("2026-12-07"), [100, 101], { when: "above", at: 100, back: 95, days: 1 }).crossings).toEqual([
    { day: "2026-12-09", value: 101 },
  ]);
});

test("days in a row are days without a gap", () => {
  const three = { ...below, days: 3 };
  expect(judge(stand("2026-12-06"), [80, 80, 80], three).crossings).toEqual([{ day: "2026-12-09", value: 80 }]);
  expect(judge(stand("2026-12-06"), [80, 120, 80], three).standing).toEqual({ seen: "2026-12-09", run: 1, over: false });
  // A day that was not measured between two that were is no day below.
  expect(judge(stand("2026-12-06"), [80, null, 80], three).standing).toEqual({ seen: "2026-12-09", run: 1, over: false });
});

test("a day is judged once it is over by the account's own clock and was measured after it", () => {
  const measured = [{ day: "2026-12-09", value: 10, measuredAt: instantOf("2026-12-09", "23:59", calendar.timezone) }];
  const at = (days: typeof measured, more: Partial<Calendar> = {}) =>
    judgeDays(stand("2026-12-08"), { threshold: below, days, calendar: { ...calendar, ...more } });
  expect(at(measured)).toEqual({ standing: stand("2026-12-08"), crossings: [] });
  // A state is what it was when it was last looked at.
  expect(at(measured, { state: true }).crossings).toHaveLength(1);
  const after = [{ day: "2026-12-09", value: 10, measuredAt: instantOf("2026-12-10", "00:00", calendar.timezone) }];
  expect(at(after).crossings).toHaveLength(1);
  // Where days are corrected afterwards, it waits for that.
  expect(at(after, { settlesMs: 86_400_000 }).crossings).toEqual([]);
  expect(at([{ day: "2026-12-10", value: 10, measuredAt: Number.MAX_SAFE_INTEGER }]).crossings).toEqual([]);
});

test("a day whose figure is late is waited for, and one that is filled in days later is never judged", () => {
  expect(judge(stand("2026-12-07"), [null, null])).toEqual({ standing: stand("2026-12-07"), crossings: [] });
  // Five days later it is given up, and the row begins anew.
  expect(judge(stand("2026-12-04", { run: 2 }), [null, null, null, null, null], { ...below, days: 3 }).standing).toEqual(
    stand("2026-12-06"),
  );
  // Filled in after that: it lies behind what was judged.
  expect(judge(stand("2026-12-06"), [10, 10, 120, 120, 120]).crossings).toEqual([]);
});

test("what crossed while nobody looked is not told days later, but where it stands is known", () => {
  expect(judge(stand("2026-11-30"), [120, 80, 80, 80, 80, 80, 80])).toEqual({
    standing: { seen: "2026-12-09", run: 1, over: true },
    crossings: [],
  });
});
