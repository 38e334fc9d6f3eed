import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { openDb } from "#db/client.ts";
import { connections } from "#db/schema/index.ts";
import type { Tenant } from "#server/ctx.ts";
import { listRemindable, remindClients } from "#server/domain/health/remind-clients.ts";
import { newId } from "#server/ids.ts";
import { makeTenant, makeUser, testCtx, testEnv } from "#test/harness.ts";

const day = 86_400_000;
const db = openDb(testEnv.DB);

async function waiting(tenant: Tenant, status: "reconnect_needed" | "active" = "reconnect_needed"): Promise<void> {
  const id = newId("con", Date.now());
  await db.insert(connections).values({
    ...{ id, tenantId: tenant.id, provider: "shopify", externalId: id, name: "shop", details: {}, status, connectedAt: 0 },
    ...{ scopesAsked: [], scopesGranted: [], connectedBy: "usr", statusAt: Date.now() },
  });
}

async function owned(more: Partial<Tenant> = {}): Promise<Tenant> {
  const tenant = await makeTenant(more);
  await makeUser({ roles: [[tenant, "owner"]] });
  await waiting(tenant);
  return tenant;
}

async function staff(now: () => number = Date.now) {
  const { actor } = await makeUser({ staff: true });
  return testCtx({ actor, now });
}

test("is the agency's alone", async () => {
  const ctx = testCtx({ actor: (await makeUser({ roles: [[await owned(), "owner"]] })).actor });
  await expect(listRemindable(ctx)).rejects.toMatchObject({ kind: "forbidden" });
  await expect(remindClients(ctx)).rejects.toMatchObject({ kind: "forbidden" });
  await db.delete(connections);
});

test("counts who would be mailed first, and mails nobody: not clients that are stopped, or where nobody can reconnect", async () => {
  const client = await owned({ name: "Acme Remind" });
  await waiting(client);
  await waiting(client, "active");
  const helpless = await makeTenant();
  await makeUser({ roles: [[helpless, "viewer"]] });
  await waiting(helpless);
  await owned({ status: "suspended" });
  const ctx = await staff();
  expect(await listRemindable(ctx)).toEqual({ clients: [{ id: client.id, name: "Acme Remind", accounts: 2 }], more: false });
  expect(ctx.traces.mails).toEqual([]);
  await db.delete(connections);
});

test("mails each client once a day, however often it is pressed, and says what is left beyond fifty", async () => {
  const clients = await Promise.all(Array.from({ length: 52 }, () => owned()));
  let now = Date.now();
  const ctx = await staff(() => now);
  expect(await remindClients(ctx)).toEqual({ reminded: 50, left: 2 });
  expect(await remindClients(ctx)).toEqual({ reminded: 2, left: 0 });
  expect(new Set(ctx.traces.mails.map((mail) => "tenant" in mail && mail.tenant))).toEqual(new Set(clients.map(({ id }) => id)));
  expect(await remindClients(ctx)).toEqual({ reminded: 0, left: 0 });
  expect(ctx.traces.mails).toHaveLength(52);
  now += day + 1;
  expect((await listRemindable(ctx)).clients).toHaveLength(52);
  for (const { id } of clients) await db.delete(connections).where(eq(connections.tenantId, id));
}, 60_000);
