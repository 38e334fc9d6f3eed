import { describe, expect, test } from "vitest";
import { type Webhook as Sent, Webhook as SentSchema, signRequest, telnyxPublicKey } from "#sandbox/control/webhooks.ts";
import { sandboxClients, webhookSecrets } from "#sandbox/endpoints.ts";
import { findWebhook, webhooks } from "#server/catalog/webhooks/registry.ts";
import type { Incoming, Verdict, Webhook } from "#server/catalog/webhooks/webhook.ts";

const now = Date.parse("2026-03-04T05:06:07Z");
const bytes = (text: string) => new TextEncoder().encode(text);

interface Given {
  secrets: Record<string, string>;
  headers?: Record<string, string>;
  body?: string | Uint8Array;
  method?: string;
  url?: string;
  at?: number;
}

function incoming({
  secrets,
  headers = {},
  body = "",
  method = "POST",
  url = "https://portal.example/webhooks/x",
  at = now,
}: Given): Incoming {
  return {
    method,
    urls: [url],
    headers: new Headers(headers),
    body: typeof body === "string" ? bytes(body) : body,
    now: at,
    secret: (name) => {
      const value = secrets[name];
      if (value === undefined) throw new Error(`${name} was not given`);
      return value;
    },
  };
}

const hear = async (provider: string, given: Given | Promise<Given>): Promise<Verdict> => findWebhook(provider).read(incoming(await given));
const called = async (provider: string, callback: string, given: Given | Promise<Given>): Promise<Verdict> => {
  const read = findWebhook(provider).callbacks?.[callback];
  if (!read) throw new Error(`no ${callback}`);
  return read(incoming(await given));
};
const refused = (reason: string) => ({ is: "refused", reason });
/** What the sandbox would send now, as the product would hear it. */
const sandboxSecrets = {
  SHOPIFY_CLIENT_SECRET: sandboxClients.shopify.clientSecret,
  HUBSPOT_CLIENT_SECRET: sandboxClients.hubspot.clientSecret,
  META_CLIENT_SECRET: sandboxClients.meta.clientSecret,
  TIKTOK_CLIENT_SECRET: sandboxClients.tiktok.clientSecret,
  ...webhookSecrets,
  public_key: await telnyxPublicKey(),
};
async function sent(input: Partial<Sent> & { provider: Sent["provider"] }, more: Partial<Given> = {}): Promise<Given> {
  const { headers, body } = await signRequest(SentSchema.parse(input), now);
  return { secrets: sandboxSecrets, headers, body, url: "http://atrium.test/webhooks/hubspot", ...more };
}
const events = (verdict: Verdict) => {
  if (verdict.is !== "events") throw new Error(`no events: ${JSON.stringify(verdict)}`);
  return verdict.events;
};
const effect = (webhook: Webhook, topic: string, payload: unknown = {}) => webhook.effectOf({ topic, payload }, { timezone: "UTC" });

/** Of each provider: a delivery that is right, and the name of the header with its signature. */
const right: { provider: Sent["provider"]; topic: string; account: string; signature: string; payload?: unknown }[] = [
  { provider: "shopify", topic: "products/update", account: "beta.myshopify.com", signature: "x-shopify-hmac-sha256", payload: { id: 1 } },
  { provider: "klaviyo", topic: "event:klaviyo.opened_email", account: "BetaB2", signature: "klaviyo-signature" },
  { provider: "hubspot", topic: "contact.creation", account: "62515", signature: "x-hubspot-signature-v3" },
  { provider: "meta", topic: "user.name", account: "218471", signature: "x-hub-signature-256" },
  { provider: "slack", topic: "app_home_opened", account: "T0", signature: "x-slack-signature" },
  { provider: "tiktok", topic: "post.publish.complete", account: "open-1", signature: "tiktok-signature" },
  // The body does not say whose it is: the address does.
  { provider: "telnyx", topic: "call.hangup", account: "", signature: "telnyx-signature-ed25519" },
];

