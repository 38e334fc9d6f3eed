import { eq } from "drizzle-orm";
import { beforeEach, describe, expect, test } from "vitest";
import { actionSteps, actions, connections, policies, supplyMappings, supplyOrders } from "#db/schema/index.ts";
import type { ActionReason, ActionState, PolicyMode } from "#db/words/actions.ts";
import type { Supplier, SupplyReason, SupplyState } from "#db/words/supply.ts";
import { kindOf } from "#server/catalog/actions/registry.ts";
import { dropshippingOrderFlow } from "#server/catalog/automations/dropshipping-order-flow.ts";
import { inShopCurrency, SupplyConfig } from "#server/catalog/automations/supply-settings.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { besideShop, doingOf, sandbox, supplier } from "#test/catalog/actions/doing.ts";
import { control } from "#test/domain/connecting/consent.ts";
import { dayMs, stage } from "./stage.ts";
import { mapWare, supplierAccount, unpaidOrder } from "./supplied.ts";

beforeEach(async () => {
  await control();
  await control({ limits: false });
});

const today = () => new Date().toISOString().slice(0, 10);
const rates = () => ({ usdRate: 0.8, eurRate: 0.9, ratesOn: today() });

interface Setting {
  provider?: Supplier;
  config?: object;
  /** What the supplier's account is told at first. */
  at?: object;
  order?: object;
  /** Nobody mapped anything. */
  unmapped?: true;
  /** The client has no account at the supplier. */
  without?: true;
  pack?: number;
  mode?: PolicyMode;
}

/** A client whose shop has an order of two Ware A for 20.00, which is paid once `pays` is called. */
async function world({
  provider = "cj",
  config = {},
  at: change = {},
  order = {},
  unmapped,
  without,
  pack = 1,
  mode = "approve",
}: Setting = {}) {
  const { account, at } = await supplierAccount(provider, change);
  const staged = await stage(
    dropshippingOrderFlow,
    { orders: [unpaidOrder(1, order)] },
    { mode, config: { ...rates(), ...config }, ...(!without && { others: { [provider]: account } }) },
  );
  const { ctx, domain } = staged;
  const other = provider === "cj" ? "bigbuy" : "cj";
  const gone = without ? [provider, other] : [other];
  for (const each of gone) await ctx.db.delete(connections).where(inTenant(ctx, connections, eq(connections.provider, each)));
  await staged.read();
  if (!unmapped) await mapWare(staged, provider, pack);
  await staged.run();
  const rows = () => ctx.db.select().from(supplyOrders).where(inTenant(ctx, supplyOrders));
  const set = (values: Partial<typeof supplyOrders.$inferInsert>) =>
    ctx.db.update(supplyOrders).set(values).where(inTenant(ctx, supplyOrders));
  return {
    ...staged,
    at,
    provider,
    async pays() {
      await staged.change({ payments: [{ orderId: 1 }] });
      await staged.read();
      await staged.run();
    },
    /** As when it is due again. */
    async later(values: Partial<typeof supplyOrders.$inferInsert> = {}) {
      await set({ nextAt: 1, ...values });
      await staged.run();
    },
    row: async () => (await rows())[0] ?? expect.unreachable("there is no row"),
    rows,
    actions: async () => (await staged.proposed()).map(({ dedupe, steps }) => ({ dedupe, kinds: steps.map(({ kind }) => kind) })),
    /** What became of what was last proposed of ordering. */
    becomes: (status: ActionState, reason: ActionReason | null = null, failureMessage: string | null = null) =>
      ctx.db
        .update(actions)
        .set({ status, reason, failureMessage })
        .where(inTenant(ctx, actions, eq(actions.status, "waiting"))),
    /** Does the steps that were proposed, as the engine would, up to so many of them. */
    async orders(most = 9) {
      const beside = await besideShop(domain);
      const steps = await ctx.db
        .select()
        .from(actionSteps)
        .where(inTenant(ctx, actionSteps))
        .orderBy(actionSteps.actionId, actionSteps.place);
      for (const step of steps.slice(0, most)) {
        const kind = kindOf(step.kind) ?? expect.unreachable(step.kind);
        const where = kind.need.provider === "shopify" ? domain : at;
        expect(await kind.execute(await doingOf(kind, where, beside), step.payload)).toMatchObject({ did: "done" });
      }
      await this.becomes("done");
    },
    turns: (to: PolicyMode) => ctx.db.update(policies).set({ mode: to }).where(inTenant(ctx, policies)),
    /** How far the supplier is with it from now on. */
    progress: async (status: string, parcels: string[] = []) => {
      const { orders } = await supplier(provider, at);
      await supplier(provider, at, { progress: orders.map(({ number }) => ({ number, status, parcels })) });
    },
  };
}

