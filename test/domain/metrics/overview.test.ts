import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { z } from "zod";
import { statementOf } from "#db/kept.ts";
import { connections, measurements, orders, runs, schedules } from "#db/schema/index.ts";
import { addDays, daysBetween } from "#server/catalog/days.ts";
import type { Metric } from "#server/catalog/metric.ts";
import type { Sensor } from "#server/catalog/sensor.ts";
import { sensors } from "#server/catalog/sensors/registry.ts";
import type { TenantCtx } from "#server/ctx.ts";
import { readBackfill } from "#server/domain/metrics/backfill.ts";
import { drawLarge } from "#server/domain/metrics/draw-metric.ts";
import { drawingsOf, drawSensor, type SensorInput, sensorStateOf } from "#server/domain/metrics/draw-overview.ts";
import { readChartCsv, readMetrics, readOverview, readSensor } from "#server/domain/metrics/overview.ts";
import { type SeriesWish, seriesUntil } from "#server/domain/metrics/read-series.ts";
import { Overview, SensorPage } from "#server/domain/metrics/schemas.ts";
import { bySensorAndMetric, periodsUntil, type Series, usualView, type View } from "#server/domain/metrics/series.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { newId } from "#server/ids.ts";
import { createCaller } from "#server/trpc/root.ts";
import { storeMeasurements } from "#test/catalog/sensors/run-sensor.ts";
import { makeTenant, makeUser, testCtx, testTenantCtx } from "#test/harness.ts";

const now = Date.parse("2026-11-20T12:00:00Z");
const today = "2026-11-20";
const text = (en: string) => ({ en, fr: `${en} (fr)`, he: `${en} (he)` });

const metric = (more: Partial<Metric> & { key: string }): Metric => ({ label: text(more.key), unit: "count", kind: "daily", ...more });

const sensorOf = (metrics: Metric[]): Sensor => ({
  id: "test-sensor",
  title: text("Test"),
  description: text("For tests."),
  needs: [],
  everyS: 3600,
  config: z.object({}),
  cursor: z.null(),
  metrics,
  step: async () => ({ cursor: null, done: true }),
});

const seriesOf = (name: string, values: Record<string, number>, dimension = ""): Series => ({
  sensor: "test-sensor",
  metric: name,
  dimension,
  measuredAt: now,
  values,
});

function draw(metrics: Metric[], series: Series[], accountCurrency: string | null = null, view: View = usualView) {
  return drawSensor(sensorOf(metrics), { ...inputOf(series, view), accountCurrency });
}

function inputOf(series: Series[], view: View): SensorInput {
  return {
    facts: { schedule: undefined, latestRun: undefined },
    measured: bySensorAndMetric(series),
    periods: periodsUntil(today, view),
    timezone: "UTC",
    currency: "GBP",
    locale: "en",
    now,
  };
}

/** The same value on each of `count` days that end `days` ago. */
const each = (value: number, ago: number, count: number) =>
  Object.fromEntries(daysBetween(addDays(today, 1 - ago - count), addDays(today, -ago)).map((day) => [day, value]));

test("a metric that was never measured has a tile without a figure, and no chart", () => {
  const view = draw([metric({ key: "orders" })], []);
  expect(view.tiles).toMatchObject([{ value: null, previous: null, delta: null, tone: null, measuredAt: null }]);
  expect(view.charts).toEqual([]);
  expect(view.state).toBe("waiting");
});

test("a daily metric is summed over 30 days and compared with the 30 before", () => {
  const { tiles, charts } = draw(
    [metric({ key: "orders", better: "up" })],
    [seriesOf("orders", { ...each(2, 0, 30), ...each(1, 30, 30) })],
  );
  expect(tiles).toMatchObject([{ value: 60, previous: 30, delta: 1, better: "up", label: "orders" }]);
  expect(charts[0]?.series[0]?.values).toHaveLength(30);
});

test("a change is told from whole days alone, with the same weekdays on both sides", () => {
  // Weekends sell nothing, and today has only begun.
  const weekly = Object.fromEntries(
    daysBetween(addDays(today, -60), today).map((day) => [day, [0, 6].includes(new Date(`${day}T00:00:00Z`).getUTCDay()) ? 0 : 100]),
  );
  const { tiles } = draw([metric({ key: "orders" })], [seriesOf("orders", { ...weekly, [today]: 1 })]);
  expect(tiles).toMatchObject([{ delta: 0, compared: { value: 2000, previous: 2000 }, comparedAs: "weeks" }]);
});

test("a period that began before anything was measured is compared with nothing", () => {
  expect(draw([metric({ key: "orders" })], [seriesOf("orders", each(2, 0, 50))]).tiles[0]).toMatchObject({
    value: 60,
    previous: null,
    compared: null,
    delta: null,
  });
});

