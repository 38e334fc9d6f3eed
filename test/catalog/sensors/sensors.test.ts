import { sql } from "drizzle-orm";
import { expect, test } from "vitest";
import { measurements, orders } from "#db/schema/index.ts";
import { propertiesOf } from "#sandbox/google/properties.ts";
import { flowsOf, listsOf, profilesOf, segmentsOf } from "#sandbox/klaviyo/figures.ts";
import type { AccountRequest } from "#server/catalog/account.ts";
import { addDays, dayOf } from "#server/catalog/days.ts";
import { exponentOf, minorUnits } from "#server/catalog/money.ts";
import { emailHealthSensor } from "#server/catalog/sensors/email-health-sensor.ts";
import { ga4Sensor } from "#server/catalog/sensors/ga4-sensor.ts";
import { klaviyoSensor } from "#server/catalog/sensors/klaviyo-sensor.ts";
import { retentionSensor } from "#server/catalog/sensors/retention-sensor.ts";
import type { TenantCtx } from "#server/ctx.ts";
import { readMetrics, readOverview } from "#server/domain/metrics/overview.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { makeTenant, testTenantCtx } from "#test/harness.ts";
import { runSensor, valuesOf } from "./run-sensor.ts";
import { sandboxAccount, scriptedAccount } from "./sandbox-account.ts";

const now = Date.parse("2026-11-20T12:00:00Z");
const newCtx = async (): Promise<TenantCtx> => testTenantCtx(await makeTenant(), "system");
const scopesOf = (sensor: typeof klaviyoSensor) => sensor.needs[0]?.scopes ?? [];

test.each([
  ["403.0", "GBP", 40_300],
  ["0.29", "GBP", 29],
  ["1.005", "GBP", 101],
  ["1.0049999", "GBP", 100],
  ["19.99", "EUR", 1999],
  ["-0.5", "USD", -50],
  ["-0.0", "USD", 0],
  ["1000.0", "JPY", 1000],
  ["0.5", "JPY", 1],
  ["1.5", "KWD", 1500],
  ["0.0004", "KWD", 0],
  ["1.2E7", "JPY", 12_000_000],
  ["5E-3", "GBP", 1],
  ["4E-3", "GBP", 0],
  ["1E-5", "GBP", 0],
  ["90071992547409.91", "GBP", 9_007_199_254_740_991],
])("%s %s is %i minor units", (amount, currency, minor) => {
  expect(minorUnits(amount, currency)).toBe(minor);
});

test("what is no amount, or too large to count, is refused", () => {
  for (const amount of ["", "1,5", "NaN", "0x10", "1e999", ".", "90071992547409.92"])
    expect(() => minorUnits(amount, "GBP")).toThrow(RangeError);
  expect([exponentOf("GBP"), exponentOf("JPY"), exponentOf("KWD")]).toEqual([2, 0, 3]);
});

test("retention says nothing before there are customers, and then what the history says", async () => {
  const ctx = await newCtx();
  const account = scriptedAccount("shopify", () => ({}));
  expect((await runSensor(ctx, retentionSensor, { account, now })).measurements).toEqual([]);
  const bought: [string | null, string][] = [
    ["a", "2026-09-01"],
    ["a", "2026-09-11"],
    ["a", "2026-11-01"],
    ["b", "2026-11-02"],
    [null, "2026-11-03"],
  ];
  for (const [index, [customerId, day]] of bought.entries()) {
    const placedAt = Date.parse(`${day}T12:00:00Z`);
    const order = {
      connectionId: account.connectionId,
      externalId: String(index),
      customerId,
      placedAt,
      day,
      grossMinor: 100,
      currency: "GBP",
      updatedAt: placedAt,
    };
    await ctx.db.insert(orders).values({ tenantId: ctx.tenant.id, ...order });
  }
  const run = await runSensor(ctx, retentionSensor, { account, now });
  expect(account.calls).toEqual([]);
  const at = (metric: string) => valuesOf(run, metric)["2026-11-20"];
  expect([at("customers"), at("repeat_customers"), at("repeat_rate"), at("median_gap"), at("mean_gap")]).toEqual([2, 1, 0.5, 30.5, 30.5]);
  expect(valuesOf(run, "cohorts")).toEqual({
    "2026-11-01 2026-09|0": 1,
    "2026-11-01 2026-09|2": 1,
    "2026-11-01 2026-11|0": 1,
  });
});

