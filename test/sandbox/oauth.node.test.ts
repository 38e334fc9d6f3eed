import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { challengeOf, sandboxClient } from "#sandbox/client.ts";
import { issuedSecretPattern, sandboxClients } from "#sandbox/endpoints.ts";
import { callbackHmac, webhookHmac } from "#sandbox/shopify/hmac.ts";
import { startSandbox } from "#sandbox/start.ts";

const shop = "beta-goods.myshopify.com";
const verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
let sandbox: Awaited<ReturnType<typeof startSandbox>>;
let client: ReturnType<typeof sandboxClient>;

beforeAll(async () => {
  sandbox = await startSandbox({ port: 0, redirectOrigin: ["http://atrium.test", "http://other.test"], shop: null, generatedOrders: 50 });
  client = sandboxClient(sandbox.url);
});
afterAll(() => sandbox.stop());
beforeEach(async () => {
  await client.control("/control", undefined, "DELETE");
  // Klaviyo lets an account be read once a second.
  await client.control("/control", { limits: false });
});

async function shopifyTokens(expiring = "1") {
  const back = await client.decide(client.authorizeUrl("shopify", { scope: "read_orders,read_products" }, shop), { decision: "allow" });
  return client.token("shopify", { code: back.searchParams.get("code") ?? "", expiring }, { shop });
}
async function klaviyoCode() {
  const url = client.authorizeUrl("klaviyo", {
    scope: "accounts:read",
    code_challenge: challengeOf(verifier),
    code_challenge_method: "S256",
  });
  const back = await client.decide(url, { decision: "allow", account: "BetaB2" });
  return back.searchParams.get("code") ?? "";
}
async function klaviyoTokens() {
  return redeemKlaviyo(await klaviyoCode());
}
function redeemKlaviyo(code: string, more: Record<string, string> = {}) {
  const fields = { grant_type: "authorization_code", code, code_verifier: verifier, redirect_uri: client.redirectUri("klaviyo"), ...more };
  return client.token("klaviyo", fields);
}
const refreshed = (provider: "shopify" | "klaviyo" | "google", refreshToken: unknown) =>
  client.token(provider, { grant_type: "refresh_token", refresh_token: String(refreshToken) }, { shop });
const klaviyoStatus = async (token: unknown) =>
  (await fetch(`${sandbox.url}/klaviyo/api/accounts`, { headers: { authorization: `Bearer ${token}`, revision: "2026-07-15" } })).status;
const shopStatus = async (token: unknown) => (await client.graphql(shop, String(token), "{ shop { id } }")).status;

describe("Shopify's signatures", () => {
  const base = {
    code: "0907a61c0c8d55e99db179b68161bc00",
    host: "YWRtaW4uc2hvcGlmeS5jb20vc3RvcmUvc29tZS1zaG9w",
    shop: "some-shop.myshopify.com",
    state: "0.6784241404160823",
    timestamp: "1337178173",
  };
  test("a callback is signed as the vectors say", () => {
    expect(callbackHmac(base, "hush-shopify-secret")).toBe("4b8fee39ac514441cd1ae8282d1922e2720dded6b8493cc436cf4f86e93950d3");
    expect(callbackHmac({ ...base, foo: "a b/c:d&e=f%", hmac: "x" }, "hush-shopify-secret")).toBe(
      "6f4404cd7fdd27808eb45cc2f3514e785562d337be5a595a14acfa0df188ed30",
    );
    const { code, shop: domain, timestamp } = base;
    expect(callbackHmac({ code, shop: domain, timestamp }, "hush")).toBe(
      "4712bf92ffc2917d15a2f5a273e39f0116667419aa4b6ac0b3baaf26fa3c4d20",
    );
  });
  test("a webhook is signed as the vector says", () => {
    const body = '{"id":820982911946154508,"email":"jon@example.com","total_price":"403.00","currency":"USD"}';
    expect(webhookHmac(body, "hush-shopify-secret")).toBe("CSUwR0tZ+zipJA+iDrpiFpn2w+X1+Pi7Cf70BZcMPyY=");
  });
  test("the way back from the consent carries them", async () => {
    const back = await client.decide(client.authorizeUrl("shopify", { scope: "read_orders" }, shop), { decision: "allow" });
    const query = Object.fromEntries(back.searchParams);
    expect(query.shop).toBe(shop);
    expect(query.state).toBe("state-1");
    expect(query.hmac).toBe(callbackHmac(query, sandboxClients.shopify.clientSecret));
    expect(Math.abs(Date.now() / 1000 - Number(query.timestamp))).toBeLessThan(5);
  });
  test("a webhook asked for comes signed", async () => {
    const { headers, body } = await client.control<{ headers: Record<string, string>; body: string }>("/webhooks", {
      topic: "app/uninstalled",
      shop,
      payload: { id: 1 },
    });
    expect(headers["x-shopify-hmac-sha256"]).toBe(webhookHmac(body, sandboxClients.shopify.clientSecret));
    expect(headers["x-shopify-topic"]).toBe("app/uninstalled");
  });
});

