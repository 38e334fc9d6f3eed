import { eq } from "drizzle-orm";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openDb } from "#db/client.ts";
import { rateLimits, resources, runs } from "#db/schema/index.ts";
import { sessionCookie } from "#server/auth.ts";
import { google } from "#server/catalog/providers/google.ts";
import { shopify } from "#server/catalog/providers/shopify.ts";
import type { Tenant } from "#server/ctx.ts";
import { isIssuer } from "#server/domain/connecting/is-issuer.ts";
import { listConnections } from "#server/domain/connections/list-connections.ts";
import { fillEndpoint, mayReach } from "#server/domain/wire/provider-endpoints.ts";
import type { RunMessage } from "#server/messages.ts";
import { ask, asPerson } from "#test/ask.ts";
import { makeTenant, makeUser, testCtx, testEnv, testTenantCtx } from "#test/harness.ts";
import { begin, comeBack, connectThrough, control, decide, visit } from "./consent.ts";

beforeEach(() => control({ limits: false }));
afterEach(() => control());

describe("Shopify's signature on a callback", () => {
  const secret = "hush-shopify-secret";
  const shop = "some-shop.myshopify.com";
  const vectorA = `code=0907a61c0c8d55e99db179b68161bc00&host=YWRtaW4uc2hvcGlmeS5jb20vc3RvcmUvc29tZS1zaG9w&shop=${shop}&state=0.6784241404160823&timestamp=1337178173`;
  const hmacA = "4b8fee39ac514441cd1ae8282d1922e2720dded6b8493cc436cf4f86e93950d3";
  const fault = (query: string, more: { now?: number; shop?: string; clientSecret?: string } = {}) =>
    shopify.oauth.callbackFault?.({ parameters: new URLSearchParams(query), clientSecret: secret, shop, now: 1_337_178_173_000, ...more });

  test("fails for a changed, added, dropped or missing parameter, and without a secret", () => {
    expect(fault(`${vectorA}&hmac=${hmacA.replace("4b", "4c")}`)).toBe("forged");
    expect(fault(`${vectorA}&hmac=${hmacA.toUpperCase()}`)).toBe("forged");
    expect(fault(`${vectorA.replace("code=09", "code=10")}&hmac=${hmacA}`)).toBe("forged");
    expect(fault(`${vectorA}&extra=1&hmac=${hmacA}`)).toBe("forged");
    expect(fault(`${vectorA.replace(/&host=[^&]+/, "")}&hmac=${hmacA}`)).toBe("forged");
    expect(fault(vectorA)).toBe("forged");
    expect(fault(`${vectorA}&hmac=`)).toBe("forged");
    expect(fault(`${vectorA}&hmac=${hmacA}`, { clientSecret: "" })).toBe("forged");
  });

  test("is stale after 90 seconds, before and behind", () => {
    const query = `${vectorA}&hmac=${hmacA}`;
    expect(fault(query, { now: (1_337_178_173 + 90) * 1000 })).toBeNull();
    expect(fault(query, { now: (1_337_178_173 + 91) * 1000 })).toBe("stale");
    expect(fault(query, { now: (1_337_178_173 - 91) * 1000 })).toBe("stale");
  });

  test("for another shop than the one that was begun with is refused", () => {
    expect(fault(`${vectorA}&hmac=${hmacA}`, { shop: "other.myshopify.com" })).toBe("other_shop");
  });

  test("holds for the published vectors, in any order of parameters", () => {
    expect(fault(`hmac=${hmacA}&${vectorA.split("&").reverse().join("&")}`)).toBeNull();
    const vectorB = `${vectorA}&foo=${encodeURIComponent("a b/c:d&e=f%")}`;
    expect(fault(`${vectorB}&hmac=6f4404cd7fdd27808eb45cc2f3514e785562d337be5a595a14acfa0df188ed30`)).toBeNull();
    const vectorC = "code=0907a61c0c8d55e99db179b68161bc00&shop=some-shop.myshopify.com&timestamp=1337178173";
    expect(fault(`${vectorC}&hmac=4712bf92ffc2917d15a2f5a273e39f0116667419aa4b6ac0b3baaf26fa3c4d20`, { clientSecret: "hush" })).toBeNull();
  });

  test("on a callback that was tampered with ends on the integrations page", async () => {
    const { browser, tenant } = await visit();
    const { location } = await begin(browser, { provider: "shopify", tenant: tenant.id, shop: "beta" });
    const callback = await decide(location);
    callback.searchParams.set("shop", "gamma.myshopify.com");
    const next = await comeBack(browser, "shopify", callback);
    expect(next.toast?.message).toMatch(/couldn’t verify the answer from Shopify/);
    expect(await listConnections(testTenantCtx(tenant))).toEqual([]);
  });

  test("of another shop's own callback does not connect it in place of ours", async () => {
    const { browser, tenant } = await visit();
    const ours = new URL((await begin(browser, { provider: "shopify", tenant: tenant.id, shop: "beta" })).location);
    const theirs = ours.href.replace("beta.myshopify.com", "gamma.myshopify.com");
    const next = await comeBack(browser, "shopify", await decide(theirs));
    expect(next.toast?.message).toMatch(/a different shop/);
    expect(await listConnections(testTenantCtx(tenant))).toEqual([]);
  });
});

