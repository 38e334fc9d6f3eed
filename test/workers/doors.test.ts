import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { rateLimits } from "#db/schema/index.ts";
import { sessionCookie } from "#server/auth.ts";
import { type LimitName, limitOf } from "#server/domain/tenancy/limits.ts";
import { networkOf } from "#server/domain/tenancy/network-of.ts";
import { ask, asPerson } from "#test/ask.ts";
import { makeTenant, makeUser, testCtx } from "#test/harness.ts";
import { doorOf, doors } from "#workers/doors.ts";
import { headersOf } from "#workers/http/security-headers.ts";

const foreign = "https://shop.example";
/** An address behind each door. */
const behind = (path: string) => path.replace("/*", path === "/*" ? "/sign-in" : "/x").replace("//", "/");

test("every address has its door, and the more general one comes after", () => {
  expect(doorOf("/healthz").path).toBe("/healthz");
  expect(doorOf("/webhooks/shopify").who).toBe("signature");
  expect(doorOf("/api/auth/oauth/google/callback").path).toBe("/api/auth/oauth/*");
  expect(doorOf("/api/clients").path).toBe("/api/*");
  expect(doorOf("/apiary").path).toBe("/*");
  expect(doorOf("/dev/outbox").who).toBe("developer");
  for (const { path } of doors) expect(doorOf(behind(path)).path, `no door before ${path} takes its addresses`).toBe(path);
});

test.each(doors)("$path keeps to its rules for senders, readers, frames and devices", async (door) => {
  const { token } = await makeUser();
  const cookie = `${sessionCookie}=${token}`;
  const sent = await ask(behind(door.path), { method: "POST", headers: { cookie, origin: foreign }, body: "{}" });
  if (door.path !== "/healthz") expect(sent.status === 403, "a page of another site").toBe(door.senders === "ours");
  const asked = await ask(behind(door.path), { method: "OPTIONS", headers: { origin: foreign, "access-control-request-method": "POST" } });
  expect(asked.headers.get("access-control-allow-origin")).toBe(door.readers === "any" ? "*" : null);
  const seen = await ask(behind(door.path), { headers: { cookie } });
  expect(seen.headers.get("x-frame-options")).toBe(door.framed === "nobody" ? "DENY" : null);
  expect(seen.headers.get("content-security-policy")).toContain(`frame-ancestors ${door.framed === "nobody" ? "'none'" : "*"}`);
  for (const device of ["camera", "microphone"] as const)
    expect(seen.headers.get("permissions-policy")).toContain(`${device}=(${door.devices.includes(device) ? "self" : ""})`);
});

test.each(doors.filter(({ path }) => path !== "/healthz"))(
  "$path takes no body that is longer than it says",
  async ({ path, maxBody, who }) => {
    const { token } = await makeUser();
    const headers = { "content-type": "application/json", cookie: `${sessionCookie}=${token}`, "sec-fetch-site": "same-origin" };
    const tooLong = await ask(behind(path), { method: "POST", headers, body: "x".repeat((maxBody ?? 0) + 1) });
    expect(tooLong.status === 413, who).toBe(maxBody !== null);
  },
);

/** Somebody at a door: from a network of their own, signed in, an owner of a client and staff. */
interface Knocker {
  ip: string;
  token: string;
  tenant: string;
  userId: string;
}
interface Knock {
  path: string;
  init: RequestInit;
  /** What counts it there, and whom. */
  by: Partial<Record<LimitName, (who: Knocker) => string>>;
}

const person: Knock["by"] = { "change:person": ({ userId }) => userId };
const changes: Knock["by"] = { ...person, "change:tenant": ({ tenant }) => tenant };
const outward: Knock["by"] = { "oauth:user": ({ userId }) => userId };
const back: Knock["by"] = { "oauth:ip": ({ ip }) => networkOf(ip) };
const json = (method: string, body: unknown = {}): RequestInit => ({ method, body: JSON.stringify(body) });
const form = (fields: Record<string, string>): RequestInit => ({ method: "POST", body: new URLSearchParams(fields) });
/** What is tried at each door that counts. */
const knocks: Record<string, (who: Knocker) => readonly Knock[]> = {
  "/api/trpc/*": ({ tenant }) => [{ path: "/api/trpc/clients.update", init: json("POST", { tenant }), by: changes }],
  "/api/auth/oauth/*": ({ tenant }) => [
    { path: "/api/auth/oauth/klaviyo/callback?state=x", init: {}, by: back },
    { path: `/api/auth/oauth/klaviyo/authorize?tenant=${tenant}`, init: {}, by: outward },
  ],
  "/api/integrations/*": ({ tenant }) => [
    { path: "/api/integrations/klaviyo/oauth/callback?state=x", init: {}, by: back },
    { path: `/api/integrations/klaviyo/oauth/start?tenant=${tenant}`, init: {}, by: outward },
    { path: `/api/integrations/klaviyo/oauth/refresh/${tenant}`, init: json("POST"), by: person },
  ],
  "/api/*": ({ tenant }) => [{ path: `/api/clients/${tenant}`, init: json("PATCH"), by: changes }],
  "/*": ({ tenant, ip }) => [
    // Whoever is signed in is led away from there.
    {
      path: "/sign-in?index",
      init: { ...form({ email: `at-${tenant}@shop.example` }), headers: { cookie: "" } },
      by: { "sign-in:network": () => networkOf(ip) },
    },
    { path: `/t/${tenant}/settings/workspace`, init: form({ intent: "save", name: "Other" }), by: changes },
  ],
};

test.each(doors.filter(({ limits }) => limits.length > 0))("$path is closed by each of its limits: $limits", async ({ path, limits }) => {
  const tenant = await makeTenant();
  const { actor, token } = await makeUser({ staff: true, roles: [[tenant, "owner"]] });
  const who = { ip: `198.51.${path.length}.7`, token, tenant: tenant.id, userId: actor.userId };
  const { directory } = testCtx();
  const seen = new Set<string>();
  for (const { path: address, init, by } of knocks[path]?.(who) ?? []) {
    const { "content-type": type, ...person } = asPerson(token);
    const headers = {
      ...person,
      ...(typeof init.body === "string" && { "content-type": type ?? "" }),
      "cf-connecting-ip": who.ip,
      accept: "application/json",
    };
    const knock = async () => (await ask(address, { ...init, headers: { ...headers, ...init.headers } })).status;
    for (const [name, of] of Object.entries(by)) {
      const { key, max } = limitOf(name as LimitName, of(who));
      expect(await knock(), `${address} before ${name}`).not.toBe(429);
      await directory.update(rateLimits).set({ count: max }).where(eq(rateLimits.key, key));
      expect(await knock(), `${address} beyond ${name}`).toBe(429);
      await directory.delete(rateLimits).where(eq(rateLimits.key, key));
      seen.add(name);
    }
  }
  // The way in by a code needs a mail first: test/domain/people/sign-in.test.ts comes too often there.
  expect([...seen, ...(path === "/*" ? ["sign-in-code:network"] : [])].sort()).toEqual([...limits].sort());
});

test("what may be framed, read or heard elsewhere says so in its headers", () => {
  const [first] = doors;
  if (!first) throw new Error("there are no doors");
  expect(headersOf({ ...first, framed: "anybody", readers: "any", devices: ["microphone"] })).toMatchObject({
    "access-control-allow-origin": "*",
    "cross-origin-resource-policy": "cross-origin",
    "permissions-policy": expect.stringContaining("camera=(), microphone=(self)"),
  });
  expect(headersOf({ ...first, framed: "anybody" })).not.toHaveProperty("x-frame-options");
});
