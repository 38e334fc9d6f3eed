import { beforeEach, expect, test } from "vitest";
import { openDb } from "#db/client.ts";
import { connections, incidents, schedules, tenants } from "#db/schema/index.ts";
import type { Tenant } from "#server/ctx.ts";
import { findIncident } from "#server/domain/incidents/find-incident.ts";
import { newId } from "#server/ids.ts";
import { countingD1 } from "#test/counting-d1.ts";
import { makeTenant, makeUser, testCtx, testEnv } from "#test/harness.ts";

const db = openDb(testEnv.DB);
const minute = 60_000;
const now = Date.now();

beforeEach(() => db.batch([db.delete(tenants), db.delete(connections), db.delete(incidents), db.delete(schedules)]));

async function incident(more: Partial<typeof incidents.$inferInsert> = {}): Promise<string> {
  const id = newId("inc", now);
  const row = { id, provider: "shopify", kind: "unavailable", openedAt: now - 30 * minute, lastSeenAt: now } as const;
  await db.insert(incidents).values({ ...row, tenantsFailing: 3, tenantsUsing: 9, ...more });
  return id;
}

async function account(tenant: Tenant, more: Partial<typeof connections.$inferInsert> = {}): Promise<string> {
  const id = newId("con", now);
  await db.insert(connections).values({
    ...{ id, tenantId: tenant.id, provider: "shopify", externalId: id, name: `shop of ${tenant.name}`, details: {}, status: "active" },
    ...{ scopesAsked: [], scopesGranted: [], connectedBy: "usr", connectedAt: 0 },
    ...more,
  });
  return id;
}

const failing = { failedAt: now - minute, failingSince: now - 20 * minute, failureKind: "unavailable" } as const;
const waits = (tenant: Tenant, more: Partial<typeof schedules.$inferInsert> = {}) =>
  db.insert(schedules).values({ tenantId: tenant.id, job: "shopify-sensor", everyS: 3600, nextAt: 0, config: {}, ...more });

async function find(incidentId: string, more: { cursor?: string; limit?: number } = {}) {
  const { actor } = await makeUser({ staff: true });
  const { d1, rowsRead } = countingD1(testEnv.DB);
  const page = await findIncident({ ...testCtx({ actor }), databases: { DB: d1 } }, { incidentId, limit: 50, ...more });
  return { ...page, rows: rowsRead() };
}

test("who is no admin of the agency is told of none; an incident that never was is not found", async () => {
  const id = await incident();
  const { actor } = await makeUser();
  await expect(findIncident(testCtx({ actor }), { incidentId: id, limit: 50 })).rejects.toMatchObject({ kind: "forbidden" });
  await expect(find("inc_nothing")).rejects.toMatchObject({ kind: "not_found" });
});

test("it names the clients whose accounts fail, what the provider said and which of their jobs are paused, and nobody else", async () => {
  const [acme, bolt, calm] = [await makeTenant({ name: "Acme" }), await makeTenant({ name: "Bolt" }), await makeTenant({ name: "Calm" })];
  const id = await incident();
  const hit = await account(acme, failing);
  await account(bolt, { ...failing, provider: "klaviyo" });
  await account(calm, { lastSuccessAt: now });
  await account(calm, { failedAt: now - 60 * minute });
  await account(bolt, { ...failing, status: "disconnected" });
  await waits(acme, { lastStatus: "queued", lastErrorKind: "unavailable", lastErrorMessage: "503 upstream", lastRunId: "run_1" });
  const page = await find(id);
  expect(page.incident).toMatchObject({ id, providerName: "Shopify", tenantsFailing: 3 });
  expect(page.hit).toMatchObject([
    {
      ...{ connectionId: hit, tenantId: acme.id, tenantName: "Acme", account: "shop of Acme", kind: "unavailable" },
      ...{ failingSince: failing.failingSince, runId: "run_1", errorMessage: "503 upstream" },
    },
  ]);
  expect(page.hit[0]?.paused.map(({ id }) => id)).toEqual(["shopify-sensor"]);
});

test("a job that is off is not paused by it", async () => {
  const acme = await makeTenant();
  await account(acme, failing);
  await waits(acme, { enabled: false });
  expect((await find(await incident())).hit).toMatchObject([{ paused: [] }]);
});

test("a provider that is switched off hits all that have connected it; one that is over hits nobody", async () => {
  const acme = await makeTenant();
  await account(acme);
  const off = await incident({ kind: "switched_off" });
  expect((await find(off)).hit).toMatchObject([{ tenantId: acme.id, failingSince: null, kind: null }]);
  const over = await incident({ closedAt: now, provider: "klaviyo" });
  expect(await find(over)).toMatchObject({ hit: [], next: null });
});

test("pages follow each other by client, without a gap or an account twice, and each reads a bounded part", async () => {
  const id = await incident();
  await testEnv.DB.prepare(
    `insert into connections (id, tenant_id, provider, external_id, name, details, scopes_asked, scopes_granted, status, connected_by, connected_at, failed_at)
     with recursive n(i) as (select 0 union all select i + 1 from n where i + 1 < 6000)
     select 'con_' || i, printf('many-%05d', i), 'shopify', i, 'shop', '{}', '[]', '[]', 'active', 'usr', 0, case when i % 40 = 0 then ?1 end from n`,
  )
    .bind(now - minute)
    .run();
  const seen: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await find(id, { limit: 20, ...(cursor && { cursor }) });
    expect(page.rows).toBeLessThan(8_000);
    seen.push(...page.hit.map(({ tenantId }) => tenantId));
    cursor = page.next ?? undefined;
  } while (cursor);
  expect(seen).toEqual(Array.from({ length: 150 }, (_, i) => `many-${String(i * 40).padStart(5, "0")}`));
});
