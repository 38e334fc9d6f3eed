import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { sandboxClient } from "#sandbox/client.ts";
import { realShop, sandboxClients } from "#sandbox/endpoints.ts";
import { huShop, jpShop, kwShop, usShop } from "#sandbox/places.ts";
import { webhookHmac } from "#sandbox/shopify/hmac.ts";
import { startSandbox } from "#sandbox/start.ts";

let sandbox: Awaited<ReturnType<typeof startSandbox>>;
let client: ReturnType<typeof sandboxClient>;

beforeAll(async () => {
  sandbox = await startSandbox({ port: 0, redirectOrigin: "http://atrium.test", shop: null, generatedOrders: 700 });
  client = sandboxClient(sandbox.url);
});
afterAll(() => sandbox.stop());
beforeEach(() => client.control("/control", undefined, "DELETE"));

interface OrderPage {
  orders: { pageInfo: { hasNextPage: boolean; endCursor: string }; nodes: { id: string; updatedAt: string }[] };
}
const everything = ["read_orders", "read_all_orders", "read_products", "read_customers"];
const pageQuery = `query($after: String, $q: String, $first: Int = 100) {
  orders(first: $first, after: $after, query: $q, sortKey: UPDATED_AT) { pageInfo { hasNextPage endCursor } nodes { id updatedAt } } }`;

async function pageAfter(token: string, variables: Record<string, unknown>): Promise<OrderPage["orders"]> {
  const { body } = await client.graphql<OrderPage>(realShop, token, pageQuery, variables);
  if (!body.data) throw new Error(JSON.stringify(body));
  return body.data.orders;
}

