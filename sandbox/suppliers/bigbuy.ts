import { z } from "zod";
import { readJson } from "#sandbox/body.ts";
import type { KeyCall } from "#sandbox/keys/service.ts";
import type { SandboxState } from "#sandbox/providers/provider.ts";
import { json } from "#sandbox/reply.ts";
import { type Good, goodById, goodBySku, inUnits, purseOf, saveGood, savePurse } from "./goods.ts";

interface BigbuyOrder {
  id: number;
  number: string;
  status: string;
  paymentMethod: string;
  carrier: string;
  products: { reference: string; quantity: number }[];
  /** Cents of euros. */
  total: number;
  parcels: string[];
  to: Record<string, unknown>;
}

const Wanted = z.object({
  order: z.object({
    internalReference: z.string().min(1),
    language: z.string(),
    paymentMethod: z.enum(["moneybox", "paypal", "bankwire"]),
    carriers: z.array(z.object({ name: z.string() })).min(1),
    shippingAddress: z.object({
      firstName: z.string().min(1),
      lastName: z.string().min(1),
      country: z.string().length(2),
      postcode: z.string().min(1),
      town: z.string().min(1),
      address: z.string().min(1),
      phone: z.string().min(1),
      email: z.string().min(1),
      comment: z.string(),
    }),
    products: z.array(z.object({ reference: z.string(), quantity: z.number().int().positive() })).min(1),
  }),
});
const Shipping = z.object({
  order: z.object({ delivery: z.object({ isoCountry: z.string(), postcode: z.string() }), products: Wanted.shape.order.shape.products }),
});
const Tracked = z.object({ track: z.object({ orders: z.array(z.object({ id: z.number() })) }) });

interface At {
  state: SandboxState;
  account: string;
  now: number;
}
const carriers = ["gls", "correos express"];
/** As BigBuy lists them; what they are called is its own. */
const statuses = ["Payment accepted", "Pending payment", "Preparing", "Shipped", "Delivered", "Cancelled"];

/** An error of an order: its `message` is JSON in a string. */
const failed = (code: string, info: string, data: object = {}) => json({ code, message: JSON.stringify({ info, data }) }, 400);
const orderThing = (account: string, number: string) => ({ kind: "bigbuy_order", account, key: number }) as const;
/** Where others say 404: nothing at all, with status 200. */
const nothing = () => new Response("", { status: 200 });

/** ../shared/writes-and-voice.md, 4 BigBuy. Null for any other path. */
export function answerBigbuy(state: SandboxState, { request, path, body, now }: KeyCall, account: string): Response | null {
  const at: At = { state, account, now };
  const call = `${request.method} ${path}`;
  const [, kind, id] = /^GET \/rest\/(?:catalog|order|tracking)\/(\w+)\/([^/]+)\.json$/.exec(call) ?? [];
  switch (kind) {
    case "productinformationbysku": {
      const good = goodBySku(state, "bigbuy", account, decodeURIComponent(id ?? ""));
      // From then on it is found by its number too.
      if (good && !goodOf(at, String(numberOf(good)))) saveGood(state, "bigbuy", account, good, now);
      return good ? json([{ id: numberOf(good), sku: good.id, name: good.name, isoCode: "en" }]) : nothing();
    }
    case "product": {
      const good = goodOf(at, id);
      return good ? json({ id: numberOf(good), sku: good.id, wholesalePrice: inUnits(good.price), active: 1 }) : nothing();
    }
    case "productstockbyhandlingdays": {
      const good = goodOf(at, id);
      return good ? json([stockView(good)]) : nothing();
    }
    case "reference": {
      const found = state.written.seen<BigbuyOrder>(orderThing(account, decodeURIComponent(id ?? "")), now);
      return found ? json(orderView(found)) : nothing();
    }
    case "order": {
      const found = orderById(at, Number(id));
      return found ? json([trackingView(found)]) : nothing();
    }
    default:
      return answerPath(at, call, body);
  }
}

function answerPath(at: At, call: string, body: string): Response | null {
  switch (call) {
    case "GET /rest/user/purse.json":
      return json(inUnits(purseOf(at.state, "bigbuy", at.account).balance).toFixed(2));
    case "GET /rest/order/orderstatuses.json":
      return json(statuses.map((name, place) => ({ id: place + 1, name })));
    case "POST /rest/shipping/orders.json":
      return shipping(at, body);
    case "POST /rest/order/check.json":
      return check(at, body);
    case "POST /rest/order/create.json":
      return create(at, body);
    case "POST /rest/tracking/orders.json": {
      const ids = Tracked.safeParse(readJson(body)).data?.track.orders ?? [];
      return json(ids.flatMap(({ id }) => orderById(at, id) ?? []).map(trackingView));
    }
    default: {
      const id = /^GET \/rest\/order\/(\d+)\.json$/.exec(call)?.[1];
      if (id === undefined) return null;
      const found = orderById(at, Number(id));
      return found ? json(orderView(found)) : nothing();
    }
  }
}

/** Its id beside its reference, which follows from it. */
const numberOf = (good: Good): number => [...good.id].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 900_000, 7) + 100_000;
const goodOf = ({ state, account }: At, id = ""): Good | undefined =>
  state.written
    .list<Good>({ kind: "supplier_goods", account: `bigbuy ${account}` })
    .map(({ body }) => body)
    .find((good) => String(numberOf(good)) === id);