describe("what every provider's webhook owes", () => {
  test("each provider of the shelf is looked at here", async () => {
    expect(right.map(({ provider }) => provider).sort()).toEqual(webhooks.map(({ provider }) => provider).sort());
  });

  describe.each(right)("$provider", ({ provider, signature, ...input }) => {
    const webhook = findWebhook(provider);

    test("a right delivery is read: what happened, to whom, and the same key each time", async () => {
      const first = events(await hear(provider, sent({ provider, webhookId: "one-1", ...input })));
      const second = events(await hear(provider, sent({ provider, webhookId: "one-1", ...input })));
      expect(first[0]).toMatchObject({ topic: input.topic, account: input.account });
      expect(first[0]?.key).toBe(second[0]?.key);
      const other = events(await hear(provider, sent({ provider, webhookId: "two-22", at: now + 2000, ...input, payload: undefined })));
      expect(other[0]?.key).not.toBe(first[0]?.key);
    });

    test("without a signature, with another one, a longer, a shorter or an empty one it is refused", async () => {
      const good = await sent({ provider, ...input });
      const given = good.headers?.[signature] ?? "";
      const { [signature]: _, ...without } = good.headers ?? {};
      expect(await hear(provider, { ...good, headers: without })).toEqual(refused("no_signature"));
      const wrong = await sent({ provider, ...input, wrongSignature: true });
      for (const [name, value] of Object.entries(without)) (wrong.headers ?? {})[name] ??= value;
      expect(wrong.headers?.[signature]).not.toBe(given);
      expect(await hear(provider, wrong)).toMatchObject({ is: "refused" });
      for (const text of [`${given}0`, given.slice(0, -1), "x", `${given},${given}`]) {
        expect({ text, ...(await hear(provider, { ...good, headers: { ...without, [signature]: text } })) }).toMatchObject({
          text,
          is: "refused",
        });
      }
    });

    test("one changed byte of the body is refused before anything of it is read", async () => {
      const good = await sent({ provider, ...input });
      expect(await hear(provider, { ...good, body: `${String(good.body)} ` })).toEqual(refused("wrong_signature"));
    });

    test("another secret opens nothing", async () => {
      const good = await sent({ provider, ...input });
      const secrets = Object.fromEntries(Object.keys(sandboxSecrets).map((name) => [name, "another-secret"]));
      expect(await hear(provider, { ...good, secrets })).toEqual(refused("wrong_signature"));
    });

    test("signed but no JSON, or another shape, is unreadable and no defect", async () => {
      for (const payload of ["no json", '"text"', "null", "[[]]", "\u{FFFF}"]) {
        const verdict = await hear(provider, sent({ provider, ...input, payload }));
        if (provider === "shopify" && payload !== "no json" && payload !== "\u{FFFF}") continue; // its body may be anything: the headers say what it is
        expect({ payload, ...verdict }).toEqual({ payload, ...refused("unreadable") });
      }
    });

    test("a topic that nobody knows does nothing", async () => {
      expect(effect(webhook, "something.new")).toEqual({ type: "none", reason: "no_reader" });
    });
  });

  /** Of each topic that leaves something behind: a body as the provider writes it. Those of `right` stand for all others. */
  const order = {
    admin_graphql_api_id: "gid://shopify/Order/1",
    processed_at: "2026-03-03T23:30:00-05:00",
    updated_at: "2026-03-04T00:00:00-05:00",
    cancelled_at: null,
    test: false,
    total_price_set: { shop_money: { amount: "10.00", currency_code: "GBP" } },
    customer: { admin_graphql_api_id: "gid://shopify/Customer/7" },
    order_status_url: "https://beta.myshopify.com/1/orders/x",
    line_items: [{ price_set: {} }],
    refunds: [{ refund_line_items: [{ line_item: { properties: [{}] } }], transactions: [{ receipt: {}, payment_details: {} }] }],
  };
  const shop = { shop_id: 1, shop_domain: "beta.myshopify.com", customer: { id: 7 } };
  const contact = { eventId: 1, subscriptionId: 2, portalId: 62515, occurredAt: now, objectId: 9 };
  const bodies: { provider: Sent["provider"]; topic: string; account: string; payload: unknown }[] = [
    ...["orders/create", "orders/updated"].map((topic) => ({
      provider: "shopify" as const,
      topic,
      account: "beta.myshopify.com",
      payload: order,
    })),
    { provider: "shopify", topic: "products/update", account: "beta.myshopify.com", payload: { id: 1, variants: [{ id: 2 }] } },
    {
      provider: "shopify",
      topic: "customers/delete",
      account: "beta.myshopify.com",
      payload: { id: 7, phone: null, addresses: [], admin_graphql_api_id: "gid://shopify/Customer/7" },
    },
    {
      provider: "shopify",
      topic: "fulfillments/update",
      account: "beta.myshopify.com",
      payload: { id: 3, order_id: 1, destination: {}, line_items: [{}], admin_graphql_api_id: "gid://shopify/Fulfillment/3" },
    },
    {
      provider: "shopify",
      topic: "fulfillment_events/create",
      account: "beta.myshopify.com",
      payload: { id: 4, order_id: 1, fulfillment_id: 3, status: "delivered", admin_graphql_api_id: "gid://shopify/FulfillmentEvent/4" },
    },
    { provider: "shopify", topic: "app/scopes_update", account: "beta.myshopify.com", payload: { current: ["read_orders"] } },
    { provider: "shopify", topic: "app/uninstalled", account: "beta.myshopify.com", payload: { myshopify_domain: "beta.myshopify.com" } },
    { provider: "shopify", topic: "customers/data_request", account: "beta.myshopify.com", payload: { ...shop, orders_requested: [1] } },
    { provider: "shopify", topic: "customers/redact", account: "beta.myshopify.com", payload: { ...shop, orders_to_redact: [1] } },
    {
      provider: "klaviyo",
      topic: "",
      account: "",
      payload: {
        data: [{ external_id: "e", topic: "event:klaviyo.opened_email", payload: { data: { id: "x", attributes: {} } } }],
        meta: { klaviyo_account_id: "B", klaviyo_webhook_id: "01HF7AYTK76RHR4F17G6DGTRGF", timestamp: null },
      },
    },
    ...["contact.creation", "contact.propertyChange", "contact.privacyDeletion"].map((subscriptionType) => ({
      provider: "hubspot" as const,
      topic: "",
      account: "",
      payload: [{ ...contact, subscriptionType }],
    })),
    {
      provider: "meta",
      topic: "",
      account: "",
      payload: {
        object: "page",
        entry: [{ id: "1", time: 1, changes: [{ field: "leadgen", value: { from: {} } }], messaging: [{ message: { text: {} } }] }],
      },
    },
    {
      provider: "slack",
      topic: "",
      account: "",
      payload: {
        type: "event_callback",
        team_id: "T0",
        event_id: "Ev1",
        event: { type: "message", tokens: { bot: ["U0"] } },
        authorizations: [{}],
      },
    },
    {
      provider: "tiktok",
      topic: "",
      account: "",
      payload: { client_key: "k", event: "lead", create_time: 1, user_openid: "o", content: "{}" },
    },
    {
      provider: "telnyx",
      topic: "",
      account: "",
      payload: {
        data: { record_type: "event", event_type: "call.hangup", id: "ev_2", occurred_at: null, payload: {} },
        meta: { attempt: 1 },
      },
    },
  ];

  /** The same with a person in a field that nobody knows, in each object at every depth, and in a list of its own. */
  function planted(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(planted);
    if (typeof value !== "object" || value === null) return value;
    const person = { name: "Kim Example", email: "kim@buyer.example", notes: [{ text: "for Kim" }] };
    return {
      ...Object.fromEntries(Object.entries(value).map(([name, each]) => [name, planted(each)])),
      note: "Kim",
      person,
      people: [person],
    };
  }

  test("of a person in any field that is not named nothing is kept, of no provider, at no depth", async () => {
    expect([...new Set(bodies.map(({ provider }) => provider))].sort()).toEqual(webhooks.map(({ provider }) => provider).sort());
    for (const { payload, ...input } of bodies) {
      const plain = events(await hear(input.provider, sent({ ...input, payload })));
      const heard = events(await hear(input.provider, sent({ ...input, payload: planted(payload) })));
      expect(plain.length, JSON.stringify(input)).toBeGreaterThan(0);
      expect({ ...input, kept: JSON.stringify(heard) }).not.toMatchObject({ kept: expect.stringMatching(/kim/i) });
      // What was planted is in none of the facts either.
      const facts = (of: typeof heard) => of.map(({ key: _, ...event }) => event);
      expect(facts(heard)).toEqual(facts(plain));
    }
  });

  test("where nothing but that it happened is wanted, nothing is kept", async () => {
    for (const { provider, signature: _, ...input } of right) {
      const payloads = events(await hear(provider, sent({ provider, ...input }))).map(({ payload }) => payload);
      expect(payloads, provider).toEqual([provider === "slack" ? { bot: false } : {}]);
    }
  });
});