test("without an earlier period, or with nothing in it, there is no change to tell", () => {
  expect(draw([metric({ key: "orders" })], [seriesOf("orders", each(2, 0, 30))]).tiles[0]).toMatchObject({ previous: null, delta: null });
  expect(draw([metric({ key: "orders" })], [seriesOf("orders", { ...each(2, 0, 30), ...each(0, 30, 30) })]).tiles[0]).toMatchObject({
    previous: 0,
    delta: null,
  });
});

test("an average order is revenue by orders over the period, not a mean of days", () => {
  const metrics = [
    metric({ key: "revenue" }),
    metric({ key: "orders" }),
    metric({ key: "average", unit: "money", quotient: { of: "revenue", by: "orders" } }),
  ];
  const { tiles } = draw(metrics, [
    seriesOf("revenue", { [today]: 1000, [addDays(today, -1)]: 100 }),
    seriesOf("orders", { [today]: 1, [addDays(today, -1)]: 9 }),
    seriesOf("average", { [today]: 1000, [addDays(today, -1)]: 11 }),
  ]);
  expect(tiles[2]).toMatchObject({ key: "average", value: 110, previous: null });
});

test("a mean is over the days that were measured", () => {
  const { tiles } = draw([metric({ key: "users", aggregate: "mean" })], [seriesOf("users", { [today]: 10, [addDays(today, -3)]: 20 })]);
  expect(tiles[0]?.value).toBe(15);
});

test("a snapshot's newest state counts, and is compared with 30 days before it", () => {
  const values = { "2026-10-15": 7, "2026-10-18": 8, "2026-11-18": 12 };
  expect(draw([metric({ key: "lists", kind: "snapshot" })], [seriesOf("lists", values)]).tiles[0]).toMatchObject({
    value: 12,
    previous: 8,
    delta: 0.5,
  });
});

test("nothing is called well or ill by what a sensor measured before it stopped", () => {
  const judged = [metric({ key: "how", kind: "snapshot", unit: "status" })];
  const tonesOf = (facts: SensorInput["facts"]) => {
    const view = drawSensor(sensorOf(judged), { ...inputOf([seriesOf("how", each(0, 0, 3))], usualView), facts });
    return [view.state, view.tiles[0]?.value, view.tiles[0]?.tone];
  };
  const schedule = { enabled: true, blocked: null, nextAt: now, lastSuccessAt: now - 60_000 };
  const failed = { status: "failed", errorKind: "unavailable" } as const;
  expect(tonesOf({ schedule, latestRun: undefined })).toEqual(["ok", 0, "ok"]);
  expect(tonesOf({ schedule: { ...schedule, blocked: "not_connected" }, latestRun: undefined })).toEqual(["blocked", 0, null]);
  expect(tonesOf({ schedule: { ...schedule, blocked: "reconnect_needed" }, latestRun: undefined })).toEqual(["blocked", 0, null]);
  expect(tonesOf({ schedule: { ...schedule, enabled: false }, latestRun: undefined })).toEqual(["off", 0, null]);
  expect(tonesOf({ schedule, latestRun: failed })).toEqual(["failing", 0, null]);
  expect(tonesOf({ schedule: { ...schedule, lastSuccessAt: now - 3 * 3_600_000 }, latestRun: undefined })).toEqual(["late", 0, null]);
});

test("thresholds and statuses colour a tile", () => {
  const tone = (value: number, more: Partial<Metric>) =>
    draw([metric({ key: "m", kind: "snapshot", ...more })], [seriesOf("m", { [today]: value })]).tiles[0]?.tone;
  const above = { thresholds: { warn: 0.02, bad: 0.05, when: "above" as const } };
  const below = { thresholds: { warn: 0.2, bad: 0.1, when: "below" as const } };
  expect([tone(0.01, above), tone(0.02, above), tone(0.05, above)]).toEqual(["ok", "warn", "danger"]);
  expect([tone(0.3, below), tone(0.2, below), tone(0.05, below)]).toEqual(["ok", "warn", "danger"]);
  expect([0, 1, 2].map((value) => tone(value, { unit: "status" }))).toEqual(["ok", "warn", "danger"]);
  expect(tone(3, {})).toBeNull();
});

test("what is judged by its share is judged by how much there is", () => {
  const stock = (out: number, products: number) =>
    draw(
      [
        metric({ key: "products", kind: "snapshot" }),
        metric({ key: "out", kind: "snapshot", thresholds: { warn: 0.05, bad: 0.2, when: "above", of: "products" } }),
      ],
      [seriesOf("products", { [today]: products }), seriesOf("out", { [today]: out })],
    ).tiles[1]?.tone;
  expect([stock(50, 1250), stock(50, 1000), stock(50, 250), stock(0, 0)]).toEqual(["ok", "warn", "danger", null]);
});

const inCurrency = (name: string, currency: string, values: Record<string, number>, dimension = ""): Series => ({
  ...seriesOf(name, values, dimension),
  currency,
});

