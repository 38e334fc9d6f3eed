import { eq, sql } from "drizzle-orm";
import { expect, test } from "vitest";
import { openDb } from "#db/client.ts";
import { isPassing, tryAgain } from "#db/patient-d1.ts";
import { auditLog, rateLimits, tenants } from "#db/schema/index.ts";
import { commit } from "#server/domain/audit/commit.ts";
import { commitIf, wrote } from "#server/domain/audit/commit-if.ts";
import { verifyChain } from "#server/domain/audit/verify-chain.ts";
import { makeTenant, testEnv, testTenantCtx } from "#test/harness.ts";
import { type D1Call, interruptedD1 } from "#test/interrupted-d1.ts";

const lost = "D1_ERROR: Network connection lost.";

/** A D1 whose first calls of one sort fail with this message; `asked` counts all of them. */
function failing(is: D1Call["is"], message: string, times = 1) {
  const counted = { asked: 0 };
  const d1 = interruptedD1(testEnv.DB, (call) => {
    if (call.is !== is) return undefined;
    counted.asked += 1;
    if (counted.asked <= times) throw new Error(message);
    return undefined;
  });
  return { d1, counted };
}

/** A D1 that does what a batch says and loses its first reply. */
function losing(): D1Database {
  let isLost = false;
  return new Proxy(testEnv.DB, {
    get(target, key) {
      if (key === "batch")
        return async (statements: D1PreparedStatement[]) => {
          const results = await target.batch(statements);
          if (isLost) return results;
          isLost = true;
          throw new Error(lost);
        };
      const found: unknown = Reflect.get(target, key);
      return typeof found === "function" ? found.bind(target) : found;
    },
  });
}

test.each([
  lost,
  "D1_ERROR: D1 DB reset because its code was updated.",
  "D1_ERROR: Internal error in D1 DB storage caused object to be reset.",
  "D1_ERROR: Cannot resolve D1 DB due to transient issue on remote node.",
  "D1_ERROR: D1 DB is overloaded. Requests queued for too long.",
])("a read that fails in passing is asked again: %s", async (message) => {
  const tenant = await makeTenant();
  const { d1, counted } = failing("prepare", message, 2);
  expect(await openDb(d1).select({ id: tenants.id }).from(tenants).where(eq(tenants.id, tenant.id))).toEqual([{ id: tenant.id }]);
  expect(counted.asked).toBe(3);
});

test("a batch of reads alone is asked again, in its order", async () => {
  const [one, two] = [await makeTenant(), await makeTenant()];
  const { d1, counted } = failing("batch", lost);
  const db = openDb(d1);
  const named = (id: string) => db.select({ id: tenants.id }).from(tenants).where(eq(tenants.id, id));
  expect(await db.batch([named(one.id), named(two.id)])).toEqual([[{ id: one.id }], [{ id: two.id }]]);
  expect(counted.asked).toBe(2);
});

test("a read is given up after four tries, with D1's own words", async () => {
  const { d1, counted } = failing("batch", lost, 100);
  const db = openDb(d1);
  const given = await db.batch([db.select().from(tenants).limit(1)]).catch((error: unknown) => error);
  expect(isPassing(given)).toBe(true);
  expect(counted.asked).toBe(4);
});

test("what D1 refuses for good is asked once", async () => {
  const { d1, counted } = failing("prepare", "D1_ERROR: no such column: nowhere");
  await expect(openDb(d1).select().from(tenants).limit(1)).rejects.toThrow();
  expect(counted.asked).toBe(1);
});

const countUp = (db: ReturnType<typeof openDb>, key: string) =>
  db
    .insert(rateLimits)
    .values({ key, count: 1, resetAt: 1 })
    .onConflictDoUpdate({ target: rateLimits.key, set: { count: sql`${rateLimits.count} + 1` } });

const countOf = async (key: string) => (await openDb(testEnv.DB).select().from(rateLimits).where(eq(rateLimits.key, key)))[0]?.count;

test("a write is not done again by itself, since it may have been done", async () => {
  const key = `patient-${crypto.randomUUID()}`;
  const db = openDb(losing());
  await expect(db.batch([countUp(db, key)])).rejects.toThrow(/connection lost/);
  expect(await countOf(key)).toBe(1);
});

test("a write that D1 never began with is done again by itself", async () => {
  const key = `patient-${crypto.randomUUID()}`;
  const { d1 } = failing("batch", "D1_ERROR: D1 DB is overloaded. Requests queued for too long.");
  const db = openDb(d1);
  await db.batch([countUp(db, key)]);
  expect(await countOf(key)).toBe(1);
});

test("whoever says that it may be done twice has it done again", async () => {
  const key = `patient-${crypto.randomUUID()}`;
  const { d1, counted } = failing("batch", lost);
  const db = openDb(d1);
  await tryAgain(() => db.batch([countUp(db, key)]));
  expect(await countOf(key)).toBe(1);
  expect(counted.asked).toBe(2);
});

const linesOf = (tenantId: string) =>
  openDb(testEnv.DB).select({ action: auditLog.action }).from(auditLog).where(eq(auditLog.tenantId, tenantId));

test("writes with an audit line are sent again where D1 failed before them", async () => {
  const tenant = await makeTenant();
  const { d1 } = failing("batch", lost);
  const ctx = testTenantCtx(tenant);
  const away = { ...ctx, db: openDb(d1) };
  await commit(away, "user.updated", {}, [away.db.update(tenants).set({ name: "Renamed" }).where(eq(tenants.id, tenant.id))]);
  expect(await linesOf(tenant.id)).toEqual([{ action: "user.updated" }]);
  expect(await verifyChain(testTenantCtx(tenant))).toMatchObject({ broken: null });
});

test("writes whose reply was lost are done once and are a success; where their answer matters it is a failure", async () => {
  const tenant = await makeTenant();
  const ctx = testTenantCtx(tenant);
  const away = { ...ctx, db: openDb(losing()) };
  await commit(away, "user.updated", {}, [away.db.update(tenants).set({ name: "Renamed" }).where(eq(tenants.id, tenant.id))]);
  expect(await linesOf(tenant.id)).toEqual([{ action: "user.updated" }]);

  const once = { ...ctx, db: openDb(losing()) };
  const asked = commitIf(once, sql`true`, "job.configured", {}, [
    once.db.update(tenants).set({ name: "Again" }).where(eq(tenants.id, tenant.id)),
  ]);
  await expect(asked.then(([answer]) => wrote(answer))).rejects.toThrow(/was lost/);
  expect(await linesOf(tenant.id)).toEqual([{ action: "user.updated" }, { action: "job.configured" }]);
});