describe("shopify", () => {
  const secrets = { SHOPIFY_CLIENT_SECRET: "hush-shopify-secret" };
  const body = '{"id":820982911946154508,"email":"jon@example.com","total_price":"403.00","currency":"USD"}';
  const signature = "CSUwR0tZ+zipJA+iDrpiFpn2w+X1+Pi7Cf70BZcMPyY=";
  const headers = (prefix: string, topic = "products/update") => ({
    [`${prefix}hmac-sha256`]: signature,
    [`${prefix}topic`]: topic,
    [`${prefix}shop-domain`]: "some-shop.myshopify.com",
    [`${prefix}webhook-id`]: "b54557e4-bdd9-4b37-8a5f-bf7d70bcd043",
    [`${prefix}triggered-at`]: "2026-03-04T05:00:00.123456789Z",
  });

  test.each(["x-shopify-", "shopify-"])("the vector is believed under the headers %s", async (prefix) => {
    expect(events(await hear("shopify", { secrets, body, headers: headers(prefix) }))).toEqual([
      {
        key: "b54557e4-bdd9-4b37-8a5f-bf7d70bcd043",
        topic: "products/update",
        account: "some-shop.myshopify.com",
        occurredAt: Date.parse("2026-03-04T05:00:00.123Z"),
        payload: {},
      },
    ]);
  });

  test("where both families come the newer one is read", async () => {
    const both = { ...headers("x-shopify-", "orders/create"), ...headers("shopify-", "products/update") };
    expect(events(await hear("shopify", { secrets, body, headers: both }))[0]?.topic).toBe("products/update");
    expect(await hear("shopify", { secrets, body, headers: { ...both, "shopify-hmac-sha256": "x" } })).toEqual(refused("wrong_signature"));
  });

  test("without its topic, its id or a shop's domain it is unreadable", async () => {
    for (const name of ["x-shopify-topic", "x-shopify-webhook-id", "x-shopify-shop-domain"]) {
      const { [name]: _, ...rest } = headers("x-shopify-") as Record<string, string>;
      expect(await hear("shopify", { secrets, body, headers: rest })).toEqual(refused("unreadable"));
    }
    const evil = { ...headers("x-shopify-"), "x-shopify-shop-domain": "some-shop.myshopify.com.evil.example" };
    expect(await hear("shopify", { secrets, body, headers: evil })).toEqual(refused("unreadable"));
  });

  const says = (topic: string, payload: unknown, account = "beta.myshopify.com") =>
    hear("shopify", sent({ provider: "shopify", topic, account, payload }));

  test("the shop of the header, which is not signed, must be the one that the body names", async () => {
    expect(await says("app/uninstalled", { myshopify_domain: "other.myshopify.com" })).toEqual(refused("other_account"));
    expect(await says("shop/redact", { shop_id: 1, shop_domain: "other.myshopify.com" })).toEqual(refused("other_account"));
    expect(await says("customers/redact", { shop_domain: "other.myshopify.com", customer: { id: 1 } })).toEqual(refused("other_account"));
    expect(await says("orders/create", { order_status_url: "https://other.myshopify.com/1/orders/x/authenticate" })).toEqual(
      refused("other_account"),
    );
    expect(await says("app/uninstalled", { myshopify_domain: "Beta.myshopify.com" })).toMatchObject({ is: "events" });
    expect(await says("orders/create", { order_status_url: "https://www.beta.example/1/orders/x" })).toMatchObject({ is: "events" });
  });

  test("what destroys something is not believed of a body that names no shop: another topic's body under this name", async () => {
    for (const topic of ["app/uninstalled", "shop/redact", "customers/redact", "customers/data_request"]) {
      expect({ topic, ...(await says(topic, { id: 1 })) }).toEqual({ topic, ...refused("unreadable") });
    }
  });

  test("the topic of the header, which is not signed, must be one that the body can be of", async () => {
    const of = { shop_domain: "beta.myshopify.com", shop_id: 1 };
    const redact = { ...of, customer: { id: 1 }, orders_to_redact: [2] };
    const request = { ...of, customer: { id: 1 }, orders_requested: [2], data_request: { id: 3 } };
    const wrong: [string, unknown][] = [
      ["shop/redact", redact],
      ["shop/redact", request],
      ["customers/redact", request],
      ["customers/data_request", redact],
      ["orders/create", { admin_graphql_api_id: "gid://shopify/Product/1" }],
      ["products/update", { admin_graphql_api_id: "gid://shopify/Order/1" }],
      ["refunds/create", { admin_graphql_api_id: "gid://shopify/Order/1" }],
      ["inventory_levels/update", { admin_graphql_api_id: "gid://shopify/Order/1" }],
      ["fulfillments/update", { order_id: 1, admin_graphql_api_id: "gid://shopify/FulfillmentEvent/1" }],
      ["fulfillment_events/create", { order_id: 1, admin_graphql_api_id: "gid://shopify/Fulfillment/1" }],
      ["products/delete", { id: 1, admin_graphql_api_id: "gid://shopify/Product/1", title: "Mug" }],
      // What is said of a product or an order that is gone is no word on a customer, nor is what is said of one who is there.
      ["customers/delete", { id: 1 }],
      ["customers/delete", { id: 1, admin_graphql_api_id: "gid://shopify/Product/1" }],
      ["customers/delete", { id: 1, admin_graphql_api_id: "gid://shopify/Customer/1", created_at: "2026-03-03T23:30:00-05:00" }],
    ];
    for (const [topic, payload] of wrong)
      expect({ topic, payload, ...(await says(topic, payload)) }).toEqual({ topic, payload, ...refused("unreadable") });
    for (const [topic, payload] of [
      ["shop/redact", of],
      ["customers/redact", redact],
      ["customers/data_request", request],
    ] as const)
      expect({ topic, ...(await says(topic, payload)) }).toMatchObject({ topic, is: "events" });
  });

  test("below a domain of the shop's own it is the id that names the shop", async () => {
    const [event] = events(await says("orders/create", { order_status_url: "https://www.beta.example/548380009/orders/x/authenticate" }));
    expect(event).toMatchObject({ account: "beta.myshopify.com", externalId: "gid://shopify/Shop/548380009" });
  });

  test("who is to be forgotten is read to the last digit, and no address is kept", async () => {
    const payload = `{"shop_domain":"beta.myshopify.com","customer":{"id":9007199254740993,"email":"jon@example.com","phone":"555"},"orders_to_redact":[820982911946154508,12]}`;
    const [event] = events(await says("customers/redact", payload));
    const demand = { kind: "redact_customer", subject: "9007199254740993", orders: ["820982911946154508", "12"] };
    expect(event).toMatchObject({ privacy: demand, payload: demand });
    expect(JSON.stringify(event)).not.toContain("jon@example.com");
    expect(effect(findWebhook("shopify"), "customers/redact", event?.payload)).toEqual({ type: "privacy", demand });
  });

  const order = {
    id: 5678,
    admin_graphql_api_id: "gid://shopify/Order/5678",
    processed_at: "2026-03-03T23:30:00-05:00",
    updated_at: "2026-03-04T00:00:00-05:00",
    cancelled_at: null,
    test: false,
    email: "jon@example.com",
    total_price_set: { shop_money: { amount: "403.00", currency_code: "USD" }, presentment_money: { amount: "1", currency_code: "EUR" } },
    customer: { admin_graphql_api_id: "gid://shopify/Customer/9", email: "jon@example.com" },
    shipping_address: { name: "Jon" },
    refunds: [],
  };

  test("an order becomes the record that the sensor would make of it, on the day of the shop's own calendar", async () => {
    const [event] = events(await says("orders/create", order));
    expect(JSON.stringify(event)).not.toMatch(/jon/i);
    expect(effect(findWebhook("shopify"), "orders/create", event?.payload)).toEqual({
      type: "wake",
      happened: "shopify.orders",
      order: {
        externalId: "5678",
        customerId: "9",
        placedAt: Date.parse("2026-03-04T04:30:00Z"),
        day: "2026-03-04",
        grossMinor: 40300,
        currency: "USD",
        updatedAt: Date.parse("2026-03-04T05:00:00Z"),
      },
    });
  });

  test("an order with refunds, a cancelled one and one that we cannot read are left to the sensor; a test order is none", async () => {
    const of = async (payload: unknown) => {
      const [event] = events(await says("orders/updated", payload));
      return effect(findWebhook("shopify"), "orders/updated", event?.payload);
    };
    const wake = { type: "wake", happened: "shopify.orders" };
    expect(await of({ ...order, refunds: [{ id: 1 }] })).toEqual(wake);
    expect(await of({ ...order, cancelled_at: order.updated_at })).toEqual(wake);
    expect(await of({ id: 5678 })).toEqual(wake);
    expect(await of({ ...order, test: true })).toEqual({ type: "none", reason: "test" });
  });

  test("an order in a currency that nobody knows wakes the sensor, whose run names it", async () => {
    const jersey = { ...order, refunds: [], total_price_set: { shop_money: { amount: "10.00", currency_code: "JEP" } } };
    const [event] = events(await says("orders/updated", jersey));
    expect(effect(findWebhook("shopify"), "orders/updated", event?.payload)).toEqual({ type: "wake", happened: "shopify.orders" });
  });

  test("an order that is gone is taken out; a body that says more than its id is none of such an order", async () => {
    const [event] = events(await says("orders/delete", { id: 820982911946154500 }));
    expect(effect(findWebhook("shopify"), "orders/delete", event?.payload)).toEqual({
      type: "order_deleted",
      order: "820982911946154500",
      happened: "shopify.orders",
    });
    expect(await says("orders/delete", order)).toEqual({ is: "refused", reason: "unreadable" });
  });

  test("a product that is gone is taken out, whoever the shop deleted is to be forgotten, and neither is left to a reading by date", async () => {
    const of = async (topic: string, payload: unknown) => {
      const [event] = events(await says(topic, payload));
      return { privacy: event?.privacy, effect: effect(findWebhook("shopify"), topic, event?.payload) };
    };
    expect(await of("products/delete", { id: 788032119 })).toEqual({
      privacy: undefined,
      effect: { type: "product_deleted", product: "788032119", happened: "shopify.products" },
    });
    const demand = { kind: "redact_customer", subject: "9007199254740993" };
    const gone = `{"id":9007199254740993,"phone":null,"addresses":[],"admin_graphql_api_id":"gid://shopify/Customer/9007199254740993"}`;
    expect(await of("customers/delete", gone)).toEqual({ privacy: demand, effect: { type: "privacy", demand } });
  });

  test("of a parcel the order is kept, and nothing of where it goes; one that names no order wakes all the same", async () => {
    const body = { id: 1, order_id: 5678, email: "jon@example.com", destination: { name: "Jon" }, shipment_status: "delivered" };
    for (const topic of ["fulfillments/create", "fulfillments/update", "fulfillment_events/create"]) {
      const [event] = events(await says(topic, body));
      expect(event?.payload).toEqual({ order_id: "5678" });
      expect(effect(findWebhook("shopify"), topic, event?.payload)).toEqual({ type: "wake", happened: "shopify.parcels", moved: "5678" });
      const [bare] = events(await says(topic, { id: 1 }));
      expect(effect(findWebhook("shopify"), topic, bare?.payload)).toEqual({ type: "wake", happened: "shopify.parcels" });
    }
  });

  test("other scopes are read; where they cannot be, a call finds out", async () => {
    const shopify = findWebhook("shopify");
    const of = async (payload: unknown) =>
      effect(shopify, "app/scopes_update", events(await says("app/scopes_update", payload))[0]?.payload);
    expect(await of({ previous: [], current: ["read_orders"] })).toEqual({ type: "scopes", granted: ["read_orders"] });
    expect(await of({})).toEqual({ type: "probe" });
  });
});

