import type { Doing } from "#server/catalog/actions/action.ts";
import { cjOrder } from "#server/catalog/actions/cj-order.ts";
import { markOf } from "#server/catalog/actions/code-batch.ts";
import { hubspotContacts } from "#server/catalog/actions/hubspot-contacts.ts";
import { hubspotDeals } from "#server/catalog/actions/hubspot-deals.ts";
import { shopifyCustomerFields } from "#server/catalog/actions/shopify-customer-fields.ts";
import { hashOfField } from "#server/catalog/crm.ts";
import {
  askShop,
  besideOf,
  besideShop,
  doingOf,
  firstId,
  firstList,
  freshAccount,
  giveCatalog,
  giveProfiles,
  sandbox,
  shopWithOrder,
  supplier,
  testHash,
} from "./doing.ts";

/** What the contract tests need to know of a kind to see it done at the sandbox. */
export interface Case {
  /** An account of its own, and a payload that can be done there. */
  prepare(): Promise<{ at: string; payload: unknown; doing?: Partial<Doing> }>;
  /** Other effects that it has on its way. */
  onTheWay?: readonly string[];
  /** Seconds that its provider's name of a limit stands for, where it says no number. */
  waitsS?: number;
  /** What the sandbox calls its effect, and what it calls its being taken back. */
  effect: string;
  undone?: string;
  /** Of the write's path, where it reads at other ones. */
  path: string;
  /** Its provider tells nobody what it was sent. */
  untold?: true;
  /** Payloads that are none. */
  wrong: Record<string, (payload: never) => unknown>;
  /** Its provider does not say when it may be asked again. */
  saysNoWhen?: true;
  /** It reads at the path of its write: only writes go wrong there. */
  readsFirst?: true;
}

/** A good of either supplier, and an order of two of them that a shop was paid for. */
async function atSupplier(provider: "cj" | "bigbuy") {
  const { shop, order, line } = await shopWithOrder();
  const at = freshAccount[provider]();
  await supplier(provider, at, { goods: [{ id: "V1", sku: "V1", price: 300, stock: 5 }] });
  const number = `s1-${order}`;
  const total = { minor: 950, currency: provider === "cj" ? "USD" : "EUR" };
  return { at, order, line, doing: await besideShop(shop), common: { orderId: order, number, total } };
}

async function orderAtCj() {
  const { at, line, doing, common } = await atSupplier("cj");
  const products = [{ line, ordered: 2, vid: "V1", quantity: 2 }];
  return { at, line, doing, common, payload: { ...common, carrier: "CJPacket Ordinary", from: "CN", country: "FR", products } };
}

const at = "2026-12-01T09:00:00Z";

