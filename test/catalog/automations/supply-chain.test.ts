import { eq, sql } from "drizzle-orm";
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { actionSteps, actions, connections, supplyOrders } from "#db/schema/index.ts";
import type { Supplier } from "#db/words/supply.ts";
import type { Account } from "#server/catalog/account.ts";
import { kindOf } from "#server/catalog/actions/registry.ts";
import { dropshippingOrderFlow } from "#server/catalog/automations/dropshipping-order-flow.ts";
import type { Outcome, Writer } from "#server/catalog/writer.ts";
import { type Acting, maxTries } from "#server/domain/actions/acting.ts";
import { approveAction } from "#server/domain/actions/approve-action.ts";
import { actionShare, workActions } from "#server/domain/actions/work-actions.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { createPlaces } from "#server/domain/turns/places.ts";
import { ProviderError } from "#server/errors.ts";
import { type AtSandbox, askShop, doingAt, effectsAt, freshAccount, sandbox, supplier } from "#test/catalog/actions/doing.ts";
import { control, hurry } from "#test/domain/connecting/consent.ts";
import { makeUser, testTenantCtx } from "#test/harness.ts";
import { hourMs, stage } from "./stage.ts";
import { mapWare, unpaidOrder } from "./supplied.ts";

/** What the engine asks, as one line: `GET /shopping/order/getOrderDetail` at a supplier, `shop reads`, `shop writes`. */
type Call = { line: string };
/** What befalls a call: `go` asks the provider. */
type Fate = <T>(call: Call, go: () => Promise<T>) => Promise<T>;

const well: Fate = (_, go) => go();
const minuteMs = 60_000;
const leaseMs = 2 * minuteMs;
const usual = { goods: [{ id: "V1", sku: "V1", name: "Lamp", price: 300, stock: 1000 }], balance: 1_000_000, freight: 350, intercepts: [] };