describe("klaviyo", () => {
  const secrets = { KLAVIYO_WEBHOOK_SECRET: "klaviyo-secret-0123456" };
  const body =
    '{"data":[{"external_id":"evt1","payload":{"data":{"type":"event","id":"4vRpBT"}},"topic":"event:klaviyo.opened_email"}],"meta":{"klaviyo_account_id":"XyZ123","klaviyo_webhook_id":"01HF7AYTK76RHR4F17G6DGTRGF","timestamp":"2026-01-01T00:00:00+00:00"}}';
  const headers = {
    "klaviyo-signature": "9fb78cc0452c063283d26e05d6f0f65a4d6db575f05c66bc9e5e5f63124717b7",
    "klaviyo-timestamp": "Thu, 01 Jan 2026 00:00:00 GMT",
    "klaviyo-webhook-id": "01HF7AYTK76RHR4F17G6DGTRGF",
  };
  const at = Date.parse("2026-01-01T00:00:00Z");

  test("the vector is believed: the body first, then the timestamp", async () => {
    expect(events(await hear("klaviyo", { secrets, body, headers, at }))).toEqual([
      { key: expect.stringMatching(/^[0-9a-f]{64}$/), topic: "event:klaviyo.opened_email", account: "XyZ123", occurredAt: at, payload: {} },
    ]);
  });

  test("five minutes are recent, a second more is not, nor is the future", async () => {
    expect(await hear("klaviyo", { secrets, body, headers, at: at + 300_000 })).toMatchObject({ is: "events" });
    expect(await hear("klaviyo", { secrets, body, headers, at: at + 301_000 })).toEqual(refused("stale"));
    expect(await hear("klaviyo", { secrets, body, headers, at: at - 301_000 })).toEqual(refused("stale"));
  });

  test("the webhook of the header, which is not signed, must be the one of the body", async () => {
    expect(await hear("klaviyo", { secrets, body, headers: { ...headers, "klaviyo-webhook-id": "01OTHER" }, at })).toEqual(
      refused("other_account"),
    );
    const { "klaviyo-webhook-id": _, ...without } = headers;
    expect(await hear("klaviyo", { secrets, body, headers: without, at })).toEqual(refused("other_account"));
  });

  test("a batch of thousands is one event a topic", async () => {
    const data = Array.from({ length: 2000 }, (_, each) => ({
      external_id: `${each}`,
      topic: each % 2 ? "event:a" : "event:b",
      payload: null,
    }));
    const payload = { data, meta: { klaviyo_account_id: "A", klaviyo_webhook_id: "01HF7AYTK76RHR4F17G6DGTRGF", timestamp: null } };
    expect(events(await hear("klaviyo", sent({ provider: "klaviyo", payload }))).map(({ topic }) => topic)).toEqual(["event:b", "event:a"]);
  });
});