export const cases: Record<string, Case> = {
  "klaviyo-event": {
    async prepare() {
      const account = freshAccount.klaviyo();
      await giveProfiles(account, [{ external_id: "1001", email: "one@klaviyo.example" }]);
      const properties = { product: "Linen shirt", days: 12, again: true };
      const value = { minor: 4990, currency: "GBP" };
      return { at: account, payload: { customerId: "1001", metric: "Atrium Replenish", properties, value, at, channel: "email" } };
    },
    effect: "event",
    path: "/api/events",
    wrong: {
      "a customer who is no number": (payload: object) => ({ ...payload, customerId: "gid://shopify/Customer/1" }),
      "a name that is too long for a metric": (payload: object) => ({ ...payload, metric: "m".repeat(128) }),
      "a field that nobody knows": (payload: object) => ({ ...payload, first_name: "x" }),
      "an amount in no currency": (payload: object) => ({ ...payload, value: { minor: 1, currency: "XXQ" } }),
    },
  },
  "klaviyo-profiles": {
    async prepare() {
      const account = freshAccount.klaviyo();
      await giveProfiles(account, [{ external_id: "1001" }, { external_id: "1002" }]);
      const profiles = ["1001", "1002"].map((customerId) => ({ customerId, properties: { churn_risk: 0.42, tier: "gold" } }));
      return { at: account, payload: { profiles } };
    },
    effect: "profiles_imported",
    path: "profile-bulk-import-jobs",
    wrong: {
      nobody: () => ({ profiles: [] }),
      "nothing to set": () => ({ profiles: [{ customerId: "1", properties: {} }] }),
      "a null, which the import passes over": () => ({ profiles: [{ customerId: "1", properties: { tier: null } }] }),
    },
  },
  "klaviyo-list": {
    async prepare() {
      return { at: freshAccount.klaviyo(), payload: { name: "Atrium loyal", optIn: "double_opt_in" } };
    },
    effect: "list_created",
    path: "/api/lists$",
    readsFirst: true,
    wrong: {
      "no name": (payload: object) => ({ ...payload, name: "" }),
      "an opt-in that there is not": (payload: object) => ({ ...payload, optIn: "none" }),
    },
  },
  "klaviyo-list-members": {
    async prepare() {
      const account = freshAccount.klaviyo();
      const made = await giveProfiles(account, [{ external_id: "1001" }, { external_id: "1002" }]);
      const members = made.map(({ id }, at) => ({ customerId: String(1001 + at), profileId: id }));
      const list = { id: await firstList(account), name: "Atrium loyal" };
      return { at: account, payload: { list, way: "add", members, others: [] } };
    },
    effect: "members_added",
    path: "relationships/profiles",
    wrong: {
      nobody: (payload: object) => ({ ...payload, members: [] }),
      "a way that there is not, such as unsubscribing": (payload: object) => ({ ...payload, way: "unsubscribe" }),
      "a customer without a profile": (payload: object) => ({ ...payload, members: [{ customerId: "1" }] }),
    },
  },
  "klaviyo-catalog": {
    async prepare() {
      const account = freshAccount.klaviyo();
      await giveCatalog(account, { takeMs: 0 });
      const put = ["11", "12"].map((id) => ({
        ...{ id, title: `Linen shirt ${id}`, url: `https://acme.example/p/${id}`, price: 4990, published: true },
      }));
      return { at: account, payload: { what: "item", currency: "GBP", put, gone: [], as: "unpublish", over: false } };
    },
    effect: "catalog_created",
    path: "bulk-create-jobs$",
    wrong: {
      nothing: (payload: object) => ({ ...payload, put: [] }),
      "a page that is none": (payload: { put: object[] }) => ({
        ...payload,
        put: payload.put.map((row) => ({ ...row, url: "linen-shirt" })),
      }),
      "a price below nothing": (payload: { put: object[] }) => ({ ...payload, put: payload.put.map((row) => ({ ...row, price: -1 })) }),
      "variants without stock": (payload: object) => ({ ...payload, what: "variant" }),
    },
  },
  "klaviyo-coupon-codes": {
    async prepare() {
      const account = freshAccount.klaviyo();
      const coupon = { id: "ATRIUM", description: "Codes that Atrium hands out" };
      await giveCatalog(account, { takeMs: 0, coupons: [coupon] });
      const part = { batch: "ATRIUM:1", mark: markOf({ hashOf: testHash }, "ATRIUM:1"), prefix: "THANKS", from: 0, count: 1 };
      return { at: account, payload: { way: "add", coupon, ...part, handOutUntil: "2026-12-31T00:00:00Z" } };
    },
    effect: "coupon_codes_created",
    undone: "coupon_code_deleted",
    path: "coupon-code-bulk-create-jobs$",
    wrong: {
      "no code": (payload: object) => ({ ...payload, count: 0 }),
      "a coupon with a space": (payload: object) => ({ ...payload, coupon: { id: "A B", description: "x" } }),
      "more than a batch has": (payload: object) => ({ ...payload, from: 950, count: 100 }),
      "a code that stands in it": (payload: object) => ({ ...payload, codes: ["THANKS-7Q2K"] }),
    },
  },
  "shopify-discount-codes": {
    async prepare() {
      const part = { batch: "ATRIUM:1", mark: markOf({ hashOf: testHash }, "ATRIUM:1"), prefix: "THANKS", from: 0, count: 1 };
      const terms = { title: "Atrium ATRIUM:1", off: { percent: 10 }, minimum: { minor: 5000, currency: "GBP" } };
      return { at: freshAccount.shopify(), payload: { ...part, ...terms, startsAt: at, endsAt: "2026-12-31T00:00:00Z" } };
    },
    effect: "discount_created",
    undone: "discount_deactivated",
    path: "graphql",
    readsFirst: true,
    wrong: {
      "an end before the beginning": (payload: object) => ({ ...payload, endsAt: "2026-11-30T00:00:00Z" }),
      "more than it all": (payload: object) => ({ ...payload, off: { percent: 101 } }),
      "more than a batch has": (payload: object) => ({ ...payload, count: 1001 }),
      "no minimum": (payload: object) => ({ ...payload, minimum: { minor: 0, currency: "GBP" } }),
    },
  },
  "shopify-tags": {
    async prepare() {
      const shop = freshAccount.shopify();
      return { at: shop, payload: { on: "customer", id: await firstId(shop, "customers"), tags: ["At risk", "Loyal"] } };
    },
    effect: "tags_added",
    undone: "tags_removed",
    path: "graphql",
    wrong: {
      "no tag": (payload: object) => ({ ...payload, tags: [] }),
      "two tags in one": (payload: object) => ({ ...payload, tags: ["a, b"] }),
      "a thing that has none": (payload: object) => ({ ...payload, on: "shop" }),
    },
  },
  "shopify-discount": {
    async prepare() {
      const shop = freshAccount.shopify();
      const [off, minimum] = [{ percent: 10 }, { minor: 5000, currency: "GBP" }];
      const [startsAt, endsAt] = [at, "2026-12-31T00:00:00Z"];
      const customerId = await firstId(shop, "customers");
      return { at: shop, payload: { customerId, title: "Referral 2026", code: "THANKS-7Q2K", off, minimum, startsAt, endsAt } };
    },
    effect: "discount_created",
    undone: "discount_deactivated",
    path: "graphql",
    wrong: {
      "an end before the beginning": (payload: object) => ({ ...payload, endsAt: "2026-11-30T00:00:00Z" }),
      "a code without an end": (payload: object) => ({ ...payload, endsAt: undefined }),
      "more than all of it": (payload: object) => ({ ...payload, off: { percent: 101 } }),
      "two currencies": (payload: object) => ({ ...payload, off: { minor: 500, currency: "EUR" } }),
      "a code of two lines": (payload: object) => ({ ...payload, code: "AB\nCD" }),
    },
  },
  "shopify-web-pixel": {
    prepare: async () => ({ at: freshAccount.shopify(), payload: { events: ["checkout_completed"], consent: "analytics" } }),
    effect: "pixel_made",
    undone: "pixel_deleted",
    path: "graphql",
    wrong: {
      "an event that it does not tell of": (payload: object) => ({ ...payload, events: ["page_viewed"] }),
      "another consent": (payload: object) => ({ ...payload, consent: "marketing" }),
    },
  },
  "shopify-flow-trigger": {
    async prepare() {
      const shop = freshAccount.shopify();
      const reference = await firstId(shop, "customers");
      const fields = {
        ...{ Automation: "review-request-automation", State: "done", Subject: `customer:${reference}`, "Happened at": at },
        ...{ "Action ID": "act_1", "Event ID": "action:1:done" },
      };
      return { at: shop, payload: { trigger: "customer-action-changed", fields, reference } };
    },
    effect: "flow_triggered",
    path: "graphql",
    untold: true,
    wrong: {
      "a trigger that there is not": (payload: object) => ({ ...payload, trigger: "moon-rose" }),
      "a field too few": (payload: { fields: object }) => ({ ...payload, fields: { ...payload.fields, Subject: undefined } }),
      "a field too many": (payload: { fields: object }) => ({ ...payload, fields: { ...payload.fields, Mood: "good" } }),
      "a number where a text is declared": (payload: { fields: object }) => ({ ...payload, fields: { ...payload.fields, State: 3 } }),
      "no customer where one is declared": (payload: object) => ({ ...payload, reference: undefined }),
      "more bytes than Flow takes": (payload: { fields: object }) => ({
        ...payload,
        fields: { ...payload.fields, Subject: "é".repeat(25_000) },
      }),
    },
  },
  "hubspot-contacts": {
    async prepare() {
      const [at, shop] = [freshAccount.hubspot(), freshAccount.shopify()];
      const customerId = await firstId(shop, "customers");
      const persons = [{ customerId: Number(customerId), firstName: "Dana", company: "Acme Ltd" }];
      await sandbox.control(`/shop/${shop}/changes`, { persons });
      return {
        at,
        doing: await besideOf(hubspotContacts, { shopify: shop }),
        payload: { contacts: [{ customerId, fields: { firstName: "" }, owner: "77" }], taxField: "custom.tax_id" },
      };
    },
    effect: "contacts_written",
    onTheWay: ["property_made", "companies_written", "associated"],
    path: "contacts/batch/upsert",
    waitsS: 3600,
    wrong: {
      nobody: (payload: object) => ({ ...payload, contacts: [] }),
      "a value in place of its hash": () => ({ contacts: [{ customerId: "1", fields: { phone: "Dana" } }], taxField: "custom.tax_id" }),
      "a field that nobody knows": () => ({ contacts: [{ customerId: "1", fields: { email: "" } }], taxField: "custom.tax_id" }),
      "no place of tax ids": (payload: object) => ({ ...payload, taxField: "x" }),
    },
  },
  "hubspot-deals": {
    async prepare() {
      const [at, shop] = [freshAccount.hubspot(), freshAccount.shopify()];
      const { orders } = await askShop<{ orders: { nodes: { id: string; customer: { id: string } | null }[] } }>(
        shop,
        "{ orders(first: 20, sortKey: CREATED_AT, reverse: true) { nodes { id customer { id } } } }",
      );
      const bought = orders.nodes.find(({ customer }) => customer);
      const [order, customerId] = [bought?.id, bought?.customer?.id].map((gid) => gid?.split("/").at(-1) ?? "");
      const deal = { customerId, key: `order:${order}`, stage: { to: "closedwon", from: "" }, amount: "", owner: "77" };
      return {
        at,
        doing: await besideOf(hubspotDeals, { shopify: shop }),
        payload: { deals: [deal], pipeline: "default", stages: { closedwon: "Closed won" }, taxField: "custom.tax_id" },
      };
    },
    effect: "deals_written",
    onTheWay: ["property_made", "associated"],
    path: "deals/batch/upsert",
    waitsS: 3600,
    wrong: {
      nothing: (payload: object) => ({ ...payload, deals: [] }),
      "a deal of nothing": (payload: { deals: object[] }) => ({ ...payload, deals: [{ ...payload.deals[0], key: "invoice:1" }] }),
      "a stage by its name": (payload: { deals: object[] }) => ({
        ...payload,
        deals: [{ ...payload.deals[0], stage: { to: "Closed won", from: "" } }],
      }),
    },
  },
  "shopify-customer-fields": {
    async prepare() {
      const [crm, shop] = [freshAccount.hubspot(), freshAccount.shopify()];
      const customerId = await firstId(shop, "customers");
      const persons = [{ customerId: Number(customerId), email: "dana@acme.example", firstName: "Dana" }];
      await sandbox.control(`/shop/${shop}/changes`, { persons });
      await sandbox.control(`/hubspot/${crm}/contacts`, [{ id: "501", properties: { email: "dana@acme.example", firstname: "Dina" } }]);
      const said = (name: string) => hashOfField(testHash, "firstName", name);
      return {
        at: shop,
        doing: await besideOf(shopifyCustomerFields, { hubspot: crm }),
        payload: {
          customers: [{ customerId, fields: { firstName: { shop: said("dana"), crm: said("dina") } } }],
          taxField: "custom.tax_id",
        },
      };
    },
    effect: "customer_updated",
    path: "graphql",
    readsFirst: true,
    wrong: {
      nobody: (payload: object) => ({ ...payload, customers: [] }),
      "a value in place of its hash": () => ({
        customers: [{ customerId: "1", fields: { phone: { shop: "Dana", crm: "" } } }],
        taxField: "custom.tax_id",
      }),
    },
  },
  "slack-message": {
    async prepare() {
      return {
        at: freshAccount.slack(),
        payload: { channel: "C0GENERAL00", channelName: "general", text: "Stock is low: 3 < 5 & falling" },
      };
    },
    effect: "message_posted",
    undone: "message_deleted",
    path: "chat\\.",
    wrong: {
      "a channel by its name": (payload: object) => ({ ...payload, channel: "#general" }),
      "no text": (payload: object) => ({ ...payload, text: "" }),
    },
  },
  "cj-order": {
    prepare: orderAtCj,
    effect: "order_created",
    undone: "order_deleted",
    path: "createOrderV2|deleteOrder",
    saysNoWhen: true,
    wrong: {
      "in another currency than CJ's": (payload: object) => ({ ...payload, total: { minor: 1, currency: "EUR" } }),
      "a number that is none of ours": (payload: object) => ({ ...payload, number: "1001" }),
      "nothing to order": (payload: object) => ({ ...payload, products: [] }),
      "a way to pay": (payload: object) => ({ ...payload, payType: 2 }),
    },
  },
  "cj-payment": {
    async prepare() {
      const { at, line, doing, common, payload } = await orderAtCj();
      const ordered = await cjOrder.execute(await doingOf(cjOrder, at, doing), cjOrder.payload.parse(payload));
      if (ordered.did !== "done") throw new Error(ordered.did);
      return { at, doing, payload: { ...common, lines: [{ line, quantity: 2 }] } };
    },
    effect: "order_paid",
    path: "payBalanceV2",
    saysNoWhen: true,
    wrong: {
      "in another currency than CJ's": (payload: object) => ({ ...payload, total: { minor: 1, currency: "EUR" } }),
      "for nothing": (payload: object) => ({ ...payload, total: { minor: 0, currency: "USD" } }),
    },
  },
  "bigbuy-order": {
    async prepare() {
      const { at, line, doing, common } = await atSupplier("bigbuy");
      const products = [{ line, ordered: 2, reference: "V1", quantity: 2 }];
      return { at, doing, payload: { ...common, carrier: "gls", country: "FR", products } };
    },
    effect: "order_created",
    path: "order/create",
    wrong: {
      "in another currency than BigBuy's": (payload: object) => ({ ...payload, total: { minor: 1, currency: "USD" } }),
      "none of it": (payload: { products: object[] }) => ({ ...payload, products: [{ ...payload.products[0], quantity: 0 }] }),
    },
  },
  "shopify-fulfilment": {
    async prepare() {
      const { shop, order, line } = await shopWithOrder();
      const lines = [{ line, quantity: 2 }];
      return { at: shop, payload: { orderId: order, numbers: ["LX123456789FR"], carrier: "La Poste", lines, notify: true } };
    },
    effect: "fulfilled",
    path: "graphql",
    readsFirst: true,
    wrong: {
      "no parcel": (payload: object) => ({ ...payload, numbers: [] }),
      "a number that is an address": (payload: object) => ({ ...payload, numbers: ["https://track.example/1"] }),
      "no line": (payload: object) => ({ ...payload, lines: [] }),
    },
  },
};