test("money stands in each of its currencies, the one in use first, and is never added", () => {
  const before = addDays(today, -10);
  const { tiles, charts } = draw(
    [
      metric({ key: "revenue", unit: "money" }),
      metric({ key: "orders" }),
      metric({ key: "average", unit: "money", quotient: { of: "revenue", by: "orders" } }),
    ],
    [
      inCurrency("revenue", "EUR", { [before]: 90_000, [today]: 0 }),
      inCurrency("revenue", "KWD", { [today]: 5000 }),
      inCurrency("orders", "EUR", { [before]: 9, [today]: 0 }),
      inCurrency("orders", "KWD", { [today]: 2 }),
    ],
  );
  expect(tiles).toMatchObject([
    { key: "revenue", value: 5000, currency: "KWD", others: [{ value: 90_000, currency: "EUR" }] },
    { key: "orders", value: 11, currency: null, others: [] },
    { key: "average", value: 2500, currency: "KWD", others: [{ value: 10_000, currency: "EUR" }] },
  ]);
  expect(charts.map(({ key, currency }) => [key, currency])).toEqual([
    ["revenue", "KWD"],
    ["revenue:EUR", "EUR"],
    ["orders", undefined],
  ]);
});

test("nothing in a new currency is 0 in it, though the last amount of all was in the old one", () => {
  const returns = [metric({ key: "returns", unit: "money" })];
  const [euros] = draw(returns, [
    inCurrency("returns", "USD", { [addDays(today, -50)]: 1000 }),
    inCurrency("returns", "EUR", each(0, 0, 49)),
  ]).tiles;
  expect(euros).toMatchObject({ value: 0, currency: "EUR" });
  // Nor does a day of the present period on which nothing was given back in the old one make it the one in use.
  const [late] = draw(returns, [
    inCurrency("returns", "USD", { [addDays(today, -50)]: 1000, [addDays(today, -29)]: 0 }),
    inCurrency("returns", "EUR", each(0, 0, 28)),
  ]).tiles;
  expect(late).toMatchObject({ value: 0, currency: "EUR" });
});

test("on the day of a change the account says which currency is in use; where it says none it is the larger", () => {
  const first = (accountCurrency: string | null) =>
    draw(
      [metric({ key: "revenue", unit: "money" })],
      [inCurrency("revenue", "EUR", { [today]: 3000 }), inCurrency("revenue", "JPY", { [today]: 200 })],
      accountCurrency,
    ).tiles.map(({ currency, others }) => [currency, ...others.map((other) => other.currency)]);
  expect(first("EUR")).toEqual([["EUR", "JPY"]]);
  expect(first("JPY")).toEqual([["JPY", "EUR"]]);
  // 200 yen against 30.00 euros.
  expect(first(null)).toEqual([["JPY", "EUR"]]);
});

test("parts begin with the currency that the whole begins with, however large those of another are", () => {
  const [old, yesterday] = [addDays(today, -20), addDays(today, -1)];
  const view = draw(
    [metric({ key: "revenue", unit: "money" }), metric({ key: "by_channel", unit: "money", dimension: text("Channel"), tile: false })],
    [
      inCurrency("revenue", "JPY", { [old]: 100_000 }),
      inCurrency("revenue", "EUR", { [yesterday]: 50_000 }),
      inCurrency("by_channel", "JPY", { [old]: 100_000 }, "Email"),
      inCurrency("by_channel", "EUR", { [yesterday]: 10_000 }, "Direct"),
      inCurrency("by_channel", "EUR", { [yesterday]: 40_000 }, "Email"),
    ],
  );
  expect(view.tiles.map(({ currency }) => currency)).toEqual(["EUR"]);
  expect(view.breakdowns.map(({ key, currency, rows }) => [key, currency, rows.map((row) => row.key)])).toEqual([
    ["by_channel", "EUR", ["Email", "Direct"]],
    ["by_channel:JPY", "JPY", ["Email"]],
  ]);
});

test("a month that was not over when it was measured is told apart", () => {
  const table = metric({ key: "cohorts", kind: "snapshot", dimension: text("Month"), table: "cohorts", tile: false });
  expect(draw([table], [seriesOf("cohorts", { "2026-11-01": 5 }, "2026-10|0")]).cohorts[0]).toMatchObject({ running: "2026-11" });
});

test("a split metric is a breakdown with shares and a chart of its largest parts, never a tile", () => {
  const split = metric({ key: "sessions", dimension: text("Channel"), dimensionLabels: { Direct: text("Straight") } });
  const view = draw(
    [split],
    [
      seriesOf("sessions", { [today]: 1 }, "Email"),
      seriesOf("sessions", { [today]: 3 }, "Direct"),
      seriesOf("sessions", { [today]: 0 }, "Gone"),
    ],
  );
  expect(view.tiles).toEqual([]);
  expect(view.breakdowns).toEqual([
    {
      key: "sessions",
      label: "sessions",
      dimension: "Channel",
      unit: "count",
      rows: [
        { key: "Direct", label: "Straight", value: 3, share: 0.75 },
        { key: "Email", label: "Email", value: 1, share: 0.25 },
      ],
    },
  ]);
  expect(view.charts[0]?.series.map(({ label }) => label)).toEqual(["Straight", "Email"]);
});