describe("a shop's address", () => {
  test("is refused unless it is one on myshopify.com", async () => {
    const { browser, tenant } = await visit();
    const bad = [
      "",
      "a.b.myshopify.com",
      "-x.myshopify.com",
      "x.myshopify.com.evil.com",
      "evil.com",
      "evil.com/x.myshopify.com",
      "https://evil.com/?x=x.myshopify.com",
      "https://evil.com#x.myshopify.com",
      "x.myshopify.com.evil.com/admin",
      "https://x.myshopify.com\\@evil.com",
      "https://evil.com\\.myshopify.com",
      "https://admin.shopify.com.evil.com/store/x",
      "https://admin.shopify.com@evil.com/store/x",
      "https://evil.com/admin.shopify.com/store/x",
      "https://admin.shopify.com/store/x@evil.com",
      "https://admin.shopify.com/store/",
      "https://admin.shopify.com/store/-x",
      "https://admin.shopify.com/stores/x",
      "https://admin.shopify.com:8443/store/x",
      "x.myshopify.com:8443/admin",
      "ftp://x.myshopify.com",
      "javascript:x.myshopify.com",
      "x/../y",
      "x.myshopify.com%2eevil.com",
      "x。myshopify.com",
      "x.myshopify.com@evil.com",
      "x.myshopify.com\n.evil.com",
      "a".repeat(300),
      "https://beta.myshopify.com:443@evil.com",
      "https://beta.myshopify.com:8080@evil.com",
      "https://beta.myshopify.com:8443",
      "https://beta.myshopify.com:443.evil.com",
      "//evil.com/beta.myshopify.com",
      "//evil.com//beta.myshopify.com",
      "beta.myshopify.com\u200b.evil.com",
      "beta.myshopify.com..evil.com",
      "(beta.myshopify.com)evil.com",
      "evil.com (beta.myshopify.com)",
      "beta.myshopify.com evil.com",
      "beta.myshopify.com\u0000.evil.com",
      "https://evil.com\\@beta.myshopify.com",
      "https://user:pw@beta.myshopify.com",
      "https://admin.shopify.com@evil.com/store/beta",
      "https://admin.shopify.com/store/../beta",
      "https://admin.shopify.com/store/beta.evil.com",
      "https://admin.shopify.com/store/beta%2fevil",
      "https://аdmin.shopify.com/store/beta",
      "javascript://beta.myshopify.com",
      "https:////beta.myshopify.com",
    ];
    for (const shop of bad) {
      const next = await begin(browser, { provider: "shopify", tenant: tenant.id, shop });
      expect(next.toast?.message, shop).toMatch(/shop address/);
    }
  });

  test("is taken however people write it", () => {
    const written = [
      "Beta",
      "beta/",
      " beta.myshopify.com ",
      "https://BETA.myshopify.com/",
      "http://beta.myshopify.com",
      "beta.myshopify.com/collections/all",
      "https://beta.myshopify.com/admin/products?selectedView=all",
      "https://beta.myshopify.com?x=1",
      "https://beta.myshopify.com/#top",
      '"https://beta.myshopify.com/admin",',
      "<https://beta.myshopify.com>",
      "admin.shopify.com/store/beta",
      " https://ADMIN.shopify.com/store/Beta/home ",
      "https://admin.shopify.com/store/beta/orders/123?from=a@b.example",
      "https://admin.shopify.com/store/beta?ui_locales=fr",
      `https://beta.myshopify.com/admin/orders?query=${"x".repeat(600)}`,
      "https://admin.shopify.com/store/beta/orders?query=tag:a b",
      "\u200bhttps://beta.myshopify.com\u200e",
      "\u2060beta",
      "be\u00adta.myshopify.com",
      "https://beta.myshopify.com:443/admin",
      "http://beta.myshopify.com:80",
      "https://admin.shopify.com:443/store/beta",
      "//beta.myshopify.com",
      "beta.myshopify.com.",
      "https://beta.myshopify.com./admin",
      "(https://beta.myshopify.com/admin).",
      "[https://beta.myshopify.com]",
      "“beta.myshopify.com”",
      "„beta.myshopify.com“",
      "«beta.myshopify.com»",
      "‘beta.myshopify.com’,",
      "`beta.myshopify.com`",
    ];
    for (const shop of written) expect(shopify.oauth.shop?.safeParse(shop).data, shop).toBe("beta.myshopify.com");
  });
});

