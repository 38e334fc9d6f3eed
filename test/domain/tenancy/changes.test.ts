import { eq } from "drizzle-orm";
import { describe, expect, test } from "vitest";
import { openDb } from "#db/client.ts";
import { auditLog, rateLimits, tenants } from "#db/schema/index.ts";
import type { Tenant } from "#server/ctx.ts";
import { describeProcedures } from "#server/trpc/rest.ts";
import { appRouter, createCaller } from "#server/trpc/root.ts";
import { ask, asPerson } from "#test/ask.ts";
import { typesOfProcedures } from "#test/contracts/types-of-procedures.ts";
import { makeTenant, makeUser, testCtx, testEnv } from "#test/harness.ts";

const db = openDb(testEnv.DB);

/** As if they had changed that much a moment ago. */
const haveChanged = (key: string, count: number) =>
  db.insert(rateLimits).values({ key: `change:${key}`, count, resetAt: Date.now() + 60_000 });

describe("how much one person may change in a minute", () => {
  const rename = (token: string) =>
    ask("/api/trpc/me.update", {
      method: "POST",
      headers: asPerson(token),
      body: JSON.stringify({ name: "Same", locale: "en", timezone: "UTC" }),
    });

  test("beyond it every door answers 429 and when to come back, and nothing is written", async () => {
    const { actor, token } = await makeUser({ staff: true });
    const tenant = await makeTenant();
    await haveChanged(`person:${actor.userId}`, 120);
    for (const response of [
      await rename(token),
      await ask(`/api/clients/${tenant.id}`, { method: "PATCH", headers: asPerson(token), body: JSON.stringify({ name: "Else" }) }),
    ]) {
      expect(response.status).toBe(429);
      expect(Number(response.headers.get("retry-after"))).toBeGreaterThan(0);
    }
    expect(await db.select().from(auditLog).where(eq(auditLog.actorId, actor.userId))).toEqual([]);
  });

  test("no procedure that changes anything for a signed-in person goes uncounted", async () => {
    const tenant = await makeTenant();
    const owner = await makeUser({ roles: [[tenant, "owner"]] });
    const admin = await makeUser({ staff: true });
    const procedures = describeProcedures(appRouter._def.procedures).filter(({ door }) => door !== "public");
    const mutations = procedures.filter(({ name }) => typesOfProcedures.get(name) === "mutation");
    expect(mutations.length).toBeGreaterThan(30);
    for (const { actor } of [owner, admin]) await haveChanged(`person:${actor.userId}`, 120);
    const uncounted: string[] = [];
    for (const { name, door } of mutations) {
      const caller: unknown = createCaller(testCtx({ actor: door === "staff" ? admin.actor : owner.actor }));
      const call = name.split(".").reduce<unknown>((noun, verb) => (noun as Record<string, unknown>)[verb], caller);
      const code = await (call as (input: unknown) => Promise<unknown>)({ tenant: tenant.id }).then(
        () => "OK",
        (error: { code: string }) => error.code,
      );
      if (code !== "TOO_MANY_REQUESTS") uncounted.push(`${name}: ${code}`);
    }
    expect(uncounted).toEqual([]);
  });

  test("reading goes on, and so does everybody else", async () => {
    const tenant = await makeTenant();
    const { actor, token } = await makeUser({ roles: [[tenant, "viewer"]] });
    const other = await makeUser({ roles: [[tenant, "owner"]] });
    await haveChanged(`person:${actor.userId}`, 120);
    expect((await rename(token)).status).toBe(429);
    expect((await ask("/api/trpc/me.get", { headers: asPerson(token) })).status).toBe(200);
    expect((await rename(other.token)).status).toBe(200);
  });

  test("people of one client together have a limit, whoever they are", async () => {
    const tenant = await makeTenant();
    const { actor } = await makeUser({ roles: [[tenant, "owner"]] });
    await haveChanged(`tenant:${tenant.id}`, 600);
    const change = createCaller(testCtx({ actor })).clients.updateSettings({ tenant: tenant.id, name: "Else" });
    await expect(change).rejects.toMatchObject({ code: "TOO_MANY_REQUESTS", cause: { retryAfterS: expect.any(Number) } });
  });

  test("a hundred and thirty at once: a hundred and twenty pass, none fails in any other way", async () => {
    const { token } = await makeUser();
    const statuses = await Promise.all(Array.from({ length: 130 }, async () => (await rename(token)).status));
    expect(statuses.filter((status) => status === 200)).toHaveLength(120);
    expect(statuses.filter((status) => status === 429)).toHaveLength(10);
  });
});

describe("a change that changes nothing leaves no line", () => {
  const linesBy = async (userId: string) =>
    (await db.select().from(auditLog).where(eq(auditLog.actorId, userId))).map(({ action }) => action);

  /** Asked for three times, two of them at once. */
  async function thrice(change: () => Promise<unknown>): Promise<void> {
    await change();
    await Promise.all([change(), change()]);
  }

  const cases: [string, string, (call: ReturnType<typeof createCaller>, tenant: Tenant) => Promise<unknown>][] = [
    ["the own profile", "user.updated", (call) => call.me.update({ name: "New Name", locale: "fr", timezone: "Europe/Paris" })],
    ["the client's settings", "client.updated", (call, { id }) => call.clients.updateSettings({ tenant: id, name: "New Name" })],
    [
      "a job's settings",
      "job.configured",
      (call, { id }) => call.runs.configure({ tenant: id, job: "shopify-sensor", config: { lowStock: 3 } }),
    ],
  ];
  for (const [what, action, change] of cases) {
    test(`${what}: one line for the change, none for its repetition`, async () => {
      const tenant = await makeTenant();
      const { actor } = await makeUser({ roles: [[tenant, "owner"]] });
      await thrice(async () => {
        const fresh = { ...actor, memberships: [{ tenant: await reload(tenant), role: "owner" as const }] };
        await change(createCaller(testCtx({ actor: fresh })), tenant);
      });
      expect(await linesBy(actor.userId)).toEqual([action]);
    });
  }

  test("ending other sessions where there are none, and signing out twice", async () => {
    const { actor } = await makeUser();
    const call = createCaller(testCtx({ actor }));
    await thrice(() => call.me.revokeOtherSessions());
    expect(await linesBy(actor.userId)).toEqual([]);
    await thrice(() => call.signIn.out());
    expect(await linesBy(actor.userId)).toEqual(["session.ended"]);
  });

  test("an onboarding that is done is done once", async () => {
    const { actor } = await makeUser();
    await thrice(() => createCaller(testCtx({ actor })).me.completeOnboarding({ name: actor.name, locale: "en", timezone: "UTC" }));
    expect(await linesBy(actor.userId)).toEqual([]);
  });
});

/** As the next request finds it. */
async function reload({ id }: Tenant): Promise<Tenant> {
  const [tenant] = await db.select().from(tenants).where(eq(tenants.id, id));
  if (!tenant) throw new Error(`no tenant ${id}`);
  return tenant;
}