test("a part that gave back more than it sold has no share, and the others are shares of what was sold", () => {
  const split = metric({ key: "revenue", unit: "money", dimension: text("Channel") });
  const [breakdown] = draw(
    [split],
    [
      seriesOf("revenue", { [today]: 7500 }, "Email"),
      seriesOf("revenue", { [today]: 2500 }, "Direct"),
      seriesOf("revenue", { [today]: -2000 }, "Social"),
    ],
  ).breakdowns;
  expect(breakdown?.rows.map(({ key, value, share }) => [key, value, share])).toEqual([
    ["Email", 7500, 0.75],
    ["Direct", 2500, 0.25],
    ["Social", -2000, 0],
  ]);
});

test("cohorts become a triangle whose empty months are 0, and only the newest measurement is in it", () => {
  const table = metric({ key: "cohorts", kind: "snapshot", dimension: text("Month"), table: "cohorts", tile: false });
  const [old, month] = ["2026-10-01", "2026-11-01"];
  const { cohorts, breakdowns } = draw(
    [table],
    [
      seriesOf("cohorts", { [old]: 4, [month]: 5 }, "2026-09|0"),
      seriesOf("cohorts", { [month]: 1 }, "2026-09|2"),
      seriesOf("cohorts", { [old]: 9 }, "2026-08|0"),
      seriesOf("cohorts", { [month]: 2 }, "2026-11|0"),
    ],
  );
  expect(breakdowns).toEqual([]);
  expect(cohorts[0]?.cohorts).toEqual([
    { month: "2026-09", customers: [5, 0, 1] },
    { month: "2026-11", customers: [2] },
  ]);
});

test("a triangle ends in the month it was measured in, whether anybody bought since or is said to buy later", () => {
  const table = metric({ key: "cohorts", kind: "snapshot", dimension: text("Month"), table: "cohorts", tile: false });
  const month = "2026-11-01";
  const { cohorts } = draw(
    [table],
    [
      seriesOf("cohorts", { [month]: 5 }, "2026-08|0"),
      seriesOf("cohorts", { [month]: 2 }, "2026-08|1"),
      seriesOf("cohorts", { [month]: 1 }, "2026-08|4"),
      seriesOf("cohorts", { [month]: 1 }, "2026-12|0"),
    ],
  );
  expect(cohorts[0]?.cohorts).toEqual([{ month: "2026-08", customers: [5, 2, 0, 0] }]);
});

test("a sensor's state says what a person should know first", () => {
  const schedule = { enabled: true, blocked: null, nextAt: now, lastSuccessAt: now - 3_600_000 };
  const state = (
    more: Partial<typeof schedule> | { blocked: "not_connected" },
    status?: "failed" | "dead" | "queued",
    errorKind: string | null = null,
  ) => sensorStateOf({ schedule: { ...schedule, ...more }, latestRun: status && { status, errorKind } }, 3600, now);
  expect(state({})).toBe("ok");
  expect(state({ lastSuccessAt: now - 3 * 3_600_000 })).toBe("late");
  expect(state({ blocked: "not_connected" })).toBe("blocked");
  expect(state({ enabled: false })).toBe("off");
  expect(state({}, "dead")).toBe("failing");
  expect(state({}, "queued", "unavailable")).toBe("failing");
  expect(state({}, "queued")).toBe("ok");
});

async function measuredTenant(): Promise<TenantCtx> {
  const ctx = testTenantCtx(await makeTenant(), "owner", { now: () => now });
  const day = (metricKey: string, value: number) => daysBetween("2026-09-01", today).map((of) => ({ metric: metricKey, day: of, value }));
  await storeMeasurements(
    ctx,
    "shopify-sensor",
    [...day("orders", 2), ...day("revenue", 500), { metric: "products", day: today, value: 70 }],
    now,
  );
  const channels = ["Direct", "Email"].flatMap((dimension) => day("sessions_by_channel", 5).map((value) => ({ ...value, dimension })));
  await storeMeasurements(ctx, "ga4-sensor", [...day("sessions", 10), ...channels], now);
  const owner = { tenantId: ctx.tenant.id };
  await ctx.db
    .insert(schedules)
    .values({ ...owner, job: "shopify-sensor", everyS: 900, nextAt: now + 1, config: {}, lastSuccessAt: now - 60_000 });
  await ctx.db.insert(schedules).values({ ...owner, job: "ga4-sensor", everyS: 21_600, nextAt: now, config: {}, blocked: "not_connected" });
  await ctx.db.insert(connections).values({
    ...owner,
    id: newId("con", now),
    provider: "shopify",
    externalId: "a-shop",
    name: "A shop",
    details: {},
    scopesAsked: [],
    scopesGranted: [],
    status: "active",
    connectedBy: "usr",
    connectedAt: now,
  });
  for (let index = 0; index < 12; index++) {
    const at = now - index * 900_000;
    await ctx.db.insert(runs).values({
      ...owner,
      id: newId("run", at),
      job: "shopify-sensor",
      slot: at,
      trigger: "schedule",
      status: "succeeded",
      availableAt: at,
      createdAt: at,
    });
  }
  return ctx;
}