/** The engine's own reading of a state, without its instants. */
const stands = async (client: { row(): Promise<{ state: SupplyState; reason: SupplyReason | null }> }) => {
  const { state, reason } = await client.row();
  return [state, reason];
};

describe("an order that was paid", () => {
  test("is proposed at CJ as two steps, ordering and paying, with what it brings and costs in the shop's currency", async () => {
    const client = await world();
    await client.pays();
    const [action] = await client.proposed();
    expect(action).toMatchObject({ subject: "order:1", customerId: "12001", status: "waiting", stake: { minor: 760, currency: "GBP" } });
    expect(action?.control).toBe(null);
    expect(action?.evidence).toEqual({
      line: "cj",
      params: {
        ...{ brings: { minor: 2000, currency: "GBP" }, costs: { minor: 760, currency: "GBP" }, percent: 62 },
        ...{ goods: { minor: 600, currency: "USD" }, freight: { minor: 350, currency: "USD" } },
      },
    });
    expect(action?.steps.map(({ kind }) => kind)).toEqual(["cj-order", "cj-payment"]);
    expect(await stands(client)).toEqual(["proposed", null]);
    // Nobody's name or address rests in what was proposed or kept.
    expect(JSON.stringify([action, await client.rows()])).not.toMatch(/Belmont|ana@|rue de la Paix|75001/);
  });

  test("is proposed at BigBuy as one step, since ordering is paying there", async () => {
    const client = await world({ provider: "bigbuy" });
    await client.pays();
    expect(await client.actions()).toEqual([{ dedupe: "order:1:bigbuy:1", kinds: ["bigbuy-order"] }]);
  });

  test("of which several make one is ordered as so many", async () => {
    const client = await world({ pack: 2 });
    await client.pays();
    const [action] = await client.proposed();
    expect(action?.steps[0]?.payload).toMatchObject({ products: [{ ordered: 2, quantity: 4 }], total: { minor: 1550 } });
  });

  test("of nothing that is mapped is none of ours, and is not ordered once somebody maps it", async () => {
    const client = await world({ unmapped: true });
    await client.pays();
    expect([await client.rows(), await client.proposed()]).toEqual([[], []]);
    await mapWare(client, "cj");
    await client.run();
    expect(await client.rows()).toEqual([]);
  });

  test("of what the shop sends itself is none of ours", async () => {
    const client = await world();
    await client.ctx.db.update(supplyMappings).set({ state: "own" }).where(inTenant(client.ctx, supplyMappings));
    await client.pays();
    expect(await client.rows()).toEqual([]);
  });

  test("is held with its reason, and ordered by nobody, until that is over", async () => {
    const client = await world({ config: { minMarginPercent: 63 } });
    await client.pays();
    expect(await stands(client)).toEqual(["held", "margin"]);
    const old = new Date(Date.now() - 32 * dayMs).toISOString().slice(0, 10);
    const good = { id: "V1", sku: "V1", price: 300, stock: 5 };
    for (const [reason, config, change] of [
      ["no_rate", { usdRate: 0 }, {}],
      ["no_rate", { ratesOn: old }, {}],
      ["short", {}, { goods: [{ ...good, stock: 1, factory: 900 }] }],
      ["no_carrier", {}, { goods: [good], freight: null }],
    ] as const) {
      await client.setConfig({ ...rates(), ...config });
      await supplier("cj", client.at, change);
      await client.later();
      expect(await stands(client)).toEqual(["held", reason]);
    }
    expect(await client.proposed()).toEqual([]);
  });

  test.each<[SupplyReason, Setting]>([
    ["unknown_product", { at: { goods: [] }, provider: "bigbuy" }],
    ["no_account", { without: true }],
    ["no_address", { order: { checkout: { email: "a@example.com", shippingAddress: null } } }],
  ])("is held with its reason, and ordered by nobody: %s (%o)", async (reason, setting) => {
    const client = await world(setting);
    await client.pays();
    expect(await stands(client)).toEqual(["held", reason]);
    expect(await client.proposed()).toEqual([]);
  });

  test("of a risk that is not low, or not weighed yet, is held, and ordered once it is low", async () => {
    const client = await world();
    const weigh = (risk: object) => sandbox.control(`/shop/${client.domain}/risk`, { orderId: 1, ...risk });
    await weigh({ recommendation: "ACCEPT", level: "MEDIUM" });
    await client.pays();
    expect(await stands(client)).toEqual(["held", "risky"]);
    await weigh({ recommendation: "NONE", level: "PENDING" });
    await client.later();
    expect(await stands(client)).toEqual(["held", "risk_pending"]);
    await weigh({});
    await client.later();
    expect(await stands(client)).toEqual(["proposed", null]);
  });

  test("that is partly in stock says what is there, and is proposed once all of it is", async () => {
    const client = await world({ at: { goods: [{ id: "V1", sku: "V1", price: 300, stock: 1, factory: 900 }] } });
    await client.pays();
    expect((await client.row()).facts).toEqual({ short: [{ reference: "V1", quantity: 2, there: 1 }] });
    await supplier("cj", client.at, { goods: [{ id: "V1", sku: "V1", price: 300, stock: 2 }] });
    await client.later();
    expect(await stands(client)).toEqual(["proposed", null]);
  });

  test("below the margin says what it brings and costs, and is proposed where somebody wants it all the same", async () => {
    const client = await world({ config: { minMarginPercent: 80 } });
    await client.pays();
    expect((await client.row()).facts.margin).toEqual({ brings: 2000, costs: 760, percent: 62, least: 80, currency: "GBP" });
    await client.later({ waived: true });
    expect((await client.proposed())[0]?.evidence.line).toBe("cj_waived");
  });

  test("brings what is left after a code that takes half off the whole order", async () => {
    const client = await world({ order: { lines: "A|2|50.00", gross: 5000, codes: ["HALF"], codeOff: 50 } });
    await client.pays();
    expect((await client.row()).facts.margin).toMatchObject({ brings: 5000, costs: 760 });
  });

  test("that was cancelled, sent by somebody else or is mapped no more before it was ordered is over", async () => {
    const held = async () => {
      const client = await world({ config: { minMarginPercent: 80 } });
      await client.pays();
      return client;
    };
    const [one, two, three] = [await held(), await held(), await held()];
    await one.change({ cancellations: [{ orderId: 1 }] });
    await one.read();
    await one.run();
    await two.change({ parcels: [{ orderId: 1, sent: [{ at: new Date(Date.now() - 60_000).toISOString() }] }] });
    await two.later();
    await three.ctx.db.delete(supplyMappings).where(inTenant(three.ctx, supplyMappings));
    await three.later();
    expect([await stands(one), await stands(two), await stands(three)]).toEqual([
      ["over", "cancelled"],
      ["over", "sent_elsewhere"],
      ["over", "unmapped"],
    ]);
  });

  test("whose supplier is away or refuses is held, and keeps no other from its turn", async () => {
    for (const [effect, reason] of [
      [{ type: "rate_limited", retryAfter: 300 }, "supplier_down"],
      [{ type: "error", status: 400 }, "supplier_refuses"],
    ] as const) {
      const client = await world({ provider: "bigbuy" });
      await control({ faults: [{ provider: "bigbuy", account: client.at, path: "shipping/orders", effect }] });
      await client.pays();
      expect(await stands(client)).toEqual(["held", reason]);
      await control();
      await control({ limits: false });
    }
  });
});

