import { eq } from "drizzle-orm";
import { beforeEach, describe, expect, test } from "vitest";
import { actionSteps, actions, connections, policies, supplyMappings, supplyOrders } from "#db/schema/index.ts";
import type { ActionReason, ActionState, PolicyMode } from "#db/words/actions.ts";
import type { Supplier, SupplyReason, SupplyState } from "#db/words/supply.ts";
import type { Account } from "#server/catalog/account.ts";
import { kindOf } from "#server/catalog/actions/registry.ts";
import { dropshippingOrderFlow } from "#server/catalog/automations/dropshipping-order-flow.ts";
import { inShopCurrency, SupplyConfig } from "#server/catalog/automations/supply-settings.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { besideShop, doingOf, sandbox, supplier } from "#test/catalog/actions/doing.ts";
import { control } from "#test/domain/connecting/consent.ts";
import { dayMs, hourMs, stage, wareOf } from "./stage.ts";
import { mapWare, supplierAccount, unpaidOrder, variantOf } from "./supplied.ts";

beforeEach(async () => {
  await control();
  await control({ limits: false });
});

const today = () => new Date().toISOString().slice(0, 10);
const rates = () => ({ usdRate: 0.8, eurRate: 0.9, ratesOn: today() });

const good = { id: "V1", sku: "V1", price: 300, stock: 5 };

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
  /** Its shop has Ware B too, and it has an account at the other supplier. */
  both?: true;
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
  both,
}: Setting = {}) {
  const other = provider === "cj" ? "bigbuy" : "cj";
  const { account, at } = await supplierAccount(provider, change);
  const beside = both && (await supplierAccount(other));
  /** What happens while the supplier is asked. */
  const meanwhile: { now?: () => Promise<unknown> } = {};
  const json: Account["json"] = async (...asked) => {
    await meanwhile.now?.();
    return account.json(...asked);
  };
  const accounts = { ...(!without && { [provider]: { ...account, json } }), ...(beside && { [other]: beside.account }) };
  const staged = await stage(
    dropshippingOrderFlow,
    { orders: [unpaidOrder(1, order)], ...(both && { products: [wareOf("A"), wareOf("B")] }) },
    { mode, config: { ...rates(), ...config }, others: accounts },
  );
  const { ctx, domain } = staged;
  const gone = (["cj", "bigbuy"] as const).filter((each) => !(each in accounts));
  for (const each of gone) await ctx.db.delete(connections).where(inTenant(ctx, connections, eq(connections.provider, each)));
  await staged.read();
  if (!unmapped) await mapWare(staged, provider, { pack });
  await staged.run();
  const rows = () => ctx.db.select().from(supplyOrders).where(inTenant(ctx, supplyOrders));
  const set = (values: Partial<typeof supplyOrders.$inferInsert>) =>
    ctx.db.update(supplyOrders).set(values).where(inTenant(ctx, supplyOrders));
  return {
    ...staged,
    at,
    provider,
    meanwhile,
    set,
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
    rowAt: async (where: Supplier) => (await rows()).find((row) => row.provider === where),
    mapAlso: (sku: string, where: Supplier, mappedAt = 1) => mapWare(staged, where, { sku, mappedAt }),
    variant: (sku: string) => variantOf(staged, sku),
    rows,
    actions: async () => (await staged.proposed()).map(({ dedupe, steps }) => ({ dedupe, kinds: steps.map(({ kind }) => kind) })),
    /** What became of what was last proposed of ordering. */
    becomes: (status: ActionState, reason: ActionReason | null = null, failureMessage: string | null = null, finishedAt = 1) =>
      ctx.db
        .update(actions)
        .set({ status, reason, failureMessage, finishedAt })
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
    // As much as it cost when somebody said so, and a little more: at another price it is asked again.
    await client.later({ waivedUpTo: 720 });
    expect(await stands(client)).toEqual(["held", "margin"]);
    await client.later({ waivedUpTo: 730 });
    expect((await client.proposed())[0]?.evidence.line).toBe("cj_waived");
  });

  test("is looked at ever more seldom while it is held, and no more after 14 days", async () => {
    const client = await world({ config: { minMarginPercent: 80 } });
    await client.pays();
    const inHours = async () => Math.round((((await client.row()).nextAt ?? 0) - Date.now()) / hourMs);
    const seen = [await inHours()];
    for (const days of [3, 10]) {
      await client.later({ since: Date.now() - days * dayMs });
      seen.push(await inHours());
    }
    expect(seen).toEqual([1, 6, 12]);
    // Since it is held at all, whatever for.
    await supplier("cj", client.at, { freight: null });
    await client.later({ since: Date.now() - 15 * dayMs });
    expect(await client.row()).toMatchObject({ state: "over", reason: "too_old", facts: { was: "no_carrier" }, nextAt: null });
  });

  test("of which there is a part is ordered so far where somebody wants it, and the rest is a part of its own", async () => {
    const client = await world({ at: { goods: [{ ...good, stock: 1 }] }, config: { minMarginPercent: 0 } });
    await client.pays();
    expect(await stands(client)).toEqual(["held", "short"]);
    await client.later({ partly: true });
    const [first] = await client.proposed();
    expect(first?.steps[0]?.payload).toMatchObject({ products: [{ ordered: 1, quantity: 1 }], total: { minor: 650 } });
    await client.orders();
    await client.later();
    const rest = async () => (await client.rows()).find(({ part }) => part === 1);
    expect(await rest()).toMatchObject({ state: "held", reason: "new", lines: [] });
    await client.later();
    expect(await rest()).toMatchObject({ state: "held", reason: "short", facts: { short: [{ quantity: 1, there: 0 }] } });
    await supplier("cj", client.at, { goods: [{ ...good, stock: 5 }] });
    await client.later();
    const [, second] = await client.proposed();
    expect(second?.steps[0]?.payload).toMatchObject({ number: expect.stringMatching(/-p1$/), products: [{ ordered: 1 }] });
    // Of all that was wanted nothing is left.
    await client.later();
    expect((await client.rows()).map(({ part }) => part)).toEqual([0, 1]);
  });

  test("with parts has each told to the shop for itself", async () => {
    const client = await world({ at: { goods: [{ ...good, stock: 1 }] }, config: { minMarginPercent: 0 } });
    await client.pays();
    await client.later({ partly: true });
    await client.orders();
    await supplier("cj", client.at, { goods: [{ ...good, stock: 5 }] });
    await client.later();
    await client.later();
    await client.orders();
    await client.progress("SHIPPED", ["LX1000FR"]);
    await client.later();
    const told = (await client.actions()).filter(({ dedupe }) => dedupe.startsWith("parcels:"));
    expect(told.map(({ dedupe }) => dedupe)).toEqual(["parcels:1:cj:1", "parcels:1:cj:1:p1"]);
  });

  test("whose product is mapped to another supplier meanwhile is ordered at one alone", async () => {
    const client = await world({ both: true, order: { lines: "A|2|10.00;B|1|10.00", gross: 3000 } });
    await client.mapAlso("B", "bigbuy");
    await client.pays();
    expect((await client.actions()).map(({ dedupe }) => dedupe)).toEqual(["order:1:bigbuy:1", "order:1:cj:1"]);
    // BigBuy's is called off, and looked at anew once what CJ has is mapped to BigBuy.
    await client.ctx.db
      .update(actions)
      .set({ status: "voided" })
      .where(inTenant(client.ctx, actions, eq(actions.dedupe, "order:1:bigbuy:1")));
    await client.ctx.db.update(supplyMappings).set({ provider: "bigbuy" }).where(inTenant(client.ctx, supplyMappings));
    await client.later();
    const again = (await client.proposed()).find(({ dedupe }) => dedupe === "order:1:bigbuy:2");
    expect(again?.steps[0]?.payload).toMatchObject({ products: [{ ordered: 1 }] });
    // Nothing is left of it where all is CJ's.
    await client.ctx.db
      .update(actions)
      .set({ status: "voided" })
      .where(inTenant(client.ctx, actions, eq(actions.dedupe, "order:1:bigbuy:2")));
    await client.ctx.db
      .delete(supplyMappings)
      .where(inTenant(client.ctx, supplyMappings, eq(supplyMappings.variantId, await client.variant("B"))));
    await client.later();
    expect(await client.rowAt("bigbuy")).toMatchObject({ state: "held", reason: "covered" });
  });

  test("with lines that were added later has them ordered too, unless they were mapped only since", async () => {
    const client = await world({ both: true, order: { lines: "A|2|10.00;B|1|10.00", gross: 3000 } });
    await client.pays();
    await client.orders();
    await client.later();
    expect(await client.rows()).toHaveLength(1);
    await client.mapAlso("B", "cj", Date.now() + 1000);
    await client.later();
    expect(await client.rows()).toHaveLength(1);
    await client.ctx.db.update(supplyMappings).set({ mappedAt: 1 }).where(inTenant(client.ctx, supplyMappings));
    await client.later();
    await client.later();
    expect((await client.actions()).map(({ dedupe }) => dedupe)).toEqual(["order:1:cj:1", "order:1:cj:1:p1"]);
    expect((await client.proposed())[1]?.steps[0]?.payload).toMatchObject({ products: [{ ordered: 1, vid: "V1" }] });
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

  test("at a price that went up past what was approved is a person's to propose anew, and the price is named", async () => {
    const client = await world();
    await client.pays();
    await client.becomes("voided", "price_changed", "9.99 USD");
    await client.later();
    expect(await client.row()).toMatchObject({ state: "stuck", reason: "dearer", facts: { price: "9.99 USD" }, nextAt: null });
    expect(await client.actions()).toHaveLength(1);
    // As a person's "check again" leaves it.
    await client.later({ state: "held", reason: "new" });
    expect((await client.actions()).map(({ dedupe }) => dedupe)).toEqual(["order:1:cj:1", "order:1:cj:2"]);
  });

  test("and was called off a moment ago is not proposed anew before the supplier's reads must show what it has", async () => {
    const client = await world();
    await client.pays();
    await client.orders(1);
    const ended = (finishedAt: number) =>
      client.ctx.db.update(actions).set({ status: "voided", reason: "gone", finishedAt }).where(inTenant(client.ctx, actions));
    await ended(Date.now());
    await control({ settleMs: 60_000 });
    await client.later();
    expect([await stands(client), (await client.actions()).length]).toEqual([["proposed", null], 1]);
    await control({ settleMs: 0 });
    await ended(Date.now() - hourMs);
    await client.later();
    expect([await stands(client), (await client.actions()).length]).toEqual([["ordered", "supplier_unpaid"], 1]);
  });

  test("and cancelled in the shop is somebody's to stop where the supplier holds it all the same, and is over where it does not", async () => {
    const [holds, not] = [await world(), await world()];
    for (const client of [holds, not]) await client.pays();
    await holds.orders(1);
    for (const client of [holds, not]) {
      await client.ctx.db
        .update(actions)
        .set({ status: "voided", reason: "cancelled", finishedAt: 1 })
        .where(inTenant(client.ctx, actions));
      await client.change({ cancellations: [{ orderId: 1 }] });
      await client.later();
      await client.later();
    }
    expect([await stands(holds), await stands(not)]).toEqual([
      ["stuck", "shop_cancelled"],
      ["over", "cancelled"],
    ]);
  });

  test("of which nobody can say whether it was done is followed once a person says so", async () => {
    const client = await world();
    await client.pays();
    await client.orders();
    const is = (status: ActionState) =>
      client.ctx.db.update(actions).set({ status, availableAt: null }).where(inTenant(client.ctx, actions));
    await is("unsure");
    await client.later();
    expect(await client.row()).toMatchObject({ state: "stuck", reason: "unclear", nextAt: expect.any(Number) });
    await is("done");
    await client.later();
    expect(await stands(client)).toEqual(["ordered", null]);
  });

  test("and declined is over once the shop cancels the order, though nobody looks at it any more", async () => {
    const client = await world();
    await client.pays();
    await client.becomes("rejected");
    await client.later();
    expect(await client.row()).toMatchObject({ state: "stuck", reason: "declined", nextAt: null });
    await client.change({ cancellations: [{ orderId: 1 }] });
    await client.read();
    await client.run();
    await client.run();
    expect(await stands(client)).toEqual(["over", "cancelled"]);
  });

  test("is not proposed where a person said meanwhile that they take care of it", async () => {
    const client = await world();
    await client.pays();
    await client.ctx.db.delete(actions).where(inTenant(client.ctx, actions));
    client.meanwhile.now = () => client.set({ version: 1, state: "over", reason: "by_hand", nextAt: null });
    await client.later({ state: "held", reason: "new", round: 0 });
    expect([await stands(client), await client.proposed()]).toEqual([["over", "by_hand"], []]);
  });

  test("and was no longer true is looked at anew, under another number, and never beside one that stands", async () => {
    const client = await world();
    await client.pays();
    await client.becomes("voided", "country_changed");
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

  test("and does not show yet is not lost; what it does not show later is, until it does", async () => {
    const client = await ordered();
    const ended = (finishedAt: number) => client.ctx.db.update(actions).set({ finishedAt }).where(inTenant(client.ctx, actions));
    await control({ settleMs: 60_000 });
    await ended(Date.now());
    await client.later();
    expect(await stands(client)).toEqual(["ordered", null]);
    // Nor is it ordered once more where a person asks for it.
    await client.later({ state: "held", reason: "new" });
    expect([await stands(client), (await client.actions()).length]).toEqual([["held", "new"], 1]);
    await client.set({ state: "ordered", reason: null });
    await ended(1);
    await client.later();
    expect(await stands(client)).toEqual(["stuck", "lost"]);
    await control({ settleMs: 0 });
    await client.later();
    expect(await stands(client)).toEqual(["ordered", null]);
  });

  test("and whose parcel was found while nothing was proposed is told to the shop afterwards", async () => {
    const client = await ordered();
    await client.progress(words.sent, ["LX1000FR"]);
    await client.later();
    await client.ctx.db.delete(actions).where(inTenant(client.ctx, actions, eq(actions.dedupe, `parcels:1:${provider}:1`)));
    await client.progress(words.arrived, ["LX1000FR"]);
    await client.later();
    expect((await client.actions()).map(({ dedupe }) => dedupe)).toContain(`parcels:1:${provider}:1`);
    await client.later();
    expect(await stands(client)).toEqual(["over", "delivered"]);
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
