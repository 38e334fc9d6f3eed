import { desc, eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { openDb } from "#db/client.ts";
import { auditLog, connections } from "#db/schema/index.ts";
import type { Tenant } from "#server/ctx.ts";
import { enterTenant } from "#server/ctx.ts";
import { remindClient } from "#server/domain/tokens/remind-client.ts";
import { newId } from "#server/ids.ts";
import { makeTenant, makeUser, testCtx, testEnv } from "#test/harness.ts";

const day = 86_400_000;

async function waiting(tenant: Tenant, status: "reconnect_needed" | "active" | "disconnected" = "reconnect_needed"): Promise<string> {
  const id = newId("con", Date.now());
  await openDb(testEnv.DB)
    .insert(connections)
    .values({
      ...{ id, tenantId: tenant.id, provider: "shopify", externalId: id, name: "shop", details: {}, status, connectedAt: 0 },
      ...{ scopesAsked: [], scopesGranted: [], connectedBy: "usr" },
    });
  return id;
}

async function asStaff(tenant: Tenant, now?: () => number) {
  const { actor } = await makeUser({ staff: true });
  const ctx = testCtx({ actor, ...(now && { now }) });
  return { ...enterTenant(ctx, tenant, "staff"), traces: ctx.traces };
}

test("a client's own people remind nobody", async () => {
  const tenant = await makeTenant();
  const { actor } = await makeUser({ roles: [[tenant, "owner"]] });
  await expect(remindClient(enterTenant(testCtx({ actor }), tenant, "owner"))).rejects.toMatchObject({ kind: "forbidden" });
});

test("where nobody may connect accounts nothing is sent, and nothing is logged", async () => {
  const tenant = await makeTenant();
  await makeUser({ roles: [[tenant, "viewer"]] });
  await waiting(tenant);
  const ctx = await asStaff(tenant);
  expect(await remindClient(ctx)).toEqual({ readers: 0, sent: 0 });
  expect(ctx.traces.mails).toEqual([]);
});

test("people are mailed about each account that waits and about no other one, and the log says so", async () => {
  const [tenant, other] = [await makeTenant(), await makeTenant()];
  await makeUser({ roles: [[tenant, "owner"]] });
  const id = await waiting(tenant);
  for (const status of ["active", "disconnected"] as const) await waiting(tenant, status);
  await waiting(other);
  const ctx = await asStaff(tenant);
  expect(await remindClient(ctx)).toEqual({ readers: 1, sent: 1 });
  expect(ctx.traces.mails).toEqual([{ v: 1, type: "mail.reconnect", tenant: tenant.id, connection: id }]);
  const [line] = await openDb(testEnv.DB).select().from(auditLog).where(eq(auditLog.tenantId, tenant.id)).orderBy(desc(auditLog.id));
  expect(line).toMatchObject({ action: "connection.reminded" });
});

test("a second click within a day sends nothing; a day later they are reminded again", async () => {
  const tenant = await makeTenant();
  await makeUser({ roles: [[tenant, "owner"]] });
  await waiting(tenant);
  let now = Date.now();
  const ctx = await asStaff(tenant, () => now);
  await remindClient(ctx);
  now += day - 1;
  expect(await remindClient(ctx)).toEqual({ readers: 1, sent: 0 });
  now += 2;
  expect(await remindClient(ctx)).toEqual({ readers: 1, sent: 1 });
  expect(ctx.traces.mails).toHaveLength(2);
});

test("two admins who press at once send one mail about each account, and one line is logged", async () => {
  const tenant = await makeTenant();
  await makeUser({ roles: [[tenant, "owner"]] });
  await waiting(tenant);
  const admins = [await asStaff(tenant), await asStaff(tenant)];
  const answers = await Promise.all(admins.map((admin) => remindClient(admin)));
  expect(answers.map(({ sent }) => sent).sort()).toEqual([0, 1]);
  expect(admins.flatMap(({ traces }) => traces.mails)).toHaveLength(1);
  expect(await openDb(testEnv.DB).select().from(auditLog).where(eq(auditLog.tenantId, tenant.id))).toHaveLength(1);
});
