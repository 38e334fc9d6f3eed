import { and, eq, inArray } from "drizzle-orm";
import { parse } from "node-html-parser";
import { beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { auditLog, connections, loans, renewals, runLogs, runs, schedules, secrets, tenants } from "#db/schema/index.ts";
import { allJobs } from "#server/catalog/jobs.ts";
import { enterTenant, type Tenant } from "#server/ctx.ts";
import { verifyChain } from "#server/domain/audit/verify-chain.ts";
import { endLoan } from "#server/domain/clients/end-loan.ts";
import { lendConnection } from "#server/domain/clients/lend-connection.ts";
import { listLoans } from "#server/domain/clients/list-loans.ts";
import { updateClient } from "#server/domain/clients/update-client.ts";
import { chooseResources } from "#server/domain/connecting/choose-resources.ts";
import { connectKey } from "#server/domain/connecting/connect-key.ts";
import { disconnect } from "#server/domain/connecting/disconnect.ts";
import { preferConnection } from "#server/domain/connecting/prefer-connection.ts";
import { listLent } from "#server/domain/connections/lent-accounts.ts";
import { eraseTenant } from "#server/domain/custody/erase-tenant.ts";
import { requestDeletion } from "#server/domain/custody/request-deletion.ts";
import { listIntegrations } from "#server/domain/integrations/list-integrations.ts";
import { startRun } from "#server/domain/runs/start-run.ts";
import { alignJobs } from "#server/domain/schedules/align-jobs.ts";
import { alignSchedules } from "#server/domain/schedules/align-schedules.ts";
import { needReconnect } from "#server/domain/tokens/need-reconnect.ts";
import { openAccount } from "#server/domain/tokens/open-account.ts";
import { newId } from "#server/ids.ts";
import { ask, asPerson } from "#test/ask.ts";
import { choices, connectThrough, control, visit } from "#test/domain/connecting/consent.ts";
import { mintKey } from "#test/domain/connecting/mint-key.ts";
import { database, makeRig } from "#test/domain/runs/rig.ts";
import { testSensor } from "#test/domain/runs/sensors.ts";
import { makeTenant, makeUser, testCtx } from "#test/harness.ts";

const day = 86_400_000;

beforeEach(async () => {
  await control();
  await control({ limits: false });
});

/** A job of the shelf's id, so that the shelf's schedule is its own: it asks Klaviyo whose account it is. */
const job = testSensor(
  "klaviyo-sensor",
  async ({ account }) => {
    await account("klaviyo").json({ path: "/api/accounts/" }, z.unknown());
    return { cursor: null, done: true };
  },
  { needs: [{ provider: "klaviyo", scopes: [] }] },
);

const staffCtx = async () => testCtx({ actor: (await makeUser({ staff: true })).actor });
const inside = async (tenant: Tenant) => enterTenant(await staffCtx(), tenant, "staff");
const rowsAt = ({ id }: Tenant) => database.select().from(connections).where(eq(connections.tenantId, id));

/** The agency's own client, with a Klaviyo account. */
async function agency() {
  const tenant = await makeTenant({ vertical: "agency", name: "House" });
  const { browser } = await visit(tenant);
  await connectThrough(browser, { tenant: tenant.id, provider: "klaviyo" });
  const [connection] = await rowsAt(tenant);
  if (!connection) throw new Error("nothing was connected");
  return { tenant, connection, browser };
}
type Agency = Awaited<ReturnType<typeof agency>>;

async function borrower() {
  const tenant = await makeTenant();
  const { actor, token } = await makeUser({ roles: [[tenant, "owner"]] });
  const ctx = enterTenant(testCtx({ actor }), tenant, "owner");
  await alignJobs(ctx);
  return { tenant, token, ctx };
}

const lend = async ({ tenant, connection }: Agency, to: Tenant) => {
  const lent = await lendConnection(await inside(tenant), { connectionId: connection.id, borrower: to.id });
  // As the next request reads it.
  to.borrows = true;
  return lent;
};

function machine(jobs = [job]) {
  const rig = makeRig({ jobs, openAccount });
  // The sandbox's tokens live by the real clock.
  Object.assign(rig.ctx, { now: Date.now });
  return rig;
}

/** Starts the job for these clients and works all of it off in one batch; answers how each ended. */
const runFor = (...of: Tenant[]) => runAs(job, of);

async function runAs(as: typeof job, of: readonly Tenant[]) {
  const rig = machine([as]);
  const started = await Promise.all(of.map((tenant) => startRun(enterTenant(rig.ctx, tenant, "system"), { job: job.id })));
  await rig.work();
  const rows = await database
    .select()
    .from(runs)
    .where(
      inArray(
        runs.id,
        started.map(({ id }) => id),
      ),
    );
  return started.map(({ id }) => rows.find((row) => row.id === id));
}
const blockOf = async ({ id }: Tenant) =>
  (
    await database
      .select()
      .from(schedules)
      .where(and(eq(schedules.tenantId, id), eq(schedules.job, job.id)))
  )[0]?.blocked;
const linesOf = async ({ id }: Tenant) =>
  (await database.select().from(auditLog).where(eq(auditLog.tenantId, id)).orderBy(auditLog.seq)).filter(({ action }) =>
    ["connection.lent", "connection.loan_ended"].includes(action),
  );
const notConnected = { status: "failed", errorKind: "not_connected" };

describe("an account that the agency lends", () => {
  test("is read by the borrower's jobs, opened by the lender's key, and nothing of it comes to the borrower", async () => {
    const [house, { tenant, ctx }] = [await agency(), await borrower()];
    expect(await blockOf(tenant)).toBe("not_connected");
    expect(await runFor(tenant)).toMatchObject([notConnected]);
    await lend(house, tenant);
    expect(await blockOf(tenant)).toBeNull();
    expect(await runFor(tenant)).toMatchObject([{ status: "succeeded" }]);
    const [after] = await rowsAt(house.tenant);
    expect(after?.lastSuccessAt, "the lender sees that it was used").toBeGreaterThan(house.connection.lastSuccessAt ?? 0);
    expect(await rowsAt(tenant)).toEqual([]);
    expect(await database.select().from(secrets).where(eq(secrets.tenantId, tenant.id))).toEqual([]);
    // A client without the loan has nothing of it.
    const other = await borrower();
    expect(await runFor(other.tenant)).toMatchObject([notConnected]);
    const klaviyo = (await listIntegrations(ctx)).find(({ provider }) => provider === "klaviyo");
    expect(klaviyo).toMatchObject({
      connections: [],
      lent: { account: house.connection.name, jobs: [{ id: job.id }, { id: "email-health-sensor" }] },
    });
    expect((await listIntegrations(other.ctx)).every(({ lent }) => lent === null)).toBe(true);
  });

  test("is named on its page as the agency's, without its id, another account of that login or anything to press", async () => {
    const [house, { tenant, token }] = [await agency(), await borrower()];
    await lend(house, tenant);
    const html = await (await ask(`/t/${tenant.id}/integrations/klaviyo`, { headers: asPerson(token) })).text();
    const main = parse(html).querySelector("main")?.text;
    expect(main).toContain(house.connection.name);
    expect(main).toContain("Provided by your agency");
    for (const secret of [house.connection.id, house.tenant.id, "House"]) expect(html).not.toContain(secret);
    const listed = await (await ask(`/api/connections/${tenant.id}`, { headers: asPerson(token) })).text();
    for (const secret of [house.connection.id, house.tenant.id]) expect(listed).not.toContain(secret);
  });

  test("is not the borrower's to disconnect, choose in, or prefer: it is not found", async () => {
    const [house, { tenant, ctx }] = [await agency(), await borrower()];
    await lend(house, tenant);
    const connectionId = house.connection.id;
    for (const deed of [
      disconnect(ctx, { connectionId }),
      preferConnection(ctx, { connectionId }),
      chooseResources(ctx, { connectionId, kind: "ga4_property", ids: [] }),
    ])
      await expect(deed).rejects.toMatchObject({ kind: "not_found" });
    expect(await rowsAt(house.tenant)).toMatchObject([{ status: "active" }]);
  });

  test("serves only where none of the client's own does, and one that waits for a sign-in is waited for", async () => {
    const [house, { tenant, ctx }] = [await agency(), await borrower()];
    await lend(house, tenant);
    const { browser } = await visit(tenant);
    await connectThrough(browser, { tenant: tenant.id, provider: "klaviyo", other: true });
    const lentTo = async () => (await listIntegrations(ctx)).find(({ provider }) => provider === "klaviyo")?.lent;
    expect(await lentTo()).toMatchObject({ jobs: [] });
    const [own] = await rowsAt(tenant);
    if (!own) throw new Error("nothing was connected");
    await needReconnect(await inside(tenant), own, "access_refused");
    expect(await blockOf(tenant)).toBe("reconnect_needed");
    await disconnect(ctx, { connectionId: own.id });
    expect(await blockOf(tenant)).toBeNull();
    expect(await lentTo()).toMatchObject({ jobs: [{ id: job.id }, { id: "email-health-sensor" }] });
  });

  test("that the lender disconnects blocks the borrower's job in the next tick, and serves again when it is back", async () => {
    const [house, { tenant }] = [await agency(), await borrower()];
    await lend(house, tenant);
    const tick = () => alignSchedules(testCtx({ actor: { type: "system", job: "cron" } }), allJobs);
    await tick();
    await disconnect(enterTenant(house.browser, house.tenant, "owner"), { connectionId: house.connection.id });
    expect(await runFor(tenant)).toMatchObject([notConnected]);
    await tick();
    expect(await blockOf(tenant)).toBe("not_connected");
    await connectThrough(house.browser, { tenant: house.tenant.id, provider: "klaviyo" });
    await tick();
    expect(await blockOf(tenant)).toBeNull();
    expect(await runFor(tenant)).toMatchObject([{ status: "succeeded" }]);
  });

  test("stays lent where a sign-in takes the place of the key that it was lent by", async () => {
    const [tenant, { tenant: to }] = [await makeTenant({ vertical: "agency", name: "House" }), await borrower()];
    const { browser } = await visit(tenant);
    const own = enterTenant(browser, tenant, "owner");
    const { fields } = await mintKey("klaviyo", choices.klaviyo?.account ?? "");
    const { connectionId } = await connectKey(own, { provider: "klaviyo", fields });
    const [connection] = await rowsAt(tenant);
    if (!connection) throw new Error("nothing was connected");
    await lend({ tenant, connection, browser }, to);
    await connectThrough(browser, { tenant: tenant.id, provider: "klaviyo" });
    await disconnect(own, { connectionId });
    expect(await runFor(to)).toMatchObject([{ status: "succeeded" }]);
    await alignSchedules(testCtx({ actor: { type: "system", job: "cron" } }), allJobs);
    expect(await blockOf(to)).toBeNull();
  });

  test("is named by no id in the borrower's log of a call that failed", async () => {
    const [house, { tenant }] = [await agency(), await borrower()];
    await lend(house, tenant);
    const lost = testSensor(
      job.id,
      async ({ account }) => {
        await account("klaviyo").json({ path: "/api/nowhere/" }, z.unknown());
        return { cursor: null, done: true };
      },
      { needs: job.needs },
    );
    expect(await runAs(lost, [tenant])).toMatchObject([{ status: "failed" }]);
    const logs = JSON.stringify(await database.select().from(runLogs).where(eq(runLogs.tenantId, tenant.id)));
    expect(logs).toContain("/nowhere/");
    for (const secret of [house.connection.id, house.tenant.id]) expect(logs).not.toContain(secret);
  });

  test("is renewed once though two borrowers run at the same moment, in the lender's name", async () => {
    const [house, one, two] = [await agency(), await borrower(), await borrower()];
    for (const { tenant } of [one, two]) await lend(house, tenant);
    await database
      .update(connections)
      .set({ accessExpiresAt: Date.now() + 1_000 })
      .where(eq(connections.id, house.connection.id));
    expect(await runFor(one.tenant, two.tenant)).toMatchObject([{ status: "succeeded" }, { status: "succeeded" }]);
    expect(await rowsAt(house.tenant)).toMatchObject([{ version: house.connection.version + 1, status: "active" }]);
    const history = await database.select().from(renewals).where(eq(renewals.connectionId, house.connection.id));
    expect(history).toMatchObject([{ tenantId: house.tenant.id, outcome: "renewed" }]);
  });
});

describe("a loan", () => {
  test("stands in the logs of both clients, when it was made and when it ended, and the borrower's names no other client", async () => {
    const [house, { tenant }] = [await agency(), await borrower()];
    const { id: loanId } = await lend(house, tenant);
    await endLoan(await inside(tenant), { loanId });
    for (const of of [house.tenant, tenant]) {
      expect(await linesOf(of)).toMatchObject([
        { action: "connection.lent", actorType: "staff", details: { loan: loanId, provider: "klaviyo" } },
        { action: "connection.loan_ended", actorType: "staff", details: { loan: loanId, provider: "klaviyo" } },
      ]);
      expect(await verifyChain(await inside(of))).toMatchObject({ broken: null });
    }
    expect((await linesOf(house.tenant)).map(({ details }) => (details as { borrower?: string }).borrower)).toEqual([tenant.id, tenant.id]);
    for (const id of [house.tenant.id, house.connection.id]) expect(JSON.stringify(await linesOf(tenant))).not.toContain(id);
    await expect(endLoan(await inside(tenant), { loanId })).rejects.toMatchObject({ code: "loan_over" });
    expect(await linesOf(tenant)).toHaveLength(2);
  });

  test("that has ended leaves the borrower's job as not connected, and a run of it that comes all the same", async () => {
    const [house, { tenant }] = [await agency(), await borrower()];
    const { id: loanId } = await lend(house, tenant);
    expect(await runFor(tenant)).toMatchObject([{ status: "succeeded" }]);
    await endLoan(await inside(house.tenant), { loanId });
    expect(await blockOf(tenant)).toBe("not_connected");
    expect(await runFor(tenant)).toMatchObject([notConnected]);
  });

  test.each(["lender", "borrower"] as const)("ends when its %s is suspended, and does not come back with that client", async (side) => {
    const [house, { tenant, ctx }] = [await agency(), await borrower()];
    await lend(house, tenant);
    const stopped = await inside(side === "lender" ? house.tenant : tenant);
    const suspended = await updateClient(stopped, { status: "suspended" });
    for (const of of [house.tenant, tenant]) expect((await linesOf(of)).map(({ action }) => action)).toContain("connection.loan_ended");
    await updateClient({ ...stopped, tenant: suspended }, { status: "active" });
    expect(await listLent(ctx)).toEqual([]);
    expect(await runFor(tenant)).toMatchObject([notConnected]);
  });

  test("that a client of the agency's borrows stays where that client is moved in vertical, and what it lends ends", async () => {
    const [house, moved, third] = [await agency(), await agency(), await borrower()];
    await lend(house, moved.tenant);
    await lend(moved, third.tenant);
    await updateClient(await inside(moved.tenant), { vertical: "b2b" });
    expect(await listLent({ ...third.ctx, tenant: { ...third.tenant, borrows: true } })).toEqual([]);
    expect(await listLoans(await inside(moved.tenant))).toMatchObject([{ lender: house.tenant.id, borrower: moved.tenant.id }]);
  });

  test("opens nothing of a lender that is suspended in the row alone, is no agency any more, or is kept elsewhere", async () => {
    const [house, { tenant, ctx }] = [await agency(), await borrower()];
    await lend(house, tenant);
    const set = (change: Partial<Tenant>) => database.update(tenants).set(change).where(eq(tenants.id, house.tenant.id));
    for (const [change, back] of [
      [{ status: "suspended" }, { status: "active" }],
      [{ vertical: "b2b" }, { vertical: "agency" }],
      [{ endsAt: Date.now() + day }, { endsAt: null }],
      [{ place: "DB_2" }, { place: "DB" }],
    ] as const satisfies readonly (readonly [Partial<Tenant>, Partial<Tenant>])[]) {
      await set(change);
      expect({ change, lent: await listLent(ctx) }).toEqual({ change, lent: [] });
      expect(await runFor(tenant), JSON.stringify(change)).toMatchObject([notConnected]);
      await set(back);
    }
    expect(await listLent(ctx)).toHaveLength(1);
  });

  test("ends with a lender that is to be erased, of whom nothing is left at the borrower's", async () => {
    const [house, { tenant, ctx }] = [await agency(), await borrower()];
    await lend(house, tenant);
    const { actor } = await makeUser({ roles: [[house.tenant, "owner"]] });
    const owner = enterTenant(testCtx({ actor, ip: "198.51.100.7" }), house.tenant, "owner");
    const { id } = await requestDeletion(owner, { confirmation: house.tenant.name, reason: "It closes its doors." });
    expect(await listLent(ctx)).toEqual([]);
    // Whoever did that is no business of the borrower's people.
    expect((await linesOf(tenant)).at(-1)).toMatchObject({
      action: "connection.loan_ended",
      actorType: "system",
      actorId: "loan",
      ip: null,
    });
    const later = testCtx({ actor: { type: "system", job: "deletion" }, now: () => Date.now() + 31 * day });
    await eraseTenant(later, { deletionId: id });
    expect(await database.select().from(loans).where(eq(loans.lenderId, house.tenant.id))).toEqual([]);
  });
});

describe("who may lend what", () => {
  test("staff alone, by the API too; to anybody else it is forbidden, and a loan of others is not found", async () => {
    const [house, { tenant, token }] = [await agency(), await borrower()];
    const body = JSON.stringify({ connectionId: house.connection.id, borrower: tenant.id });
    const post = (as: string) => ask(`/api/clients/${house.tenant.id}/loans`, { method: "POST", headers: asPerson(as), body });
    expect((await post(token)).status).toBe(403);
    await expect(
      lendConnection(enterTenant(house.browser, house.tenant, "owner"), { connectionId: house.connection.id, borrower: tenant.id }),
    ).rejects.toMatchObject({ kind: "forbidden" });
    const admin = await makeUser({ staff: true });
    const made = await post(admin.token);
    expect(made.status).toBe(201);
    const { id } = (await made.json()) as { id: string };
    const list = await ask(`/api/clients/${tenant.id}/loans`, { headers: asPerson(admin.token) });
    expect(await list.json()).toMatchObject([{ id, lender: house.tenant.id, borrower: tenant.id, provider: "klaviyo" }]);
    const third = await borrower();
    await expect(endLoan(await inside(third.tenant), { loanId: id })).rejects.toMatchObject({ kind: "not_found" });
    const ended = await ask(`/api/clients/${house.tenant.id}/loans/${id}`, { method: "DELETE", headers: asPerson(admin.token) });
    expect(ended.status).toBe(200);
  });

  test("an account of the lender alone, of the agency's own client, once a provider, to another client in the same place", async () => {
    const [house, second, { tenant }] = [await agency(), await agency(), await borrower()];
    const [own, at] = [await inside(house.tenant), (more: Partial<Tenant>) => ({ ...house.tenant, ...more })];
    const lending = (connectionId: string, to: string, ctx = own) => lendConnection(ctx, { connectionId, borrower: to });
    await expect(lending(second.connection.id, tenant.id)).rejects.toMatchObject({ code: "connection_not_found" });
    await expect(lending(newId("con", 0), tenant.id)).rejects.toMatchObject({ code: "connection_not_found" });
    await expect(lending(house.connection.id, "nobody")).rejects.toMatchObject({ code: "client_not_found" });
    await expect(lending(house.connection.id, house.tenant.id)).rejects.toMatchObject({ code: "lent_to_itself" });
    const { id } = house.connection;
    await expect(lending(id, tenant.id, { ...own, tenant: at({ vertical: "b2b" }) })).rejects.toMatchObject({ code: "lender_not_agency" });
    await expect(lending(id, (await makeTenant({ place: "DB_2" })).id)).rejects.toMatchObject({ code: "lent_elsewhere" });
    await expect(lending(id, (await makeTenant({ status: "suspended" })).id)).rejects.toMatchObject({ code: "client_suspended" });
    expect(await linesOf(tenant)).toEqual([]);
    await lend(house, tenant);
    await expect(lend(second, tenant)).rejects.toMatchObject({ code: "lent_already" });
    expect(await linesOf(second.tenant)).toEqual([]);
    await connectThrough(house.browser, { tenant: house.tenant.id, provider: "shopify" });
    const shop = (await rowsAt(house.tenant)).find(({ provider }) => provider === "shopify");
    await expect(lending(shop?.id ?? "", tenant.id)).rejects.toMatchObject({ code: "shop_not_lent" });
  });
});