describe("consent", () => {
  test("another redirect URI stays on the page with an error, even one that only adds a slash", async () => {
    for (const uri of ["http://evil.test/api/auth/oauth/google/callback", `${client.redirectUri("google")}/`]) {
      const answer = await fetch(client.authorizeUrl("google", { scope: "openid", redirect_uri: uri }), { redirect: "manual" });
      expect(answer.status).toBe(400);
      expect(await answer.text()).toContain("redirect_uri_mismatch");
    }
  });
  test("an unknown client stays on the page", async () => {
    expect((await fetch(client.authorizeUrl("google", { scope: "openid", client_id: "stranger" }))).status).toBe(400);
  });
  test("an unknown scope comes back as invalid_scope", async () => {
    const answer = await fetch(client.authorizeUrl("google", { scope: "openid world.peace" }), { redirect: "manual" });
    expect(new URL(answer.headers.get("location") ?? "").searchParams.get("error")).toBe("invalid_scope");
  });
  test("deny comes back as access_denied with the state", async () => {
    const back = await client.decide(client.authorizeUrl("google", { scope: "openid" }), { decision: "deny" });
    expect(back.searchParams.get("error")).toBe("access_denied");
    expect(back.searchParams.get("state")).toBe("state-1");
  });
  test("the page says what it is and has a form that works without scripts", async () => {
    const page = await (
      await fetch(client.authorizeUrl("google", { scope: "openid https://www.googleapis.com/auth/analytics.readonly" }))
    ).text();
    expect(page).toContain("Sandbox: stands in for Google");
    expect(page).toContain('name="decision" value="allow"');
    expect(page).toContain('name="scope" value="https://www.googleapis.com/auth/analytics.readonly" checked');
    expect(page).not.toContain("<script");
  });
  test("an account that is not on the page can be named, and a malformed one not", async () => {
    const url = client.authorizeUrl("google", { scope: "openid" });
    const back = await client.decide(url, { decision: "allow", other: "somebody@elsewhere.example" });
    const fields = {
      grant_type: "authorization_code",
      code: back.searchParams.get("code") ?? "",
      redirect_uri: client.redirectUri("google"),
    };
    const { body } = await client.token("google", fields);
    expect(atob(String(body.id_token).split(".")[1] ?? "")).toContain("somebody@elsewhere.example");
    await expect(client.decide(url, { decision: "allow", other: "nobody" })).rejects.toThrow("400");
  });
  test("a second registered origin is served too", async () => {
    const uri = "http://other.test/api/auth/oauth/google/callback";
    const back = await client.decide(client.authorizeUrl("google", { scope: "openid", redirect_uri: uri }), { decision: "allow" });
    expect(back.origin).toBe("http://other.test");
  });
});

