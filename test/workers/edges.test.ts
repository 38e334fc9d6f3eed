import { createExecutionContext } from "cloudflare:test";
import * as build from "virtual:remix/server-build";
import { expect, test, vi } from "vitest";
import { sessionCookie } from "#server/auth.ts";
import { setFlash, takeFlash } from "#server/flash.ts";
import { ask } from "#test/ask.ts";
import { makeTenant, makeUser, testCtx, testEnv } from "#test/harness.ts";
import { testOrigin } from "#test/variables.ts";
import worker from "#workers/app.ts";
import { browserCookies } from "#workers/context.ts";
import { maskPath } from "#workers/http/request-log.ts";

const errorOf = async (response: Response) => ((await response.json()) as { error: Record<string, unknown> }).error;
const json = { "content-type": "application/json" };

test("an unknown address below /api is a JSON 404 with the request's id, and no stack", async () => {
  const response = await ask("/api/no/such/thing");
  expect(response.status).toBe(404);
  const error = await errorOf(response);
  expect(error).toMatchObject({ kind: "not_found", field: null, issues: [], retryAfterS: null });
  expect(error.requestId).toBe(response.headers.get("x-request-id"));
  expect(JSON.stringify(error)).not.toContain("stack");
});

test("a page that the portal itself could not make speaks the reader's language", async () => {
  const page = await (await ask("/no%5cpage", { headers: { "accept-language": "fr" } })).text();
  expect(page).toContain('<html lang="fr" dir="ltr">');
  expect(page).toContain("Rien à cette adresse.");
  expect(await (await ask("/no%5cpage", { headers: { cookie: "atrium_locale=he", "accept-language": "fr" } })).text()).toContain(
    '<html lang="he" dir="rtl">',
  );
});

test("a method that an address does not know is a 405 that names the ones it does", async () => {
  const response = await ask("/api/clients/acme", { method: "DELETE" });
  expect(response.status).toBe(405);
  expect(response.headers.get("allow")).toBe("GET, PATCH");
});

test("a body that is no JSON, no object or too long is refused without quoting it", async () => {
  const { token } = await makeUser({ staff: true });
  const headers = { ...json, cookie: `${sessionCookie}=${token}`, origin: testOrigin };
  const post = (body: string, more = {}) => ask("/api/clients", { method: "POST", headers: { ...headers, ...more }, body });
  const broken = await post('{"id": "secret-text');
  expect(broken.status).toBe(400);
  expect(JSON.stringify(await errorOf(broken))).not.toContain("secret-text");
  expect((await post("[]")).status).toBe(400);
  expect((await post("{}", { "content-type": "text/plain" })).status).toBe(415);
  expect((await post(JSON.stringify({ name: "x".repeat(300_000) }))).status).toBe(413);
});

test("a form of another content type, or a broken one, is the sender's fault on every page", async () => {
  const send = (path: string, type: string, body: string) =>
    ask(path, { method: "POST", headers: { origin: testOrigin, "content-type": type }, body });
  const paths = Object.values(build.routes).flatMap((route) => {
    if (!route?.module.action) return [];
    const path: string[] = [];
    let at: typeof route | undefined = route;
    for (; at; at = build.routes[at.parentId ?? ""]) if (at.path) path.unshift(at.path);
    return [`/${path.join("/").replaceAll(/:(\w+)/g, "x")}${route.index ? "?index" : ""}`];
  });
  expect(paths.length).toBeGreaterThan(20);
  for (const path of paths) {
    expect((await send(path, "application/json", "{}")).status, path).toBe(400);
    expect((await send(path, "text/plain", "a=b")).status, path).toBe(400);
    expect((await send(path, "multipart/form-data; boundary=x", "no parts")).status, path).toBe(400);
  }
});

test("a cookie that does not decode is no reason to fail, whoever set it", async () => {
  const { token } = await makeUser();
  for (const stray of ["other=%", "%=x", "atrium_theme=%E0%A4%A", "__Host-atrium_flash=%%%"]) {
    expect((await ask("/sign-in", { headers: { cookie: stray } })).status, stray).toBe(200);
    const cookie = `${stray}; ${sessionCookie}=${token}`;
    expect((await ask("/api/trpc/me.get", { headers: { cookie } })).status, stray).toBe(200);
  }
});