describe("Shopify's GraphQL", () => {
  test("an unknown token is 401, a missing scope is ACCESS_DENIED in HTTP 200", async () => {
    expect((await client.graphql(realShop, "shpat_unknown", "{ shop { id } }")).status).toBe(401);
    const { access_token } = await client.mint("shopify", realShop, ["read_products"]);
    const { status, body } = await client.graphql(realShop, access_token, "{ orders(first: 1) { nodes { id } } }");
    expect([status, body.errors?.[0]?.extensions?.code]).toEqual([200, "ACCESS_DENIED"]);
    const names = await client.graphql<{ currentAppInstallation: unknown }>(
      realShop,
      access_token,
      "{ currentAppInstallation { accessScopes { handle } } }",
    );
    expect(names.body.data?.currentAppInstallation).toEqual({ accessScopes: [{ handle: "read_products" }] });
  });
  test("an unknown field is refused by name", async () => {
    const { access_token } = await client.mint("shopify", realShop, everything);
    const { body } = await client.graphql(realShop, access_token, "{ shop { id moonPhase } }");
    expect(body.data).toBeUndefined();
    expect(body.errors?.[0]).toMatchObject({
      message: "Field 'moonPhase' doesn't exist on type 'Shop'",
      extensions: { code: "undefinedField" },
    });
  });
  test("a page needs a size of at most 250", async () => {
    const { access_token } = await client.mint("shopify", realShop, everything);
    for (const args of ["first: 251", 'query: "x"']) {
      expect((await client.graphql(realShop, access_token, `{ orders(${args}) { nodes { id } } }`)).body.errors).toHaveLength(1);
    }
  });
  test("pages hold every order exactly once, whatever their size", async () => {
    const { access_token } = await client.mint("shopify", realShop, everything);
    for (const first of [7, 250]) {
      const seen: string[] = [];
      for (let after: string | null = ""; after !== null; ) {
        const page: OrderPage["orders"] = await pageAfter(access_token, { after: after || null, first });
        seen.push(...page.nodes.map(({ id }) => id));
        after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
      }
      expect([seen.length, new Set(seen).size]).toEqual([700, 700]);
    }
  });
  test("a search by updated_at gives what changed since, in order", async () => {
    const { access_token } = await client.mint("shopify", realShop, everything);
    const since = new Date(Date.now() - 20 * 86_400_000).toISOString();
    const { body } = await client.graphql<OrderPage>(realShop, access_token, pageQuery, { q: `updated_at:>='${since}'` });
    const times = body.data?.orders.nodes.map(({ updatedAt }) => updatedAt) ?? [];
    expect(times.length).toBeGreaterThan(5);
    expect(times.every((time) => time >= since.slice(0, 19))).toBe(true);
    expect(times).toEqual([...times].sort());
  });
  test("what happens meanwhile is found by the next search, and moves nothing out of a page that is being read", async () => {
    const shop = "busy-shop.myshopify.com";
    const { access_token } = await client.mint("shopify", shop, everything);
    const read = async (variables: Record<string, unknown>) => {
      const { body } = await client.graphql<OrderPage>(shop, access_token, pageQuery, variables);
      if (!body.data) throw new Error(JSON.stringify(body));
      return body.data.orders;
    };
    const since = new Date().toISOString();
    const first = await read({ first: 100 });
    const last = first.nodes.at(-1)?.id ?? "";
    // The last order of the page moves to the end of the sorting.
    const change = {
      orders: [{ lines: [{ code: "20000", quantity: 2 }], customerId: 12_001 }],
      refunds: [{ orderId: Number(last.split("/").at(-1)), amount: 100 }],
    };
    const changed = await client.control<{ orders: { id: number }[] }>(`/shop/${shop}/changes`, change);
    const second = await read({ first: 250, after: first.pageInfo.endCursor });
    const ids = [...first.nodes, ...second.nodes].map(({ id }) => id);
    expect(new Set(ids).size).toBe(301);
    expect(second.nodes).toHaveLength(202);
    const news = await read({ first: 10, q: `updated_at:>='${since.slice(0, 19)}Z'` });
    expect(news.nodes.map(({ id }) => id).sort()).toEqual([last, `gid://shopify/Order/${changed.orders[0]?.id}`].sort());
  });
  test("without read_all_orders only 60 days of orders are there", async () => {
    const recent = await client.mint("shopify", realShop, ["read_orders"]);
    const { access_token } = await client.mint("shopify", realShop, everything);
    const count = async (token: string) =>
      (await client.graphql<{ ordersCount: { count: number } }>(realShop, token, "{ ordersCount { count precision } }")).body.data
        ?.ordersCount.count ?? 0;
    expect(await count(access_token)).toBe(700);
    expect(await count(recent.access_token)).toBeGreaterThan(50);
    expect(await count(recent.access_token)).toBeLessThan(350);
  });
  test("an order's parts agree with each other", async () => {
    const { access_token } = await client.mint("shopify", realShop, everything);
    interface Money {
      shopMoney: { amount: string };
    }
    interface Parts {
      orders: {
        nodes: {
          totalPriceSet: Money;
          totalRefundedSet: Money;
          refunds: { totalRefundedSet: Money }[];
          lineItems: { nodes: { originalTotalSet: Money }[] };
        }[];
      };
    }
    const query = `{ orders(first: 20) { nodes { totalPriceSet { shopMoney { amount } } totalRefundedSet { shopMoney { amount } }
      refunds(first: 5) { totalRefundedSet { shopMoney { amount } } } lineItems(first: 50) { nodes { originalTotalSet { shopMoney { amount } } } } } } }`;
    const { body } = await client.graphql<Parts>(realShop, access_token, query);
    const pence = ({ shopMoney }: Money) => Math.round(Number(shopMoney.amount) * 100);
    const sum = (all: Money[]) => all.reduce((total, money) => total + pence(money), 0);
    const orders = body.data?.orders.nodes ?? [];
    expect(orders).toHaveLength(20);
    for (const order of orders) {
      expect(sum(order.lineItems.nodes.map(({ originalTotalSet }) => originalTotalSet))).toBe(pence(order.totalPriceSet));
      expect(sum(order.refunds.map(({ totalRefundedSet }) => totalRefundedSet))).toBe(pence(order.totalRefundedSet));
    }
  });
  test("an empty bucket throttles in HTTP 200 and refills by the plan", async () => {
    const shop = "small-throttle.myshopify.com";
    const { access_token } = await client.mint("shopify", shop, everything);
    const dear = "{ orders(first: 250) { nodes { id totalPriceSet { shopMoney { amount } } customer { id } refunds(first: 20) { id } } } }";
    for (let left = 200; left > 0; left--) {
      const { status, body } = await client.graphql(shop, access_token, dear);
      if (body.data) continue;
      expect(status).toBe(200);
      expect(body.errors?.[0]?.extensions?.code).toBe("THROTTLED");
      const cost = body.extensions?.cost;
      expect(cost).toMatchObject({ actualQueryCost: null, throttleStatus: { maximumAvailable: 2000, restoreRate: 100 } });
      if (!cost) throw new Error("no cost");
      expect(cost.throttleStatus.currentlyAvailable).toBeGreaterThanOrEqual(0);
      expect(cost.throttleStatus.currentlyAvailable).toBeLessThan(cost.requestedQueryCost);
      const wait = Math.ceil((cost.requestedQueryCost - cost.throttleStatus.currentlyAvailable) / 100);
      await new Promise((done) => setTimeout(done, wait * 1000));
      expect((await client.graphql(shop, access_token, dear)).body.data).toBeDefined();
      return;
    }
    throw new Error("never throttled");
  });
  test("every other shop has a history of its own, the same each time", async () => {
    const read = async (shop: string) => client.control<{ orders: number; gross_minor: number }>(`/shop/${shop}`);
    const [one, again, other] = [await read("one.myshopify.com"), await read("one.myshopify.com"), await read("other.myshopify.com")];
    expect(one).toEqual(again);
    expect(one.orders).toBe(300);
    expect(other.gross_minor).not.toBe(one.gross_minor);
  });
});

