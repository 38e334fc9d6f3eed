import { z } from "zod";
import { readJson } from "#sandbox/body.ts";
import type { KeyCall } from "#sandbox/keys/service.ts";
import type { SandboxState } from "#sandbox/providers/provider.ts";
import { json } from "#sandbox/reply.ts";
import { type Good, goodById, goodBySku, inUnits, purseOf, saveGood, savePurse } from "./goods.ts";

/** Everything is HTTP 200, but for what a gateway in between says. */
export const envelope = (code: number, message: string, data: unknown = null, status = 200): Response =>
  json({ code, result: code === 200, message, data, requestId: crypto.randomUUID(), success: code === 200 }, status);
const ok = (data: unknown) => envelope(200, "Success", data);

const statuses = ["CREATED", "IN_CART", "UNPAID", "UNSHIPPED", "SHIPPED", "DELIVERED", "CANCELLED", "OTHER"] as const;
interface CjOrder {
  id: string;
  number: string;
  shipmentId: string;
  status: string;
  logisticName: string;
  products: { vid: string; quantity: number; storeLineItemId: string | null }[];
  /** Cents of dollars. */
  goods: number;
  freight: number;
  createdAt: number;
  parcels: string[];
  /** The name and address that it goes to, for a test to see that they arrived. */
  to: Record<string, unknown>;
}

const Wanted = z.object({
  orderNumber: z.string().min(1).max(50),
  shippingCountryCode: z.string().length(2),
  shippingCountry: z.string().min(1),
  shippingProvince: z.string().min(1),
  shippingCity: z.string().min(1),
  shippingAddress: z.string().min(1).max(200),
  shippingZip: z.string().min(1),
  shippingCustomerName: z.string().min(1),
  shippingPhone: z.string().max(20).optional(),
  email: z.string().optional(),
  logisticName: z.string(),
  fromCountryCode: z.string(),
  payType: z.number().int().optional(),
  products: z.array(z.object({ vid: z.string(), quantity: z.number().int().positive(), storeLineItemId: z.string().optional() })).min(1),
});
const Freight = z.object({
  endCountryCode: z.string(),
  products: z.array(z.object({ vid: z.string(), quantity: z.number().int() })),
});

interface At {
  state: SandboxState;
  account: string;
  now: number;
}
const carriers = ["CJPacket Ordinary", "CJPacket Sensitive"];
const orderThing = (account: string, number: string) => ({ kind: "cj_order", account, key: number }) as const;
const failed = (code: number, message: string) => envelope(code, message);

/** ../shared/writes-and-voice.md, 4 CJ: stock, freight, orders and paying them. Null for any other path. */
export function answerCj(state: SandboxState, { request, path, url, body, now }: KeyCall, account: string): Response | null {
  const at: At = { state, account, now };
  const asked = (name: string) => url.searchParams.get(name) ?? "";
  switch (`${request.method} ${path}`) {
    case "GET /product/query": {
      const good = goodBySku(state, "cj", account, asked("variantSku"));
      return good
        ? ok({ pid: `P${good.id}`, productNameEn: good.name, variants: [variantView(good)] })
        : failed(1602001, "Product not found");
    }
    case "GET /product/variant/queryByVid": {
      const good = goodById(state, "cj", account, asked("vid"));
      return good ? ok(variantView(good)) : failed(1602000, "Variant not found");
    }
    case "GET /product/stock/queryByVid": {
      const good = goodById(state, "cj", account, asked("vid"));
      return good ? ok([stockView(good)]) : failed(1602000, "Variant not found");
    }
    case "POST /logistic/freightCalculate":
      return freight(at, body);
    case "POST /shopping/order/createOrderV2":
      return create(at, body);
    case "GET /shopping/order/getOrderDetail": {
      const found = findOrder(at, asked("orderId"), true);
      return found ? ok(detailView(found)) : failed(1603100, "Order not found");
    }
    // Whoever names no status is told of what was cancelled.
    case "GET /shopping/order/list":
      return ok(list(at, asked("status") || "CANCELLED"));
    case "DELETE /shopping/order/deleteOrder":
      return remove(at, asked("orderId"));
    case "POST /shopping/order/addCart":
      return addToCart(at, body);
    case "POST /shopping/order/addCartConfirm":
      return confirm(at, body);
    case "POST /shopping/order/saveGenerateParentOrder":
      return openPayment(at, body);
    case "POST /shopping/pay/payBalanceV2":
      return pay(at, body);
    case "GET /shopping/pay/getBalance":
      return ok({ amount: inUnits(purseOf(state, "cj", account).balance), noWithdrawalAmount: 0, freezeAmount: 0 });
    default:
      return null;
  }
}

