import { and, eq, inArray, isNotNull } from "drizzle-orm";
import { expect, test } from "vitest";
import { openDb } from "#db/client.ts";
import { auditLog, connections, measurements, orders, refunds, schedules, users } from "#db/schema/index.ts";
import { makeTenant, makeUser, testEnv } from "#test/harness.ts";

const db = openDb(testEnv.DB);
/** As they would be today: the column is called `job` since. */
const queriesOf = (name: string) =>
  (testEnv.TEST_MIGRATIONS.find((each) => each.name.includes(name))?.queries ?? []).map((query) => query.replaceAll('"sensor"', '"job"'));
let count = 0;

async function sell(tenantId: string, day: string, currency: string, minor: number): Promise<void> {
  const row = { tenantId, connectionId: "con", day, currency };
  const externalId = String(count++);
  await db.insert(orders).values({ ...row, externalId, customerId: null, placedAt: 0, grossMinor: minor, updatedAt: 0 });
  await db
    .insert(refunds)
    .values({ ...row, externalId: `${externalId}-cancelled`, orderExternalId: externalId, refundedAt: 7, amountMinor: minor });
}

const measured = (tenantId: string) =>
  db
    .select({ day: measurements.day, metric: measurements.metric, currency: measurements.currency, value: measurements.value })
    .from(measurements)
    .where(eq(measurements.tenantId, tenantId))
    .orderBy(measurements.day, measurements.metric, measurements.dimension);

test("figures of before get the currency of their day's orders, else the client's, and none of them is lost", async () => {
  const { id } = await makeTenant({ currency: "EUR" });
  await sell(id, "2026-01-01", "GBP", 100);
  await sell(id, "2026-01-02", "JPY", 100);
  const row = (job: string, metric: string, day: string, value: number, dimension = "") => ({
    tenantId: id,
    job,
    metric,
    day,
    dimension,
    value,
    measuredAt: 3,
  });
  await db
    .insert(measurements)
    .values([
      row("shopify-sensor", "revenue", "2026-01-01", 100),
      row("shopify-sensor", "orders", "2026-01-01", 1),
      row("shopify-sensor", "revenue", "2026-01-02", 100),
      row("shopify-sensor", "revenue", "2026-01-03", 0),
      row("shopify-sensor", "products", "2026-01-03", 9),
      row("ga4-sensor", "revenue_by_channel", "2026-01-03", 5, "Direct"),
      row("ga4-sensor", "sessions", "2026-01-03", 0.1 + 0.2),
    ]);
  const changes = queriesOf("figures_in_their_currency").filter((each) => /\bUPDATE `(measurements|orders)`/.test(each));
  expect(changes).toHaveLength(3);
  for (const change of changes) await testEnv.DB.prepare(change).run();
  expect(await measured(id)).toEqual([
    { day: "2026-01-01", metric: "orders", currency: "GBP", value: 1 },
    { day: "2026-01-01", metric: "revenue", currency: "GBP", value: 100 },
    { day: "2026-01-02", metric: "revenue", currency: "JPY", value: 100 },
    { day: "2026-01-03", metric: "products", currency: "", value: 9 },
    { day: "2026-01-03", metric: "revenue", currency: "JPY", value: 0 },
    { day: "2026-01-03", metric: "revenue_by_channel", currency: "EUR", value: 5 },
    { day: "2026-01-03", metric: "sessions", currency: "", value: 0.1 + 0.2 },
  ]);
  expect((await db.select().from(orders).where(eq(orders.tenantId, id))).map(({ cancelledAt }) => cancelledAt)).toEqual([7, 7]);
});