test("Klaviyo's audience is counted as it is, and at the next hour only what is new is read", async () => {
  const ctx = await newCtx();
  const account = await sandboxAccount("klaviyo", "BetaB2", { scopes: scopesOf(klaviyoSensor), timezone: "UTC" });
  const run = await runSensor(ctx, klaviyoSensor, { account });
  const today = dayOf(Date.now(), "UTC");
  const at = (metric: string) => valuesOf(run, metric)[today];
  const visible = profilesOf("BetaB2").filter(({ attributes }) => Date.parse(attributes.created) < Date.now() - 120_000).length;
  expect([at("profiles"), at("lists"), at("segments"), at("flows")]).toEqual([
    visible,
    listsOf("BetaB2").length,
    segmentsOf("BetaB2").length,
    flowsOf("BetaB2").length,
  ]);
  const byStatus = Object.values(valuesOf(run, "flows_by_status")).reduce((a, b) => a + b, 0);
  expect(byStatus).toBe(flowsOf("BetaB2").length);
  account.calls.length = 0;
  const again = await runSensor(ctx, klaviyoSensor, { account, cursor: run.cursor });
  expect(account.calls.filter(({ path }) => path.includes("/api/profiles"))).toHaveLength(1);
  expect(valuesOf(again, "profiles")[today]).toBe(visible);
});

/** A Klaviyo account of these profiles, 100 a page, that understands the filter. */
function klaviyoOf(created: () => string[]) {
  return scriptedAccount(
    "klaviyo",
    ({ path }: AccountRequest) => {
      const url = new URL(path, "https://a.klaviyo.com");
      if (url.pathname !== "/api/profiles") return { data: [], links: { next: null } };
      const after = /greater-than\(created,([^)]+)\)/.exec(url.searchParams.get("filter") ?? "")?.[1];
      const found = created().filter((each) => after === undefined || Date.parse(each) > Date.parse(after));
      const start = Number(url.searchParams.get("page[cursor]") ?? 0);
      url.searchParams.set("page[cursor]", String(start + 100));
      const next = start + 100 < found.length ? url.href : null;
      return {
        data: found.slice(start, start + 100).map((each, index) => ({ id: String(start + index), attributes: { created: each } })),
        links: { next },
      };
    },
    { timezone: "Asia/Jerusalem" },
  );
}

test("many profiles are counted over several steps, each page once, and growth is by the account's own days", async () => {
  const ctx = await newCtx();
  const many = Array.from({ length: 4350 }, (_, index) => new Date(Date.parse("2026-11-18T21:00:00Z") + index * 10_000).toISOString());
  const account = klaviyoOf(() => many);
  const run = await runSensor(ctx, klaviyoSensor, { account, now });
  expect(run.steps).toHaveLength(2);
  expect(valuesOf(run, "profiles")).toEqual({ "2026-11-20": 4350 });
  // 21:00 to 22:00 UTC is still the 18th in Jerusalem: 360 of them.
  expect(valuesOf(run, "new_profiles")).toEqual({ "2026-11-18": 360, "2026-11-19": 3990, "2026-11-20": 0 });
});

test("growth is told of 90 days, of a younger account from its oldest profile on, and of one without profiles from today", async () => {
  const daysOf = async (created: string[]) =>
    Object.keys(valuesOf(await runSensor(await newCtx(), klaviyoSensor, { account: klaviyoOf(() => created), now }), "new_profiles"));
  const old = await daysOf(["2025-01-01T00:00:00+00:00", "2026-11-19T08:00:00+00:00"]);
  expect([old[0], old.length]).toEqual(["2026-08-23", 90]);
  expect(await daysOf(["2026-11-18T08:00:00+00:00"])).toEqual(["2026-11-18", "2026-11-19", "2026-11-20"]);
  expect(await daysOf([])).toEqual(["2026-11-20"]);
});

