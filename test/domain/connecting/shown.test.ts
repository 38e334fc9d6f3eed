import { eq } from "drizzle-orm";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openDb } from "#db/client.ts";
import { connections, debts, oauthStates } from "#db/schema/index.ts";
import { oauthProviders } from "#server/catalog/providers/registry.ts";
import { enterTenant, type Tenant, type TenantCtx } from "#server/ctx.ts";
import { answerShown, findShown } from "#server/domain/connecting/answer-shown.ts";
import type { AnswerShown } from "#server/domain/connecting/schemas.ts";
import { workToken } from "#server/domain/connecting/work-token.ts";
import { listConnections } from "#server/domain/connections/list-connections.ts";
import { sweep } from "#server/domain/runs/sweep.ts";
import { claimDebts } from "#server/domain/tokens/claim-debts.ts";
import { makeUser, testCtx, testEnv, testTenantCtx } from "#test/harness.ts";
import { arrive, asShown, type Browser, begin, choices, control, decide, visit } from "./consent.ts";

const db = openDb(testEnv.DB);
/** Providers that bind a code to nothing. */
const loose = ["slack", "linkedin", "meta", "tiktok"];

beforeEach(async () => {
  // The accounts of other tests would keep grants alive.
  await db.update(connections).set({ status: "disconnected" });
  await control();
  await control({ limits: false });
});
afterEach(() => control());

const connectionsOf = (tenant: Tenant) => listConnections(testTenantCtx(tenant));
const inside = (browser: Browser, tenant: Tenant, role: "owner" | "viewer" = "owner") => enterTenant(browser, tenant, role);

async function callbackOf(
  browser: Browser,
  tenant: Tenant,
  provider: string,
  more: { connection?: string; account?: string } = {},
): Promise<URL> {
  const choice = choices[provider];
  const { location } = await begin(browser, { provider, tenant: tenant.id, shop: choice?.shop, connection: more.connection });
  return decide(location, { account: more.account ?? choice?.account ?? "" });
}

const answer = async (ctx: TenantCtx, asked: AnswerShown) => asShown(ctx, await answerShown(ctx, asked));

/** Back from the provider, at the page that shows the account. */
async function shownAt(provider: string) {
  const { browser, tenant, actor } = await visit();
  const callback = await callbackOf(browser, tenant, provider);
  const next = await arrive(browser, provider, callback);
  const page = new URL(next.location, "http://portal.test");
  expect([page.pathname, next.toast]).toEqual([`/t/${tenant.id}/integrations/${provider}/confirm`, undefined]);
  return { browser, tenant, actor, callback, next, consent: page.searchParams.get("consent") ?? "" };
}

test("an account is shown before it is kept where the provider binds a code to nothing, and nowhere else", async () => {
  for (const { id, oauth } of oauthProviders) {
    const { browser, tenant } = await visit();
    const next = await arrive(browser, id, await callbackOf(browser, tenant, id));
    expect(next.location.includes("/confirm?"), id).toBe(loose.includes(id));
    expect(oauth.pkce || oauth.callbackFault !== undefined, id).toBe(!loose.includes(id));
    expect((await connectionsOf(tenant)).length, id).toBe(loose.includes(id) ? 0 : 1);
  }
});

describe.each(loose)("an account of %s that nobody here had", (provider) => {
  test("is named, and kept with a yes, once; the callback says the same from then on", async () => {
    const { browser, tenant, callback, next, consent } = await shownAt(provider);
    const ctx = inside(browser, tenant);
    expect(await arrive(browser, provider, callback)).toEqual(next);
    const shown = await findShown(ctx, { consent });
    expect(shown).toMatchObject({ provider, externalId: expect.any(String), name: expect.any(String) });
    const [row] = await db.select().from(oauthStates).where(eq(oauthStates.shownAs, consent));
    expect(JSON.stringify(row)).not.toMatch(/sbx[0-9a-f]{40}/);
    expect(row?.sealedGrant).toMatch(/^a1\./);

    const ends = await Promise.all([1, 2].map(() => answer(ctx, { consent, keep: true })));
    expect(ends[0]).toMatchObject({ location: `/t/${tenant.id}/integrations`, toast: { kind: "success" } });
    expect(ends[1]).toEqual(ends[0]);
    expect(await connectionsOf(tenant)).toMatchObject([{ externalId: shown.externalId, status: "active", version: 1 }]);
    expect(await arrive(browser, provider, callback)).toEqual(ends[0]);
    const [after] = await db.select().from(oauthStates).where(eq(oauthStates.shownAs, consent));
    expect(after?.sealedGrant).toBeNull();
    expect(await db.select().from(debts).where(eq(debts.tenantId, tenant.id))).toEqual([]);
    await expect(findShown(ctx, { consent })).rejects.toMatchObject({ kind: "not_found" });

    // The same account again is known, and asked about no more; so is a reconnect.
    const [known] = await connectionsOf(tenant);
    for (const connection of [undefined, known?.id]) {
      const again = await arrive(browser, provider, await callbackOf(browser, tenant, provider, { connection }));
      expect(again.toast?.message).toMatch(/reconnected/);
    }
  });

  test("is given back with a no", async () => {
    const { browser, tenant, callback, consent } = await shownAt(provider);
    const end = await answer(inside(browser, tenant), { consent, keep: false });
    expect(end).toMatchObject({
      location: `/t/${tenant.id}/integrations`,
      toast: { kind: "info", message: expect.stringMatching(/wasn’t connected/) },
    });
    expect(await answer(inside(browser, tenant), { consent, keep: true })).toEqual(end);
    expect(await arrive(browser, provider, callback)).toEqual(end);
    expect(await connectionsOf(tenant)).toEqual([]);
    const owed = await db.select().from(debts).where(eq(debts.tenantId, tenant.id));
    // LinkedIn takes nothing back.
    expect(owed.map(({ farewell }) => farewell)).toEqual(provider === "linkedin" ? [] : ["returned"]);
  });
});