test("the overview is one batch that reads two months and the latest runs, and no more however long the history is", async () => {
  const ctx = await measuredTenant();
  const view = await readOverview(ctx);
  expect(view.view).toEqual({
    range: 30,
    from: addDays(today, -29),
    to: today,
    compare: "previous",
    compared: {
      days: { from: addDays(today, -29), to: addDays(today, -2) },
      before: { from: addDays(today, -57), to: addDays(today, -30) },
    },
    stateDays: 30,
  });
  expect(view.connections).toMatchObject([{ provider: "shopify", name: "A shop", status: "active" }]);
  expect(view.runs).toHaveLength(8);
  expect(view.runs[0]).toMatchObject({ sensor: "shopify-sensor", title: "Shop", createdAt: now });
  const [shop, , , , traffic] = view.sensors;
  expect(shop).toMatchObject({ state: "ok", lastSuccessAt: now - 60_000 });
  expect(shop?.tiles.map(({ key, value }) => [key, value]).slice(0, 3)).toEqual([
    ["revenue", 15_000],
    ["orders", 60],
    ["average_order", 250],
  ]);
  expect(traffic).toMatchObject({ state: "blocked", blocked: "not_connected" });
  expect((await readSensor(ctx, { sensor: "ga4-sensor" })).breakdowns[0]?.rows).toMatchObject([{ value: 150 }, { value: 150 }]);

  const before = await statementOf(ctx.db, seriesUntil(ctx, today, { sensors })).run();
  const years = daysBetween("2024-01-01", "2026-08-31").map((day) => ({ metric: "orders", day, value: 1 }));
  await storeMeasurements(ctx, "shopify-sensor", years, now);
  const after = await statementOf(ctx.db, seriesUntil(ctx, today, { sensors })).run();
  expect(after.meta.rows_read).toBe(before.meta.rows_read);
  // Each metric once, each value of the two months, and once more where D1 sorts it to its metric.
  expect(after.meta.rows_read).toBeLessThan(2 * (310 + sensors.flatMap(({ metrics }) => metrics).length));
});

test("the days that are looked at are the last 7, 30, 90 or 365, or some of one's own that end today at the latest", async () => {
  const ctx = await measuredTenant();
  const spanOf = async (range: View["range"]) => {
    const { view, sensors: all } = await readOverview(ctx, { view: { range, compare: "previous" } });
    return [view.range, view.from, view.to, all[0]?.days.length];
  };
  expect(await spanOf(7)).toEqual([7, addDays(today, -6), today, 7]);
  expect(await spanOf(90)).toEqual([90, addDays(today, -89), today, 90]);
  expect(await spanOf(365)).toEqual([365, addDays(today, -364), today, 365]);
  expect(await spanOf({ from: "2026-10-01", to: "2026-10-31" })).toEqual([null, "2026-10-01", "2026-10-31", 31]);
  expect(await spanOf({ from: addDays(today, -1), to: "2027-06-30" })).toEqual([null, addDays(today, -1), today, 2]);
  expect(await spanOf({ from: "2027-06-01", to: "2027-06-30" })).toEqual([null, today, today, 1]);
});

test("a comparison has the same weekdays on both sides: whole weeks before, 52 weeks before, or none", () => {
  // What day of the week it is, so that sums of the same weekdays are equal.
  const weekday = (day: string) => new Date(`${day}T00:00:00Z`).getUTCDay() + 1;
  const values = Object.fromEntries(daysBetween(addDays(today, -800), today).map((day) => [day, weekday(day)]));
  const compared = (view: View) => {
    const periods = periodsUntil(today, view);
    const [present, before] = [periods.compared.present, periods.compared.before].map((days) => days.map((day) => values[day] ?? 0));
    expect(present).toEqual(before);
    return [present?.length, periods.compared.before.at(-1)];
  };
  expect(compared({ range: 7, compare: "previous" })).toEqual([5, addDays(today, -9)]);
  expect(compared({ range: 30, compare: "previous" })).toEqual([28, addDays(today, -30)]);
  expect(compared({ range: 90, compare: "previous" })).toEqual([88, addDays(today, -2 - 91)]);
  expect(compared({ range: 365, compare: "previous" })).toEqual([363, addDays(today, -2 - 364)]);
  expect(compared({ range: 7, compare: "year" })).toEqual([5, addDays(today, -2 - 364)]);
  // A period that is over is held against whole weeks before it, and no day of it is left out.
  expect(compared({ range: { from: "2026-10-01", to: "2026-10-31" }, compare: "previous" })).toEqual([31, "2026-09-26"]);
  expect(periodsUntil(today, { range: 30, compare: "none" })).toMatchObject({ before: [], compared: { before: [] }, shift: 0 });
});

