import { afterEach, expect, test, vi } from "vitest";
import { z } from "zod";
import { findProvider } from "#server/catalog/providers/registry.ts";
import { windowOf } from "#server/catalog/providers/windows.ts";
import { afterFailure, failureOf } from "#server/domain/runs/after-failure.ts";
import type { ApiAccess } from "#server/domain/wire/api-access.ts";
import { callApi } from "#server/domain/wire/call-api.ts";
import { sendWrite } from "#server/domain/wire/send-write.ts";
import { asJson } from "#server/domain/wire/take-reply.ts";
import type { EndedCall, Held, RatedCall } from "#server/rate-leases.ts";
import { hurry } from "#test/domain/connecting/consent.ts";
import { testCtx } from "#test/harness.ts";

afterEach(() => vi.restoreAllMocks());

const secrets = { access_token: "token_of_the_test" };
const account = { provider: "of the test", externalId: "1", tenant: "t-1", connection: "con-1" };

/** An account whose calls are answered like this, and held back like that; what was asked for, and told of it. */
function rated(id: string, answers: readonly (() => Response)[], held: readonly (Held | null)[] = []) {
  const begun: RatedCall[] = [];
  const ended: EndedCall[] = [];
  let sent = 0;
  const ctx = testCtx({
    outbound: async () => answers[Math.min(sent++, answers.length - 1)]?.() ?? Response.error(),
    rates: {
      begin: async (call) => held[begun.push(call) - 1] ?? null,
      end: async (_call, how) => void ended.push(how),
    },
  });
  const access: ApiAccess = {
    ...{ provider: findProvider(id), kind: "oauth", shop: "acme.myshopify.com", secrets, fields: {} },
    rated: { account, priority: "sync" },
  };
  return { ctx, access, begun, ended, sent: () => sent };
}

const read = ({ ctx, access }: ReturnType<typeof rated>, path: string) => callApi(ctx, access, { path }, asJson(z.unknown()));
const write = ({ ctx, access }: ReturnType<typeof rated>, path: string) =>
  sendWrite(ctx, access, { method: "POST", path, body: {}, repeatable: true }, z.unknown());
const namesOf = ({ begun }: ReturnType<typeof rated>) => begun.map(({ limits }) => limits.map(({ name }) => name));

test("Shopify's replies say what a query cost and what is left of the shop's points, however large its plan", async () => {
  const throttleStatus = { maximumAvailable: 20_000, currentlyAvailable: 19_958, restoreRate: 1_000 };
  const shop = rated("shopify", [
    () => Response.json({ data: {}, extensions: { cost: { requestedQueryCost: 52, actualQueryCost: 42, throttleStatus } } }),
  ]);
  await read(shop, "/admin/api/2026-10/graphql.json");
  expect(shop.begun).toMatchObject([{ account, limits: [{ name: "points" }], cost: 50, service: "shopify" }]);
  expect(shop.ended).toEqual([
    { said: [{ name: "points", most: 20_000, perS: 1_000, left: 19_958, exact: true }], cost: 42, failed: null },
  ]);
});

test("Klaviyo counts each operation by the second and by the minute, and says what is left of the minute", async () => {
  const klaviyo = rated("klaviyo", [() => Response.json({}, { headers: { "ratelimit-remaining": "41" } })]);
  for (const path of ["/api/lists/Y6nRLr/profiles?page[size]=100", "/api/segments", "/api/accounts"]) await read(klaviyo, path);
  expect(namesOf(klaviyo)).toEqual([
    ["GET lists/profiles a second", "GET lists/profiles a minute"],
    ["GET segments a second", "GET segments a minute"],
    ["GET accounts a second", "GET accounts a minute"],
  ]);
  expect(klaviyo.begun[2]?.limits[0]).toEqual({ name: "GET accounts a second", most: 1, perS: 1 });
  expect(klaviyo.ended[0]?.said).toEqual([{ name: "GET lists/profiles a minute", left: 41 }]);
});

test("HubSpot's searches have a limit of their own, of which its replies say nothing", async () => {
  const hubspot = rated("hubspot", [() => Response.json({}, { headers: { "x-hubspot-ratelimit-remaining": "88" } })]);
  await read(hubspot, "/crm/v3/objects/contacts/512");
  await read(hubspot, "/crm/v3/objects/contacts/search");
  expect(namesOf(hubspot)).toEqual([["calls"], ["searches"]]);
  expect(hubspot.ended.map(({ said }) => said)).toEqual([[{ name: "calls", left: 88 }], []]);
});

