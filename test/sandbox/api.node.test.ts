import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { sandboxClient } from "./client.ts";
import { realShop } from "./endpoints.ts";
import { startSandbox } from "./start.ts";

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