describe("a consent that is begun", () => {
  test("for a shop whose address is none leads to the form where it can be written again", async () => {
    const { browser, tenant } = await visit();
    for (const shop of ["", "www.acme.example"]) {
      expect(await begin(browser, { provider: "shopify", tenant: tenant.id, shop })).toMatchObject({
        location: `/t/${tenant.id}/integrations/shopify`,
        toast: { kind: "error", message: expect.stringMatching(/Enter your shop address/) },
      });
    }
  });

  test("from another site is stopped, whoever is signed in", async () => {
    const { browser, tenant } = await visit();
    for (const fetchSite of ["cross-site", "same-site"]) {
      const next = await begin(browser, { provider: "klaviyo", tenant: tenant.id, fetchSite });
      expect(next).toMatchObject({
        location: `/t/${tenant.id}/integrations`,
        toast: { message: expect.stringMatching(/start from this page/) },
      });
    }
    for (const fetchSite of ["same-origin", "none", undefined]) {
      expect((await begin(browser, { provider: "klaviyo", tenant: tenant.id, fetchSite })).toast).toBeUndefined();
    }
  });

  test("by a viewer, for another tenant, or with an unknown provider is refused", async () => {
    const tenant = await makeTenant();
    const { actor } = await makeUser({ roles: [[tenant, "viewer"]] });
    await expect(begin(testCtx({ actor }), { provider: "klaviyo", tenant: tenant.id })).rejects.toMatchObject({ kind: "forbidden" });
    const { browser } = await visit();
    await expect(begin(browser, { provider: "klaviyo", tenant: tenant.id })).rejects.toMatchObject({ kind: "not_found" });
    await expect(begin(browser, { provider: "toString", tenant: tenant.id })).rejects.toMatchObject({ kind: "not_found" });
    await expect(begin(testCtx(), { provider: "klaviyo", tenant: tenant.id })).rejects.toMatchObject({ kind: "unauthenticated" });
  });

  test("begins the jobs that waited for it at once, each once, and none of another client", async () => {
    const { browser, tenant } = await visit();
    const other = await makeTenant();
    const runsOf = ({ id }: Tenant) => browser.directory.select().from(runs).where(eq(runs.tenantId, id));
    const sent: string[] = [];
    const sending = {
      ...browser,
      send: { ...browser.send, runs: async (messages: readonly RunMessage[]) => void sent.push(...messages.map(({ tenant }) => tenant)) },
    };
    await connectThrough(sending, { tenant: tenant.id, provider: "klaviyo" });
    const begun = await runsOf(tenant);
    expect(begun.map(({ job, status, trigger }) => [job, status, trigger]).sort()).toEqual([
      ["email-health-sensor", "queued", "schedule"],
      ["klaviyo-sensor", "queued", "schedule"],
    ]);
    expect(sent).toEqual([tenant.id]);
    // Connected again, what is under way is not begun twice.
    await connectThrough(sending, { tenant: tenant.id, provider: "klaviyo" });
    expect(await runsOf(tenant)).toHaveLength(2);
    expect(await runsOf(other)).toEqual([]);
  });

  test("with a queue that takes no message leaves its runs to the sweep", async () => {
    const { browser, tenant } = await visit();
    const full = { ...browser, send: { ...browser.send, runs: () => Promise.reject(new Error("the queue is full")) } };
    expect((await connectThrough(full, { tenant: tenant.id, provider: "klaviyo" })).toast?.kind).toBe("success");
    expect(await browser.directory.select().from(runs).where(eq(runs.tenantId, tenant.id))).toMatchObject([
      { status: "queued" },
      { status: "queued" },
    ]);
  });

  test("too often ends in a toast that asks to wait", async () => {
    const { browser, tenant } = await visit();
    const tries = [];
    for (let n = 0; n < 61; n++) tries.push(await begin(browser, { provider: "klaviyo", tenant: tenant.id }));
    expect(tries[59]?.toast).toBeUndefined();
    expect(tries[60]?.toast?.message).toMatch(/Too many attempts/);
  });

  test("from one address too often is stopped too, whoever is behind it, on the way out and back", async () => {
    const { browser, tenant } = await visit();
    const crowded = { ...browser, request: { ...browser.request, ip: "192.0.2.1" } };
    const { location } = await begin(crowded, { provider: "klaviyo", tenant: tenant.id });
    await browser.directory.update(rateLimits).set({ count: 120 }).where(eq(rateLimits.key, "oauth:ip:192.0.2.1"));
    expect((await begin(crowded, { provider: "klaviyo", tenant: tenant.id })).toast?.message).toMatch(/Too many attempts/);
    const callback = await decide(location, { account: "BetaB2" });
    const next = await comeBack(crowded, "klaviyo", callback);
    expect(next.toast?.message).toMatch(/Too many attempts/);
    expect(await listConnections(testTenantCtx(tenant))).toEqual([]);
    // What was stopped has used up nothing: the same address in the browser works a while later.
    await browser.directory.delete(rateLimits).where(eq(rateLimits.key, "oauth:ip:192.0.2.1"));
    expect((await comeBack(crowded, "klaviyo", callback)).toast?.kind).toBe("success");
  });

  test("with a permission that the provider does not offer is stopped", async () => {
    const { browser, tenant } = await visit();
    const next = await begin(browser, { provider: "google", tenant: tenant.id, sets: "analytics,horoscopes" });
    expect(next.toast?.message).toMatch(/permissions Google offers/);
  });

  test("asks for the chosen sets and for who it is, and for no more", async () => {
    const { browser, tenant } = await visit();
    const { location } = await begin(browser, { provider: "google", tenant: tenant.id, sets: "search-console,calendar" });
    expect(new URL(location).searchParams.get("scope")).toBe(
      "openid email profile https://www.googleapis.com/auth/webmasters.readonly https://www.googleapis.com/auth/calendar.readonly",
    );
  });
});