test("a message for the next page fits into a cookie, however long what it names is", async () => {
  const { cookies, lines } = browserCookies(null);
  const ctx = { ...testCtx(), cookies };
  setFlash(ctx, { kind: "success", message: "א".repeat(10_000) });
  expect(lines.join().length).toBeLessThan(4096);
  expect(takeFlash(ctx)?.message).toMatch(/א…$/);
});

test("a bad field is named in the same way on REST and on tRPC", async () => {
  const { token } = await makeUser({ staff: true });
  const headers = { ...json, cookie: `${sessionCookie}=${token}`, origin: testOrigin };
  const body = JSON.stringify({ id: "Not A Slug", name: "x", vertical: "shopify", plan: "growth" });
  const overRest = await errorOf(await ask("/api/clients", { method: "POST", headers, body }));
  const overTrpc = await errorOf(await ask("/api/trpc/clients.create", { method: "POST", headers, body }));
  expect(overRest).toMatchObject({ kind: "invalid", field: "id" });
  const { requestId: _, code, ...described } = overRest;
  expect(overTrpc.data).toMatchObject({ ...described, errorCode: code });
});

test("a page of another site cannot change anything with a person's cookies", async () => {
  const tenant = await makeTenant();
  const { token } = await makeUser({ roles: [[tenant, "owner"]] });
  const cookie = `${sessionCookie}=${token}`;
  const send = (path: string, headers: Record<string, string>, type = "application/json") =>
    ask(path, { method: "POST", headers: { "content-type": type, ...headers }, body: type === "application/json" ? "{}" : "a=b" });
  for (const [path, type] of [
    ["/api/trpc/me.get", "application/json"],
    ["/api/clients", "application/json"],
    ["/sign-out", "application/x-www-form-urlencoded"],
  ] as const) {
    expect((await send(path, { cookie, origin: "https://evil.example" }, type)).status, path).toBe(403);
    expect((await send(path, { cookie, origin: "null" }, type)).status, path).toBe(403);
    expect((await send(path, { cookie, "sec-fetch-site": "cross-site" }, type)).status, path).toBe(403);
    expect((await send(path, { cookie, "sec-fetch-site": "same-site" }, type)).status, path).toBe(403);
    expect((await send(path, { cookie }, type)).status, path).toBe(403);
    expect((await send(path, { origin: "https://evil.example" }, type)).status, path).toBe(403);
  }
  expect(await errorOf(await send("/api/clients", { cookie }))).toMatchObject({ kind: "forbidden" });
});

test("our own pages may, and so may a caller without cookies that is no page", async () => {
  const { token } = await makeUser();
  const cookie = `${sessionCookie}=${token}`;
  const send = (headers: Record<string, string>) => ask("/api/clients", { method: "POST", headers: { ...json, ...headers }, body: "{}" });
  expect(await errorOf(await send({ cookie, origin: testOrigin }))).toMatchObject({ message: "Only the agency’s admins can do this." });
  expect(await errorOf(await send({ cookie, "sec-fetch-site": "same-origin" }))).toMatchObject({
    message: "Only the agency’s admins can do this.",
  });
  expect((await send({})).status).toBe(401);
});

test("a form of ours is taken where the browser hides its origin, and behind a proxy that has a name of its own", async () => {
  const body = "email=not-an-address";
  const send = (headers: Record<string, string>) =>
    ask("/sign-in", { method: "POST", headers: { "content-type": "application/x-www-form-urlencoded", ...headers }, body });
  expect((await send({ origin: "null", "sec-fetch-site": "same-origin" })).status).toBe(422);
  expect((await send({ origin: testOrigin, "x-forwarded-host": "inner.example" })).status).toBe(422);
  expect((await send({ origin: "null", "sec-fetch-site": "cross-site" })).status).toBe(403);
});

test("one request carries so many calls and no more", async () => {
  const { token } = await makeUser();
  const batch = (calls: number) =>
    ask(`/api/trpc/${Array(calls).fill("me.get").join(",")}?batch=1`, { headers: { cookie: `${sessionCookie}=${token}` } });
  expect((await batch(20)).status).toBe(200);
  expect((await batch(21)).status).toBe(400);
});