/** A client with so many paid orders that are proposed at a supplier, whose actions the real engine works off against the sandbox. */
async function openChain(provider: Supplier, count: number) {
  await control();
  await control({ limits: false });
  const at = freshAccount[provider]();
  await supplier(provider, at, usual);
  const there = await doingAt(provider, at, { scopes: [] });
  const ids = Array.from({ length: count }, (_, place) => place + 101);
  const staged = await stage(
    dropshippingOrderFlow,
    { orders: ids.map((id) => unpaidOrder(id)) },
    {
      mode: "approve",
      config: { usdRate: 0.8, eurRate: 0.9, ratesOn: new Date().toISOString().slice(0, 10) },
      others: { [provider]: { ...there.account, json: (...asked) => through(there).account.json(...asked) } },
    },
  );
  const { ctx, rig, domain } = staged;
  const other = provider === "cj" ? "bigbuy" : "cj";
  await ctx.db.delete(connections).where(inTenant(ctx, connections, eq(connections.provider, other)));
  const scopes = ["read_orders", "read_customers", "read_products"];
  const fulfils = ["read_merchant_managed_fulfillment_orders", "write_merchant_managed_fulfillment_orders"];
  const shop = await doingAt("shopify", domain, { scopes: [...scopes, ...fulfils] });

  let fate = well;
  const meet = <T>(line: string, go: () => Promise<T>): Promise<T> => fate({ line }, go);
  function through({ account, writer }: AtSandbox): { account: Account; writer: Writer } {
    const lineOf = (method: string, path: string, writes: boolean) =>
      account.provider === "shopify"
        ? `shop ${writes ? "writes" : "reads"}`
        : `${method} ${path.split("?")[0]?.replace(/[^/]*\.json$/, (last) => (/\d/.test(last) ? "" : last))}`;
    return {
      account: {
        ...account,
        json: (request, schema) => meet(lineOf(request.method ?? "GET", request.path, false), () => account.json(request, schema)),
      },
      writer: { ...writer, send: (write, schema) => meet(lineOf(write.method, write.path, true), () => writer.send(write, schema)) },
    };
  }
  const doingOf = (which: string) => through(which === "shopify" ? shop : there);
  const acting: Acting = {
    kinds: kindOf,
    openAccount: (_, { connection }) => doingOf(connection.provider).account,
    openWriter: (_, { connection }) => doingOf(connection.provider).writer,
    random: () => 0.5,
  };

  await staged.read();
  await mapWare(staged, provider);
  await staged.run();
  await staged.change({ payments: ids.map((orderId) => ({ orderId })) });
  await staged.read();
  await staged.run();
  const { actor } = await makeUser({ roles: [[ctx.tenant, "owner"]] });
  const owner = testTenantCtx(ctx.tenant, "owner", { actor, now: rig.clock.now });
  await ctx.db.update(supplyOrders).set({ nextAt: Number.MAX_SAFE_INTEGER }).where(inTenant(ctx, supplyOrders));
  let used = 0;

  /** The next of the orders, with nobody else's doings. */
  function next() {
    used += 1;
    const order = String(100 + used);
    fate = well;
    const ofOrder = inTenant(ctx, actions, eq(actions.subject, `order:${order}`));
    const row = async () =>
      (
        await ctx.db
          .select()
          .from(supplyOrders)
          .where(inTenant(ctx, supplyOrders, eq(supplyOrders.orderId, order)))
      )[0] ?? expect.unreachable(`there is no row of order ${order}`);
    const all = () => ctx.db.select().from(actions).where(ofOrder).orderBy(actions.createdAt, actions.id);
    const due = async () => Math.min(...(await all()).map(({ availableAt }) => availableAt ?? Number.POSITIVE_INFINITY));
    const work = () => workActions(rig.ctx, acting, { tenant: ctx.tenant.id, turn: 0, places: createPlaces(1, actionShare) });
    const effects = async () => {
      const number = new RegExp(`-${order}(-\\d+)?$`);
      return (await effectsAt(at)).items.filter(({ key }) => number.test(key));
    };
    return {
      order,
      effects,
      row,
      all,
      work,
      meets: (one: Fate) => {
        fate = one;
      },
      shop: (change: object) => sandbox.control(`/shop/${domain}/changes`, change),
      /** A person approves all that waits of it. */
      async approves() {
        for (const { id, hash, status } of await all()) if (status === "waiting") await approveAction(owner, { actionId: id, hash });
      },
      /** Until nothing of it is due any more, whatever that takes. */
      async settles(turns = 20) {
        for (let turn = 0; turn < turns; turn++) {
          const at = await due();
          if (at === Number.POSITIVE_INFINITY) return;
          // All of its later tries are alike.
          if (turn === 8)
            await ctx.db
              .update(actions)
              .set({ attempt: maxTries - 2 })
              .where(ofOrder);
          rig.clock.advance(Math.max(1, at - rig.clock.now()));
          await work();
        }
      },
      /** The automation looks at it once, when its supplier must show all. */
      async looks() {
        rig.clock.advance(4 * minuteMs);
        await ctx.db
          .update(supplyOrders)
          .set({ nextAt: 1 })
          .where(inTenant(ctx, supplyOrders, eq(supplyOrders.orderId, order)));
        await staged.run();
        await ctx.db
          .update(supplyOrders)
          .set({ nextAt: Number.MAX_SAFE_INTEGER })
          .where(inTenant(ctx, supplyOrders, sql`next_at is not null`));
      },
      advance: rig.clock.advance,
      /** Where it stands, and what became of what was proposed to order it: of each round. */
      async stands() {
        const { state, reason } = await row();
        const ordering = (await all()).filter(({ dedupe }) => dedupe.startsWith("order:"));
        return [state, reason, ...ordering.map(({ status }) => status)];
      },
      /** How far its supplier is with it from now on. */
      async progress(status: string, parcels: string[] = []) {
        const { orders } = await supplier(provider, at);
        const own = orders.filter(({ number }) => number.endsWith(`-${order}`));
        await supplier(provider, at, { progress: own.map(({ number }) => ({ number, status, parcels })) });
      },
      /** What holds whatever befell it. */
      async keeps() {
        const seen = await effects();
        const [made, paid] = ["order_created", provider === "cj" ? "order_paid" : "order_created"].map((kind) =>
          seen.filter((each) => each.kind === kind).map(({ key }) => key),
        );
        expect(new Set(made).size, "one order a round").toBe(made?.length);
        expect(new Set(paid).size, "one payment a round").toBe(paid?.length);
        expect(paid?.length, "one payment in all").toBeLessThanOrEqual(1);
        const approved = (await all()).filter(({ decidedBy }) => decidedBy === actor.userId).map(({ id }) => id);
        const steps = await ctx.db.select().from(actionSteps).where(inTenant(ctx, actionSteps));
        const numbers = steps
          .filter(({ actionId }) => approved.includes(actionId))
          .map(({ payload }) => (payload as { number?: string }).number);
        for (const key of [...(made ?? []), ...(paid ?? [])]) expect(numbers, "approved").toContain(key);
        // Nothing of it is still under way, and whoever looks is told where it is.
        const { state } = await row();
        const last = (await all()).filter(({ dedupe }) => dedupe.startsWith("order:")).at(-1);
        expect(last?.availableAt ?? null).toBe(null);
        expect(state === "proposed" ? last?.status : "waiting").toBe("waiting");
      },
    };
  }
  return {
    next,
    supplier: (change: object) => supplier(provider, at, change),
    /** The tracking numbers of each parcel of an order that the shop was told of. */
    async parcels(order: string) {
      const query = `{ order(id: "gid://shopify/Order/${order}") { fulfillments(first: 5) { trackingInfo(first: 5) { number } } } }`;
      const found = await askShop<{ order: { fulfillments: { trackingInfo: { number: string }[] }[] } }>(domain, query);
      return found.order.fulfillments.map(({ trackingInfo }) => trackingInfo.map(({ number }) => number));
    },
  };
}
type Chain = Awaited<ReturnType<typeof openChain>>;
type One = ReturnType<Chain["next"]>;