describe("two consents that are begun in the same instant", () => {
  test.each([
    ["from one address", "198.51.100.10"],
    ["over IPv4 and IPv6", "2001:db8:5::1"],
  ])("in one browser both hold, although it keeps one mark: %s", async (_how, ip) => {
    const { browser, tenant, actor } = await visit();
    const [first, second] = [testCtx({ actor, ip: "198.51.100.10" }), testCtx({ actor, ip })];
    const out = await Promise.all([
      begin(first, { provider: "klaviyo", tenant: tenant.id }),
      begin(second, { provider: "hubspot", tenant: tenant.id }),
    ]);
    // The cookie of the answer that came last is the one that stays.
    const kept = { ...browser, cookies: second.cookies };
    for (const [at, provider] of ["klaviyo", "hubspot"].entries())
      expect((await comeBack(kept, provider, await decide(out[at]?.location ?? ""))).toast?.kind, provider).toBe("success");
  });

  test("in two browsers of one session each holds in its own alone", async () => {
    const { browser, tenant, actor } = await visit();
    const other = testCtx({ actor, userAgent: "Another/1.0" });
    const out = await Promise.all([browser, other].map((each) => begin(each, { provider: "klaviyo", tenant: tenant.id })));
    const next = await comeBack(other, "klaviyo", await decide(out[0]?.location ?? ""));
    expect(next.toast?.message).toMatch(/another browser/);
  });
});