test("an account that is 40 days old has grown by so many, and is compared with nothing", async () => {
  const ctx = testTenantCtx(await makeTenant({ timezone: "Asia/Jerusalem" }), "system", { now: () => now });
  const created = Array.from({ length: 40 }, (_, ago) => new Date(now - 3_600_000 - ago * 86_400_000).toISOString()).reverse();
  const account = klaviyoOf(() => created);
  const first = await runSensor(ctx, klaviyoSensor, { account, now });
  const grown = async () => {
    const { metrics = [] } = (await readMetrics(ctx)).sensors.find(({ id }) => id === "klaviyo-sensor") ?? {};
    return metrics.find(({ key }) => key === "new_profiles");
  };
  expect(await grown()).toMatchObject({ value: 30, previous: null, compared: null, delta: null });
  // Nor does a later count, which reads the new ones alone, make the account begin with them or earlier.
  created.push(new Date(now - 30_000).toISOString());
  await runSensor(ctx, klaviyoSensor, { account, now: now + 60_000, cursor: first.cursor });
  expect(await grown()).toMatchObject({ value: 31, previous: null, compared: null, delta: null });
});

test("a count that began before the oldest profile was kept goes on with its last days", async () => {
  const ctx = await newCtx();
  const created = ["2026-10-01T00:00:00+00:00"];
  const account = klaviyoOf(() => created);
  const first = await runSensor(ctx, klaviyoSensor, { account, now });
  const { oldest: _, ...before } = first.cursor as Record<string, unknown>;
  created.push("2026-11-20T12:30:00+00:00");
  const second = await runSensor(ctx, klaviyoSensor, { account, now: now + 3_600_000, cursor: before });
  expect(valuesOf(second, "new_profiles")).toEqual({ "2026-11-17": 0, "2026-11-18": 0, "2026-11-19": 0, "2026-11-20": 1 });
});

test("a large import after the first count adds to its own days and leaves the earlier ones alone", async () => {
  const ctx = await newCtx();
  const created = ["2026-10-01T00:00:00+00:00"];
  const account = klaviyoOf(() => created);
  const first = await runSensor(ctx, klaviyoSensor, { account, now });
  for (let index = 0; index < 4100; index++) created.push(new Date(now + index * 100).toISOString());
  const second = await runSensor(ctx, klaviyoSensor, { account, now: now + 3_600_000, cursor: first.cursor });
  expect(second.steps).toHaveLength(2);
  expect(valuesOf(second, "profiles")).toEqual({ "2026-11-20": 4101 });
  expect(valuesOf(second, "new_profiles")).toEqual({ "2026-11-17": 0, "2026-11-18": 0, "2026-11-19": 0, "2026-11-20": 4100 });
});

test("another account is counted from its beginning", async () => {
  const ctx = await newCtx();
  const first = await runSensor(ctx, klaviyoSensor, { account: klaviyoOf(() => ["2026-10-01T00:00:00Z", "2026-10-02T00:00:00Z"]), now });
  const other = { ...klaviyoOf(() => ["2026-09-01T00:00:00Z"]), externalId: "other" };
  const second = await runSensor(ctx, klaviyoSensor, { account: other, now: now + 3_600_000, cursor: first.cursor });
  expect(valuesOf(second, "profiles")).toEqual({ "2026-11-20": 1 });
});