let chains: Record<Supplier, Chain>;
beforeAll(async () => {
  chains = { cj: await openChain("cj", 24), bigbuy: await openChain("bigbuy", 16) };
}, 30_000);
beforeEach(() => hurry());
afterEach(async () => {
  vi.restoreAllMocks();
  await control();
  await control({ limits: false });
});

const at =
  (path: string) =>
  ({ line }: Call): boolean =>
    line.endsWith(path);

/** Of a write the reply is lost, once, after it was done. */
function loses(path: string): Fate {
  let isOver = false;
  return async (call, go) => {
    const said = await go();
    if (isOver || !at(path)(call)) return said;
    isOver = true;
    return { outcome: "ambiguous", reason: "no reply", status: null } as typeof said;
  };
}

/** What is so and what is answered: `lie` is handed the truth. */
const lies =
  (path: string, lie: (truth: unknown) => unknown, also: Fate = well): Fate =>
  async (call, go) => {
    const truth = await also(call, go);
    return at(path)(call) ? (lie(truth) as typeof truth) : truth;
  };

/** The same once a write was answered. */
function liesSince(write: string, path: string, lie: (truth: unknown) => unknown, also: Fate = well): Fate {
  let isSince = false;
  return lies(
    path,
    (truth) => (isSince ? lie(truth) : truth),
    async (call, go) => {
      const said = await also(call, go);
      isSince ||= at(write)(call);
      return said;
    },
  );
}

/** A refusal with HTTP 200, of what was done all the same. */
const refuses = (path: string, code: string): Fate =>
  lies(
    path,
    (): Outcome<never> => ({
      ...{ outcome: "refused", failure: { kind: "rejected", message: `${code} refused` }, status: 200, body: { code } },
    }),
  );

const nothing = () => ({ data: null });
const instead = (more: object) => (truth: unknown) => truth && { ...truth, ...more };
const insteadAtCj = (more: object) => (truth: unknown) => {
  const { data } = truth as { data: object | null };
  return { data: data && { ...data, ...more } };
};
const refusal = (provider: Supplier, message: string) => () => {
  throw new ProviderError(provider, "rejected", message);
};

/** Follows one to its end, a person approving whatever is proposed of it; what holds is looked at on the way. Answers where it stood each time. */
async function endsOf(one: One, fate: Fate = well): Promise<unknown[]> {
  one.meets(fate);
  const seen: unknown[] = [];
  for (const _ of [1, 2]) {
    await one.approves();
    await one.settles();
    await one.looks();
    await one.keeps();
    seen.push(await one.stands());
    if ((await one.row()).state !== "proposed") break;
  }
  return seen;
}
const kinds = async (one: One) => (await one.effects()).map(({ kind }) => kind);