const stockView = (good: Good) => ({
  ...{ id: numberOf(good), sku: good.id },
  stocks: [{ quantity: good.stock, minHandlingDays: 0, maxHandlingDays: 1, warehouse: 1 }],
});
const orderView = (order: BigbuyOrder) => ({
  ...{ id: order.id, internalReference: order.number, status: order.status, paymentMethod: order.paymentMethod },
  ...{ products: order.products, totalPaidTaxIncl: inUnits(order.total) },
});
const trackingView = (order: BigbuyOrder) => ({
  id: order.id,
  trackings: order.parcels.map((trackingNumber) => ({
    ...{ trackingNumber, statusDescription: order.status, statusDate: "", carrier: { id: 1, name: order.carrier } },
  })),
});
const orderById = ({ state, account, now }: At, id: number): BigbuyOrder | undefined =>
  state.written.list<BigbuyOrder>({ kind: "bigbuy_order", account }, now).find(({ body }) => body.id === id)?.body;

function shipping({ state, account }: At, body: string): Response {
  const wanted = Shipping.safeParse(readJson(body)).data;
  if (!wanted) return failed("ER002", "Bad request");
  const { freight } = purseOf(state, "bigbuy", account);
  if (freight === null) return failed("ER010", "No carrier");
  return json({
    shippingOptions: carriers.map((name, place) => ({
      ...{ cost: inUnits(freight + place * 200), weight: 1 },
      shippingService: { id: place + 1, name: name.toUpperCase(), delay: "24-48h" },
    })),
  });
}

type Checked = { wanted: z.infer<typeof Wanted>["order"]; goods: { good: Good; quantity: number }[]; total: number };

function checked({ state, account }: At, body: string): Checked | Response {
  const parsed = Wanted.safeParse(readJson(body));
  if (!parsed.success) return failed("ER002", `Bad request: ${parsed.error.issues[0]?.path.join(".")}`);
  const wanted = parsed.data.order;
  const goods = wanted.products.map(({ reference, quantity }) => ({
    reference,
    quantity,
    good: goodById(state, "bigbuy", account, reference),
  }));
  const unknown = goods.filter(({ good }) => !good).map(({ reference }) => reference);
  if (unknown.length > 0) return failed("ER001", "Product not found", { skus: unknown });
  const short = goods.filter(({ good, quantity }) => (good?.stock ?? 0) < quantity).map(({ reference }) => reference);
  if (short.length > 0) return failed("ER003", "Out of stock", { skus: short });
  const carrier = wanted.carriers.findIndex(({ name }) => carriers.includes(name));
  const { freight } = purseOf(state, "bigbuy", account);
  if (carrier < 0 || freight === null) return failed("ER010", "No carrier");
  const known = goods.flatMap(({ good, quantity }) => (good ? [{ good, quantity }] : []));
  const parcel = freight + carriers.indexOf(wanted.carriers[carrier]?.name ?? "") * 200;
  return { wanted, goods: known, total: known.reduce((sum, { good, quantity }) => sum + good.price * quantity, parcel) };
}

function check(at: At, body: string): Response {
  const found = checked(at, body);
  if (found instanceof Response) return found;
  const { freight } = purseOf(at.state, "bigbuy", at.account);
  return json({
    totalWithoutTaxesAndWithoutShippingCost: inUnits(found.total - (freight ?? 0)),
    totalWithoutTaxes: inUnits(found.total),
    total: inUnits(found.total),
  });
}

function create(at: At, body: string): Response {
  const { state, account, now } = at;
  const found = checked(at, body);
  if (found instanceof Response) return found;
  const { wanted, goods, total } = found;
  const known = state.written.met<BigbuyOrder>(orderThing(account, wanted.internalReference));
  if (known) return failed("ER008", "Order already exists", { orderId: known.id });
  const { balance } = purseOf(state, "bigbuy", account);
  const paid = wanted.paymentMethod === "moneybox";
  if (paid && balance < total) return failed("ER005", "Insufficient funds in the purse");
  const order: BigbuyOrder = {
    ...{ id: 119 + state.written.list({ kind: "bigbuy_order", account }).length, number: wanted.internalReference },
    ...{
      status: paid ? "Payment accepted" : "Pending payment",
      paymentMethod: wanted.paymentMethod,
      carrier: wanted.carriers[0]?.name ?? "",
    },
    ...{ products: wanted.products, total, parcels: [], to: wanted.shippingAddress },
  };
  state.written.put(orderThing(account, order.number), order, now);
  state.effects.record({ provider: "bigbuy", kind: "order_created", key: order.number, account, at: now }, false);
  if (paid) {
    for (const { good, quantity } of goods) saveGood(state, "bigbuy", account, { ...good, stock: good.stock - quantity }, now);
    savePurse(state, "bigbuy", account, { balance: balance - total }, now);
  }
  // No body: the id stands in a header alone.
  return new Response(null, { status: 201, headers: { "content-type": "application/json", location: `/rest/order/${order.id}` } });
}

/** How far an order of ours is from now on, by its number. */
export function progressBigbuy(
  state: SandboxState,
  account: string,
  { number, status, parcels }: { number: string; status: string; parcels: string[] },
  now: number,
): void {
  const order = state.written.met<BigbuyOrder>(orderThing(account, number));
  if (!order) throw new Error(`BigBuy has no order ${number} of ${account}`);
  state.written.put(orderThing(account, number), { ...order, status, parcels }, now);
}