test("a new profile is counted once, and whatever is younger than a minute waits", async () => {
  const ctx = await newCtx();
  const created = ["2026-11-01T00:00:00+00:00", "2026-11-20T11:58:00+00:00", "2026-11-20T11:59:30+00:00"];
  const account = klaviyoOf(() => created);
  const first = await runSensor(ctx, klaviyoSensor, { account, now });
  expect(valuesOf(first, "profiles")).toEqual({ "2026-11-20": 2 });
  created.push("2026-11-20T12:30:00+00:00");
  const second = await runSensor(ctx, klaviyoSensor, { account, now: now + 3_600_000, cursor: first.cursor });
  expect(valuesOf(second, "profiles")).toEqual({ "2026-11-20": 4 });
  expect(valuesOf(second, "new_profiles")).toEqual({ "2026-11-17": 0, "2026-11-18": 0, "2026-11-19": 0, "2026-11-20": 3 });
  // A deleted profile is seen when all are counted again.
  created.splice(0, 1);
  const later = await runSensor(ctx, klaviyoSensor, { account, now: now + 31 * 86_400_000, cursor: second.cursor });
  expect(valuesOf(later, "profiles")).toEqual({ "2026-12-21": 3 });
});

const results = (...campaigns: Record<string, number>[]) => ({
  data: { attributes: { results: campaigns.map((statistics) => ({ groupings: { send_channel: "email" }, statistics })) } },
});
const mailOf = (report: unknown, metrics: unknown[] = [{ id: "m1", attributes: { name: "Placed Order" } }]) =>
  scriptedAccount("klaviyo", ({ path }) => (path.startsWith("/api/metrics") ? { data: metrics, links: {} } : report), { timezone: "UTC" });
const healthOf = async (
  account: ReturnType<typeof mailOf>,
  { ctx, ...more }: { ctx?: TenantCtx; config?: unknown; cursor?: unknown; now?: number } = {},
) => runSensor(ctx ?? (await newCtx()), emailHealthSensor, { account, now, ...more });

test("an account that sent nothing has no rates and no status", async () => {
  for (const account of [mailOf(results()), mailOf(results(), [])]) {
    const run = await healthOf(account);
    expect(run.measurements).toEqual([{ metric: "delivered", day: "2026-11-20", value: 0 }]);
    expect(run.logs.map(({ level }) => level)).toEqual(["info"]);
  }
});

const campaign = {
  recipients: 1000,
  delivered: 990,
  opens_unique: 396,
  clicks_unique: 30,
  bounced: 10,
  spam_complaints: 0,
  unsubscribe_uniques: 2,
};

test("rates are of all mails together, and within their limits the status is ok", async () => {
  const large = {
    ...campaign,
    recipients: 9010,
    delivered: 9010,
    opens_unique: 2604,
    clicks_unique: 170,
    bounced: 90,
    unsubscribe_uniques: 8,
  };
  const run = await healthOf(mailOf(results(campaign, large)));
  const at = (metric: string) => valuesOf(run, metric)["2026-11-20"];
  expect([at("open_rate"), at("click_rate"), at("bounce_rate"), at("spam_rate"), at("unsubscribe_rate")]).toEqual([
    0.3,
    0.02,
    100 / 10_010,
    0,
    0.001,
  ]);
  expect([at("status"), at("delivered")]).toEqual([0, 10_000]);
});

test.each([
  ["spam_complaints", 1, "Spam complaints", 1],
  ["spam_complaints", 3, "Spam complaints", 2],
  ["bounced", 20, "Bounce rate", 1],
  ["bounced", 60, "Bounce rate", 2],
  ["opens_unique", 150, "Open rate", 1],
])("%s at %i of a thousand names %s with status %i", async (name, count, label, status) => {
  const run = await healthOf(mailOf(results({ ...campaign, delivered: 1000, [name]: count })));
  expect(valuesOf(run, "status")).toEqual({ "2026-11-20": status });
  const warnings = run.logs.filter(({ level }) => level === "warn");
  expect(warnings).toHaveLength(1);
  expect(warnings[0]?.message).toContain(label);
});

test("a handful of mails is shown but not judged", async () => {
  const run = await healthOf(mailOf(results({ ...campaign, recipients: 20, delivered: 20, spam_complaints: 1 })));
  expect(valuesOf(run, "spam_rate")).toEqual({ "2026-11-20": 0.05 });
  expect(valuesOf(run, "status")).toEqual({});
  expect(valuesOf(await healthOf(mailOf(results(campaign)), { config: { fewestDelivered: 5000 } }), "status")).toEqual({});
});