test("without a comparison no figure has an earlier one, and a state of the past is the one of then", () => {
  const metrics = [metric({ key: "orders" }), metric({ key: "profiles", kind: "snapshot" })];
  const series = [seriesOf("orders", each(2, 0, 90)), seriesOf("profiles", { "2026-10-15": 5, "2026-11-19": 9 })];
  const tilesOf = (view: View) => draw(metrics, series, null, view).tiles;
  expect(tilesOf({ range: 30, compare: "none" })).toMatchObject([
    { value: 60, previous: null, compared: null },
    { value: 9, previous: null },
  ]);
  expect(tilesOf({ range: { from: "2026-10-10", to: "2026-10-20" }, compare: "previous" })).toMatchObject([
    { value: 22, compared: { value: 22, previous: 22 } },
    { value: 5, previous: null },
  ]);
});

test("one figure is drawn large: the first that was measured, or the one that is asked for, beside the days it is compared with", async () => {
  const ctx = await measuredTenant();
  const { chart } = await readOverview(ctx);
  expect(chart).toMatchObject({ sensor: "shopify-sensor", key: "revenue", currency: "GBP", shape: "line", running: true });
  expect([chart?.values.length, chart?.before?.length, chart?.days.at(-1)]).toEqual([30, 30, today]);
  const asked = await readOverview(ctx, { metric: "shopify-sensor.orders", view: { range: 7, compare: "none" } });
  expect(asked.chart).toMatchObject({ key: "orders", values: Array(7).fill(2), before: null });
  for (const metric of ["shopify-sensor.nothing", "klaviyo-sensor.profiles", "'; drop table runs", ""])
    expect((await readOverview(ctx, { metric })).chart, metric).toMatchObject({ key: "revenue" });
  await storeMeasurements(ctx, "klaviyo-sensor", [{ metric: "profiles", day: today, value: 12 }], now);
  const state = (await readOverview(ctx, { metric: "klaviyo-sensor.profiles" })).chart;
  expect(state).toMatchObject({ sensor: "klaviyo-sensor", shape: "steps", running: false, currency: null });
});

test("of more than a third of a year a point is a week: sums are added, a quotient is of the week's sums, a state is its last one", () => {
  const metrics = [
    metric({ key: "revenue", unit: "money" }),
    metric({ key: "orders" }),
    metric({ key: "average", unit: "money", quotient: { of: "revenue", by: "orders" } }),
    metric({ key: "profiles", kind: "snapshot" }),
  ];
  // One day a week sells ten times as much to twice as many.
  const isBig = (day: string) => new Date(`${day}T00:00:00Z`).getUTCDay() === 1;
  const days = daysBetween(addDays(today, -364), today);
  const by = (value: (day: string) => number) => Object.fromEntries(days.map((day) => [day, value(day)]));
  const series = [
    {
      ...seriesOf(
        "revenue",
        by((day) => (isBig(day) ? 1000 : 100)),
      ),
      currency: "GBP",
    },
    seriesOf(
      "orders",
      by((day) => (isBig(day) ? 2 : 1)),
    ),
    seriesOf(
      "profiles",
      by((day) => days.indexOf(day)),
    ),
  ];
  const largeOf = (key: string, range: View["range"] = 365) => {
    const input = inputOf(series, { range, compare: "none" });
    const drawing = drawingsOf(sensorOf(metrics), input).find((each) => each.metric.key === key);
    return drawing && drawLarge(drawing);
  };
  const revenue = largeOf("revenue");
  expect(revenue).toMatchObject({ every: "week", running: true });
  expect([revenue?.days.length, revenue?.days[0], revenue?.days.at(-1)]).toEqual([52, addDays(today, -363), addDays(today, -6)]);
  expect(new Set(revenue?.values)).toEqual(new Set([1600]));
  expect(new Set(largeOf("average")?.values)).toEqual(new Set([200]));
  expect(largeOf("profiles")?.values.at(-1)).toBe(364);
  expect(largeOf("revenue", 90)).toMatchObject({ every: "day", days: { length: 90 } });
});

test("a chart's figures are a file: a line a day, money in whole units of its currency, nothing for what was not measured", async () => {
  const ctx = await measuredTenant();
  await storeMeasurements(ctx, "klaviyo-sensor", [{ metric: "profiles", day: today, value: 12 }], now);
  const own = { range: { from: addDays(today, -2), to: today }, compare: "none" } as const;
  const linesOf = async (sensor: string, chart: string) => {
    const { fileName, text: file } = await readChartCsv(ctx, { sensor, chart, view: own });
    return [fileName, ...file.trimEnd().split("\r\n")];
  };
  expect(await linesOf("shopify-sensor", "revenue")).toEqual([
    "shopify-sensor-revenue-2026-11-18-2026-11-20.csv",
    "\uFEFFday,Revenue (GBP)",
    "2026-11-18,5.00",
    "2026-11-19,5.00",
    "2026-11-20,5.00",
  ]);
  expect((await linesOf("klaviyo-sensor", "profiles")).slice(1)).toEqual([
    "\uFEFFday,Profiles",
    "2026-11-18,",
    "2026-11-19,",
    "2026-11-20,12",
  ]);
  expect((await linesOf("ga4-sensor", "sessions_by_channel"))[1]).toBe("\uFEFFday,Direct,Email");
  await expect(readChartCsv(ctx, { sensor: "shopify-sensor", chart: "nothing" })).rejects.toMatchObject({ kind: "not_found" });
  await expect(readChartCsv(ctx, { sensor: "nothing", chart: "revenue" })).rejects.toMatchObject({ kind: "not_found" });
});