describe("hubspot", () => {
  const secrets = { HUBSPOT_CLIENT_SECRET: "yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy" };
  const url = "https://app.example.com/webhooks/hubspot";
  const body =
    '[{"eventId":1,"subscriptionId":12345,"portalId":62515,"occurredAt":1564113600000,"subscriptionType":"contact.creation","attemptNumber":0,"objectId":123,"changeSource":"CRM","changeFlag":"NEW","appId":54321}]';
  const at = 1564113600123;
  const headers = { "x-hubspot-signature-v3": "Tf+BGatgjpB58bvDG2U4ZymCljAUVg6bRf2dqrFE2lM=", "x-hubspot-request-timestamp": String(at) };

  test("the vector is believed, under one of the addresses that we are called by", async () => {
    expect(events(await hear("hubspot", { secrets, url, body, headers, at }))).toEqual([
      { key: "62515:1:12345:1564113600000", topic: "contact.creation", account: "62515", occurredAt: 1564113600000, payload: {} },
    ]);
    const renamed = { ...incoming({ secrets, body, headers, at }), urls: ["http://10.0.0.1/webhooks/hubspot", url] };
    expect(await findWebhook("hubspot").read(renamed)).toMatchObject({ is: "events" });
    expect(await hear("hubspot", { secrets, url: `${url}?a=b`, body, headers, at })).toEqual(refused("wrong_signature"));
  });

  test("five minutes, to the millisecond, are recent", async () => {
    expect(await hear("hubspot", { secrets, url, body, headers, at: at + 300_000 })).toMatchObject({ is: "events" });
    expect(await hear("hubspot", { secrets, url, body, headers, at: at + 300_001 })).toEqual(refused("stale"));
  });

  test("the older two signatures carry no time and are refused, right as they are", async () => {
    const v1 = {
      "x-hubspot-signature": "232db2615f3d666fe21a8ec971ac7b5402d33b9a925784df3ca654d05f4817de",
      "x-hubspot-signature-version": "v1",
    };
    expect(await hear("hubspot", { secrets, url, body, headers: v1, at })).toEqual(refused("no_signature"));
    const v2 = {
      "x-hubspot-signature": "276a2548f0a0181a076d456de09c0e7477ae101ccc16a11600488a77714e9b8d",
      "x-hubspot-signature-version": "v2",
    };
    expect(await hear("hubspot", { secrets, url: "https://www.example.com/webhook_uri", body, headers: v2, at })).toEqual(
      refused("no_signature"),
    );
  });

  test("the escapes that HubSpot takes out of the address are taken out, and no others", async () => {
    const signedFor = "http://atrium.test/webhooks/hubspot?to=a:b/c?d@e!f$g'h(i)j*k,l;m&keep=%20%26";
    const asCalled = "http://atrium.test/webhooks/hubspot?to=a%3Ab%2fc%3Fd%40e%21f%24g%27h%28i%29j%2Ak%2Cl%3Bm&keep=%20%26";
    const good = await sent({ provider: "hubspot", topic: "contact.creation", account: "1", url: signedFor });
    expect(await hear("hubspot", { ...good, url: asCalled })).toMatchObject({ is: "events" });
    expect(await hear("hubspot", { ...good, url: asCalled.replace("%26", "&") })).toEqual(refused("wrong_signature"));
  });

  test("a batch of several portals is told apart, and another attempt is the same event", async () => {
    const one = { eventId: 1, subscriptionId: 2, portalId: 3, occurredAt: now, subscriptionType: "deal.creation", attemptNumber: 0 };
    const batch = async (attemptNumber: number) =>
      events(
        await hear(
          "hubspot",
          sent({ provider: "hubspot", payload: [one, { ...one, portalId: 4 }].map((each) => ({ ...each, attemptNumber })) }),
        ),
      );
    expect((await batch(0)).map(({ account }) => account)).toEqual(["3", "4"]);
    expect(await batch(0)).toEqual(await batch(3));
  });

  test("a contact who is to be forgotten is a demand", async () => {
    const payload = [
      { eventId: 1, subscriptionId: 2, portalId: 3, occurredAt: now, subscriptionType: "contact.privacyDeletion", objectId: 99 },
    ];
    const [event] = events(await hear("hubspot", sent({ provider: "hubspot", payload })));
    expect(event?.privacy).toEqual({ kind: "delete_person", subject: "contact:99" });
    expect(effect(findWebhook("hubspot"), "contact.privacyDeletion", event?.payload)).toMatchObject({ type: "privacy" });
  });
});