test("what a report does not say is no zero: that rate is not told, and nothing is judged", async () => {
  const { spam_complaints: _, ...silent } = campaign;
  const run = await healthOf(mailOf(results(campaign, silent)));
  expect(valuesOf(run, "spam_rate")).toEqual({});
  expect(valuesOf(run, "open_rate")).toEqual({ "2026-11-20": 0.4 });
  expect(valuesOf(run, "status")).toEqual({});
  expect(run.logs).toMatchObject([{ level: "warn", fields: { lacking: ["spam_complaints"] } }]);
});

test("text messages are left out, and a report costs one call once its metric is known", async () => {
  const report = results(campaign);
  report.data.attributes.results.push({ groupings: { send_channel: "sms" }, statistics: { ...campaign, delivered: 5 } });
  const account = mailOf(report);
  const run = await healthOf(account);
  expect(valuesOf(run, "delivered")).toEqual({ "2026-11-20": 990 });
  const again = mailOf(report);
  await healthOf(again, { cursor: run.cursor });
  expect(again.calls.map(({ path }) => path)).toEqual(["/api/campaign-values-reports"]);
});

const person = "traffic@acme.example";
const properties = propertiesOf(person).map(({ id, displayName }) => ({ kind: "ga4_property", id, name: displayName }));

test("what was judged is no verdict any more once too few mails are there to judge by", async () => {
  const ctx = testTenantCtx(await makeTenant(), "system", { now: () => now + 86_400_000 });
  const judged = await healthOf(mailOf(results({ ...campaign, delivered: 10_000 })), { ctx });
  expect(judged.measurements.map(({ metric }) => metric)).toContain("status");
  const tile = async () =>
    (await readOverview(ctx)).sensors.find(({ id }) => id === "email-health-sensor")?.tiles.find(({ key }) => key === "status")?.value;
  expect(await tile()).toEqual(expect.any(Number));
  await healthOf(mailOf(results({ ...campaign, recipients: 20, delivered: 20 })), { ctx, now: now + 86_400_000 });
  expect(await tile()).toBeNull();
});

test("GA4's parts by channel come to its totals on every day of the backfill", async () => {
  const account = await sandboxAccount("google", person, { scopes: scopesOf(ga4Sensor), resources: properties });
  const run = await runSensor(await newCtx(), ga4Sensor, { account });
  const sessions = valuesOf(run, "sessions");
  expect(Object.keys(sessions)).toHaveLength(91);
  const byDay: Record<string, number> = {};
  for (const [key, value] of Object.entries(valuesOf(run, "sessions_by_channel"))) {
    const day = key.slice(0, 10);
    byDay[day] = (byDay[day] ?? 0) + value;
  }
  expect(byDay).toEqual(sessions);
  const again = await runSensor(await newCtx(), ga4Sensor, { account, cursor: run.cursor });
  expect(Object.keys(valuesOf(again, "sessions"))).toHaveLength(4);
});

const ga4 = (rows: (startDate: string, split: boolean) => unknown, resources = properties) =>
  scriptedAccount(
    "google",
    ({ body }) => {
      const { dateRanges, dimensions } = body as { dateRanges: { startDate: string }[]; dimensions: unknown[] };
      const found = rows(dateRanges[0]?.startDate ?? "", dimensions.length > 1);
      return { ...(found !== null && { rows: found, rowCount: 1 }), metadata: { currencyCode: "GBP", timeZone: "Asia/Jerusalem" } };
    },
    { resources, timezone: "Asia/Jerusalem" },
  );