test("the overview reads no part of a split figure, and one sensor's page nothing of another", async () => {
  const ctx = await measuredTenant();
  const readBy = async (wish: SeriesWish) => (await statementOf(ctx.db, seriesUntil(ctx, today, wish)).run()).meta.rows_read;
  const [all, whole] = [await readBy({ sensors }), await readBy({ sensors, whole: true })];
  expect(whole).toBeLessThan(all);
  const parts = Array.from({ length: 500 }, (_, at) => ({ metric: "sessions_by_channel", day: today, dimension: `c${at}`, value: 1 }));
  await storeMeasurements(ctx, "ga4-sensor", parts, now);
  expect(await readBy({ sensors, whole: true })).toBe(whole);
  expect(await readBy({ sensors: sensors.filter(({ id }) => id === "shopify-sensor") })).toBeLessThanOrEqual(all);
  expect(await readBy({ sensors })).toBeGreaterThan(all + 499);
});

test("what the overview says is what its schema says, and not a field more", async () => {
  const view = await readOverview(await measuredTenant());
  expect(Overview.parse(view)).toEqual(view);
  const page = await readSensor(await measuredTenant(), { sensor: "shopify-sensor" });
  expect(SensorPage.parse(page)).toEqual(page);
});

test("on the day that a shop changes its currency its figures begin with the new one, on the page and for programs", async () => {
  const ctx = await measuredTenant();
  const sold = [
    { metric: "revenue", day: today, currency: "USD", value: 20_000 },
    { metric: "revenue", day: today, currency: "EUR", value: 3000 },
  ];
  await storeMeasurements(ctx, "shopify-sensor", sold, now);
  await ctx.db
    .update(connections)
    .set({ details: { currency: "EUR" } })
    .where(inTenant(ctx, connections));
  await ctx.db
    .update(schedules)
    .set({ source: "shopify a-shop" })
    .where(inTenant(ctx, schedules, eq(schedules.job, "shopify-sensor")));
  const tile = (await readOverview(ctx)).sensors[0]?.tiles.find(({ key }) => key === "revenue");
  expect(tile).toMatchObject({ value: 3000, currency: "EUR" });
  expect((await readMetrics(ctx)).sensors[0]?.metrics.find(({ key }) => key === "revenue")).toMatchObject({ value: 3000, currency: "EUR" });
});

test("the words are in the reader's language, or the one that is asked for", async () => {
  const ctx = testTenantCtx(await makeTenant({ locale: "fr" }), "owner", { now: () => now });
  expect((await readOverview(ctx)).sensors[0]?.title).toBe("Boutique");
  expect((await readOverview(ctx, { locale: "he" })).sensors[0]?.title).toBe("חנות");
});

test("programs get every metric with its figure, its days or its parts", async () => {
  const { sensors, from, to } = await readMetrics(await measuredTenant());
  expect([from, to]).toEqual(["2026-09-22", today]);
  const find = (sensor: string, key: string) => sensors.find(({ id }) => id === sensor)?.metrics.find((each) => each.key === key);
  expect(find("shopify-sensor", "orders")).toMatchObject({ value: 60, previous: 60, unit: "count" });
  expect(Object.keys(find("shopify-sensor", "orders")?.days ?? {})).toHaveLength(60);
  expect(find("ga4-sensor", "sessions_by_channel")).toMatchObject({ days: {}, parts: { Direct: 150, Email: 150 } });
});

test("a figure has the same digits here as in an export", async () => {
  const ctx = testTenantCtx(await makeTenant(), "system", { now: () => now });
  const values = Array.from({ length: 55 }, (_, at) => ({ metric: "repeat_rate", day: addDays(today, -at), value: 1 / (at + 3) + at / 7 }));
  await storeMeasurements(ctx, "retention-sensor", values, now);
  const rows = await ctx.db.select().from(measurements).where(inTenant(ctx, measurements));
  const days = (await readMetrics(ctx)).sensors
    .find(({ id }) => id === "retention-sensor")
    ?.metrics.find(({ key }) => key === "repeat_rate")?.days;
  expect(days).toEqual(Object.fromEntries(rows.map(({ day, value }) => [day, value])));
  expect(Object.keys(days ?? {})).toHaveLength(55);
});

test("an account in a zone that nobody knows is said to be counted in the client's days", async () => {
  const ctx = await measuredTenant();
  await ctx.db
    .update(connections)
    .set({ details: { timezone: "Mars/Olympus_Mons" } })
    .where(inTenant(ctx, connections));
  const [shop, , klaviyo] = (await readOverview(ctx)).sensors;
  expect([shop?.unknownTimezone, klaviyo?.unknownTimezone]).toEqual(["Mars/Olympus_Mons", null]);
});