const variantView = (good: Good) => ({
  ...{ vid: good.id, pid: `P${good.id}`, variantSku: good.sku, variantNameEn: good.name },
  variantSellPrice: inUnits(good.price),
});
const stockView = (good: Good) => ({
  ...{ vid: good.id, areaId: 1, areaEn: `${good.warehouse} Warehouse`, countryCode: good.warehouse },
  ...{ totalInventoryNum: good.stock + good.factory, cjInventoryNum: good.stock, factoryInventoryNum: good.factory },
});

function freight({ state, account }: At, body: string): Response {
  const wanted = Freight.safeParse(readJson(body)).data;
  if (!wanted) return failed(1600300, "Parameter error");
  const price = purseOf(state, "cj", account).freight;
  if (price === null) return failed(1605002, "Country not supported");
  return ok(
    carriers.map((logisticName, place) => ({
      ...{ logisticName, logisticPrice: inUnits(price + place * 120), logisticAging: "7-12", taxesFee: 0, clearanceOperationFee: 0 },
      totalPostageFee: inUnits(price + place * 120),
    })),
  );
}

function create(at: At, body: string): Response {
  const { state, account, now } = at;
  const parsed = Wanted.safeParse(readJson(body));
  if (!parsed.success) return failed(1600300, `Parameter error: ${parsed.error.issues[0]?.path.join(".")}`);
  const wanted = parsed.data;
  if (state.written.met<CjOrder>(orderThing(account, wanted.orderNumber))) return failed(1603003, "orderNumber already exists");
  const goods = wanted.products.map(({ vid, quantity }) => ({ good: goodById(state, "cj", account, vid), quantity }));
  if (goods.some(({ good }) => !good)) return failed(1602000, "Variant not found");
  if (!carriers.includes(wanted.logisticName)) return failed(1605001, "Logistics not found");
  const { freight: price, intercepts } = purseOf(state, "cj", account);
  const number = state.written.list({ kind: "cj_order", account }).length + 1;
  const order: CjOrder = {
    ...{ id: `23${String(number).padStart(12, "0")}`, number: wanted.orderNumber, shipmentId: `SM${number}`, status: "CREATED" },
    logisticName: wanted.logisticName,
    products: wanted.products.map(({ vid, quantity, storeLineItemId = null }) => ({ vid, quantity, storeLineItemId })),
    goods: goods.reduce((sum, { good, quantity }) => sum + (good?.price ?? 0) * quantity, 0),
    freight: (price ?? 0) + carriers.indexOf(wanted.logisticName) * 120,
    createdAt: now,
    parcels: [],
    to: Object.fromEntries(Object.entries(wanted).filter(([name]) => name.startsWith("shipping") || name === "email")),
  };
  save(at, order);
  effect(at, "order_created", order, false);
  const reply = {
    ...{ orderId: order.id, orderNumber: order.number, shipmentOrderId: order.shipmentId, orderStatus: order.status },
    ...{ orderAmount: inUnits(order.goods + order.freight), productAmount: inUnits(order.goods), postageAmount: inUnits(order.freight) },
    ...{ iossAmount: 0, actualPayment: 0, cjPayUrl: `https://cjdropshipping.com/pay/${order.id}`, productInfoList: [] },
    interceptOrderReasons: intercepts,
  };
  // One that is asked to pay at once does: what nobody approved would be spent.
  if (wanted.payType === 2 && intercepts.length === 0)
    return spend(at, { ...order, status: "UNPAID" }) ?? ok({ ...reply, orderStatus: "UNSHIPPED" });
  return ok(reply);
}

function findOrder({ state, account, now }: At, id: string, asRead: boolean): CjOrder | undefined {
  const all = state.written.list<CjOrder>({ kind: "cj_order", account }, asRead ? now : undefined);
  return all.find(({ body }) => body.id === id || body.number === id || body.shipmentId === id)?.body;
}

const save = ({ state, account, now }: At, order: CjOrder): void => state.written.put(orderThing(account, order.number), order, now);
const effect = ({ state, account, now }: At, kind: string, { number }: CjOrder, repeated: boolean): void =>
  state.effects.record({ provider: "cj", kind, key: number, account, at: now }, repeated);

