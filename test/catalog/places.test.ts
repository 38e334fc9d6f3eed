import { describe, expect, test } from "vitest";
import type { AccountRequest } from "#server/catalog/account.ts";
import { openPlaces, readPages } from "#server/catalog/places.ts";
import { google } from "#server/catalog/providers/google.ts";
import { meta } from "#server/catalog/providers/meta.ts";
import { emailHealthSensor } from "#server/catalog/sensors/email-health-sensor.ts";
import { klaviyoSensor } from "#server/catalog/sensors/klaviyo-sensor.ts";
import { shopifySensor } from "#server/catalog/sensors/shopify-sensor.ts";
import { ProviderError, type ProviderFailureKind } from "#server/errors.ts";
import { makeTenant, testTenantCtx } from "#test/harness.ts";
import { runSensor, valuesOf } from "./sensors/run-sensor.ts";
import { sandbox, sandboxAccount, scriptedAccount } from "./sensors/sandbox-account.ts";

const now = Date.parse("2026-11-20T12:00:00Z");
const hour = 3_600_000;
const refusal = (kind: ProviderFailureKind = "rejected") => new ProviderError("klaviyo", kind, "Invalid cursor provided.");
const newCtx = async () => testTenantCtx(await makeTenant(), "system");

describe("a place in a list", () => {
  test("is dropped once where it is refused, and again only when a run has passed", async () => {
    const refused = () => Promise.reject(refusal());
    const places = openPlaces({ anewAt: null, now });
    expect(await places.from("a", refused)).toBeNull();
    expect([places.anewAt, places.despite]).toEqual([now, ["rejected"]]);
    await expect(places.from("b", refused)).rejects.toThrow("Invalid cursor");
    await expect(openPlaces({ anewAt: now, now: now + 9 * 60_000 }).from("b", refused)).rejects.toThrow("Invalid cursor");
    expect(await openPlaces({ anewAt: now, now: now + hour }).from("b", refused)).toBeNull();
  });
  test("is not at fault where none was given, or where the call failed in another way", async () => {
    await expect(openPlaces().from(null, () => Promise.reject(refusal()))).rejects.toThrow("Invalid cursor");
    for (const kind of ["revoked", "missing_scopes", "rate_limited", "unavailable", "misconfigured"] as const) {
      await expect(openPlaces().from("a", () => Promise.reject(refusal(kind)))).rejects.toThrow("Invalid cursor");
    }
  });
  test("that is lost half-way begins the list anew, without an item twice", async () => {
    let losses = 1;
    const read = (place: string | null) => {
      if (place === "1" && losses-- > 0) return Promise.reject(refusal());
      const at = Number(place ?? 0);
      return Promise.resolve({ items: [at], next: at < 2 ? String(at + 1) : null });
    };
    expect(await readPages(read)).toEqual({ items: [0, 1, 2], complete: true });
    losses = 2;
    await expect(readPages(read)).rejects.toThrow("Invalid cursor");
  });
});

/** `count` profiles, one a page; while `lost` is set, no place in them is known. */
function forgetful(count: number) {
  const state = { lost: false };
  const account = scriptedAccount("klaviyo", ({ path }: AccountRequest) => {
    if (!path.includes("/api/profiles")) return { data: [], links: { next: null } };
    const place = /place(\d+)/.exec(path)?.[1];
    if (place !== undefined && state.lost) throw refusal();
    const at = Number(place ?? 0);
    const next = at + 1 < count ? `https://a.klaviyo.com/api/profiles?page=place${at + 1}` : null;
    return { data: [{ id: String(at), attributes: { created: "2026-01-01T00:00:00+00:00" } }], links: { next } };
  });
  return { account, state };
}

describe("Klaviyo's profiles", () => {
  test("are counted anew in the same run where their page is forgotten, each once", async () => {
    const ctx = await newCtx();
    const { account } = forgetful(100);
    const half = await runSensor(ctx, klaviyoSensor, { account, now, steps: 1 });
    expect(half.cursor).toMatchObject({ total: 40 });
    const forgets = { ...account, json: forgetOnce(account, "place40") };
    const run = await runSensor(ctx, klaviyoSensor, { account: forgets, now: now + hour, cursor: half.cursor });
    expect(valuesOf(run, "profiles")).toEqual({ "2026-11-20": 100 });
    expect(run.steps[0]?.despite).toEqual(["rejected"]);
    expect(run.logs.map(({ level }) => level)).toContain("warn");
  });
  test("fail as any call does where pages are forgotten as fast as they are given, and end once they are not", async () => {
    const ctx = await newCtx();
    const { account, state } = forgetful(100);
    state.lost = true;
    await expect(runSensor(ctx, klaviyoSensor, { account, now })).rejects.toThrow("Invalid cursor");
    expect(account.calls.filter(({ path }) => path.includes("/api/profiles")).length).toBeLessThan(10);
    state.lost = false;
    const half = await runSensor(ctx, klaviyoSensor, { account, now, steps: 1 });
    state.lost = true;
    await expect(runSensor(ctx, klaviyoSensor, { account, now: now + hour, cursor: half.cursor })).rejects.toThrow("Invalid cursor");
    state.lost = false;
    const end = await runSensor(ctx, klaviyoSensor, { account, now: now + 2 * hour, cursor: half.cursor });
    expect(valuesOf(end, "profiles")).toEqual({ "2026-11-20": 100 });
  });
});