/** The worker dies at a call of the first try, before or after it was answered; another one goes on once the lease is over. */
async function endsAfterDeath(one: One, isAt: (call: Call) => boolean, when: "before" | "after") {
  let die: () => void = () => undefined;
  const died = new Promise<void>((resolve) => {
    die = resolve;
  });
  let isDead = false;
  one.meets(async (call, go) => {
    if (isDead || !isAt(call)) return go();
    isDead = true;
    if (when === "after") await go();
    die();
    return new Promise<never>(() => undefined);
  });
  await one.approves();
  void one.work();
  await died;
  one.advance(leaseMs);
  return endsOf(one);
}

describe.each(["cj", "bigbuy"] as const)("an order at %s, done by the engine", (provider) => {
  const chain = () => chains[provider];
  const spends = provider === "cj" ? ["order_created", "order_paid"] : ["order_created"];
  const create = provider === "cj" ? "createOrderV2" : "/rest/order/create.json";

  test("is ordered and paid, and its tracking brought back, each once", async () => {
    const one = chain().next();
    expect(await endsOf(one)).toEqual([["ordered", null, "done"]]);
    await one.progress(provider === "cj" ? "SHIPPED" : "Shipped", ["LX1000FR"]);
    expect(await endsOf(one, loses("shop writes"))).toEqual([["shipped", null, "done"]]);
    await one.progress(provider === "cj" ? "DELIVERED" : "Delivered", ["LX1000FR"]);
    expect(await endsOf(one)).toEqual([["over", "delivered", "done"]]);
    expect(await kinds(one)).toEqual(spends);
    expect(await chain().parcels(one.order)).toEqual([["LX1000FR"]]);
  });

  test("is done once where its message comes three times at once", async () => {
    const one = chain().next();
    await one.approves();
    await Promise.all([one.work(), one.work(), one.work()]);
    expect([await endsOf(one), await kinds(one)]).toEqual([[["ordered", null, "done"]], spends]);
  });

  test("that costs more than was approved is neither ordered nor kept, and a person is told the price", async () => {
    const one = chain().next();
    await chain().supplier({ goods: [{ ...usual.goods[0], price: 400 }] });
    expect(await endsOf(one)).toEqual([["stuck", "dearer", "voided"]]);
    await chain().supplier(usual);
    expect((await one.row()).facts.price).toMatch(/^11\.50 /);
    expect(await kinds(one)).toEqual(provider === "cj" ? ["order_created", "order_deleted"] : []);
  });

  test("that was called off in the shop right after it was ordered is not paid; where ordering is paying, a person is told", async () => {
    const one = chain().next();
    const fate: Fate = async (call, go) => {
      const said = await go();
      if (at(create)(call)) await one.shop({ cancellations: [{ orderId: Number(one.order) }] });
      return said;
    };
    const [end, seen] = [await endsOf(one, fate), await kinds(one)];
    if (provider === "cj") expect([end, seen]).toEqual([[["over", "cancelled", "voided"]], ["order_created", "order_deleted"]]);
    else expect([end, seen]).toEqual([[["stuck", "shop_cancelled", "done"]], ["order_created"]]);
  });
});