test("users are people, counted once in the period, and held against whole weeks of the same length", async () => {
  const ctx = await newCtx();
  const account = await sandboxAccount("google", person, { scopes: scopesOf(ga4Sensor), resources: properties });
  const run = await runSensor(ctx, ga4Sensor, { account });
  const today = dayOf(Date.now(), "Europe/London");
  const at = (metric: string) => valuesOf(run, metric)[today] ?? Number.NaN;
  const daily = Object.entries(valuesOf(run, "daily_users"))
    .filter(([day]) => day > addDays(today, -30))
    .map(([, value]) => value);
  expect(at("users")).toBeLessThan(daily.reduce((a, b) => a + b, 0));
  expect(at("users")).toBeGreaterThan(Math.max(...daily));
  const asked = account.calls
    .map(({ body }) => body as { dateRanges: { startDate: string; endDate: string }[]; dimensions: object[] })
    .filter(({ dimensions }) => dimensions.length === 0)
    .flatMap(({ dateRanges }) => dateRanges);
  expect(asked).toEqual([
    { startDate: addDays(today, -29), endDate: today },
    { startDate: addDays(today, -59), endDate: addDays(today, -30) },
    { startDate: addDays(today, -29), endDate: addDays(today, -2) },
    { startDate: addDays(today, -57), endDate: addDays(today, -30) },
  ]);
  const view = await readOverview(ctx);
  const tile = view.sensors.find(({ id }) => id === "ga4-sensor")?.tiles.find(({ key }) => key === "users");
  const compared = { value: at("users_in_weeks"), previous: at("users_in_weeks_before") };
  expect(tile).toMatchObject({ value: at("users"), previous: at("users_before"), compared });
});

test("a property younger than the period has no figures of days before it, and compares with nothing", async () => {
  const ctx = await newCtx();
  const newcomer = "newcomer@traffic.example";
  const [property] = propertiesOf(newcomer);
  const resources = [{ kind: "ga4_property", id: property?.id ?? "", name: "shop" }];
  const account = await sandboxAccount("google", newcomer, { scopes: scopesOf(ga4Sensor), resources });
  const first = await runSensor(ctx, ga4Sensor, { account });
  const days = Object.keys(valuesOf(first, "sessions"));
  expect(days.length).toBeLessThan(19);
  // The credited month of a later day reaches back behind its beginning.
  const second = await runSensor(ctx, ga4Sensor, { account, cursor: { ...(first.cursor as object), creditedOn: "2026-01-01" } });
  expect(Object.keys(valuesOf(second, "sessions"))[0]).toBe(days[0]);
  for (const metric of ["users_before", "users_in_weeks", "users_in_weeks_before"]) expect(valuesOf(second, metric)).toEqual({});
  const tiles = (await readOverview(ctx)).sensors.find(({ id }) => id === "ga4-sensor")?.tiles ?? [];
  expect(tiles.length).toBeGreaterThan(3);
  for (const { key, value, previous, delta } of tiles) expect([key, value !== null, previous, delta]).toEqual([key, true, null, null]);
});

test("revenue is in the property's own currency, and left out where Google does not say it", async () => {
  const someone = "owner@gamma.example";
  const resources = [{ kind: "ga4_property", id: propertiesOf(someone)[0]?.id ?? "", name: "shop" }];
  const account = await sandboxAccount("google", someone, { scopes: scopesOf(ga4Sensor), resources, currency: "ILS" });
  const run = await runSensor(await newCtx(), ga4Sensor, { account });
  const revenue = (measured: typeof run) => measured.measurements.filter(({ metric }) => metric.startsWith("revenue"));
  expect(new Set(revenue(run).map(({ currency }) => currency))).toEqual(new Set(["USD"]));
  expect(run.steps[0]?.timezone).toBe("America/Los_Angeles");
  expect(account.calls.length).toBeGreaterThan(0);
  expect(account.calls.every(({ body }) => !JSON.stringify(body).includes("currencyCode"))).toBe(true);

  const restricted = { schemaRestrictionResponse: { activeMetricRestrictions: [{ metricName: "totalRevenue" }] } };
  for (const metadata of [{ timeZone: "UTC" }, { timeZone: "UTC", currencyCode: "GBP", ...restricted }]) {
    const silent = scriptedAccount(
      "google",
      () => ({ rows: [row(["20261120", "Email"], ["42", "30", "2", "0"])], rowCount: 1, metadata }),
      {
        resources: properties,
      },
    );
    const hidden = await runSensor(await newCtx(), ga4Sensor, { account: silent, now });
    expect(revenue(hidden)).toEqual([]);
    expect(valuesOf(hidden, "conversions")).toEqual({ "2026-11-20": 2 });
    expect(hidden.logs.filter(({ level }) => level === "warn")).toHaveLength(1);
  }
});