describe("shops elsewhere", () => {
  interface Money {
    shopMoney: { amount: string; currencyCode: string };
  }
  interface Seen {
    id: string;
    createdAt: string;
    updatedAt: string;
    cancelledAt: string | null;
    test: boolean;
    edited: boolean;
    totalPriceSet: Money;
    currentTotalPriceSet: Money;
    originalTotalPriceSet: Money;
    refunds: { totalRefundedSet: Money }[];
  }
  const orderFields = `id createdAt updatedAt cancelledAt test edited totalPriceSet { shopMoney { amount currencyCode } }
    currentTotalPriceSet { shopMoney { amount currencyCode } } originalTotalPriceSet { shopMoney { amount currencyCode } }
    refunds(first: 5) { totalRefundedSet { shopMoney { amount currencyCode } } }`;
  async function read(shop: string) {
    const { access_token } = await client.mint("shopify", shop, everything);
    interface Reply {
      shop: { currencyCode: string; ianaTimezone: string };
      orders: { nodes: Seen[] };
    }
    const query = `{ shop { currencyCode ianaTimezone } orders(first: 250, sortKey: CREATED_AT, reverse: true) { nodes { ${orderFields} } } }`;
    const { body } = await client.graphql<Reply>(shop, access_token, query);
    if (!body.data) throw new Error(JSON.stringify(body));
    return { shop: body.data.shop, orders: body.data.orders.nodes };
  }
  const minor = ({ shopMoney: { amount } }: Money, digits: number) => Math.round(Number(amount) * 10 ** digits);

  test.each([
    [jpShop, "JPY", 0, "Asia/Tokyo", /^\d+\.0$/],
    [kwShop, "KWD", 3, "Asia/Kuwait", /^\d+\.\d{1,3}$/],
    [huShop, "HUF", 2, "Europe/Budapest", /^\d+\.0$/],
    [usShop, "USD", 2, "America/Los_Angeles", /^\d+\.\d{1,2}$/],
  ])(
    "%s writes amounts as its currency does, and its totals are the sum of what happened",
    async (domain, currency, digits, zone, written) => {
      const { shop, orders } = await read(domain);
      expect(shop).toEqual({ currencyCode: currency, ianaTimezone: zone });
      expect(orders.length).toBeGreaterThan(50);
      for (const { totalPriceSet } of orders) {
        expect(totalPriceSet.shopMoney.currencyCode).toBe(currency);
        expect(totalPriceSet.shopMoney.amount).toMatch(written);
      }
      const [edited, cancelled] = [orders.filter(({ edited: is }) => is), orders.filter(({ cancelledAt }) => cancelledAt !== null)];
      const change = ({ originalTotalPriceSet, currentTotalPriceSet }: Seen) =>
        Math.sign(minor(currentTotalPriceSet, digits) - minor(originalTotalPriceSet, digits));
      expect(new Set(edited.map(change))).toEqual(new Set([-1, 1]));
      // To less: the total before returns stays, and the refund is one of nothing.
      for (const order of edited.filter((each) => change(each) < 0)) {
        expect(order.totalPriceSet).toEqual(order.originalTotalPriceSet);
        expect(order.refunds.map(({ totalRefundedSet }) => minor(totalRefundedSet, digits))).toEqual([0]);
      }
      for (const order of edited.filter((each) => change(each) > 0)) expect(order.totalPriceSet).toEqual(order.currentTotalPriceSet);
      expect(new Set(cancelled.map(({ refunds }) => refunds.length))).toEqual(new Set([0, 1]));
      expect(cancelled.every(({ currentTotalPriceSet }) => minor(currentTotalPriceSet, digits) === 0)).toBe(true);
      expect(
        orders.filter(({ createdAt, updatedAt }) => Math.min(Date.parse(createdAt), Date.parse(updatedAt)) > Date.now() + 86_400_000),
      ).toHaveLength(2);
      if (orders.length === 250) return;
      const figures = await client.control<{ by_currency: Record<string, { net_minor: number; gross_minor: number }> }>(`/shop/${domain}`);
      const sum = (value: (order: Seen) => Money) =>
        orders.reduce((total, order) => total + (order.test ? 0 : minor(value(order), digits)), 0);
      expect(figures.by_currency[currency]).toMatchObject({
        gross_minor: sum(({ totalPriceSet }) => totalPriceSet),
        net_minor: sum(({ currentTotalPriceSet }) => currentTotalPriceSet),
      });
    },
  );

  test("the clocks change within the months that are asked about, and orders come on both sides of it", async () => {
    const { orders } = await read(usShop);
    const offset = (at: string) =>
      new Intl.DateTimeFormat("en", { timeZone: "America/Los_Angeles", timeZoneName: "longOffset" })
        .formatToParts(Date.parse(at))
        .find(({ type }) => type === "timeZoneName")?.value;
    expect(new Set(orders.map(({ createdAt }) => offset(createdAt))).size).toBe(2);
  });

  test("a shop that moves keeps what it sold in its old currency, and sells in the new one from then on", async () => {
    const shop = "moving-shop.myshopify.com";
    const before = await read(shop);
    await client.control("/places", { provider: "shopify", account: shop, currency: "EUR", timezone: "Europe/Paris" });
    await client.control(`/shop/${shop}/changes`, { orders: [{ lines: [{ code: "20000", quantity: 1 }] }] });
    const after = await read(shop);
    expect([before.shop, after.shop]).toEqual([
      { currencyCode: "GBP", ianaTimezone: "Europe/London" },
      { currencyCode: "EUR", ianaTimezone: "Europe/Paris" },
    ]);
    expect(after.orders.map(({ totalPriceSet }) => totalPriceSet.shopMoney.currencyCode)).toEqual([
      "EUR",
      ...before.orders.slice(0, 249).map(() => "GBP"),
    ]);
    await client.control("/places", { provider: "shopify", account: "ever.myshopify.com", currency: "KWD", since: "1970-01-01T00:00:00Z" });
    const anew = (await read("ever.myshopify.com")).orders;
    expect(new Set(anew.map(({ totalPriceSet }) => totalPriceSet.shopMoney.currencyCode))).toEqual(new Set(["KWD"]));
  });

  test("an order is edited, cancelled or deleted by word, and a deleted one is gone", async () => {
    const shop = "changing-shop.myshopify.com";
    const line = (quantity: number) => ({ lines: [{ code: "20000", quantity }] });
    const { orders } = await client.control<{ orders: { id: number; gross_minor: number }[] }>(`/shop/${shop}/changes`, {
      orders: [line(3), line(2), line(1)],
    });
    const [edited = 0, cancelled = 0, deleted = 0] = orders.map(({ id }) => id);
    await client.control(`/shop/${shop}/changes`, {
      edits: [{ orderId: edited, ...line(1) }],
      cancellations: [{ orderId: cancelled }],
      deletions: [deleted],
    });
    const seen = await read(shop);
    const find = (id: number) => seen.orders.find((each) => each.id === `gid://shopify/Order/${id}`);
    const one = orders[2]?.gross_minor ?? 0;
    expect([find(edited)?.totalPriceSet, find(edited)?.currentTotalPriceSet].map((money) => money && minor(money, 2))).toEqual([
      3 * one,
      one,
    ]);
    expect(find(cancelled)?.cancelledAt).not.toBeNull();
    expect(find(deleted)).toBeUndefined();
    const answer = client.control(`/shop/${shop}/changes`, { refunds: [{ orderId: deleted, amount: 1 }] });
    await expect(answer).rejects.toThrow("has no order");
  });

  test("whoever asked for it is sent what is gone and which parcels moved, signed and once, of this shop alone; to ask takes its permission", async () => {
    const shop = "telling-shop.myshopify.com";
    const uri = "http://127.0.0.1:9/webhooks";
    const ask = async (token: string, topic: string) => {
      const query = `mutation { webhookSubscriptionCreate(topic: ${topic}, webhookSubscription: { uri: "${uri}" }) { userErrors { message } } }`;
      const { body } = await client.graphql(shop, token, query);
      return body.errors?.[0]?.extensions?.code ?? "taken";
    };
    const { access_token: few } = await client.mint("shopify", shop, ["read_orders"]);
    const { access_token: all } = await client.mint("shopify", shop, [...everything, "read_fulfillments"]);
    const topics = ["PRODUCTS_DELETE", "CUSTOMERS_DELETE", "FULFILLMENTS_CREATE", "FULFILLMENTS_UPDATE", "FULFILLMENT_EVENTS_CREATE"];
    for (const topic of topics) expect([topic, await ask(few, topic), await ask(all, topic)]).toEqual([topic, "ACCESS_DENIED", "taken"]);

    type Told = { webhooks: { topic: string; uri: string; headers: Record<string, string>; body: string; status: number | null }[] };
    const happen = async (change: object, at = shop) => (await client.control<Told>(`/shop/${at}/changes`, change)).webhooks;
    const { orders } = await client.control<{ orders: { id: number }[] }>(`/shop/${shop}/changes`, {
      orders: [{ customerId: 77, lines: [{ code: "20000", quantity: 1 }] }],
    });
    const orderId = orders[0]?.id ?? 0;
    const sentAt = new Date(Date.now() - 1000).toISOString();
    const sent = await happen({ parcels: [{ orderId, sent: [{ at: sentAt }] }], deletions: [], departures: [77] });
    const came = await happen({
      parcels: [{ orderId, sent: [{ at: sentAt, deliveredAt: sentAt }] }],
      products: [{ code: "20000", gone: true }],
    });
    expect([sent, came].map((each) => each.map(({ topic }) => topic))).toEqual([
      ["customers/delete", "fulfillments/create"],
      ["products/delete", "fulfillments/update", "fulfillment_events/create"],
    ]);
    expect(JSON.parse(came[0]?.body ?? "")).toEqual({ id: expect.any(Number) });
    expect(JSON.parse(sent[0]?.body ?? "")).toMatchObject({ id: 77, admin_graphql_api_id: "gid://shopify/Customer/77" });
    expect(came.slice(1).map(({ body }) => (JSON.parse(body) as { order_id: number }).order_id)).toEqual([orderId, orderId]);
    for (const { headers, body, status } of [...sent, ...came]) {
      expect(headers).toMatchObject({
        "x-shopify-shop-domain": shop,
        "x-shopify-hmac-sha256": webhookHmac(body, sandboxClients.shopify.clientSecret),
      });
      // Nobody listens there.
      expect(status).toBeNull();
    }
    expect(await happen({ products: [{ code: "20000", gone: true }] }, "silent-shop.myshopify.com")).toEqual([]);
    await expect(happen({ departures: [77] })).rejects.toThrow("has no customer");
  });
});