describe("meta", () => {
  const secrets = { META_CLIENT_SECRET: "app-secret-123", META_WEBHOOK_VERIFY_TOKEN: "our-own-word" };
  const vectors = [
    ['{"object":"whatsapp_business_account","entry":[]}', "sha256=20e391a99a86fc5adf7e3a453236d20c906360291977896cf2f671e03bb95703"],
    ['{"text":"\\u00e4\\u00f6 hi"}', "sha256=03ea155fd56fc77255fa61b7e21e6e6dd269aa171a821bd342567d29dfc84643"],
  ] as const;

  test("the vectors are believed over the bytes as they came, with their escapes", async () => {
    const [[empty, first], [escaped, second]] = vectors;
    expect(await hear("meta", { secrets, body: empty, headers: { "x-hub-signature-256": first } })).toEqual({ is: "events", events: [] });
    // Signed, but no event: what was verified is seen by the reason.
    expect(await hear("meta", { secrets, body: escaped, headers: { "x-hub-signature-256": second } })).toEqual(refused("unreadable"));
    const rewritten = JSON.stringify(JSON.parse(escaped));
    expect(await hear("meta", { secrets, body: rewritten, headers: { "x-hub-signature-256": second } })).toEqual(
      refused("wrong_signature"),
    );
  });

  const shake = (query: string) => hear("meta", { secrets, method: "GET", url: `https://portal.example/webhooks/meta?${query}` });

  test("the handshake echoes the challenge to who knows our word, and nothing else to anybody", async () => {
    expect(await shake("hub.mode=subscribe&hub.verify_token=our-own-word&hub.challenge=1158201444")).toEqual({
      is: "challenge",
      reply: "1158201444",
    });
    for (const query of [
      "hub.mode=subscribe&hub.verify_token=another&hub.challenge=1",
      "hub.mode=subscribe&hub.challenge=1",
      "hub.mode=unsubscribe&hub.verify_token=our-own-word&hub.challenge=1",
      "hub.mode=subscribe&hub.verify_token=our-own-word&hub.challenge=<script>",
      "",
    ])
      expect({ query, ...(await shake(query)) }).toEqual({ query, ...refused("wrong_word") });
  });

  test("each change is an event of its own: pages count in milliseconds, users in seconds", async () => {
    const payload = {
      object: "permissions",
      entry: [
        { id: "1", time: 1_767_225_600, changes: [{ field: "ads_read", value: { verb: "revoked" } }, { field: "email" }] },
        { id: 2, time: 1_767_225_600_000, messaging: [{ message: { mid: "m" } }], changed_fields: ["feed"] },
      ],
    };
    const heard = events(await hear("meta", sent({ provider: "meta", payload })));
    expect(heard.map(({ topic, account, occurredAt }) => [topic, account, occurredAt])).toEqual([
      ["permissions.ads_read", "1", 1_767_225_600_000],
      ["permissions.email", "1", 1_767_225_600_000],
      ["permissions.feed", "2", 1_767_225_600_000],
      ["permissions.messaging", "2", 1_767_225_600_000],
    ]);
    expect(new Set(heard.map(({ key }) => key)).size).toBe(4);
    expect(effect(findWebhook("meta"), "permissions.ads_read")).toEqual({ type: "probe" });
  });

  const vector =
    "HIkLnLG4YJpD_i1qgcMqUqct0gKdq3Ornk6N_FwE4VA.eyJhbGdvcml0aG0iOiJITUFDLVNIQTI1NiIsImlzc3VlZF9hdCI6MTc2NzIyNTYwMCwidXNlcl9pZCI6IjIxODQ3MSJ9";
  const form = (signed_request: string) => new URLSearchParams({ signed_request }).toString();

  test("a signed request names who asks, and its deletion is answered with a code", async () => {
    expect(await called("meta", "deletion", { secrets, body: form(vector) })).toEqual({
      is: "events",
      reply: "confirmation",
      events: [
        {
          key: "deletion:218471:1767225600",
          topic: "deletion",
          account: "218471",
          occurredAt: 1_767_225_600_000,
          payload: { kind: "delete_person", subject: "218471" },
          privacy: { kind: "delete_person", subject: "218471" },
        },
      ],
    });
    const gone = await called("meta", "deauthorize", { secrets, body: form(vector) });
    expect(events(gone)[0]).toMatchObject({ topic: "deauthorize", account: "218471" });
    expect(effect(findWebhook("meta"), "deauthorize")).toEqual({ type: "access_ended", reason: "access_removed" });
  });

  test("a signed request that is forged, cut or empty is refused", async () => {
    const [signature = "", payload = ""] = vector.split(".");
    for (const body of ["", "signed_request=", form(payload), form(`.${payload}`), form(`${signature}.`)])
      expect({ body, ...(await called("meta", "deletion", { secrets, body })) }).toEqual({ body, ...refused("no_signature") });
    for (const text of [`A${vector}`, `${signature.slice(1)}.${payload}`, `${signature}.${payload}x`, `${payload}.${signature}`])
      expect({ text, ...(await called("meta", "deletion", { secrets, body: form(text) })) }).toEqual({
        text,
        ...refused("wrong_signature"),
      });
  });
});

