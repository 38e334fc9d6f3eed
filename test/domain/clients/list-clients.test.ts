import { and, eq } from "drizzle-orm";
import { beforeEach, describe, expect, test } from "vitest";
import { openDb } from "#db/client.ts";
import { clientTotals, connections, deadLetters, memberships, tenants, users } from "#db/schema/index.ts";
import type { Tenant } from "#server/ctx.ts";
import { listClients } from "#server/domain/clients/list-clients.ts";
import { pickClients } from "#server/domain/clients/pick-clients.ts";
import type { ListClients } from "#server/domain/clients/schemas.ts";
import { newId } from "#server/ids.ts";
import { countingD1 } from "#test/counting-d1.ts";
import { makeTenant, makeUser, testCtx, testEnv } from "#test/harness.ts";

const db = openDb(testEnv.DB);

beforeEach(() => db.batch([db.delete(tenants), db.delete(connections), db.delete(deadLetters)]));

async function list(asked: Partial<ListClients> = {}) {
  const { actor } = await makeUser({ staff: true });
  const { d1, rowsRead } = countingD1(testEnv.DB);
  const ctx = { ...testCtx({ actor }), directory: openDb(d1), databases: { DB: d1 } };
  const page = await listClients(ctx, { limit: 25, attention: false, ...asked });
  return { ...page, ids: page.items.map(({ id }) => id), rows: rowsRead() };
}

async function connect(tenant: Tenant, more: Partial<typeof connections.$inferInsert> = {}) {
  const id = newId("con", Date.now());
  await db.insert(connections).values({
    ...{ id, tenantId: tenant.id, provider: "shopify", externalId: id, name: "shop", details: {}, status: "active" },
    ...{ scopesAsked: [], scopesGranted: [], connectedBy: "usr", connectedAt: 0 },
    ...more,
  });
}

const needsReconnect = (tenant: Tenant) => connect(tenant, { status: "reconnect_needed", statusReason: "uninstalled" });

async function hasLetter(tenant: Tenant) {
  const id = newId("ddl", Date.now());
  const letter = { queue: "atrium-runs", message: {}, ofTenant: tenant.id, runId: id, reason: "run_dead", at: Date.now() };
  await db.insert(deadLetters).values({ id, ...letter });
}

/** Clients of one name and a number, all active, the last the newest. */
const many = (from: number, to: number) =>
  testEnv.DB.prepare(
    `insert into tenants (id, name, vertical, plan, status, locale, currency, timezone, features, created_at)
     with recursive n(i) as (select ?1 union all select i + 1 from n where i + 1 < ?2)
     select printf('many-%d', i), printf('Market %d', i), 'b2b', 'growth', 'active', 'en', 'EUR', 'UTC', '{}', i from n`,
  )
    .bind(from, to)
    .run();

test("clients that need attention come first, the worst first, and the others after them, the newest first", async () => {
  const [old, letters, reconnect, fresh] = [await makeTenant(), await makeTenant(), await makeTenant(), await makeTenant()];
  await db.update(tenants).set({ createdAt: 5 }).where(eq(tenants.id, old.id));
  await needsReconnect(reconnect);
  await hasLetter(letters);
  const { items, totals } = await list();
  expect(items.map(({ id, attention }) => [id, attention])).toEqual([
    [letters.id, "dead_letters"],
    [reconnect.id, "reconnect"],
    [fresh.id, null],
    [old.id, null],
  ]);
  expect(totals).toEqual({ clients: 4, attention: 2 });
});

test("only those that need attention are listed where they are asked for, of a status and of a search too", async () => {
  const [well, active, suspended] = [await makeTenant(), await makeTenant({ name: "Zebra" }), await makeTenant({ status: "suspended" })];
  await hasLetter(active);
  await hasLetter(suspended);
  expect((await list({ attention: true })).ids.toSorted()).toEqual([active.id, suspended.id].toSorted());
  expect(await list({ attention: true, status: "active" })).toMatchObject({ ids: [active.id], totals: { clients: 2, attention: 1 } });
  expect((await list({ attention: true, search: "zebr" })).ids).toEqual([active.id]);
  expect((await list({ attention: true, search: well.id })).ids).toEqual([]);
});

test("pages of three go through those that need attention and all the others, each once", async () => {
  const all: Tenant[] = [];
  for (let at = 0; at < 8; at++) all.push(await makeTenant());
  for (const tenant of all.slice(0, 3)) await needsReconnect(tenant);
  for (const limit of [1, 2, 3, 4]) {
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await list({ limit, cursor });
      seen.push(...page.ids);
      cursor = page.next ?? undefined;
    } while (cursor !== undefined);
    expect(seen.slice(0, 3).toSorted()).toEqual(all.slice(0, 3).map(({ id }) => id));
    expect(seen.toSorted()).toEqual(all.map(({ id }) => id).toSorted());
  }
});