const detailView = (order: CjOrder) => ({
  ...{ orderId: order.id, orderNum: order.number, orderStatus: order.status, logisticName: order.logisticName },
  ...{ trackNumber: order.parcels.join(",") || null, trackingUrl: order.parcels[0] ? `https://track.example/${order.parcels[0]}` : null },
  ...{
    orderAmount: inUnits(order.goods + order.freight),
    createDate: new Date(order.createdAt).toISOString().slice(0, 19).replace("T", " "),
  },
  ...{ shippingCustomerName: order.to.shippingCustomerName, outWarehouseTime: null },
});

function list({ state, account, now }: At, status: string) {
  const all = state.written.list<CjOrder>({ kind: "cj_order", account }, now).map(({ body }) => body);
  const found = all.filter((order) => order.status === status);
  return { pageNum: 1, pageSize: 20, total: found.length, list: found.map(detailView) };
}

function remove(at: At, id: string): Response {
  const order = findOrder(at, id, false);
  if (!order) return failed(1603100, "Order not found");
  if (!["CREATED", "IN_CART", "UNPAID"].includes(order.status)) return failed(1603002, "Order delete failed");
  save(at, { ...order, status: "CANCELLED" });
  effect(at, "order_deleted", order, false);
  return ok(order.id);
}

const Ids = z.object({ cjOrderIdList: z.array(z.string()).length(1) });

function addToCart(at: At, body: string): Response {
  const order = findOrder(at, Ids.safeParse(readJson(body)).data?.cjOrderIdList[0] ?? "", false);
  if (!order) return failed(1603100, "Order not found");
  if (order.status !== "CREATED") return failed(1603001, "The order cannot be added to the cart");
  save(at, { ...order, status: "IN_CART" });
  return ok({ successCount: 1, addSuccessOrders: [order.id], failCount: 0 });
}

function confirm(at: At, body: string): Response {
  const order = findOrder(at, Ids.safeParse(readJson(body)).data?.cjOrderIdList[0] ?? "", false);
  if (!order) return failed(1603100, "Order not found");
  if (order.status !== "IN_CART" && order.status !== "UNPAID") return failed(1603001, "Order confirm failed");
  save(at, { ...order, status: "UNPAID" });
  return ok({ submitSuccess: true, shipmentsId: order.shipmentId, result: true });
}

const Shipment = z.object({ shipmentOrderId: z.string(), payId: z.string().optional() });

function openPayment(at: At, body: string): Response {
  const order = findOrder(at, Shipment.safeParse(readJson(body)).data?.shipmentOrderId ?? "", false);
  if (order?.status !== "UNPAID") return failed(1603100, "Order not found");
  const payId = `PAY-${order.id}-${at.now}`;
  at.state.written.put({ kind: "cj_payment", account: at.account, key: payId }, { number: order.number }, at.now);
  return ok({ payId, shipmentOrderId: order.shipmentId });
}

function pay(at: At, body: string): Response {
  const { shipmentOrderId = "", payId = "" } = Shipment.safeParse(readJson(body)).data ?? {};
  const order = findOrder(at, shipmentOrderId, false);
  const payment = at.state.written.met<{ number: string }>({ kind: "cj_payment", account: at.account, key: payId });
  if (!order || payment?.number !== order.number || order.status !== "UNPAID") return failed(1603101, "Pay failed");
  return spend(at, order) ?? ok(null);
}

/** Takes stock and money for an order; answers why not, where it does not. */
function spend(at: At, order: CjOrder): Response | null {
  const { state, account, now } = at;
  const goods = order.products.map(({ vid, quantity }) => ({ good: goodById(state, "cj", account, vid), quantity }));
  if (goods.some(({ good, quantity }) => !good || good.stock < quantity)) return failed(1603102, "Stock deduction failed");
  const { balance } = purseOf(state, "cj", account);
  const amount = order.goods + order.freight;
  if (balance < amount) return failed(1604000, "Insufficient balance");
  for (const { good, quantity } of goods) if (good) saveGood(state, "cj", account, { ...good, stock: good.stock - quantity }, now);
  savePurse(state, "cj", account, { balance: balance - amount }, now);
  save(at, { ...order, status: "UNSHIPPED" });
  effect(at, "order_paid", order, false);
  return null;
}

/** How far an order of ours is from now on, by its number. */
export function progressCj(
  state: SandboxState,
  account: string,
  { number, status, parcels }: { number: string; status: string; parcels: string[] },
  now: number,
): void {
  const order = state.written.met<CjOrder>(orderThing(account, number));
  if (!order) throw new Error(`CJ has no order ${number} of ${account}`);
  if (!statuses.some((each) => each === status)) throw new Error(`CJ knows no status ${status}`);
  state.written.put(orderThing(account, number), { ...order, status, parcels }, now);
}