describe("codes", () => {
  test("Klaviyo refuses an authorization without a challenge, or with a plain one", async () => {
    const queries: Record<string, string>[] = [{}, { code_challenge: verifier, code_challenge_method: "plain" }];
    for (const query of queries) {
      const answer = await fetch(client.authorizeUrl("klaviyo", { scope: "accounts:read", ...query }), { redirect: "manual" });
      expect(new URL(answer.headers.get("location") ?? "").searchParams.get("error")).toBe("invalid_request");
    }
  });
  test("a wrong verifier is refused, and the code remains for the right one", async () => {
    const code = await klaviyoCode();
    expect((await redeemKlaviyo(code, { code_verifier: "x".repeat(43) })).body.error).toBe("invalid_grant");
    expect((await redeemKlaviyo(code)).status).toBe(200);
  });
  test("a code that expired is refused", async () => {
    const code = await klaviyoCode();
    await client.control("/expire", { token: code, kinds: ["code"] });
    expect((await redeemKlaviyo(code)).body.error).toBe("invalid_grant");
  });
  test("another redirect URI at the exchange is refused", async () => {
    expect((await redeemKlaviyo(await klaviyoCode(), { redirect_uri: "http://other.test/x" })).body.error).toBe("invalid_grant");
  });
  test("a wrong client secret is invalid_client", async () => {
    for (const provider of ["shopify", "klaviyo", "google"] as const) {
      const { status, body } = await client.token(provider, { grant_type: "authorization_code", code: "x" }, { shop, secret: "wrong" });
      expect([status, body.error]).toEqual([401, "invalid_client"]);
    }
  });
  test("a code used twice ends what it issued", async () => {
    const code = await klaviyoCode();
    const first = await redeemKlaviyo(code);
    expect(await klaviyoStatus(first.body.access_token)).toBe(200);
    expect((await redeemKlaviyo(code)).body.error).toBe("invalid_grant");
    expect(await klaviyoStatus(first.body.access_token)).toBe(401);
    expect((await refreshed("klaviyo", first.body.refresh_token)).body.error).toBe("invalid_grant");
  });
});

describe("renewal", () => {
  test("Klaviyo rotates, and the old token coming back ends the family", async () => {
    const { body: first } = await klaviyoTokens();
    const { body: second } = await refreshed("klaviyo", first.refresh_token);
    expect(second.refresh_token).not.toBe(first.refresh_token);
    expect(await klaviyoStatus(first.access_token)).toBe(200);
    expect(await klaviyoStatus(second.access_token)).toBe(200);
    expect((await refreshed("klaviyo", first.refresh_token)).status).toBe(400);
    expect(await klaviyoStatus(second.access_token)).toBe(401);
    expect((await refreshed("klaviyo", second.refresh_token)).body.error).toBe("invalid_grant");
  });
  test("Shopify lets a lost renewal be repeated until the replacement is used", async () => {
    const { body: first } = await shopifyTokens();
    await client.control("/control", { faults: [{ provider: "shopify", kind: "token", count: 1, effect: { type: "reply_lost" } }] });
    expect(
      (
        await fetch(client.endpoints.shopify.token.replace("{shop}", shop), {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify({
            client_id: sandboxClients.shopify.clientId,
            client_secret: sandboxClients.shopify.clientSecret,
            grant_type: "refresh_token",
            refresh_token: first.refresh_token,
          }),
        })
      ).status,
    ).toBe(502);
    expect(await shopStatus(first.access_token)).toBe(401);
    const { status, body: second } = await refreshed("shopify", first.refresh_token);
    expect(status).toBe(200);
    expect(await shopStatus(second.access_token)).toBe(200);
    const { body: third } = await refreshed("shopify", second.refresh_token);
    expect(await shopStatus(third.access_token)).toBe(200);
    expect((await refreshed("shopify", first.refresh_token)).body.error).toBe("invalid_grant");
    expect(await shopStatus(third.access_token)).toBe(401);
  });
  test("Shopify's offline token lasts unless an expiring one is asked for, and becomes one by exchange", async () => {
    const { body: lasting } = await shopifyTokens("0");
    expect(lasting).toEqual({ access_token: expect.stringMatching(/^shpat_sbx/), scope: "read_orders,read_products" });
    const type = "urn:shopify:params:oauth:token-type:offline-access-token";
    const { body } = await client.token(
      "shopify",
      {
        grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
        subject_token: String(lasting.access_token),
        subject_token_type: type,
        requested_token_type: type,
        expiring: "1",
      },
      { shop },
    );
    expect(body).toMatchObject({ expires_in: 3600, refresh_token_expires_in: 7_776_000 });
    expect(await shopStatus(lasting.access_token)).toBe(401);
    expect(await shopStatus(body.access_token)).toBe(200);
  });
  test("a new offline token of a shop ends the earlier one", async () => {
    const { body: earlier } = await shopifyTokens();
    const { body: later } = await shopifyTokens();
    expect(await shopStatus(earlier.access_token)).toBe(401);
    expect(await shopStatus(later.access_token)).toBe(200);
  });
  test("a refresh token that expired is refused, which is no theft: the access token lives on", async () => {
    const { body } = await klaviyoTokens();
    await client.control("/expire", { token: body.access_token, kinds: ["refresh"] });
    expect((await refreshed("klaviyo", body.refresh_token)).body.error).toBe("invalid_grant");
    expect(await klaviyoStatus(body.access_token)).toBe(200);
  });
  test("another shop's address takes neither the code nor the token", async () => {
    const { body } = await shopifyTokens();
    const elsewhere = { shop: "gamma-home.myshopify.com" };
    const { status } = await client.token("shopify", { grant_type: "refresh_token", refresh_token: String(body.refresh_token) }, elsewhere);
    expect(status).toBe(400);
    expect((await client.graphql(elsewhere.shop, String(body.access_token), "{ shop { id } }")).status).toBe(401);
  });
  test("an access token that expired is refused until it is renewed", async () => {
    const { body } = await klaviyoTokens();
    await client.control("/expire", { token: body.access_token });
    expect(await klaviyoStatus(body.access_token)).toBe(401);
    const { body: next } = await refreshed("klaviyo", body.refresh_token);
    expect(await klaviyoStatus(next.access_token)).toBe(200);
  });
});

