import { eq } from "drizzle-orm";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openDb } from "#db/client.ts";
import { actions, auditLog, connections } from "#db/schema/index.ts";
import { revealSubject } from "#server/domain/actions/reveal-subject.ts";
import { newId } from "#server/ids.ts";
import { firstId } from "#test/catalog/actions/doing.ts";
import { connectThrough, control, hurry, visit } from "#test/domain/connecting/consent.ts";
import { makeTenant, testEnv, testTenantCtx } from "#test/harness.ts";

const db = openDb(testEnv.DB);

beforeEach(async () => {
  hurry();
  await control({ limits: false });
});
afterEach(() => control());

/** A client whose shop is connected at the sandbox, with an action about this customer of it. */
async function about(customerId: string | null) {
  const { browser, tenant, actor } = await visit();
  await connectThrough(browser, { tenant: tenant.id, provider: "shopify" });
  const [shop] = await db.select().from(connections).where(eq(connections.tenantId, tenant.id));
  const actionId = newId("act", Date.now());
  await db.insert(actions).values({
    ...{ id: actionId, tenantId: tenant.id, automation: "at-risk-customer-flow", runId: "x", dedupe: "x", subject: "customer:x" },
    ...{ connectionId: shop?.id ?? "", customerId, touches: "customer", hash: "a".repeat(64), status: "waiting" },
    ...{ evidence: { line: "late", params: {} }, createdAt: 1, expiresAt: Date.now() + 86_400_000 },
  });
  return { tenant, actionId, as: testTenantCtx(tenant, "owner", { actor }) };
}
const looksOf = (tenantId: string) =>
  db
    .select({ action: auditLog.action, details: auditLog.details })
    .from(auditLog)
    .where(eq(auditLog.tenantId, tenantId))
    .then((lines) => lines.filter(({ action }) => action === "action.revealed"));

test("name and address come from the shop at that moment; each look is in the log, and neither is kept anywhere", async () => {
  const customerId = await firstId("beta.myshopify.com", "customers");
  const { tenant, actionId, as } = await about(customerId);
  const shown = await revealSubject(as, { actionId });
  expect(shown).toMatchObject({ name: `Customer ${customerId}`, email: expect.stringContaining("@") });
  const looks = await looksOf(tenant.id);
  expect(looks).toEqual([{ action: "action.revealed", details: { action: actionId } }]);
  const [row] = await db.select().from(actions).where(eq(actions.id, actionId));
  expect(JSON.stringify([row, looks])).not.toContain("@");
});

test("a customer whom the shop does not know is not found, and the look is in the log all the same", async () => {
  const { tenant, actionId, as } = await about("99999999");
  await expect(revealSubject(as, { actionId })).rejects.toMatchObject({ code: "customer_not_found" });
  expect(await looksOf(tenant.id)).toHaveLength(1);
});

test("a shop that does not answer is said to be unavailable, by its provider's name", async () => {
  const { actionId, as } = await about(await firstId("beta.myshopify.com", "customers"));
  await control({ faults: [{ provider: "shopify", kind: "api", effect: { type: "error", status: 503 } }] });
  await expect(revealSubject(as, { actionId })).rejects.toMatchObject({ code: "customer_unavailable", params: { provider: "Shopify" } });
});

test("another client's action is not found, what is about no customer has nobody to show, and neither leaves a line", async () => {
  const { tenant, actionId } = await about("1");
  const other = await makeTenant();
  await expect(revealSubject(testTenantCtx(other), { actionId })).rejects.toMatchObject({ code: "action_not_found" });
  const none = await about(null);
  await expect(revealSubject(none.as, { actionId: none.actionId })).rejects.toMatchObject({ code: "action_not_found" });
  for (const id of [tenant.id, other.id, none.tenant.id]) expect(await looksOf(id)).toEqual([]);
});