test("while a shop is read for the first time its orders so far are counted, and nobody else's; not before it is connected, once it failed or has figures", async () => {
  const ctx = testTenantCtx(await makeTenant(), "system", { now: () => now });
  const neighbour = await measuredTenant();
  const soFar = async () => {
    const [page, alone] = [(await readOverview(ctx)).backfill, await readBackfill(ctx)];
    expect(alone).toEqual(page);
    return page;
  };
  const owner = { tenantId: ctx.tenant.id };
  const schedule = (job: string) => ({ ...owner, job, everyS: 900, nextAt: now, config: {} });
  await ctx.db.insert(schedules).values([schedule("shopify-sensor"), schedule("retention-sensor"), schedule("ga4-sensor")]);
  expect(await soFar()).toBeNull();
  const shop = { ...owner, provider: "shopify", details: {}, scopesAsked: [], scopesGranted: [], connectedBy: "usr", connectedAt: now };
  await ctx.db.insert(connections).values([
    { ...shop, id: `con_${ctx.tenant.id}`, externalId: "now", name: "Now", status: "active" },
    { ...shop, id: `con_${ctx.tenant.id}_old`, externalId: "old", name: "Old", status: "disconnected" },
  ]);
  expect(await soFar()).toEqual({ orders: 0, from: null, to: null });
  const order = (connectionId: string, id: number, day: string) =>
    ({ connectionId, externalId: String(id), placedAt: id, day, grossMinor: 100, currency: "GBP", updatedAt: id }) as const;
  await ctx.db.insert(orders).values([
    { ...owner, ...order(`con_${ctx.tenant.id}`, 1, "2025-03-03") },
    { ...owner, ...order(`con_${ctx.tenant.id}`, 2, "2025-06-12") },
    { ...owner, ...order(`con_${ctx.tenant.id}_old`, 3, "2020-01-01") },
  ]);
  await neighbour.db.insert(orders).values({ tenantId: neighbour.tenant.id, ...order(`con_${ctx.tenant.id}`, 4, "2019-01-01") });
  expect(await soFar()).toEqual({ orders: 2, from: "2025-03-03", to: "2025-06-12" });
  const stand = (change: Partial<typeof schedules.$inferInsert>) =>
    ctx.db
      .update(schedules)
      .set(change)
      .where(inTenant(ctx, schedules, eq(schedules.job, "shopify-sensor")));
  await ctx.db
    .update(schedules)
    .set({ blocked: "not_in_plan" })
    .where(inTenant(ctx, schedules, eq(schedules.job, "retention-sensor")));
  for (const change of [
    { lastStatus: "failed" },
    { lastStatus: "dead" },
    { lastStatus: "cancelled" },
    { lastStatus: null, enabled: false },
  ] as const) {
    await stand(change);
    expect(await soFar(), JSON.stringify(change)).toBeNull();
  }
  await stand({ enabled: true, lastStatus: "running" });
  expect(await soFar()).toMatchObject({ orders: 2 });
  // What is told from the stored orders looked before they came, and found none.
  await ctx.db
    .update(schedules)
    .set({ blocked: null, lastSuccessAt: now, lastStatus: "succeeded" })
    .where(inTenant(ctx, schedules, eq(schedules.job, "retention-sensor")));
  expect(await soFar()).toMatchObject({ orders: 2 });
  await stand({ lastSuccessAt: now });
  expect(await soFar()).toBeNull();
});

test("a stranger finds no overview, no shop and no metrics; staff find all of them", async () => {
  const { tenant } = await measuredTenant();
  const stranger = createCaller(testCtx({ actor: (await makeUser({ roles: [[await makeTenant(), "owner"]] })).actor }));
  const input = { tenant: tenant.id };
  const named = { ...input, sensor: "shopify-sensor", chart: "revenue" };
  for (const call of [
    stranger.overview.get,
    stranger.overview.shop,
    stranger.overview.metrics,
    stranger.overview.sensor,
    stranger.overview.csv,
    stranger.overview.backfill,
  ]) {
    await expect(call(named)).rejects.toMatchObject({ code: "NOT_FOUND" });
  }
  await expect(stranger.overview.ofClient(input)).rejects.toMatchObject({ code: "FORBIDDEN" });
  const staff = createCaller(testCtx({ actor: (await makeUser({ staff: true })).actor, now: () => now }));
  expect((await staff.overview.ofClient(input)).sensors).toHaveLength(5);
  expect(await staff.overview.shop(input)).toMatchObject({ orders: 0, currency: null });
  const viewer = createCaller(testCtx({ actor: (await makeUser({ roles: [[tenant, "viewer"]] })).actor, now: () => now }));
  expect((await viewer.overview.get(input)).currency).toBe("GBP");
  expect((await viewer.overview.metrics(input)).sensors).toHaveLength(5);
});