describe("Google", () => {
  const analytics = "https://www.googleapis.com/auth/analytics.readonly";
  const calendar = "https://www.googleapis.com/auth/calendar.readonly";
  async function consent(query: Record<string, string>, form: [string, string][] = []) {
    const url = client.authorizeUrl("google", {
      access_type: "offline",
      prompt: "consent",
      code_challenge: challengeOf(verifier),
      code_challenge_method: "S256",
      ...query,
    });
    const back = await client.decide(url, [["decision", "allow"], ...form]);
    const code = back.searchParams.get("code") ?? "";
    return client.token("google", {
      grant_type: "authorization_code",
      code,
      code_verifier: verifier,
      redirect_uri: client.redirectUri("google"),
    });
  }
  test("unticked scopes are not granted, and who the person is always is", async () => {
    const { body } = await consent({ scope: `openid ${analytics} ${calendar}` }, [
      ["granular", "1"],
      ["scope", calendar],
    ]);
    expect(String(body.scope).split(" ").sort()).toEqual([calendar, "openid"].sort());
    expect(body.id_token).toEqual(expect.any(String));
    expect(body.expires_in).toBe(3599);
  });
  test("renewal keeps the refresh token", async () => {
    const { body } = await consent({ scope: `openid ${analytics}` });
    const { body: next } = await refreshed("google", body.refresh_token);
    expect(next.refresh_token).toBeUndefined();
    expect(next.access_token).not.toBe(body.access_token);
    expect((await refreshed("google", body.refresh_token)).status).toBe(200);
  });
  test("a refresh token comes only with offline access", async () => {
    expect((await consent({ scope: analytics, access_type: "online" })).body.refresh_token).toBeUndefined();
  });
  test("revoking ends everything the person granted", async () => {
    const { body: one } = await consent({ scope: analytics }, [["account", "owner@gamma.example"]]);
    const { body: other } = await consent({ scope: calendar }, [["account", "owner@gamma.example"]]);
    const answer = await fetch(client.endpoints.google.revoke, {
      method: "POST",
      body: new URLSearchParams({ token: String(one.access_token) }),
    });
    expect(answer.status).toBe(200);
    expect((await refreshed("google", other.refresh_token)).body.error).toBe("invalid_grant");
    const again = await fetch(client.endpoints.google.revoke, {
      method: "POST",
      body: new URLSearchParams({ token: String(one.access_token) }),
    });
    expect([again.status, ((await again.json()) as { error: string }).error]).toEqual([400, "invalid_token"]);
  });
});