describe("slack", () => {
  const secrets = { SLACK_SIGNING_SECRET: "8f742231b10e8888abcd99yyyzzz85a5" };
  const body =
    "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c";
  const headers = {
    "content-type": "application/x-www-form-urlencoded",
    "x-slack-signature": "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503",
    "x-slack-request-timestamp": "1531420618",
  };
  const at = 1531420618_000;

  test("the vector, a command, is believed for five minutes", async () => {
    expect(events(await hear("slack", { secrets, body, headers, at }))).toMatchObject([{ topic: "command", account: "T1DC2JH3J" }]);
    expect(await hear("slack", { secrets, body, headers, at: at + 300_000 })).toMatchObject({ is: "events" });
    expect(await hear("slack", { secrets, body, headers, at: at + 301_000 })).toEqual(refused("stale"));
    expect(await hear("slack", { secrets, body, headers: { ...headers, "x-slack-request-timestamp": "1531420619" }, at })).toEqual(
      refused("wrong_signature"),
    );
  });

  test("a look at the certificate is answered with nothing, signed or not, and does nothing", async () => {
    const check = "ssl_check=1&token=xyzz0WbapA4vBCDEFasx0q6G";
    const { "content-type": type } = headers;
    expect(await hear("slack", { secrets, body: check, headers: { "content-type": type }, at })).toEqual({ is: "challenge", reply: "" });
    // Neither an event that says so, nor a command beside which nothing is signed.
    expect(await hear("slack", { secrets, body: check, headers: {}, at })).toEqual(refused("no_signature"));
    expect(
      await hear("slack", { secrets, body: body.replace("text=", "text=ssl_check%3D1"), headers: { "content-type": type }, at }),
    ).toEqual(refused("no_signature"));
  });

  test("the handshake is answered only when it is signed", async () => {
    const payload = { token: "t", challenge: "3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P", type: "url_verification" };
    const good = await sent({ provider: "slack", payload });
    expect(await hear("slack", good)).toEqual({ is: "challenge", reply: payload.challenge });
    expect(await hear("slack", { ...good, secrets })).toEqual(refused("wrong_signature"));
  });

  test("a repeated event keeps its id", async () => {
    const input = SentSchema.parse({ provider: "slack", topic: "app_uninstalled", account: "T0", webhookId: "Ev1" });
    const heard = [0, 1, 3].map(async (attempt) => {
      const again = await signRequest(input, now, attempt);
      return events(await hear("slack", { secrets: sandboxSecrets, ...again }))[0]?.key;
    });
    expect(await Promise.all(heard)).toEqual(["Ev1", "Ev1", "Ev1"]);
  });

  test("a button comes as a form, and an organisation's own installation is the organisation's", async () => {
    expect(
      events(await hear("slack", sent({ provider: "slack", topic: "block_actions", account: "T0", as: "interaction" }))),
    ).toMatchObject([{ topic: "interaction.block_actions", account: "T0" }]);
    const payload = {
      type: "event_callback",
      team_id: "T0",
      event_id: "Ev2",
      event: { type: "app_uninstalled" },
      authorizations: [{ enterprise_id: "E0", is_enterprise_install: true }],
    };
    expect(events(await hear("slack", sent({ provider: "slack", payload })))).toMatchObject([{ account: "E0" }]);
  });

  test("only when the bot's own tokens are gone is access gone", async () => {
    const slack = findWebhook("slack");
    expect(effect(slack, "tokens_revoked", { bot: true })).toMatchObject({ type: "access_ended" });
    expect(effect(slack, "tokens_revoked", { bot: false })).toMatchObject({ type: "none" });
    expect(effect(slack, "app_uninstalled")).toEqual({ type: "access_ended", reason: "uninstalled" });
  });
});