describe("an issuer", () => {
  const authorize = new URL("https://id.example/realms/shop/authorize");
  const named = (said: string, issuer?: string) => isIssuer(said, { issuer, authorize });

  test("may have a path above the endpoint that was asked", () => {
    for (const said of ["https://id.example", "https://id.example/", "https://id.example/realms/shop", "https://id.example/realms/shop/"])
      expect(named(said), said).toBe(true);
  });

  test("of another host, path or scheme is another one", () => {
    const others = [
      "",
      "https://id.example/realms/other",
      "https://id.example/realms/sho",
      "https://id.example.evil.example",
      "https://id.exampl",
      "http://id.example",
      "https://id.example/realms/shop/authorize/more",
      "https://evil.example/realms/shop",
    ];
    for (const said of others) expect(named(said), said).toBe(false);
  });

  test("that is known is the only one", () => {
    expect(named("https://id.example/oidc", "https://id.example/oidc")).toBe(true);
    expect(named("https://id.example/oidc/", "https://id.example/oidc")).toBe(true);
    for (const said of ["https://id.example", "https://id.example/realms/shop"]) expect(named(said, "https://id.example/oidc")).toBe(false);
  });
});

describe("the page to return to", () => {
  test("is one of ours, whatever the link says", async () => {
    const { browser, tenant } = await visit();
    const home = `/t/${tenant.id}/integrations`;
    const bad = [
      "https://evil.example/",
      "//evil.example",
      "/\\evil.example",
      "/%2f/evil.example",
      "/%5cevil.example",
      "/.//evil.example",
      "javascript:alert(1)",
      "/x\ny",
      "/@evil.example",
      "/%61pi/auth/oauth/klaviyo/authorize",
    ];
    for (const path of [...bad, ""]) {
      const next = await connectThrough(browser, { tenant: tenant.id, provider: "klaviyo", return: path });
      expect(next.location, path).toBe(home);
    }
    const own = await connectThrough(browser, { tenant: tenant.id, provider: "klaviyo", return: "/onboarding?step=2" });
    expect(own.location).toBe("/onboarding?step=2");
  });
});

describe("permissions that were not all given", () => {
  const ga4 = "https://www.googleapis.com/auth/analytics.readonly";

  test("none of them: nothing is connected, and the toast says what it takes", async () => {
    const { browser, tenant } = await visit();
    const { location } = await begin(browser, { provider: "google", tenant: tenant.id, sets: "analytics" });
    const next = await comeBack(browser, "google", await decide(location, { account: "owner@acme-gifts.example", scopes: [] }));
    expect(next.toast).toEqual({ kind: "error", message: expect.stringMatching(/none of the permissions.*Analytics/) });
    expect(await listConnections(testTenantCtx(tenant))).toEqual([]);
  });

  test("some of them: it is connected, and the toast names what waits", async () => {
    const { browser, tenant } = await visit();
    const { location } = await begin(browser, { provider: "google", tenant: tenant.id, sets: "analytics,calendar" });
    const next = await comeBack(browser, "google", await decide(location, { account: "owner@acme-gifts.example", scopes: [ga4] }));
    expect(next.toast).toEqual({ kind: "info", message: expect.stringMatching(/are missing: Calendar/) });
    const [row] = await listConnections(testTenantCtx(tenant));
    expect(row?.scopesGranted).toContain(ga4);
    const listed = await openDb(testEnv.DB).select().from(resources).where(eq(resources.tenantId, tenant.id));
    expect(listed.length).toBeGreaterThan(0);
    expect(listed.every(({ kind, externalId }) => kind === "ga4_property" && /^\d+$/.test(externalId))).toBe(true);
  });

  test("a write stands for its read at Shopify, a long name for its short one at Google", () => {
    expect(shopify.oauth.grants?.(["write_orders"], "read_orders")).toBe(true);
    expect(shopify.oauth.grants?.(["read_orders"], "write_orders")).toBe(false);
    expect(google.oauth.grants?.(["https://www.googleapis.com/auth/userinfo.email"], "email")).toBe(true);
  });
});

describe("where requests may go", () => {
  const config = { ...testCtx().config, PROVIDER_ENDPOINTS: undefined };

  test("is the provider's hosts over https and nowhere else", () => {
    const refused = [
      "http://beta.myshopify.com/",
      "https://beta.myshopify.com:8443/",
      "https://beta.myshopify.com.evil.com/",
      "https://x@beta.myshopify.com/",
      "https://169.254.169.254/",
      "http://localhost/",
      "http://sandbox.test/shopify/",
    ];
    for (const url of refused) expect(mayReach(config, shopify, new URL(url)), url).toBe(false);
    expect(mayReach(config, shopify, new URL("https://beta.myshopify.com/admin"))).toBe(true);
    expect(mayReach(testCtx().config, shopify, new URL("http://sandbox.test/shopify/"))).toBe(true);
  });

  test("a template is filled with what is harmless in a host only", () => {
    expect(() => fillEndpoint("https://{shop}/x", { shop: "evil.com/?" })).toThrow();
    expect(() => fillEndpoint("https://{shop}/x", { shop: null })).toThrow();
  });
});