describe("what was proposed", () => {
  test("stands as what became of it says", async () => {
    const client = await world();
    await client.pays();
    for (const [status, state, reason] of [
      ["waiting", "proposed", null],
      ["rejected", "stuck", "declined"],
      ["expired", "stuck", "declined"],
      ["undone", "over", "undone"],
      ["shadowed", "over", "shadow"],
    ] as const) {
      await client.ctx.db.update(actions).set({ status }).where(inTenant(client.ctx, actions));
      await client.later({ state: "proposed", reason: null });
      expect([status, ...(await stands(client))]).toEqual([status, state, reason]);
    }
    expect(await client.actions()).toHaveLength(1);
  });

  test("in shadow is over, and neither proposed nor ordered when the automation may act, until a person asks for it", async () => {
    const client = await world({ mode: "shadow" });
    await client.pays();
    await client.later();
    expect(await stands(client)).toEqual(["over", "shadow"]);
    await client.turns("auto");
    await client.run();
    await client.later();
    expect((await client.proposed()).map(({ dedupe, status }) => [dedupe, status])).toEqual([["shadow:order:1:cj:1", "shadowed"]]);
    expect((await supplier("cj", client.at)).orders).toEqual([]);
    // As a person's "check again" leaves it.
    await client.later({ state: "held", reason: "new" });
    expect((await client.actions()).map(({ dedupe }) => dedupe)).toEqual(["order:1:cj:2", "shadow:order:1:cj:1"]);
  });

  test("and failed with nothing at the supplier is stuck with its words; with an unpaid order there, it says so", async () => {
    const [nothing, unpaid] = [await world(), await world()];
    await nothing.pays();
    await nothing.becomes("failed", null, "1604000 Insufficient balance");
    await nothing.later();
    expect(await stands(nothing)).toEqual(["stuck", "failed"]);
    expect((await nothing.row()).facts).toEqual({ message: "1604000 Insufficient balance" });
    await unpaid.pays();
    await unpaid.orders(1);
    await unpaid.ctx.db.update(actions).set({ status: "failed" }).where(inTenant(unpaid.ctx, actions));
    await unpaid.later();
    expect(await stands(unpaid)).toEqual(["stuck", "blocked"]);
  });

  test("and was no longer true is looked at anew: at another price under another number, and never beside one that stands", async () => {
    const client = await world();
    await client.pays();
    await client.becomes("voided", "price_changed");
    await client.later();
    const found = await client.proposed();
    expect(found.map(({ dedupe }) => dedupe)).toEqual(["order:1:cj:1", "order:1:cj:2"]);
    expect(found[1]?.steps[0]?.payload).toMatchObject({ number: expect.stringMatching(/-1-2$/) });
    // The first one reached CJ after all.
    await client.orders(1);
    await client.ctx.db.update(actions).set({ status: "voided" }).where(inTenant(client.ctx, actions));
    await client.later();
    expect(await client.actions()).toHaveLength(2);
    expect(await stands(client)).toEqual(["ordered", "supplier_unpaid"]);
  });

  test("and was no longer true three times is proposed a fourth time by a person's word alone", async () => {
    const client = await world();
    await client.pays();
    for (let round = 1; round <= 3; round++) {
      expect(await client.proposed()).toHaveLength(round);
      await client.ctx.db.update(actions).set({ status: "voided" }).where(inTenant(client.ctx, actions));
      await client.later();
    }
    expect(await client.actions()).toHaveLength(3);
    expect(await stands(client)).toEqual(["stuck", "failed"]);
  });

  test("is proposed once, however often the automation begins anew", async () => {
    const client = await world();
    await client.pays();
    await client.setCursor({ seq: 0 });
    await client.run();
    await client.later();
    expect(await client.actions()).toHaveLength(1);
  });

  test("a person's word is not overwritten by a run that read before it", async () => {
    const client = await world();
    await client.pays();
    await client.later({ version: 3, state: "over", reason: "by_hand", nextAt: null });
    expect(await stands(client)).toEqual(["over", "by_hand"]);
  });
});