describe("Klaviyo's API", () => {
  const reads = ["accounts", "lists", "segments", "flows", "profiles", "campaigns", "metrics"].map((name) => `${name}:read`);
  interface Resource {
    id: string;
    attributes: { profile_count?: number; results?: { statistics: Record<string, number> }[] };
  }
  interface Listed {
    data: Resource[];
    links: { next: string | null };
  }
  interface Refused {
    errors: { code: string }[];
  }
  async function ask<Body = Listed>(token: string, path: string, init: { revision?: string; body?: unknown } = {}) {
    const url = path.startsWith("http") ? path : `${sandbox.url}/klaviyo${path}`;
    const answer = await fetch(url, {
      method: init.body === undefined ? "GET" : "POST",
      headers: { authorization: `Bearer ${token}`, ...(init.revision !== "" && { revision: init.revision ?? "2026-07-15" }) },
      ...(init.body !== undefined && { body: JSON.stringify(init.body) }),
    });
    return { status: answer.status, headers: answer.headers, body: (await answer.json()) as Body };
  }
  test("a call without a revision, a scope or a filter that it needs is refused", async () => {
    const { access_token } = await client.mint("klaviyo", "Kla001", ["campaigns:read"]);
    expect((await ask(access_token, "/api/accounts", { revision: "" })).status).toBe(400);
    expect((await ask(access_token, "/api/accounts", { revision: "2024-10-15" })).status).toBe(410);
    expect((await ask(access_token, "/api/accounts", { revision: "2026-10-15" })).status).toBe(403);
    const denied = await ask<Refused>(access_token, "/api/lists");
    expect([denied.status, denied.body.errors[0]?.code]).toEqual([403, "permission_denied"]);
    expect((await ask(access_token, "/api/campaigns")).status).toBe(400);
    const able = await client.mint("klaviyo", "Kla000", reads);
    expect((await ask(able.access_token, "/api/lists?page[size]=11")).status).toBe(400);
  });
  test("links.next leads through all profiles once", async () => {
    const { access_token } = await client.mint("klaviyo", "Kla002", reads);
    const seen = new Set<string>();
    let next: string | null = "/api/profiles?page[size]=100";
    let pages = 0;
    while (next !== null) {
      const { body }: { body: Listed } = await ask(access_token, next);
      for (const { id } of body.data) {
        expect(seen.has(id)).toBe(false);
        seen.add(id);
      }
      next = body.links.next;
      pages += 1;
    }
    expect(seen.size).toBeGreaterThanOrEqual(120);
    expect(pages).toBe(Math.ceil(seen.size / 100));
  });
  test("the steady limit shows in headers and ends in a 429 with Retry-After", async () => {
    const { access_token } = await client.mint("klaviyo", "Kla003", reads);
    const first = await ask(access_token, "/api/flows");
    expect(first.headers.get("ratelimit-limit")).toBe("60");
    expect(first.headers.get("ratelimit-remaining")).toBe("59");
    const answers = await Promise.all(Array.from({ length: 8 }, () => ask(access_token, "/api/flows")));
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused.length).toBeGreaterThan(0);
    expect(Number(refused[0]?.headers.get("retry-after"))).toBeGreaterThan(0);
  });
  test("a list tells its size only when asked for it alone", async () => {
    const { access_token } = await client.mint("klaviyo", "Kla004", reads);
    const { body } = await ask(access_token, "/api/lists");
    const [list] = body.data;
    expect(list?.attributes.profile_count).toBeUndefined();
    const single = await ask<{ data: Resource }>(access_token, `/api/lists/${list?.id}?additional-fields[list]=profile_count`);
    expect(single.body.data.attributes.profile_count).toBeGreaterThan(0);
  });
  test("an account says where it is, and nobody is listed who comes later", async () => {
    const places: [string, string, string][] = [
      ["AcmeG1", "GBP", "Europe/London"],
      ["BetaB2", "EUR", "Europe/Paris"],
      ["GammC3", "ILS", "Asia/Jerusalem"],
    ];
    for (const [account, preferred_currency, timezone] of places) {
      const { access_token } = await client.mint("klaviyo", account, reads);
      expect((await ask(access_token, "/api/accounts")).body.data[0]?.attributes).toMatchObject({ preferred_currency, timezone });
    }
    const { access_token } = await client.mint("klaviyo", "Kla006", reads);
    await client.control("/places", { provider: "klaviyo", account: "Kla006", timezone: "Eastern Time (US & Canada)" });
    expect((await ask(access_token, "/api/accounts")).body.data[0]?.attributes).toMatchObject({ timezone: "Eastern Time (US & Canada)" });
    const { body } = await ask(access_token, `/api/profiles?filter=greater-than(created,${new Date().toISOString()})`);
    expect(body.data).toEqual([]);
  });
  test("events are read newest first, filtered and sparse as asked, in pages, and what is not documented is refused", async () => {
    interface Event {
      id: string;
      attributes: Record<string, unknown>;
      relationships: { profile: { data: { id: string } | null }; metric: { data: { id: string } } };
    }
    type Events = { data: Event[]; included?: Event[]; links: { next: string | null } };
    const { access_token } = await client.mint("klaviyo", "AcmeG1", [...reads, "events:read"]);
    expect((await ask(await client.mint("klaviyo", "AcmeG1", reads).then((minted) => minted.access_token), "/api/events")).status).toBe(
      403,
    );
    const metrics = await ask<{ data: { id: string; attributes: { name: string } }[] }>(access_token, "/api/metrics");
    const metric = metrics.body.data.find(({ attributes }) => attributes.name === "Viewed Product")?.id ?? "";
    const since = new Date(Date.now() - 10 * 86_400_000).toISOString();
    const query = new URLSearchParams({
      filter: `and(equals(metric_id,"${metric}"),greater-or-equal(datetime,${since}))`,
      ...{ sort: "-datetime", include: "profile", "fields[event]": "datetime,event_properties", "fields[profile]": "external_id" },
      "page[size]": "20",
    });
    const found: Event[] = [];
    const profiles = new Map<string, Event>();
    let next: string | null = `/api/events?${query}`;
    while (next !== null) {
      const { body }: { body: Events } = await ask<Events>(access_token, next);
      found.push(...body.data);
      for (const profile of body.included ?? []) profiles.set(profile.id, profile);
      next = body.links.next;
    }
    const times = found.map(({ attributes }) => Date.parse(String(attributes.datetime)));
    expect(found.length).toBeGreaterThan(20);
    expect(times).toEqual([...times].sort((one, other) => other - one));
    expect(Math.min(...times)).toBeGreaterThanOrEqual(Math.floor(Date.parse(since) / 1000) * 1000);
    expect(new Set(found.map(({ id }) => id)).size).toBe(found.length);
    expect(new Set(found.map(({ attributes }) => typeof (attributes.event_properties as { ProductID: unknown }).ProductID))).toEqual(
      new Set(["number", "string"]),
    );
    expect(new Set(found.flatMap(({ attributes }) => Object.keys(attributes)))).toEqual(new Set(["datetime", "event_properties"]));
    const known = found.map(({ relationships }) => profiles.get(relationships.profile.data?.id ?? "")?.attributes ?? {});
    expect(new Set(known.flatMap((attributes) => Object.keys(attributes)))).toEqual(new Set(["external_id"]));
    // Some were never told the shop's id.
    expect(known.some(({ external_id }) => external_id === null)).toBe(true);
    for (const refused of [
      "filter=equals(properties,'x')",
      "filter=contains(metric_id,'x')",
      "filter=greater-or-equal(datetime,'2026-11-01T00:00:00Z')",
      "filter=and(equals(metric_id,'x'),",
      "sort=metric_id",
      "include=orders",
      "fields[event]=mail",
      "page[size]=1001",
    ]) {
      expect([refused, (await ask(access_token, `/api/events?${refused}`)).status]).toEqual([refused, 400]);
    }
  });
  test("campaign statistics are counts and fractions that fit together", async () => {
    const { access_token } = await client.mint("klaviyo", "Kla005", reads);
    const metrics = await ask(access_token, "/api/metrics");
    const attributes = {
      statistics: ["recipients", "delivered", "opens_unique", "open_rate", "bounce_rate", "spam_complaint_rate", "unsubscribe_rate"],
      timeframe: { key: "last_30_days" },
      conversion_metric_id: metrics.body.data[0]?.id,
    };
    const { status, body } = await ask<{ data: Resource }>(access_token, "/api/campaign-values-reports", {
      body: { data: { type: "campaign-values-report", attributes } },
    });
    expect(status).toBe(200);
    const { results = [] } = body.data.attributes;
    expect(results.length).toBeGreaterThanOrEqual(4);
    for (const { statistics } of results) {
      const { open_rate, opens_unique = 0, delivered = 0, recipients = 0 } = statistics;
      expect(open_rate).toBeCloseTo(opens_unique / delivered);
      expect(delivered).toBeLessThanOrEqual(recipients);
    }
  });
});