test("Slack's methods have a limit each; one that is reached is told with its Retry-After", async () => {
  hurry();
  const slack = rated("slack", [
    () => Response.json({ ok: false, error: "ratelimited" }, { status: 429, headers: { "retry-after": "30" } }),
  ]);
  await expect(read(slack, "/conversations.list")).rejects.toMatchObject({ kind: "rate_limited", unsent: false });
  expect(slack.begun[0]?.limits).toEqual([windowOf("conversations.list", 20, 60)]);
  expect(slack.ended).toEqual([{ said: [], failed: { forMs: 30_000 } }]);
});

test("silence and a 5xx are the service's fault, a refusal is nobody's", async () => {
  hurry();
  const google = rated("google", [() => new Response("", { status: 503 })]);
  const ads = { path: "/v1beta/properties/1:runReport", service: "analyticsdata" };
  await expect(callApi(google.ctx, google.access, ads, asJson(z.unknown()))).rejects.toMatchObject({ kind: "unavailable" });
  expect(google.begun[0]).toMatchObject({ service: "analyticsdata", limits: [] });
  expect(google.ended.every(({ failed }) => failed?.forMs === null)).toBe(true);
  const refused = rated("klaviyo", [() => Response.json({ errors: [{ detail: "no" }] }, { status: 400 })]);
  await expect(read(refused, "/api/lists")).rejects.toMatchObject({ kind: "rejected" });
  expect(refused.ended).toEqual([{ said: [], failed: null }]);
});

test("of a window that has many calls a part goes at once and the rest evenly, so that no window has more; of a few all may", () => {
  const minute = windowOf("a minute", 150, 60);
  expect(minute.most + minute.perS * 60).toBe(150);
  expect(windowOf("a second", 3, 1)).toEqual({ name: "a second", most: 3, perS: 3 });
});

test("what is held back is not sent: a read says when to come back, a write that it did not leave us", async () => {
  const spent = { retryAfterS: 40, down: false };
  const down = { retryAfterS: 15, down: true };
  const klaviyo = rated("klaviyo", [() => Response.json({})], [spent, down, spent]);
  await expect(read(klaviyo, "/api/lists")).rejects.toMatchObject({ kind: "rate_limited", retryAfterS: 40, unsent: true });
  await expect(read(klaviyo, "/api/lists")).rejects.toMatchObject({ kind: "unavailable", retryAfterS: 15, unsent: true });
  expect(await write(klaviyo, "/api/events")).toMatchObject({ outcome: "not_sent", failure: { kind: "rate_limited", retryAfterS: 40 } });
  expect([klaviyo.sent(), klaviyo.ended]).toEqual([0, []]);
});

test("a write that was sent and may have been done stays in doubt where its repeat is held back", async () => {
  hurry();
  const klaviyo = rated("klaviyo", [() => new Response("", { status: 502 })], [null, { retryAfterS: 40, down: true }]);
  expect(await write(klaviyo, "/api/events")).toMatchObject({ outcome: "ambiguous", status: 502 });
  expect(klaviyo.sent()).toBe(1);
});

test("a run whose calls are held back waits without that it was a try, for as long as it takes", async () => {
  const klaviyo = rated("klaviyo", [], [{ retryAfterS: 40, down: false }]);
  const failure = failureOf(await read(klaviyo, "/api/lists").catch((error: unknown) => error));
  expect(failure).toMatchObject({ kind: "rate_limited", unsent: true });
  expect(afterFailure(failure, { attempt: 6, now: 0, random: () => 0 })).toEqual({ status: "waiting", availableAt: 40_000 });
  // Two calls of the step were made, and are made anew: it waits for three, and not for ever.
  const spent = { now: 0, random: () => 0, sent: 2 };
  expect(afterFailure(failure, { ...spent, attempt: 1 })).toEqual({ status: "queued", availableAt: 120_000 });
  expect(afterFailure(failure, { ...spent, attempt: 6 })).toEqual({ status: "dead" });
  // A service that is left alone comes back by itself.
  expect(afterFailure({ ...failure, kind: "unavailable" }, { ...spent, attempt: 6 })).toMatchObject({ status: "waiting" });
});

test("an account that is not connected yet has no budget", async () => {
  const klaviyo = rated("klaviyo", [() => Response.json({})]);
  await callApi(klaviyo.ctx, { ...klaviyo.access, rated: undefined }, { path: "/api/accounts" }, asJson(z.unknown()));
  expect([klaviyo.sent(), klaviyo.begun]).toEqual([1, []]);
});