test("amounts that were counted by the runtime's own decimals are by ISO 4217's from then on, and all others stay", async () => {
  const { id } = await makeTenant();
  for (const [currency, minor] of [
    ["RSD", 1991],
    ["IQD", 5],
    ["GBP", 1234],
    ["JPY", 1000],
  ] as const) {
    await sell(id, "2026-01-01", currency, minor);
    const row = { tenantId: id, job: "shopify-sensor", day: "2026-01-01", measuredAt: 0, currency };
    await db.insert(measurements).values([
      { ...row, metric: "revenue", value: minor },
      { ...row, metric: "orders", value: 1 },
    ]);
  }
  await db.insert(schedules).values({ tenantId: id, job: "shopify-sensor", everyS: 1, nextAt: 0, config: {}, cursor: { shop: "s" } });
  for (const query of queriesOf("right_minor_units").filter((each) => /\bUPDATE\b/.test(each))) await testEnv.DB.prepare(query).run();
  const sums = async (table: typeof orders) =>
    Object.fromEntries((await db.select().from(table).where(eq(table.tenantId, id))).map((row) => [row.currency, row.grossMinor]));
  expect(await sums(orders)).toEqual({ RSD: 199_100, IQD: 5000, GBP: 1234, JPY: 1000 });
  expect(
    (
      await db
        .select()
        .from(refunds)
        .where(and(eq(refunds.tenantId, id), eq(refunds.currency, "RSD")))
    )[0]?.amountMinor,
  ).toBe(199_100);
  const values = Object.fromEntries((await measured(id)).map(({ metric, currency, value }) => [`${metric} ${currency}`, value]));
  expect(values).toEqual({
    "orders RSD": 1,
    "orders IQD": 1,
    "orders GBP": 1,
    "orders JPY": 1,
    "revenue RSD": 199_100,
    "revenue IQD": 5000,
    "revenue GBP": 1234,
    "revenue JPY": 1000,
  });
  expect((await db.select().from(schedules).where(eq(schedules.tenantId, id)))[0]?.cursor).toBeNull();
});

test("who is of the agency when the mark begins has it, and so has who left before and did something for it", async () => {
  const [one, left, member] = [await makeUser({ staff: true }), await makeUser(), await makeUser()];
  const line = { at: 0, tenantId: "", action: "client.created", details: {} };
  await db.insert(auditLog).values([
    { ...line, id: `aud_${left.actor.userId}`, actorType: "staff", actorId: left.actor.userId },
    { ...line, id: `aud_${member.actor.userId}`, actorType: "user", actorId: member.actor.userId },
  ]);
  const ids = [one, left, member].map(({ actor }) => actor.userId);
  await db.update(users).set({ wasStaff: false }).where(inArray(users.id, ids));
  const [change = ""] = queriesOf("was_staff").filter((each) => /^\s*UPDATE `users`/.test(each));
  await testEnv.DB.prepare(change).run();
  const marked = await db
    .select({ id: users.id })
    .from(users)
    .where(and(inArray(users.id, ids), eq(users.wasStaff, true)));
  expect(marked.map(({ id }) => id).sort()).toEqual(ids.slice(0, 2).sort());
});

test("a key that a sign-in replaced before ends were kept gets one, and no other key does", async () => {
  const { id: tenantId } = await makeTenant();
  const before = Date.now();
  const row = { tenantId, provider: "klaviyo", name: "Acme", details: {}, scopesAsked: [], scopesGranted: [], connectedBy: "test" };
  const of = (account: string, more: Partial<typeof connections.$inferInsert>) => ({
    ...row,
    externalId: account,
    id: `con_${tenantId}_${account}_${more.kind}`,
    status: "active" as const,
    connectedAt: 1,
    ...more,
  });
  const rows = [
    ...[of("replaced", { kind: "key" }), of("replaced", { kind: "oauth", connectedAt: 2 })],
    ...[of("alone", { kind: "key" }), of("kept", { kind: "key", keptAt: 3 }), of("kept", { kind: "oauth", connectedAt: 2 })],
    ...[of("given later", { kind: "key", connectedAt: 4 }), of("given later", { kind: "oauth", connectedAt: 2 })],
    ...[of("waits", { kind: "key" }), of("waits", { kind: "oauth", connectedAt: 2, status: "reconnect_needed" })],
  ];
  for (const each of rows) await db.insert(connections).values(each);
  for (const change of queriesOf("keys_of_before")) await testEnv.DB.prepare(change).run();
  const ending = await db
    .select()
    .from(connections)
    .where(and(eq(connections.tenantId, tenantId), isNotNull(connections.endsAt)));
  expect(ending).toMatchObject([{ externalId: "replaced", kind: "key", endTold: null, endLookAt: expect.any(Number) }]);
  expect(Math.abs((ending[0]?.endsAt ?? 0) - before - 30 * 86_400_000)).toBeLessThan(60_000);
});