describe("an order at CJ", () => {
  const chain = () => chains.cj;
  const detail = "getOrderDetail";
  const [create, pay] = ["createOrderV2", "payBalanceV2"];
  const paid = ["order_created", "order_paid"];

  test.each(["addCart", "addCartConfirm", "saveGenerateParentOrder", pay])("is paid once where the reply of %s is lost", async (path) => {
    const one = chain().next();
    expect([await endsOf(one, loses(path)), await kinds(one)]).toEqual([[["ordered", null, "done"]], paid]);
  });

  test("of which nobody saw that it was made is called off, and proposed to a person anew", async () => {
    const one = chain().next();
    expect(await endsOf(one, loses(create))).toEqual([
      ["proposed", null, "voided", "waiting"],
      ["ordered", null, "voided", "done"],
    ]);
    expect(await kinds(one)).toEqual(["order_created", "order_deleted", ...paid]);
  });

  test.each([
    ["before it is ordered", create, "before", 1],
    ["as it was ordered", create, "after", 2],
    ["between ordering and paying", detail, "before", 1],
    ["half through its payment", "addCartConfirm", "after", 1],
    ["as it was paid", pay, "after", 1],
  ] as const)("is ordered and paid once where the worker dies %s", async (_, path, when, rounds) => {
    const one = chain().next();
    expect((await endsAfterDeath(one, at(path), when)).at(-1)).toEqual(["ordered", null, ...(rounds > 1 ? ["voided"] : []), "done"]);
    expect((await kinds(one)).slice(-2)).toEqual(paid);
  });

  test.each<[string, () => Fate, unknown[], string[]]>([
    [
      "says that it is unpaid",
      () => liesSince(pay, detail, insteadAtCj({ orderStatus: "UNPAID" })),
      ["ordered", "supplier_unpaid", "done"],
      paid,
    ],
    [
      "says so after the payment's reply was lost",
      () => liesSince(pay, detail, insteadAtCj({ orderStatus: "UNPAID" }), loses(pay)),
      ["stuck", "blocked", "failed"],
      paid,
    ],
    ["shows nothing of what it made", () => lies(detail, nothing), ["stuck", "lost", "voided"], ["order_created"]],
    [
      "shows another order in its place",
      () => lies(detail, insteadAtCj({ orderId: "23000000000999", orderNum: "theirs" })),
      ["ordered", "supplier_unpaid", "voided"],
      ["order_created"],
    ],
    ["refuses to make what it made", () => refuses(create, "1603000"), ["stuck", "blocked", "failed"], ["order_created"]],
    ["refuses a payment that it took", () => refuses(pay, "1603101"), ["ordered", null, "failed"], paid],
    [
      "answers of another order of ours",
      () => liesSince(create, detail, insteadAtCj({ orderNum: "s1-7" })),
      ["stuck", "unclear", "unsure"],
      ["order_created"],
    ],
  ])("ends where a person sees it, and is paid at most once, where CJ %s", async (_, fate, end, seen) => {
    const one = chain().next();
    expect([await endsOf(one, fate()), await kinds(one)]).toEqual([[end], seen]);
  });

  test("of which CJ answers nothing once it was ordered, or once that failed, is a person's after an hour, until CJ answers", async () => {
    for (const [fate, end] of [
      [liesSince(pay, detail, refusal("cj", "1600101")), ["stuck", "unanswered", "done"]],
      [liesSince(pay, detail, refusal("cj", "1600101"), refuses(pay, "1604000")), ["stuck", "unanswered", "failed"]],
    ] as const) {
      const one = chain().next();
      one.meets(fate);
      await one.approves();
      await one.settles();
      one.advance(2 * hourMs);
      await one.looks();
      await one.keeps();
      expect(await one.stands()).toEqual(end);
      one.meets(well);
      await one.looks();
      expect(await one.stands()).toEqual(["ordered", null, end[2]]);
    }
  });
});

describe("an order at BigBuy", () => {
  const chain = () => chains.bigbuy;
  const standing = "/rest/order/reference/";
  const create = "/rest/order/create.json";

  test.each([
    ["before", "/rest/order/check.json"],
    ["before", create],
    ["after", create],
  ] as const)("is ordered once where the worker dies %s %s", async (when, path) => {
    const one = chain().next();
    expect([await endsAfterDeath(one, at(path), when), await kinds(one)]).toEqual([[["ordered", null, "done"]], ["order_created"]]);
  });

  test.each<[string, () => Fate, unknown[]]>([
    ["loses its reply", () => loses(create), ["ordered", null, "done"]],
    ["loses its reply and shows nothing of it", () => lies(standing, () => null, loses(create)), ["stuck", "unclear", "unsure"]],
    [
      "does so and says as it is checked that it is there already",
      () =>
        liesSince(
          create,
          "/check.json",
          refusal("bigbuy", 'ER008: {"data":{"orderId":"119"}}'),
          lies(standing, () => null, loses(create)),
        ),
      ["stuck", "unclear", "unsure"],
    ],
    ["shows nothing of it", () => lies(standing, () => null), ["stuck", "lost", "done"]],
    [
      "answers of another order of ours",
      () => lies(standing, instead({ internalReference: "s1-7" }), loses(create)),
      ["stuck", "unclear", "unsure"],
    ],
    ["says that its purse was too low", () => refuses(create, "ER005"), ["ordered", null, "failed"]],
    ["says no word of its own of it", () => refuses(create, "Something went wrong"), ["ordered", null, "done"]],
  ])("ends where a person sees it, and is ordered once, where BigBuy %s", async (_, fate, end) => {
    const one = chain().next();
    expect([await endsOf(one, fate()), await kinds(one)]).toEqual([[end], ["order_created"]]);
  });
});