test("the total follows clients that come, change their status and go", async () => {
  const total = async () => (await list()).totals.clients;
  const before = await total();
  const tenant = await makeTenant();
  expect(await total()).toBe(before + 1);
  await db.update(tenants).set({ status: "suspended" }).where(eq(tenants.id, tenant.id));
  expect(await total()).toBe(before + 1);
  expect((await list({ status: "suspended" })).totals.clients).toBe(1);
  await db.delete(tenants).where(eq(tenants.id, tenant.id));
  expect(await total()).toBe(before);
  expect((await db.select().from(clientTotals)).every(({ clients }) => clients >= 0)).toBe(true);
});

test("a client is found by a part of a member's address, until that member leaves or has another one", async () => {
  const tenant = await makeTenant({ name: "Café Rivoli" });
  const { actor } = await makeUser({ roles: [[tenant, "owner"]] });
  const found = async (search: string) => (await list({ search })).ids;
  expect(await found("cafe")).toEqual([tenant.id]);
  expect(await found(actor.email.slice(3, -4))).toEqual([tenant.id]);
  await db.update(users).set({ email: "anouk@rivoli-deux.example" }).where(eq(users.id, actor.userId));
  expect([await found(actor.email), await found("rivoli-deux")]).toEqual([[], [tenant.id]]);
  await db.delete(memberships).where(and(eq(memberships.tenantId, tenant.id), eq(memberships.userId, actor.userId)));
  expect(await found("rivoli-deux")).toEqual([]);
});

test("a client is found by how its shop's domain begins, and by no sign of a pattern", async () => {
  const tenant = await makeTenant();
  await makeTenant();
  await connect(tenant, { details: { shop: "velvet-hours.myshopify.com" } as never });
  for (const search of ["velvet-hours.myshopify.com", "Velvet-Hours", "velvet-"]) expect((await list({ search })).ids).toEqual([tenant.id]);
  for (const search of ["hours.myshopify", "velvet%", "velvet_hours"]) expect((await list({ search })).ids).toEqual([]);
});

test("a term that ten thousand clients match reads no more than one that a thousand match, on each of its pages", async () => {
  const read = async () => {
    await list({ search: "market" });
    const first = await list({ search: "market", limit: 50 });
    const second = await list({ search: "market", limit: 50, cursor: first.next ?? "" });
    const none = await list({ search: "market", status: "suspended", limit: 50 });
    return { first, second, none };
  };
  await many(0, 1000);
  const few = await read();
  await many(1000, 10_000);
  const all = await read();
  expect(all.first.ids.slice(0, 2)).toEqual(["many-9999", "many-9998"]);
  expect(all.second.ids[0]).toBe("many-9949");
  expect(all.none.ids).toEqual([]);
  expect(all.none.next).not.toBeNull();
  const plain = await list({ limit: 50 });
  expect(plain.rows).toBeLessThan(1000);
  expect(all.first.rows).toBeLessThan(few.first.rows * 1.5);
  expect(all.second.rows).toBeLessThan(few.second.rows * 1.5);
  expect(all.none.rows).toBeLessThan(few.none.rows * 1.5);
}, 120_000);

describe("a field that names a client", () => {
  const pick = async (search: string) => {
    const { actor } = await makeUser({ staff: true });
    const { d1, rowsRead } = countingD1(testEnv.DB);
    const ctx = { ...testCtx({ actor }), directory: openDb(d1), databases: { DB: d1 } };
    const found = await pickClients(ctx, { search, limit: 8 });
    return { ids: found.map(({ id }) => id), rows: rowsRead() };
  };

  test("is asked by nobody else than the agency", async () => {
    const { actor } = await makeUser();
    await expect(pickClients(testCtx({ actor }), { search: "a", limit: 8 })).rejects.toThrow();
  });

  test("takes a control character, of which a null would end SQLite's text, for a space", async () => {
    const { id } = await makeTenant({ name: "Nul Gifts" });
    expect((await pick("Nul\u0000Gifts")).ids).toEqual([id]);
    for (const search of ["\u0000", "\u0007", "\u202e\u0000"]) expect((await pick(search)).ids).toEqual([]);
  });

  test("finds nothing for nothing, and nothing for what no client is called", async () => {
    await makeTenant({ name: "Acme Gifts" });
    expect((await pick("")).ids).toEqual([]);
    expect((await pick("zzzz")).ids).toEqual([]);
  });

  test("means the client of an id, also as a picker writes it; of a whole name; else all that the search finds", async () => {
    const gifts = await makeTenant({ name: "Crème Gifts" });
    const more = await makeTenant({ name: "Crème Gifts and More" });
    expect((await pick(gifts.id)).ids).toEqual([gifts.id]);
    expect((await pick(`Some other name (${more.id})`)).ids).toEqual([more.id]);
    expect((await pick("creme gifts")).ids).toEqual([gifts.id]);
    expect((await pick("gift")).ids.sort()).toEqual([gifts.id, more.id].sort());
  });

  test("reads as little among a thousand clients as among ten", async () => {
    await many(0, 10);
    await pick("market");
    const { rows: few } = await pick("market");
    await many(10, 1000);
    await pick("market");
    const { ids, rows } = await pick("market");
    expect(ids.length).toBe(8);
    expect(rows).toBeLessThanOrEqual(few + 20);
  });
});