test("an account in a zone that no clock knows is read by the client's days, and the run says so", async () => {
  const client = "Asia/Tokyo";
  // 16:00 UTC is the next day in Tokyo.
  const late = Date.parse("2026-11-20T16:00:00Z");
  const traffic = scriptedAccount(
    "google",
    ({ body }) => {
      const { dimensions } = body as { dimensions: object[] };
      const rows = [row(["20261121", "Email"].slice(0, dimensions.length), ["4", "3", "1", "2"])];
      return { rows, rowCount: 1, metadata: { currencyCode: "GBP", timeZone: "Pacific Time (US & Canada)" } };
    },
    { resources: properties },
  );
  const ofSite = await runSensor(await newCtx(), ga4Sensor, { account: traffic, now: late, timezone: client });
  expect([ofSite.steps[0]?.timezone, valuesOf(ofSite, "users")]).toEqual([client, { "2026-11-21": 3 }]);

  const klaviyo = await sandboxAccount("klaviyo", "Zone01", { scopes: scopesOf(klaviyoSensor), timezone: "Eastern Time (US & Canada)" });
  const audience = await runSensor(await newCtx(), klaviyoSensor, { account: klaviyo, now: late, timezone: client });
  expect(Object.keys(valuesOf(audience, "profiles"))).toEqual(["2026-11-21"]);
  for (const run of [ofSite, audience]) expect(run.logs.filter(({ level }) => level === "warn").length).toBeGreaterThan(0);
});

test("what Google credits to no channel is one channel, whose name it leaves empty or not", async () => {
  const account = ga4((_, split) =>
    split
      ? [row(["20261120", ""], ["4", "0", "0"]), row(["20261119", "(not set)"], ["3", "0", "0"])]
      : [row(["20261120"], ["4", "4", "0", "0"]), row(["20261119"], ["3", "3", "0", "0"])],
  );
  const run = await runSensor(await newCtx(), ga4Sensor, { account, now });
  expect(valuesOf(run, "sessions_by_channel")).toEqual({ "2026-11-20 (not set)": 4, "2026-11-19 (not set)": 3 });
});

test("a property without traffic has zeros and no channel, and says so", async () => {
  const run = await runSensor(await newCtx(), ga4Sensor, { account: ga4(() => null), now });
  expect(new Set(Object.values(valuesOf(run, "sessions")))).toEqual(new Set([0]));
  expect(valuesOf(run, "sessions_by_channel")).toEqual({});
  expect(run.logs).toMatchObject([{ level: "info" }]);
});

const row = (names: string[], values: string[]) => ({
  dimensionValues: names.map((value) => ({ value })),
  metricValues: values.map((value) => ({ value })),
});

test("figures keep their days, money its minor units, and a channel that empties falls to 0", async () => {
  const ctx = await newCtx();
  let channel = "Unassigned";
  const account = ga4((_, split) =>
    split
      ? [row(["20261120", channel], ["42", "2", "1034.5"])]
      : [row(["20261120"], ["42", "30", "2", "1034.505"]), row(["20260901"], ["1", "1", "0", "0"])],
  );
  const first = await runSensor(ctx, ga4Sensor, { account, now });
  expect(valuesOf(first, "revenue")["2026-11-20"]).toBe(103_451);
  expect(valuesOf(first, "users")["2026-11-20"]).toBe(30);
  channel = "Email";
  const second = await runSensor(ctx, ga4Sensor, { account, now: now + 21_600_000, cursor: first.cursor });
  const split = valuesOf(second, "sessions_by_channel");
  expect([split["2026-11-20 Unassigned"], split["2026-11-20 Email"]]).toEqual([0, 42]);
  // The next day the credited month is read again.
  const third = await runSensor(ctx, ga4Sensor, { account, now: now + 86_400_000, cursor: second.cursor });
  expect(Object.keys(valuesOf(third, "sessions"))).toHaveLength(31);
  expect(Object.keys(valuesOf(second, "sessions"))).toHaveLength(4);
});

