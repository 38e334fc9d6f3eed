import { afterEach, beforeEach, expect, test } from "vitest";
import { shopifyFlowTrigger } from "#server/catalog/actions/shopify-flow-trigger.ts";
import { flowPayloadBytes } from "#server/catalog/flow-triggers.ts";
import { control } from "#test/domain/connecting/consent.ts";
import { askShop, doingAt, doingOf, effectsAt, firstId, freshAccount } from "./doing.ts";

beforeEach(() => control({ limits: false }));
afterEach(() => control());

const crossed = (more: Record<string, unknown> = {}) => ({
  trigger: "metric-crossed",
  fields: {
    ...{ Metric: "shopify-sensor.revenue", "Metric name": "Revenue", Direction: "below", Threshold: 100, Value: 80.5, Unit: "GBP" },
    ...{ "Days in a row": 1, Day: "2026-11-30", "Event ID": "metric:1:2026-11-30" },
    ...more,
  },
});
const onCustomer = (reference: string) => ({
  trigger: "customer-action-changed",
  reference,
  fields: {
    ...{ Automation: "a", State: "failed", Subject: `customer:${reference}`, "Happened at": "2026-12-01T09:00:00Z" },
    ...{ "Action ID": "act_1", "Event ID": "action:act_1:failed" },
  },
});

test("a shop to which the extensions were never deployed refuses in HTTP 200, and what it said is kept", async () => {
  const at = `undeployed-${freshAccount.shopify()}`;
  const doing = await doingOf(shopifyFlowTrigger, at);
  expect(await shopifyFlowTrigger.execute(doing, shopifyFlowTrigger.payload.parse(crossed()))).toMatchObject({
    did: "failed",
    failure: { kind: "rejected", message: expect.stringContaining("Invalid handle 'metric-crossed'") },
  });
  expect(await effectsAt(at)).toMatchObject({ raw: 0 });
});

test("what is sent twice starts workflows twice, so that nothing is ever sent again by itself", async () => {
  const at = freshAccount.shopify();
  const doing = await doingOf(shopifyFlowTrigger, at);
  const payload = shopifyFlowTrigger.payload.parse(crossed());
  for (const _ of [1, 2]) expect(await shopifyFlowTrigger.execute(doing, payload)).toMatchObject({ did: "done" });
  expect(await effectsAt(at)).toMatchObject({ raw: 2, effects: 2 });
  if (shopifyFlowTrigger.idempotency !== "lookup") expect.unreachable();
  expect(await shopifyFlowTrigger.lookup({ ...doing, triedAt: doing.now }, payload)).toBe("unknown");
});

test("a payload is measured in bytes of its JSON: 50,000 go, one more is refused before it leaves, and by Shopify too", async () => {
  const padded = (bytes: number) => {
    const bare = new TextEncoder().encode(JSON.stringify(crossed({ Metric: "" }).fields)).length;
    return crossed({ Metric: `${"\u05d0".repeat(Math.floor((bytes - bare) / 2))}${(bytes - bare) % 2 === 1 ? "x" : ""}` });
  };
  const [fits, over] = [padded(flowPayloadBytes), padded(flowPayloadBytes + 1)];
  expect(shopifyFlowTrigger.payload.safeParse(over).error?.issues.map(({ message }) => message)).toEqual([
    "more than the 50000 bytes that Flow takes",
  ]);
  const at = freshAccount.shopify();
  const doing = await doingOf(shopifyFlowTrigger, at);
  expect(await shopifyFlowTrigger.execute(doing, shopifyFlowTrigger.payload.parse(fits))).toMatchObject({ did: "done" });
  expect(await shopifyFlowTrigger.execute(doing, over)).toMatchObject({ did: "failed", failure: { kind: "rejected" } });
  expect(await effectsAt(at)).toMatchObject({ effects: 1 });
});

test("a customer is named by the shop's number, and a shop that lets no customer be read starts nothing on one", async () => {
  const at = freshAccount.shopify();
  const payload = shopifyFlowTrigger.payload.parse(onCustomer(await firstId(at, "customers")));
  const without = await doingAt("shopify", at, { scopes: ["read_orders"] });
  expect(await shopifyFlowTrigger.execute(without, payload)).toMatchObject({ did: "failed", failure: { kind: "missing_scopes" } });
  expect(await shopifyFlowTrigger.execute(without, shopifyFlowTrigger.payload.parse(crossed()))).toMatchObject({ did: "done" });
  expect(shopifyFlowTrigger.payload.safeParse(onCustomer("99999999999999999999")).success).toBe(false);
});

test("the sandbox refuses a text where a number is declared, and a key that is not, as Flow's schema does", async () => {
  const at = freshAccount.shopify();
  const send = async (payload: object) => {
    const query = 'mutation ($p: JSON!) { flowTriggerReceive(handle: "metric-crossed", payload: $p) { userErrors { message } } }';
    const { flowTriggerReceive } = await askShop<{ flowTriggerReceive: { userErrors: { message: string }[] } }>(at, query, { p: payload });
    return flowTriggerReceive.userErrors.length;
  };
  expect(await send(crossed({ Value: "80.5" }).fields)).toBe(1);
  expect(await send(crossed({ Mood: "good" }).fields)).toBe(1);
  expect(await send(crossed().fields)).toBe(0);
});