describe("tiktok", () => {
  test("the header is read with or without a space, in either case of its letters, and in no other form", async () => {
    const good = await sent({ provider: "tiktok", topic: "authorization.removed", account: "open-1" });
    const header = good.headers?.["tiktok-signature"] ?? "";
    const under = (text: string) => hear("tiktok", { ...good, headers: { ...good.headers, "tiktok-signature": text } });
    expect(await under(header.replace(",", ", "))).toMatchObject({ is: "events" });
    expect(await under(header.toUpperCase().replace("T=", "t=").replace("S=", "s="))).toMatchObject({ is: "events" });
    for (const text of [header.replace("t=", ""), header.replace(",s=", ""), `${header},x=1`, header.split(",").reverse().join(",")])
      expect({ text, ...(await under(text)) }).toEqual({ text, ...refused("no_signature") });
    expect(await under(header.replace(/t=\d/, "t=9"))).toEqual(refused("wrong_signature"));
    expect(effect(findWebhook("tiktok"), "authorization.removed")).toMatchObject({ type: "access_ended" });
  });

  test("it is repeated for three days, and what is three days old is still the same event", async () => {
    const good = await sent({ provider: "tiktok", topic: "x", account: "open-1" });
    expect(await hear("tiktok", { ...good, at: now + 3 * 86_400_000 })).toEqual(await hear("tiktok", good));
  });
});

describe("telnyx", () => {
  // ../shared/vectors.json; the key's seed is the bytes 0 to 31.
  const secrets = { public_key: "A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=" };
  const body = '{"data":{"event_type":"call.hangup","id":"ev_2","payload":{"call_control_id":"v3:abc","hangup_cause":"user_busy"}}}';
  const headers = {
    "telnyx-timestamp": "1767225600",
    "telnyx-signature-ed25519": "3mkY+UNp9Nd8/jJHD+m1F8g3rvzZbIkDbrepq4p/qtX0Dix04mU0v7/+WjkA7VDPXvZHPvvKYlbFcdaF2k3gAA==",
  };
  const signedAt = 1_767_225_600_000;
  const heard = (more: Partial<Given> = {}) => hear("telnyx", { secrets, body, headers, at: signedAt, ...more });

  test("the vector is believed, for five minutes in both directions and no longer", async () => {
    const event = { key: "ev_2", topic: "call.hangup", account: "", occurredAt: null, payload: {} };
    expect(await heard()).toEqual({ is: "events", events: [event] });
    for (const at of [signedAt - 300_000, signedAt + 300_000]) expect(await heard({ at })).toMatchObject({ is: "events" });
    for (const at of [signedAt - 301_000, signedAt + 301_000]) expect(await heard({ at })).toEqual(refused("stale"));
  });

  test("another time, another account's key and what is no key at all are refused", async () => {
    expect(await heard({ headers: { ...headers, "telnyx-timestamp": "1767225601" } })).toEqual(refused("wrong_signature"));
    const other = await telnyxPublicKey(btoa("another seed of thirty-two bytes"));
    expect(other).toMatch(/^[\w+/]{43}=$/);
    for (const public_key of [other, "", "A6EH", "no base64!"])
      expect(await heard({ secrets: { public_key } })).toEqual(refused("wrong_signature"));
  });
});
