import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { connections, incidents } from "#db/schema/index.ts";
import { providers } from "#server/catalog/providers/registry.ts";
import type { TenantCtx } from "#server/ctx.ts";
import { listNotices } from "#server/domain/integrations/list-notices.ts";
import { newId } from "#server/ids.ts";
import { makeTenant, testTenantCtx } from "#test/harness.ts";

const now = Date.UTC(2026, 10, 21, 12);

async function connect(ctx: TenantCtx, provider: string, more: Partial<typeof connections.$inferInsert> = {}): Promise<string> {
  const id = newId("con", now);
  const row = { id, tenantId: ctx.tenant.id, provider, externalId: id, name: `${provider} account`, details: {}, scopesAsked: [] };
  await ctx.db.insert(connections).values({ ...row, scopesGranted: [], status: "active", connectedBy: "usr", connectedAt: now, ...more });
  return id;
}

test("the notices name the own accounts that wait for a person, end, or changed, and none that is disconnected", async () => {
  const [ctx, other] = [testTenantCtx(await makeTenant()), testTenantCtx(await makeTenant())];
  const waits = await connect(ctx, "klaviyo", { status: "reconnect_needed" });
  const ends = await connect(ctx, "meta", { cliffAt: now + 5, cliffKind: "consent" });
  const moved = await connect(ctx, "google", { changed: { at: now, currency: { from: "EUR", to: "GBP" } } });
  await connect(ctx, "shopify", { status: "disconnected", changed: { at: now } });
  await connect(other, "shopify", { status: "reconnect_needed", changed: { at: now } });
  const accountOf = (id: string, provider: { id: string; name: string }) => ({ id, account: `${provider.id} account`, provider });
  expect(await listNotices(ctx)).toEqual({
    providers: providers.map(({ id, name }) => ({ id, name })),
    incidents: [],
    reconnects: [{ ...accountOf(waits, { id: "klaviyo", name: "Klaviyo" }), by: "oauth" }],
    cliffs: [{ ...accountOf(ends, { id: "meta", name: "Meta" }), at: now + 5, kind: "consent", by: "oauth", since: now }],
    changes: [{ ...accountOf(moved, { id: "google", name: "Google" }), at: now, currency: { from: "EUR", to: "GBP" } }],
    unread: 0,
  });
});

test("an incident is told to who has an account there, with when one of them last went well", async () => {
  const [ctx, without] = [testTenantCtx(await makeTenant()), testTenantCtx(await makeTenant())];
  await connect(ctx, "klaviyo", { lastSuccessAt: now - 2000 });
  await connect(ctx, "klaviyo", { lastSuccessAt: now - 1000 });
  await connect(ctx, "klaviyo", { lastSuccessAt: now, status: "disconnected" });
  await connect(without, "klaviyo", { status: "disconnected" });
  const id = newId("inc", now);
  const counted = { tenantsFailing: 3, tenantsUsing: 4 };
  await ctx.directory
    .insert(incidents)
    .values({ id, provider: "klaviyo", kind: "unavailable", openedAt: now, lastSeenAt: now, ...counted });
  const told = (await listNotices(ctx)).incidents;
  const untold = (await listNotices(without)).incidents;
  await ctx.directory.delete(incidents).where(eq(incidents.id, id));
  expect(told).toEqual([{ provider: { id: "klaviyo", name: "Klaviyo" }, kind: "unavailable", asOf: now - 1000 }]);
  expect(untold).toEqual([]);
});