describe("control", () => {
  test("every secret that was issued is listed and carries the mark", async () => {
    const { body } = await klaviyoTokens();
    const issued = await client.control<string[]>("/issued");
    expect(issued).toContain(body.access_token);
    expect(issued).toContain(body.refresh_token);
    expect(issued.every((value) => issuedSecretPattern.test(value))).toBe(true);
  });
  test("a fault strikes only what it names, as often as it says", async () => {
    const one = await client.mint("klaviyo", "FaultA", ["accounts:read"]);
    const other = await client.mint("klaviyo", "FaultB", ["accounts:read"]);
    await client.control("/control", {
      faults: [
        { provider: "klaviyo", account: "FaultA", path: "^/api/accounts", count: 1, effect: { type: "rate_limited", retryAfter: 7 } },
      ],
    });
    expect(await klaviyoStatus(other.access_token)).toBe(200);
    const struck = await fetch(`${sandbox.url}/klaviyo/api/accounts`, {
      headers: { authorization: `Bearer ${one.access_token}`, revision: "2026-07-15" },
    });
    expect([struck.status, struck.headers.get("retry-after")]).toEqual([429, "7"]);
    expect(await klaviyoStatus(one.access_token)).toBe(200);
  });
  test("a fault is not used up by a call that another one answers, and every stroke is counted", async () => {
    const { refresh_token } = await client.mint("google", "y@faults.example", ["openid"]);
    const token = { provider: "google", kind: "token", account: "y@faults.example", count: 1 };
    const before = await client.control<{ strikes: { token?: Record<string, number> } }>("/calls");
    await client.control("/control", {
      faults: [
        { ...token, effect: { type: "error", status: 503 } },
        { ...token, effect: { type: "reply_lost", how: "abort" } },
      ],
    });
    expect((await refreshed("google", refresh_token)).status).toBe(503);
    await expect(refreshed("google", refresh_token)).rejects.toThrow();
    expect((await refreshed("google", refresh_token)).status).toBe(200);
    const { strikes } = await client.control<{ strikes: { token: Record<string, number> } }>("/calls");
    expect(strikes.token).toMatchObject({
      error: (before.strikes.token?.error ?? 0) + 1,
      reply_lost: (before.strikes.token?.reply_lost ?? 0) + 1,
    });
  });
  test("a reply can break off, lack fields, or say failure in a success", async () => {
    const { refresh_token } = await client.mint("google", "x@faults.example", ["openid"]);
    const strike = (effect: unknown) => client.control("/control", { faults: [{ provider: "google", kind: "token", count: 1, effect }] });
    await strike({ type: "omit", fields: ["expires_in"] });
    expect((await refreshed("google", refresh_token)).body).not.toHaveProperty("expires_in");
    await strike({ type: "error_in_200" });
    expect((await refreshed("google", refresh_token)).body).toHaveProperty("error");
    await strike({ type: "reply_lost", how: "abort" });
    await expect(refreshed("google", refresh_token)).rejects.toThrow();
  });
  test("an order that cannot be read is refused with what is wrong", async () => {
    const answer = await fetch(`${sandbox.url}/__sandbox/control`, {
      method: "POST",
      body: JSON.stringify({ faults: [{ effect: { type: "explode" } }] }),
    });
    expect(answer.status).toBe(400);
  });
  test("revoking a family ends its tokens", async () => {
    const { access_token, grant_id } = await client.mint("klaviyo", "Gone01", ["accounts:read"]);
    await client.control("/control", { revoke: [{ grantId: grant_id }] });
    expect(await klaviyoStatus(access_token)).toBe(401);
  });
  test("renewals are counted per family", async () => {
    const { refresh_token, grant_id } = await client.mint("klaviyo", "Count1", ["accounts:read"]);
    await refreshed("klaviyo", refresh_token);
    await refreshed("klaviyo", refresh_token);
    const { refreshes } = await client.control<{ refreshes: Record<string, unknown> }>("/calls");
    expect(refreshes[grant_id]).toEqual({ provider: "klaviyo", account: "Count1", rotated: 1, refused: 1 });
  });
});