describe("a consent that is begun with few words", () => {
  test("is for the only client that a person has; who has none or several must say which", async () => {
    const { browser, tenant, actor } = await visit();
    const { location } = await begin(browser, { provider: "klaviyo" });
    expect((await comeBack(browser, "klaviyo", await decide(location, { account: "BetaB2" }))).toast?.kind).toBe("success");
    expect(await listConnections(testTenantCtx(tenant))).toHaveLength(1);
    const second = { tenant: await makeTenant(), role: "owner" as const };
    const more = testCtx({ actor: { ...actor, memberships: [...actor.memberships, second] } });
    const none = testCtx({ actor: { ...actor, memberships: [] } });
    for (const ctx of [more, none]) {
      await expect(begin(ctx, { provider: "klaviyo" })).rejects.toMatchObject({ kind: "invalid", field: "tenant" });
    }
    expect((await begin(more, { provider: "klaviyo", tenant: second.tenant.id })).location).toContain("/oauth/authorize");
  });

  test("takes permissions by their own name or by that of their set, with commas or spaces", async () => {
    const { browser } = await visit();
    const asked = async (provider: string, scopes: string, shop?: string) => {
      const { location, toast } = await begin(browser, { provider, scopes, shop });
      return toast?.message ?? new URL(location).searchParams.get("scope")?.split(/[ ,]/);
    };
    const ga4 = "https://www.googleapis.com/auth/analytics.readonly";
    const calendar = "https://www.googleapis.com/auth/calendar.readonly";
    for (const scopes of [`analytics,calendar`, `${ga4} calendar`, `analytics ${calendar}`, `openid ${ga4},${calendar}`]) {
      expect(await asked("google", scopes), scopes).toEqual(["openid", "email", "profile", expect.any(String), expect.any(String)]);
      expect(await asked("google", scopes), scopes).toEqual(expect.arrayContaining([ga4, calendar]));
    }
    expect(await asked("shopify", "read_orders,read_products", "beta")).toEqual(["read_orders", "read_products"]);
    expect(await asked("shopify", "shop", "https://admin.shopify.com/store/beta/orders")).toContain("read_customers");
    for (const none of ["horoscopes", "analytics,horoscopes", "write_everything"])
      expect(await asked("google", none)).toMatch(/permissions Google offers/);
  });
});

