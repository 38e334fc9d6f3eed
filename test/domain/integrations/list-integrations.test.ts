import { expect, test } from "vitest";
import { connections } from "#db/schema/index.ts";
import { listIntegrations } from "#server/domain/integrations/list-integrations.ts";
import { newId } from "#server/ids.ts";
import { makeTenant, testTenantCtx } from "#test/harness.ts";

const now = Date.now();
const hour = 3_600_000;

/** How an account is said to be, and what its last check found. */
async function toldOf(facts: Partial<typeof connections.$inferInsert>) {
  const ctx = testTenantCtx(await makeTenant());
  const id = newId("con", now);
  await ctx.db.insert(connections).values({
    ...{ id, tenantId: ctx.tenant.id, provider: "klaviyo", externalId: id, name: "A list", details: {}, status: "active" },
    ...{ scopesAsked: [], scopesGranted: [], connectedBy: "usr", connectedAt: now - 2 * hour, probedAt: now - hour, probeResult: "ok" },
    ...facts,
  });
  const [account] = (await listIntegrations(ctx)).flatMap((each) => each.connections);
  return account && [account.health.state, account.probedAt, account.probeResult];
}

test("a check that found all well is told while that is so, and not of an account whose access is gone", async () => {
  const checked = now - hour;
  expect(await toldOf({})).toEqual(["healthy", checked, "ok"]);
  expect(await toldOf({ status: "reconnect_needed", statusReason: "access_removed" })).toEqual(["revoked", checked, null]);
  expect(await toldOf({ cliffAt: now - 1000, cliffKind: "consent" })).toEqual(["reconnect_needed", checked, null]);
  const failing = { failureKind: "unavailable", failedAt: now - 1000, failingSince: now - 1000 } as const;
  expect(await toldOf(failing)).toEqual(["degraded", checked, null]);
  expect(await toldOf({ probeResult: "missing_scopes" })).toEqual(["reconnect_needed", checked, "missing_scopes"]);
  expect(await toldOf({ status: "disconnected" })).toBeUndefined();
});