test("a mutation is not to be had by GET", async () => {
  const { token } = await makeUser({ staff: true });
  const input = encodeURIComponent(JSON.stringify({ id: "by-get", name: "x", vertical: "shopify", plan: "growth" }));
  const response = await ask(`/api/trpc/clients.create?input=${input}`, { headers: { cookie: `${sessionCookie}=${token}` } });
  expect(response.status).toBe(405);
});

test("every answer carries the headers that hold a browser back", async () => {
  const [first, second] = await Promise.all([ask("/healthz"), ask("/api/no")]);
  for (const { headers } of [first, second]) {
    const policy = headers.get("content-security-policy") ?? "";
    // What links fetch ahead falls under `default-src` alone in Firefox; whatever else it would open is closed by name.
    expect(policy).toContain("default-src 'self'");
    for (const closed of ["media", "frame", "child", "worker", "object"]) expect(policy).toContain(`${closed}-src 'none'`);
    for (const own of ["script", "style", "font", "img", "connect", "manifest"]) expect(policy).toContain(`${own}-src `);
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).toContain("base-uri 'none'");
    expect(policy).toMatch(/script-src 'nonce-[A-Za-z0-9+/=]{24}' 'strict-dynamic';/);
    expect(policy).not.toMatch(/script-src[^;]*unsafe/);
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("referrer-policy")).toBe("same-origin");
    expect(headers.get("permissions-policy")).toContain("camera=()");
    expect(headers.get("cache-control")).toContain("no-store");
    expect(headers.get("x-request-id")).toMatch(/^req_/);
  }
  expect(first.headers.get("content-security-policy")).not.toBe(second.headers.get("content-security-policy"));
});

test("in production every answer asks for https from then on, elsewhere none does", async () => {
  const askIn = (ENVIRONMENT: string) => {
    const request = new Request(`${testOrigin}/healthz`) as Request<unknown, IncomingRequestCfProperties>;
    return worker.fetch(request, { ...testEnv, ENVIRONMENT }, createExecutionContext());
  };
  expect((await askIn("production")).headers.get("strict-transport-security")).toBe("max-age=63072000; includeSubDomains");
  expect((await askIn("development")).headers.get("strict-transport-security")).toBeNull();
});

test("a request is one line in the log, without its query and without the token of a link", async () => {
  const printed = vi.spyOn(console, "log").mockImplementation(() => undefined);
  const token = "A".repeat(43);
  const response = await ask(`/api/nothing/${token}?secret=query-value`);
  const lines = printed.mock.calls.map(([line]) => String(line));
  printed.mockRestore();
  const [line] = lines.filter((text) => text.includes(response.headers.get("x-request-id") ?? "none"));
  expect(JSON.parse(line ?? "{}")).toMatchObject({
    message: "request",
    method: "GET",
    path: "/api/nothing/[token]",
    status: 404,
    user: null,
  });
  expect(lines.join("\n")).not.toMatch(/query-value|AAAA/);
});

test("a link's token is masked wherever it stands and however it is written", () => {
  const token = "q".repeat(43);
  expect(maskPath(`/sign-in/link/${token}`)).toBe("/sign-in/link/[token]");
  expect(maskPath(`/sign-in/link/${token}.data`)).toBe("/sign-in/link/[token]");
  expect(maskPath("/invitation/%71%71%71")).toBe("/invitation/[token]");
  expect(maskPath("/t/acme/runs/run_06r00000000000000000000000")).toBe("/t/acme/runs/run_06r00000000000000000000000");
});

test("a session used after a day gets its cookie anew", async () => {
  const { token } = await makeUser();
  const fresh = await ask("/api/trpc/me.get", { headers: { cookie: `${sessionCookie}=${token}` } });
  expect(fresh.headers.get("set-cookie")).toBeNull();
  vi.setSystemTime(Date.now() + 2 * 86_400_000);
  const later = await ask("/api/trpc/me.get", { headers: { cookie: `${sessionCookie}=${token}` } });
  vi.useRealTimers();
  expect(later.headers.get("set-cookie")).toContain(`${sessionCookie}=${token}`);
  expect(later.headers.get("set-cookie")).toMatch(/Max-Age=2592000; Path=\/; HttpOnly; Secure; SameSite=Lax/);
});
