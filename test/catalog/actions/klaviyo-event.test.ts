import { afterEach, beforeEach, expect, test } from "vitest";
import { klaviyoEvent } from "#server/catalog/actions/klaviyo-event.ts";
import { scriptedAccount } from "#test/catalog/sensors/sandbox-account.ts";
import { control } from "#test/domain/connecting/consent.ts";
import { cases } from "./cases.ts";
import { doingAt, doingOf, effectsAt, firstId, freshAccount, giveProfiles } from "./doing.ts";

beforeEach(() => control({ limits: false }));
afterEach(() => control());

const event = async (more: object = {}) => {
  const { at, payload } = (await cases["klaviyo-event"]?.prepare()) ?? { at: "", payload: {} };
  return { at, payload: klaviyoEvent.payload.parse({ ...(payload as object), ...more }), doing: await doingOf(klaviyoEvent, at) };
};
/** A client whose Klaviyo was never told the shop's ids. */
async function byAddress() {
  const [at, shop] = [freshAccount.klaviyo(), freshAccount.shopify()];
  const customerId = await firstId(shop, "customers");
  await giveProfiles(at, [{ email: `customer-${customerId}@example.com` }]);
  const { payload } = await event({ customerId });
  const { account: shopAccount, called } = await doingAt("shopify", shop, { scopes: ["read_customers"] });
  const also = (provider: string) => (provider === "shopify" ? shopAccount : null);
  return { at, payload, also, called };
}

test("a customer whom Klaviyo does not know is gone, and no profile is made of them", async () => {
  const { at, payload, doing } = await event({ customerId: "404" });
  expect(await klaviyoEvent.stillValid?.(doing, payload)).toEqual({ valid: false, why: "gone" });
  expect(await klaviyoEvent.execute(doing, payload)).toMatchObject({ did: "failed", failure: { kind: "rejected" } });
  expect(await effectsAt(at)).toEqual({ raw: 0, effects: 0, items: [] });
});

test.each([
  ["email", { email_consent: "UNSUBSCRIBED" }],
  ["email", { email_consent: "NEVER_SUBSCRIBED" }],
  ["sms", { email_consent: "SUBSCRIBED", sms_consent: "NEVER_SUBSCRIBED" }],
])("who did not agree to %s is not sent an event for it: %j", async (channel, consent) => {
  const { at, payload, doing } = await event({ channel, customerId: "7" });
  await giveProfiles(at, [{ external_id: "7", ...consent }]);
  expect(await klaviyoEvent.stillValid?.(doing, payload)).toEqual({ valid: false, why: "unsubscribed" });
});

test("profiles that were not asked for are nobody to write to, whoever Klaviyo answers with", async () => {
  const subscriptions = { email: { marketing: { consent: "SUBSCRIBED", can_receive_email_marketing: true } } };
  const others = ["8", "9"].map((external_id) => ({ id: `P${external_id}`, attributes: { external_id, subscriptions } }));
  const { payload, doing } = await event({ customerId: "7" });
  const customer = { defaultEmailAddress: { emailAddress: "seven@example.com" } };
  const shop = scriptedAccount("shopify", () => ({ data: { customer } }));
  const account = scriptedAccount("klaviyo", () => ({ data: others }));
  for (const also of [() => null, () => shop])
    expect(await klaviyoEvent.stillValid?.({ ...doing, account, also }, payload)).toEqual({ valid: false, why: "gone" });
});

test("a key that Klaviyo has had is dropped without a word, another one is an event of its own", async () => {
  const { at, payload, doing } = await event();
  for (const key of ["one", "one", "two"]) {
    expect(await klaviyoEvent.execute({ ...doing, key }, payload)).toEqual({ did: "done", receipt: { id: key } });
  }
  expect(await effectsAt(at)).toMatchObject({ raw: 3, effects: 2, items: [{ key: "one" }, { key: "two" }] });
});

test("who has no shop's id at Klaviyo is found by the address that the shop has, which is nowhere kept", async () => {
  const { at, payload, also, called } = await byAddress();
  const doing = await doingOf(klaviyoEvent, at, { also });
  expect(await klaviyoEvent.stillValid?.(doing, payload)).toEqual({ valid: true });
  const attempt = await klaviyoEvent.execute(doing, payload);
  expect(attempt).toMatchObject({ did: "done" });
  expect(JSON.stringify([attempt, payload])).not.toContain("@");
  expect([...called]).toEqual(["shopify"]);
  expect(await effectsAt(at)).toMatchObject({ raw: 1, effects: 1, items: [{ kind: "event" }] });
});

test("without a shop to read such a customer is gone", async () => {
  const { at, payload } = await byAddress();
  for (const also of [undefined, () => null]) {
    const doing = await doingOf(klaviyoEvent, at, also && { also });
    expect(await klaviyoEvent.stillValid?.(doing, payload)).toEqual({ valid: false, why: "gone" });
  }
});