describe("an account that is shown", () => {
  test("of another person's code is seen for what it is: whoever was given it did not choose it", async () => {
    const { browser: thief, tenant: theirs } = await visit();
    const stolen = (await callbackOf(thief, theirs, "slack", { account: "T0GAMMASHOP" })).searchParams.get("code") ?? "";
    const { browser, tenant } = await visit();
    const callback = await callbackOf(browser, tenant, "slack");
    callback.searchParams.set("code", stolen);
    const page = new URL((await arrive(browser, "slack", callback)).location, "http://portal.test");
    expect(await findShown(inside(browser, tenant), { consent: page.searchParams.get("consent") ?? "" })).toMatchObject({
      externalId: "T0GAMMASHOP",
    });
    expect(await connectionsOf(tenant)).toEqual([]);
  });

  test("is nobody's but the person's, session's and browser's that began, in that client, with that right", async () => {
    const { browser, tenant, actor, consent } = await shownAt("slack");
    const { actor: colleague } = await makeUser({ roles: [[tenant, "owner"]] });
    const { tenant: elsewhere } = await visit();
    const strangers = [
      inside({ ...browser, actor: colleague }, tenant),
      inside({ ...browser, actor: { ...actor, sessionId: "ses_other" } }, tenant),
      inside(testCtx({ actor }), tenant),
      inside({ ...browser, actor: { ...actor, memberships: [...actor.memberships, { tenant: elsewhere, role: "owner" }] } }, elsewhere),
    ];
    for (const stranger of strangers) {
      await expect(findShown(stranger, { consent })).rejects.toMatchObject({ kind: "not_found" });
      for (const keep of [true, false]) await expect(answerShown(stranger, { consent, keep })).rejects.toMatchObject({ kind: "not_found" });
    }
    await expect(answerShown(inside(browser, tenant, "viewer"), { consent, keep: true })).rejects.toMatchObject({ kind: "forbidden" });
    expect((await answer(inside(browser, tenant), { consent, keep: true })).toast?.kind).toBe("success");
  });

  test("and about which nobody says anything is given back, and its grant is destroyed here", async () => {
    const { browser, tenant, consent } = await shownAt("slack");
    const late = () => Date.now() + 12 * 60_000;
    const cron = testCtx({ actor: { type: "system", job: "cron" }, now: late });
    await expect(answerShown(inside({ ...browser, now: late }, tenant), { consent, keep: true })).rejects.toMatchObject({
      kind: "not_found",
    });
    await sweep(cron);
    expect(await db.select().from(oauthStates).where(eq(oauthStates.shownAs, consent))).toEqual([]);
    await claimDebts(cron);
    for (const message of cron.traces.tokens) await workToken(cron, message);
    expect(await db.select().from(debts).where(eq(debts.tenantId, tenant.id))).toMatchObject([
      { farewell: "returned", accessSealed: null },
    ]);
  });

  test("keeps its lifetimes: they count from when it came", async () => {
    const { browser, tenant, consent } = await shownAt("slack");
    const later = { ...browser, now: () => Date.now() + 5 * 60_000 };
    await answerShown(inside(later, tenant), { consent, keep: true });
    const [row] = await connectionsOf(tenant);
    expect(Math.abs((row?.accessExpiresAt ?? 0) - (Date.now() + 43_200_000))).toBeLessThan(60_000);
  });
});