/** The first request of this page is refused; all others are answered. */
function forgetOnce(account: ReturnType<typeof scriptedAccount>, page: string): typeof account.json {
  let left = 1;
  return (request, schema) => (request.path.endsWith(page) && left-- > 0 ? Promise.reject(refusal()) : account.json(request, schema));
}

test("a metric that Klaviyo no longer has is found anew, once", async () => {
  const ctx = await newCtx();
  let metric = "old";
  const account = scriptedAccount("klaviyo", ({ path, body }) => {
    if (path.startsWith("/api/metrics")) return { data: [{ id: metric, attributes: { name: "Placed Order" } }], links: {} };
    if (!JSON.stringify(body).includes(`"${metric}"`)) throw refusal();
    return { data: { attributes: { results: [] } } };
  });
  const first = await runSensor(ctx, emailHealthSensor, { account, now });
  metric = "new";
  const second = await runSensor(ctx, emailHealthSensor, { account, now: now + hour, cursor: first.cursor });
  expect(second.cursor).toMatchObject({ conversionMetricId: "new" });
  expect(second.steps[0]?.despite).toEqual(["rejected"]);
});

test("the products of a shop that forgets a page are counted once each", async () => {
  const domain = `forgetful-${Date.now()}.myshopify.com`;
  const account = await sandboxAccount("shopify", domain, { scopes: shopifySensor.needs[0]?.scopes ?? [] });
  // Every product is scarce: two pages of them.
  const products = Array.from({ length: 260 }, (_, index) => ({ code: `P${index}`, title: `P${index}`, price: "1.00" }));
  await sandbox.control(`/shop/${domain}`, undefined, "PUT");
  await sandbox.control(`/shop/${domain}/rows`, { orders: [], products });
  await sandbox.control(`/shop/${domain}/finish`, { mark: "hand" });
  const read = async () => {
    const run = await runSensor(await newCtx(), shopifySensor, { account, config: { lowStockAt: 1000 } });
    return Object.values(valuesOf(run, "low_stock"))[0];
  };
  const scarce = await read();
  expect(scarce).toBeGreaterThan(200);
  await sandbox.control("/control", { faults: [{ provider: "shopify", account: domain, count: 1, effect: { type: "lost_place" } }] });
  expect(await read()).toBe(scarce);
});

describe("what can be chosen under a login", () => {
  const twoPages = (nextOf: (page: number) => object, itemOf: (page: number) => object) => {
    let losses = 1;
    return scriptedAccount("any", ({ path }: AccountRequest) => {
      const second = /(?:pageToken|after)=two/.test(path);
      if (second && losses-- > 0) throw refusal();
      return { ...itemOf(second ? 2 : 1), ...nextOf(second ? 2 : 1) };
    });
  };
  test("is listed anew where Google forgets a page", async () => {
    const account = twoPages(
      (page) => (page === 1 ? { nextPageToken: "two" } : {}),
      (page) => ({ accountSummaries: [{ propertySummaries: [{ property: `properties/${page}`, displayName: `P${page}` }] }] }),
    );
    const found = await google.choices?.find(({ kind }) => kind === "ga4_property")?.list(account);
    expect(found?.map(({ id }) => id)).toEqual(["1", "2"]);
  });
  test("is listed anew where Meta forgets a page", async () => {
    const account = twoPages(
      (page) => (page === 1 ? { paging: { next: "there is more", cursors: { after: "two" } } } : {}),
      (page) => ({ data: [{ id: String(page), name: `Page ${page}` }] }),
    );
    const found = await meta.choices?.find(({ kind }) => kind === "page")?.list(account);
    expect(found?.map(({ id }) => id)).toEqual(["1", "2"]);
  });
});
