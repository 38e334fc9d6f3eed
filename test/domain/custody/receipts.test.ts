import { eq } from "drizzle-orm";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openDb } from "#db/client.ts";
import { connections, debts, deletions } from "#db/schema/index.ts";
import type { Tenant } from "#server/ctx.ts";
import { listConnections } from "#server/domain/connections/list-connections.ts";
import { eraseTenant } from "#server/domain/custody/erase-tenant.ts";
import { requestDeletion } from "#server/domain/custody/request-deletion.ts";
import { connectThrough, control, visit } from "#test/domain/connecting/consent.ts";
import { makeUser, testCtx, testEnv, testTenantCtx } from "#test/harness.ts";
import { killedAfterBatch } from "#test/interrupted-d1.ts";

const db = openDb(testEnv.DB);
const later = (days: number) => () => Date.now() + days * 86_400_000;
const jobs = (now = later(31)) => testCtx({ actor: { type: "system", job: "test" }, now });

beforeEach(async () => {
  // The same account of other tenants, of the tests before this one, would keep the grant alive.
  await db.update(connections).set({ status: "disconnected" });
  await db.delete(debts);
  await control();
  await control({ limits: false });
});
afterEach(() => control());

/** A client with one real grant at the sandbox, whose time of grace is over. */
async function ending(provider: string) {
  const { browser, tenant } = await visit();
  await connectThrough(browser, { tenant: tenant.id, provider });
  const [connection] = await listConnections(testTenantCtx(tenant));
  if (!connection) throw new Error("not connected");
  const { actor } = await makeUser({ staff: true });
  const { id: deletionId } = await requestDeletion(testTenantCtx(tenant, "staff", { actor }), {
    confirmation: tenant.name,
    reason: "It has ended.",
  });
  return { tenant, connection, deletionId };
}

const grantsOf = async (id: string) => (await db.select().from(deletions).where(eq(deletions.id, id)))[0]?.receipt?.grants;

/** A job that dies with its next call of D1 after the batch that ended the connection. */
function dyingAfterTheEnd(tenant: Tenant) {
  const d1 = killedAfterBatch(testEnv.DB, async () => (await listConnections(testTenantCtx(tenant)))[0]?.status === "disconnected");
  return { ...jobs(), directory: openDb(d1), databases: { DB: d1 } };
}

test("what a provider took back stands in the receipt as that", async () => {
  const { connection, deletionId } = await ending("klaviyo");
  await eraseTenant(jobs(), { deletionId });
  expect(await grantsOf(deletionId)).toEqual([
    { connection: connection.id, provider: "klaviyo", kind: "oauth", farewell: "returned", revoked: true },
  ]);
});

test("of a connection at which the worker was killed after its end the access is given back all the same, and the receipt says so", async () => {
  const { tenant, connection, deletionId } = await ending("klaviyo");
  await expect(eraseTenant(dyingAfterTheEnd(tenant), { deletionId })).rejects.toThrow(/killed|Failed/);
  expect(await grantsOf(deletionId)).toMatchObject([{ connection: connection.id, farewell: null, revoked: false }]);
  expect(await db.select().from(debts)).toMatchObject([{ connectionId: connection.id, farewell: null }]);
  // The next one goes on, after its lease.
  await eraseTenant(jobs(later(32)), { deletionId });
  expect(await grantsOf(deletionId)).toMatchObject([{ connection: connection.id, farewell: "returned", revoked: true }]);
  expect(await db.select().from(debts)).toEqual([]);
});

test("what was still owed of a connection that had ended before is tried once more before the key goes", async () => {
  const { tenant, connection, deletionId } = await ending("klaviyo");
  const ctx = dyingAfterTheEnd(tenant);
  // Ended by somebody, who died before it was given back.
  await expect(eraseTenant(ctx, { deletionId })).rejects.toThrow();
  await db
    .update(deletions)
    .set({ receipt: { tables: {}, grants: [], accounts: 0, auditHead: null } })
    .where(eq(deletions.id, deletionId));
  await eraseTenant(jobs(later(32)), { deletionId });
  expect(await grantsOf(deletionId)).toMatchObject([
    { connection: connection.id, provider: "klaviyo", farewell: "returned", revoked: true },
  ]);
});

test("where the provider does not answer the receipt says that nothing was given back, and the end goes on", async () => {
  const { connection, deletionId } = await ending("klaviyo");
  await control({ faults: [{ provider: "klaviyo", effect: { type: "error", status: 503 } }] });
  await eraseTenant(jobs(), { deletionId });
  expect(await grantsOf(deletionId)).toMatchObject([{ connection: connection.id, farewell: "unreached", revoked: false }]);
  expect((await db.select().from(deletions).where(eq(deletions.id, deletionId)))[0]?.doneAt).not.toBeNull();
});