describe("over HTTP", () => {
  const call = (path: string, cookies: string[], headers: Record<string, string> = {}) =>
    ask(path, { headers: { cookie: cookies.join("; "), ...headers } });

  test("nobody who is not signed in begins or completes anything", async () => {
    const out = await call("/api/auth/oauth/klaviyo/authorize?tenant=acme", []);
    expect([out.status, out.headers.get("location")]).toEqual([303, "/sign-in?to=%2Ft%2Facme%2Fintegrations"]);
    const back = await call("/api/auth/oauth/klaviyo/callback?state=x&code=y", []);
    expect([back.status, back.headers.get("location")]).toEqual([303, "/sign-in"]);
  });

  test("a client's person connects through /api/integrations too, and comes back to a page of ours that they named", async () => {
    const { tenant, token } = await visit();
    const session = `${sessionCookie}=${token}`;
    const signIn = await call("/api/integrations/klaviyo/oauth/start?redirect_path=/t/acme/runs", []);
    expect([signIn.status, signIn.headers.get("location")]).toEqual([303, "/sign-in?to=%2Ft%2Facme%2Fruns"]);
    for (const [path, end] of [
      [`/t/${tenant.id}/runs?page=2`, `/t/${tenant.id}/runs?page=2`],
      ["https://evil.example/", `/t/${tenant.id}/integrations`],
      ["//evil.example", `/t/${tenant.id}/integrations`],
      [`/t/${tenant.id}/connect/google`, `/t/${tenant.id}/integrations`],
    ] as const) {
      const out = await call(`/api/integrations/klaviyo/oauth/start?redirect_path=${encodeURIComponent(path)}`, [session]);
      const mark = /__Host-atrium_oauth=([\w-]{43})/.exec(out.headers.get("set-cookie") ?? "")?.[1];
      const back = await decide(out.headers.get("location") ?? "", { account: "BetaB2" });
      const alias = back.pathname.replace("/api/auth/oauth/klaviyo/callback", "/api/integrations/klaviyo/oauth/callback");
      const home = await call(`${alias}${back.search}`, [session, `__Host-atrium_oauth=${mark}`]);
      expect([home.status, home.headers.get("location")]).toEqual([303, end]);
    }
    expect(await listConnections(testTenantCtx(tenant))).toHaveLength(1);
    for (const end of ["start", "callback"]) expect((await call(`/api/integrations/nothing/oauth/${end}`, [session])).status).toBe(404);
    expect((await call(`/api/integrations/klaviyo/oauth/start?tenant=${(await makeTenant()).id}`, [session])).status).toBe(404);
    expect((await call(`/api/auth/oauth/klaviyo/authorize`, [])).headers.get("location")).toBe("/sign-in");
  });

  describe("what is asked once too often", () => {
    const asPages: Record<string, string>[] = [
      { accept: "text/html,application/xhtml+xml,*/*;q=0.8", "sec-fetch-mode": "navigate" },
      { "sec-fetch-mode": "navigate" },
    ];
    const asPrograms: Record<string, string>[] = [
      { accept: "application/json", "sec-fetch-mode": "navigate" },
      { accept: "application/problem+json, */*" },
      { accept: "*/*", "sec-fetch-mode": "cors" },
      {},
    ];
    /** Somebody whose ways out, and whose network's ways back, are used up; on the four doors. */
    const crowded = async () => {
      const { tenant, token, browser, actor } = await visit();
      const staff = await makeUser({ staff: true });
      const ip = browser.request.ip ?? "";
      const resetAt = Date.now() + 300_000;
      const keys = [`oauth:ip:${ip}`, `oauth:user:${actor.userId}`, `oauth:user:${staff.actor.userId}`];
      await browser.directory.insert(rateLimits).values(keys.map((key) => ({ key, count: 120, resetAt })));
      const doors = [
        [token, `/api/auth/oauth/klaviyo/authorize?tenant=${tenant.id}`, `/t/${tenant.id}/integrations`],
        [token, `/api/integrations/klaviyo/oauth/start?tenant=${tenant.id}`, `/t/${tenant.id}/integrations`],
        [staff.token, "/api/integrations/klaviyo/oauth/start", "/admin/new-client"],
        [token, "/api/auth/oauth/klaviyo/callback?state=a&code=b", `/t/${tenant.id}/integrations`],
        [token, "/api/integrations/klaviyo/oauth/callback?state=a&code=b", `/t/${tenant.id}/integrations`],
      ] as const;
      return { ip, doors };
    };

    test("is 429 with a time to wait for a program, in the shape of every failure", async () => {
      const { ip, doors } = await crowded();
      for (const [token, path] of doors) {
        for (const headers of asPrograms) {
          const response = await call(path, [`${sessionCookie}=${token}`], { ...headers, "cf-connecting-ip": ip });
          expect([response.status, response.headers.get("location")], path).toEqual([429, null]);
          const retryAfterS = Number(response.headers.get("retry-after"));
          expect(retryAfterS).toBeGreaterThan(200);
          const { error } = await response.json<{ error: Record<string, unknown> }>();
          expect(error).toMatchObject({ kind: "rate_limited", retryAfterS, requestId: response.headers.get("x-request-id") });
        }
      }
    });

    test("is a page with a toast for a browser", async () => {
      const { ip, doors } = await crowded();
      for (const [token, path, page] of doors) {
        for (const headers of asPages) {
          const response = await call(path, [`${sessionCookie}=${token}`], { ...headers, "cf-connecting-ip": ip });
          expect([response.status, response.headers.get("location")], path).toEqual([303, page]);
          expect(response.headers.get("set-cookie")).toContain("__Host-atrium_flash=");
        }
      }
    });

    test("to renew a client's connections is 429 with a time to wait as well", async () => {
      const tenant = await makeTenant();
      const { token, actor } = await makeUser({ staff: true });
      const key = `change:person:${actor.userId}`;
      await testCtx()
        .directory.insert(rateLimits)
        .values({ key, count: 120, resetAt: Date.now() + 60_000 });
      const response = await ask(`/api/integrations/klaviyo/oauth/refresh/${tenant.id}`, { method: "POST", headers: asPerson(token) });
      expect(response.status).toBe(429);
      expect(Number(response.headers.get("retry-after"))).toBeGreaterThan(0);
      expect((await response.json<{ error: { kind: string } }>()).error.kind).toBe("rate_limited");
    });
  });

  test("what fails there is told as it was asked: to a browser as a page, to a program as JSON", async () => {
    const { token } = await visit();
    const path = "/api/auth/oauth/nothing/authorize";
    const page = await call(path, [`${sessionCookie}=${token}`], { accept: "text/html" });
    expect([page.status, page.headers.get("content-type")]).toEqual([404, expect.stringContaining("text/html")]);
    const program = await call(path, [`${sessionCookie}=${token}`], { accept: "application/json" });
    expect([program.status, program.headers.get("content-type")]).toEqual([404, expect.stringContaining("application/json")]);
  });

  test("an unknown provider, or another tenant, is 404", async () => {
    const { tenant, token } = await visit();
    const session = `${sessionCookie}=${token}`;
    expect((await call(`/api/auth/oauth/nothing/authorize?tenant=${tenant.id}`, [session])).status).toBe(404);
    expect((await call("/api/auth/oauth/nothing/callback?state=x", [session])).status).toBe(404);
    expect((await call("/api/auth/oauth/nothing/authorize", [])).status).toBe(404);
    expect((await call(`/api/auth/oauth/klaviyo/authorize?tenant=${(await makeTenant()).id}`, [session])).status).toBe(404);
  });

  test("a HEAD looks at an address and connects nothing", async () => {
    const { tenant, token } = await visit();
    const response = await ask(`/api/auth/oauth/klaviyo/authorize?tenant=${tenant.id}`, {
      method: "HEAD",
      headers: { cookie: `${sessionCookie}=${token}` },
    });
    expect(response.status).toBe(405);
  });

  test("a connection is made from cookie to toast, and the code stays in no address and no log", async () => {
    const { tenant, token } = await visit();
    const session = `${sessionCookie}=${token}`;
    const out = await call(`/api/auth/oauth/google/authorize?tenant=${tenant.id}&sets=analytics&sets=calendar`, [session], {
      "sec-fetch-site": "same-origin",
    });
    expect(out.status).toBe(303);
    const mark = /__Host-atrium_oauth=([\w-]{43})[^,]*/.exec(out.headers.get("set-cookie") ?? "");
    expect(mark?.[0]).toMatch(/HttpOnly/i);
    expect(mark?.[0]).toMatch(/Secure/i);
    const back = await decide(out.headers.get("location") ?? "", { account: "owner@beta.example" });
    const home = await call(`${back.pathname}${back.search}`, [session, `__Host-atrium_oauth=${mark?.[1]}`]);
    // One property is no question, two calendars are: the person is asked first, and the page knows where to go on.
    const next = new URL(home.headers.get("location") ?? "", "http://portal.test");
    expect([home.status, next.pathname]).toEqual([303, `/t/${tenant.id}/integrations/google/choose`]);
    expect([next.searchParams.get("kind"), next.searchParams.get("return")]).toEqual(["calendar", `/t/${tenant.id}/integrations`]);
    expect(home.headers.get("set-cookie")).toContain("__Host-atrium_flash=");
    expect(home.headers.get("cache-control")).toBe("no-store");
    expect(await listConnections(testTenantCtx(tenant))).toHaveLength(1);
  });
});

test("the toast speaks the person's language", async () => {
  const { browser, tenant, actor } = await visit();
  const french = { ...browser, actor: { ...actor, locale: "fr" as const } };
  const next = await connectThrough(french, { tenant: tenant.id, provider: "klaviyo" });
  expect(next.toast?.message).toContain("est connecté");
  const hebrew = { ...browser, actor: { ...actor, locale: "he" as const } };
  expect((await comeBack(hebrew, "klaviyo", new URL("http://x/?state=unknown"))).toast?.message).toMatch(/[\u0590-\u05ff]/);
});