test("revenue in a currency that nobody knows is left out and named; people and sessions are counted all the same", async () => {
  const account = scriptedAccount(
    "google",
    ({ body }) => {
      const { dimensions } = body as { dimensions: unknown[] };
      const rows = [row(["20261119", "Email"].slice(0, dimensions.length), ["4", "3", "1", "2"].slice(0, dimensions.length > 1 ? 3 : 4))];
      return { rows, rowCount: 1, metadata: { currencyCode: "XYZ", timeZone: "UTC" } };
    },
    { resources: properties },
  );
  const run = await runSensor(await newCtx(), ga4Sensor, { account, now });
  const on = (metric: string, at: string) => valuesOf(run, metric)[at];
  expect([on("sessions", "2026-11-19"), on("users", "2026-11-20"), on("sessions_by_channel", "2026-11-19 Email")]).toEqual([4, 3, 4]);
  expect(run.measurements.filter(({ metric }) => metric.startsWith("revenue"))).toEqual([]);
  expect(run.logs).toMatchObject([{ level: "warn", fields: { currency: "XYZ" } }]);
});

test("the chosen property is read; without one the run says what is missing", async () => {
  const run = async (account: ReturnType<typeof ga4>) => {
    await runSensor(await newCtx(), ga4Sensor, { account, now });
    return account.calls[0]?.path;
  };
  const none = () => null;
  const calendar = { kind: "calendar", id: "somebody@example.com", name: "Calendar" };
  expect(await run(ga4(none, [calendar, ...properties.slice(-1)]))).toBe(`/v1beta/properties/${properties.at(-1)?.id}:runReport`);
  await expect(run(ga4(none, [calendar]))).rejects.toMatchObject({ kind: "rejected" });
});

test("a property that changes its currency has each day in one: the days that are read again in the new one, older ones in theirs", async () => {
  const ctx = testTenantCtx(await makeTenant(), "system", { now: () => now + 86_400_000 });
  const inCurrency = (currencyCode: string) =>
    scriptedAccount(
      "google",
      ({ body }) => {
        const { dimensions } = body as { dimensions: unknown[] };
        const row = (day: string) => ({
          dimensionValues: [{ value: day }, { value: "Direct" }].slice(0, dimensions.length),
          metricValues: Array.from({ length: dimensions.length > 1 ? 3 : 4 }, () => ({ value: "100" })),
        });
        return { rows: ["20260901", "20261115"].map(row), rowCount: 2, metadata: { currencyCode, timeZone: "UTC" } };
      },
      { resources: [{ kind: "ga4_property", id: "properties/1", name: "one" }], timezone: "UTC" },
    );
  const first = await runSensor(ctx, ga4Sensor, { account: inCurrency("EUR"), now });
  await runSensor(ctx, ga4Sensor, { account: inCurrency("USD"), now: now + 86_400_000, cursor: first.cursor });
  const rows = await ctx.db
    .select({ metric: measurements.metric, day: measurements.day, currency: measurements.currency })
    .from(measurements)
    .where(inTenant(ctx, measurements, sql`${measurements.metric} like 'revenue%' and ${measurements.value} > 0`))
    .orderBy(measurements.metric, measurements.day);
  expect(rows.map(({ metric, day, currency }) => `${metric} ${day} ${currency}`)).toEqual([
    "revenue 2026-09-01 EUR",
    "revenue 2026-11-15 USD",
    "revenue_by_channel 2026-09-01 EUR",
    "revenue_by_channel 2026-11-15 USD",
  ]);
});