describe.each(["cj", "bigbuy"] as const)("what %s has", (provider) => {
  const words =
    provider === "cj"
      ? { paid: "UNSHIPPED", sent: "SHIPPED", off: "CANCELLED", arrived: "DELIVERED" }
      : { paid: "Preparing", sent: "Shipped", off: "Cancelled", arrived: "Delivered" };
  const ordered = async () => {
    const client = await world({ provider });
    await client.pays();
    await client.orders();
    await client.later();
    return client;
  };

  test("is on its way, silent after some days, and told to the shop parcel by parcel", async () => {
    const client = await ordered();
    expect(await stands(client)).toEqual(["ordered", null]);
    await client.later({ since: Date.now() - 6 * dayMs });
    expect(await stands(client)).toEqual(["ordered", "silent"]);
    await client.progress(words.sent, ["LX1000FR"]);
    await client.later();
    expect(await stands(client)).toEqual(["shipped", null]);
    await client.progress(words.sent, ["LX1000FR", "LX2000FR"]);
    await client.later();
    expect((await client.row()).parcels).toEqual(["LX1000FR", "LX2000FR"]);
    const told = (await client.proposed()).filter(({ dedupe }) => dedupe.startsWith("parcels:"));
    expect(told.map(({ dedupe, evidence }) => [dedupe, evidence.line])).toEqual([
      [`parcels:1:${provider}:1`, "parcel"],
      [`parcels:1:${provider}:2`, "parcels"],
    ]);
    expect(told[0]?.steps).toMatchObject([{ kind: "shopify-fulfilment", payload: { numbers: ["LX1000FR"], lines: [{ quantity: 2 }] } }]);
    await client.progress(words.arrived, ["LX1000FR", "LX2000FR"]);
    await client.later();
    expect(await stands(client)).toEqual(["over", "delivered"]);
  });

  test("and was called off in the shop meanwhile is somebody's to stop, until the supplier called it off too", async () => {
    const client = await ordered();
    await client.change({ cancellations: [{ orderId: 1 }] });
    await client.read();
    await client.run();
    expect(await stands(client)).toEqual(["stuck", "shop_cancelled"]);
    await client.progress(words.off);
    await client.later();
    expect(await stands(client)).toEqual(["over", "cancelled"]);
  });

  test("and calls off by itself is somebody's to decide, and is not ordered again by anybody else", async () => {
    const client = await ordered();
    await client.progress(words.off);
    await client.later();
    expect(await stands(client)).toEqual(["stuck", "supplier_cancelled"]);
    await client.run();
    expect(await client.actions()).toHaveLength(1);
  });

  test("and of which the shop was told in shadow alone is a person's to tell, and is not told by a later mode", async () => {
    const client = await ordered();
    await client.turns("shadow");
    await client.progress(words.sent, ["LX1000FR"]);
    await client.later();
    await client.turns("auto");
    await client.later();
    expect(await stands(client)).toEqual(["shipped", "untold"]);
    expect((await client.actions()).map(({ dedupe }) => dedupe)).toEqual([`order:1:${provider}:1`, `shadow:parcels:1:${provider}:1`]);
  });

  test("and of which the shop was not told is said to be so", async () => {
    const client = await ordered();
    await client.progress(words.sent, ["LX1000FR"]);
    await client.later();
    await client.becomes("failed");
    await client.later();
    expect(await stands(client)).toEqual(["shipped", "untold"]);
  });
});

test("an amount is taken into the shop's currency by the client's rate, rounded up, and never by a guess", () => {
  const now = Date.parse("2026-12-01T12:00:00Z");
  const config = SupplyConfig.parse({ usdRate: 0.8, ratesOn: "2026-11-30" });
  const usd = { minor: 950, currency: "USD" };
  expect(inShopCurrency(usd, { currency: "GBP", config, now })).toBe(760);
  expect(inShopCurrency(usd, { currency: "USD", config: SupplyConfig.parse({}), now })).toBe(950);
  expect(inShopCurrency(usd, { currency: "JPY", config: { ...config, usdRate: 150.2 }, now })).toBe(1427);
  expect(inShopCurrency(usd, { currency: "KWD", config: { ...config, usdRate: 0.307 }, now })).toBe(2917);
  expect(inShopCurrency({ minor: 950, currency: "EUR" }, { currency: "GBP", config, now })).toBeNull();
  for (const ratesOn of ["", "2026-10-30", "2027-01-01"])
    expect(inShopCurrency(usd, { currency: "GBP", config: { ...config, ratesOn }, now })).toBeNull();
});