describe("Google's APIs", () => {
  const analytics = "https://www.googleapis.com/auth/analytics.readonly";
  interface Refused {
    error: { status: string; details: { reason: string }[] };
  }
  interface Report {
    rows: { dimensionValues: { value: string }[]; metricValues: { value: string }[] }[];
  }
  async function ask<Body = unknown>(token: string, path: string, body?: unknown) {
    const answer = await fetch(`${sandbox.url}/google${path}`, {
      method: body === undefined ? "GET" : "POST",
      headers: { authorization: `Bearer ${token}` },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return { status: answer.status, body: (await answer.json()) as Body };
  }
  async function property(token: string): Promise<string> {
    interface Summaries {
      accountSummaries: { propertySummaries: { property: string }[] }[];
    }
    const { body } = await ask<Summaries>(token, "/analyticsadmin/v1beta/accountSummaries?pageSize=200");
    return body.accountSummaries[0]?.propertySummaries[0]?.property ?? "none";
  }
  test("a missing scope is 403 with its reason, a dead token 401", async () => {
    const { access_token } = await client.mint("google", "a@g.example", ["openid"]);
    const denied = await ask<Refused>(access_token, "/analyticsadmin/v1beta/accountSummaries");
    expect([denied.status, denied.body.error.details[0]?.reason]).toEqual([403, "ACCESS_TOKEN_SCOPE_INSUFFICIENT"]);
    expect((await ask<Refused>("ya29.nothing", "/openidconnect/v1/userinfo")).body.error.status).toBe("UNAUTHENTICATED");
  });
  test("somebody else's property is refused", async () => {
    const mine = await client.mint("google", "b@g.example", [analytics]);
    const theirs = await client.mint("google", "c@g.example", [analytics]);
    const report = { dateRanges: [{ startDate: "7daysAgo", endDate: "yesterday" }], metrics: [{ name: "sessions" }] };
    expect((await ask(mine.access_token, `/analyticsdata/v1beta/${await property(theirs.access_token)}:runReport`, report)).status).toBe(
      403,
    );
  });
  test("a report by day and channel adds up to the report without dimensions, and pages by strings", async () => {
    const { access_token } = await client.mint("google", "d@g.example", [analytics]);
    const path = `/analyticsdata/v1beta/${await property(access_token)}:runReport`;
    const base = {
      dateRanges: [{ startDate: "28daysAgo", endDate: "yesterday" }],
      metrics: [{ name: "sessions" }, { name: "totalRevenue" }],
    };
    const total = await ask<Report>(access_token, path, base);
    const split = { ...base, dimensions: [{ name: "date" }, { name: "sessionDefaultChannelGroup" }], limit: "100" };
    const pages = [await ask<Report>(access_token, path, split), await ask<Report>(access_token, path, { ...split, offset: "100" })];
    const rows = pages.flatMap(({ body }) => body.rows);
    const sessions = (all: Report["rows"]) => all.reduce((sum, row) => sum + Number(row.metricValues[0]?.value), 0);
    expect(rows).toHaveLength(28 * 6);
    expect(sessions(rows)).toBe(sessions(total.body.rows));
    expect(rows[0]?.dimensionValues[0]?.value).toMatch(/^\d{8}$/);
  });
  const reportOf = async (person: string, body: object) => {
    const { access_token } = await client.mint("google", person, [analytics]);
    const path = `/analyticsdata/v1beta/${await property(access_token)}:runReport`;
    const answer = await ask<Report & { metadata: { currencyCode: string; timeZone: string } }>(access_token, path, body);
    return { ...answer.body, rows: answer.body.rows ?? [] };
  };
  const by = (rows: Report["rows"], metric = 0) =>
    Object.fromEntries(rows.map((row) => [row.dimensionValues?.[0]?.value ?? "", Number(row.metricValues[metric]?.value)]));
  const sumOf = (values: Record<string, number>) => Object.values(values).reduce((a, b) => a + b, 0);

  test("people are counted once in a report, by day once a day", async () => {
    const metrics = [{ name: "activeUsers" }, { name: "sessions" }];
    const dateRanges = [{ startDate: "29daysAgo", endDate: "today" }];
    const daily = await reportOf("d@g.example", { metrics, dateRanges, dimensions: [{ name: "date" }] });
    const whole = await reportOf("d@g.example", { metrics, dateRanges });
    const [days, once] = [by(daily.rows), Number(whole.rows[0]?.metricValues[0]?.value)];
    expect(once).toBeLessThan(sumOf(days));
    expect(once).toBeGreaterThan(Math.max(...Object.values(days)));
    expect(sumOf(by(daily.rows, 1))).toBe(Number(whole.rows[0]?.metricValues[1]?.value));
  });
  test("a property younger than the period has no row of the days before it", async () => {
    const { rows, metadata } = await reportOf("owner@beta.example", {
      metrics: [{ name: "sessions" }],
      dateRanges: [{ startDate: "59daysAgo", endDate: "today" }],
      dimensions: [{ name: "date" }],
    });
    expect(rows.length).toBeGreaterThanOrEqual(12);
    expect(rows.length).toBeLessThanOrEqual(18);
    expect(metadata).toMatchObject({ currencyCode: "EUR", timeZone: "Europe/Paris" });
  });
  test("today has what happened until now, in the property's own day", async () => {
    const report = {
      metrics: [{ name: "sessions" }],
      dateRanges: [{ startDate: "27daysAgo", endDate: "today" }],
      dimensions: [{ name: "date" }],
    };
    for (const person of ["owner@gamma.example", "early@traffic.example"]) {
      const { rows, metadata } = await reportOf(person, report);
      const days = Object.entries(by(rows)).sort(([a], [b]) => a.localeCompare(b));
      const clock = new Intl.DateTimeFormat("en-CA", { timeZone: metadata.timeZone, dateStyle: "short" });
      const [today, sessions] = days.at(-1) ?? ["", 0];
      expect(today).toBe(clock.format(Date.now()).replaceAll("-", ""));
      const usual = sumOf(Object.fromEntries(days.slice(0, -4))) / (days.length - 4);
      const hour = Number(
        new Intl.DateTimeFormat("en", { timeZone: metadata.timeZone, hour: "2-digit", hourCycle: "h23" }).format(Date.now()),
      );
      expect(sessions / usual).toBeGreaterThan((hour / 24) * 0.6);
      expect(sessions / usual).toBeLessThan(((hour + 1) / 24) * 1.4);
    }
  });
  test("amounts come in the property's currency, or converted to the one that is asked for, and are labelled so", async () => {
    const report = { metrics: [{ name: "totalRevenue" }], dateRanges: [{ startDate: "30daysAgo", endDate: "4daysAgo" }] };
    const own = await reportOf("owner@gamma.example", report);
    const yen = await reportOf("owner@gamma.example", { ...report, currencyCode: "JPY" });
    expect([own.metadata.currencyCode, yen.metadata.currencyCode]).toEqual(["USD", "JPY"]);
    const amount = ({ rows }: Report) => Number(rows[0]?.metricValues[0]?.value);
    expect(amount(yen) / amount(own)).toBeCloseTo(205 / 1.32, 0);
  });
  test("no rows means no rows key", async () => {
    const { access_token } = await client.mint("google", "e@g.example", [analytics]);
    const path = `/analyticsdata/v1beta/${await property(access_token)}:runReport`;
    const { body } = await ask(access_token, path, {
      dateRanges: [{ startDate: "7daysAgo", endDate: "today" }],
      metrics: [{ name: "sessions" }],
      offset: "5",
    });
    expect(body).not.toHaveProperty("rows");
  });
  test("sites, calendars and the person are the account's own", async () => {
    const scopes = [
      "openid",
      "email",
      "https://www.googleapis.com/auth/webmasters.readonly",
      "https://www.googleapis.com/auth/calendar.readonly",
    ];
    const { access_token } = await client.mint("google", "f@site.example", scopes);
    expect((await ask(access_token, "/www/webmasters/v3/sites")).body).toMatchObject({
      siteEntry: [{ siteUrl: "sc-domain:site.example" }, {}, { permissionLevel: "siteUnverifiedUser" }],
    });
    expect((await ask(access_token, "/www/calendar/v3/users/me/calendarList")).body).toMatchObject({
      items: [{ id: "f@site.example", primary: true }, {}],
    });
    expect((await ask(access_token, "/openidconnect/v1/userinfo")).body).toEqual({
      sub: expect.stringMatching(/^\d{21}$/),
      email: "f@site.example",
      email_verified: true,
    });
  });
});
