import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import * as z from "zod";
import { connections } from "#db/schema/index.ts";
import type { ConnectionStatus } from "#db/words/connections.ts";
import { type ActionKind, defineAction } from "#server/catalog/actions/action.ts";
import { doingOf } from "#server/domain/actions/acting.ts";
import { prepareActions } from "#server/domain/actions/prepare-actions.ts";
import type { StepRow } from "#server/domain/actions/rows.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { newId } from "#server/ids.ts";
import { scriptedAccount } from "#test/catalog/sensors/sandbox-account.ts";
import { makeActingRig, proposal } from "./world.ts";

const text = { en: "T", fr: "T", he: "ט" };
const inShop = { provider: "shopify", scopes: ["write_discounts"] };
const base = {
  title: text,
  payload: z.object({ what: z.string() }),
  idempotency: "natural" as const,
  touches: "customer" as const,
  describe: () => ({ sentence: text, fields: [] }),
  execute: async () => ({ did: "done" as const, receipt: { id: null } }),
};
const atShop: ActionKind = defineAction({ ...base, id: "at-shop", need: inShop });
const besideShop: ActionKind = defineAction({
  ...base,
  id: "beside-shop",
  need: { provider: "klaviyo", scopes: [] },
  reads: [{ provider: "shopify", scopes: [], optional: { without: text } }],
});

/** A client with two shops, the first of which stands so. */
async function twoShops({ status = "active" }: { status?: ConnectionStatus } = {}) {
  const rig = await makeActingRig();
  const now = rig.rig.clock.now();
  const shop = (name: string, more: { status: ConnectionStatus; scopesGranted: string[] }) => ({
    ...{ id: newId("con", now), tenantId: rig.tenant.id, provider: "shopify", externalId: name, name, ...more },
    ...{ details: {}, connectedBy: "x", scopesAsked: [], connectedAt: now },
  });
  const [first, second] = [
    shop("first.myshopify.com", { status, scopesGranted: [] }),
    shop("second.myshopify.com", { status: "active", scopesGranted: inShop.scopes }),
  ];
  await rig.ctx.db.insert(connections).values([first, second]);
  const [klaviyo] = await rig.ctx.db
    .select()
    .from(connections)
    .where(inTenant(rig.ctx, connections, eq(connections.provider, "klaviyo")));
  return { rig, first: first.id, second: second.id, klaviyo: klaviyo?.id ?? "" };
}

test("what was read from one shop is done in no other, though that one alone allows it", async () => {
  const { rig, first, second } = await twoShops();
  const kinds = (id: string) => (id === atShop.id ? atShop : undefined);
  const prepared = (source: string) =>
    prepareActions(rig.ctx, kinds, {
      ...{ automation: rig.automation, source },
      proposals: [proposal("a", { steps: [{ kind: atShop.id, payload: { what: "a" } }] })],
    });
  expect(await prepared(first)).toEqual({ actions: [], not: [{ dedupe: "a", kind: atShop.id, why: "no_account" }] });
  expect((await prepared(second)).actions[0]?.steps).toMatchObject([{ accountId: second }]);
});

test("another shop that was connected meanwhile is not asked about the customers of the one that is gone", async () => {
  for (const status of ["active", "disconnected"] as const) {
    const { rig, first, second, klaviyo } = await twoShops({ status });
    const opened = (source: string) => {
      const step = { actionId: "act_1", place: 0, accountId: klaviyo, connectionId: source, status: "pending", looked: null };
      const acting = {
        ...rig.acting,
        openAccount: (_: unknown, { connection }: { connection: { id: string } }) =>
          scriptedAccount("any", () => ({}), { connectionId: connection.id }),
      };
      return doingOf(rig.ctx, acting, { kind: besideShop, step: step as StepRow, before: [] });
    };
    expect((await opened(first)).also?.("shopify")?.connectionId ?? null).toBe(status === "active" ? first : null);
    expect((await opened(second)).also?.("shopify")?.connectionId).toBe(second);
  }
});
