import { and, eq, inArray } from "drizzle-orm";
import { describe, expect, test } from "vitest";
import { openDb } from "#db/client.ts";
import { auditLog, invitations, notices, rateLimits, tenants, workspaceRequests } from "#db/schema/index.ts";
import type { UserActor } from "#server/ctx.ts";
import { approveRequest, declineRequest } from "#server/domain/clients/decide-request.ts";
import { forgetRequests } from "#server/domain/clients/forget-requests.ts";
import { countRequests, listRequests } from "#server/domain/clients/list-requests.ts";
import { requestWorkspace } from "#server/domain/clients/request-workspace.ts";
import { createCaller } from "#server/trpc/root.ts";
import { countingD1 } from "#test/counting-d1.ts";
import { makeTenant, makeUser, testCtx, testEnv } from "#test/harness.ts";
import { interruptedD1 } from "#test/interrupted-d1.ts";

let networks = 0;
/** Somebody whom nobody knows, in a network of their own. */
const anybody = (now: () => number = Date.now) => testCtx({ ip: `198.51.100.${networks++}`, now });
const address = () => `asks-${crypto.randomUUID()}@example.com`;
const { directory } = testCtx();
const rowsOf = (email: string) => directory.select().from(workspaceRequests).where(eq(workspaceRequests.email, email));
const staff = async () => testCtx({ actor: (await makeUser({ staff: true })).actor });
const linesOf = async (request: string) =>
  (await directory.select().from(auditLog)).filter(({ details }) => details.request === request).map(({ action }) => action);

async function asked(email = address(), now?: () => number) {
  await requestWorkspace(anybody(now), { email, company: "Delta Gifts & Co", locale: "fr" });
  const [row] = await rowsOf(email);
  if (!row) throw new Error("nothing was written");
  return row;
}

describe("asking for a workspace", () => {
  test("is nobody's page where the configuration does not say so, and writes nothing", async () => {
    const email = address();
    const ctx = anybody();
    const closed = { ...ctx, config: { ...ctx.config, SIGN_UP: "off" as const } };
    await expect(requestWorkspace(closed, { email, company: "Delta", locale: "en" })).rejects.toMatchObject({ kind: "not_found" });
    expect(await createCaller(closed).requests.isOpen()).toBe(false);
    expect(await rowsOf(email)).toEqual([]);
    const admin = await staff();
    expect(await countRequests({ ...admin, config: closed.config })).toBeNull();
  });

  test("is limited by network, and a network that is through keeps no other out", async () => {
    const ctx = anybody();
    for (let times = 0; times < 5; times++) await requestWorkspace(ctx, { email: address(), company: "Delta", locale: "en" });
    const email = address();
    await expect(requestWorkspace(ctx, { email, company: "Delta", locale: "en" })).rejects.toMatchObject({ kind: "rate_limited" });
    expect(await rowsOf(email)).toEqual([]);
    expect(await asked(email)).toMatchObject({ email });
  });

  test("answers the same to an address with an account, without, and that asked before; one request waits for each", async () => {
    const { actor } = await makeUser();
    const unknown = address();
    const answers: unknown[] = [];
    for (const email of [actor.email, unknown, unknown]) {
      answers.push(await createCaller(anybody()).requests.send({ email, company: "Delta", locale: "en" }));
    }
    expect(answers).toEqual([undefined, undefined, undefined]);
    expect(await rowsOf(actor.email)).toHaveLength(1);
    expect(await rowsOf(unknown)).toHaveLength(1);
  });

  test("tells each of the agency's admins once, without the address in the notice", async () => {
    const { actor } = await makeUser({ staff: true });
    const { id, email } = await asked();
    await requestWorkspace(anybody(), { email, company: "Delta", locale: "en" });
    const told = await directory
      .select()
      .from(notices)
      .where(and(eq(notices.tenantId, ""), eq(notices.userId, actor.userId), eq(notices.subject, id)));
    expect(told).toMatchObject([{ kind: "workspace_request", resolvedAt: null }]);
    expect(JSON.stringify(told)).not.toContain(email);
    expect(await linesOf(id)).toEqual(["workspace.requested"]);
  });

  test("leaves no line in the log of where somebody asked from", async () => {
    const ctx = anybody();
    await requestWorkspace(ctx, { email: address(), company: "Delta", locale: "en" });
    expect(
      await directory
        .select()
        .from(auditLog)
        .where(eq(auditLog.ip, ctx.request.ip ?? "")),
    ).toEqual([]);
    expect(await directory.select({ ip: auditLog.ip }).from(auditLog).where(eq(auditLog.requestId, ctx.request.id))).toEqual([
      { ip: null },
    ]);
  });
});

describe("deciding", () => {
  const approval = (workspaceRequestId: string) => ({
    workspaceRequestId,
    id: `made-${crypto.randomUUID().slice(0, 8)}`,
    name: "Delta",
    plan: "growth" as const,
  });

  test("is the agency's alone", async () => {
    const { id } = await asked();
    const tenant = await makeTenant();
    const owner = createCaller(testCtx({ actor: (await makeUser({ roles: [[tenant, "owner"]] })).actor }));
    for (const call of [
      () => owner.requests.list(),
      () => owner.requests.approve(approval(id)),
      () => owner.requests.decline({ workspaceRequestId: id }),
    ]) {
      await expect(call()).rejects.toMatchObject({ code: "FORBIDDEN" });
    }
    expect(
      await rowsOf((await directory.select().from(workspaceRequests).where(eq(workspaceRequests.id, id)))[0]?.email ?? ""),
    ).toMatchObject([{ decision: null }]);
  });

  test("yes makes the client in the asker's language and invites them as its owner; the notice is taken back and both steps are logged", async () => {
    const admin = await staff();
    const { id, email } = await asked();
    expect((await listRequests(admin)).find((each) => each.id === id)).toMatchObject({ slug: "delta-gifts-co", decision: null });
    const made = await approveRequest(admin, approval(id));
    expect(made).toMatchObject({ name: "Delta", plan: "growth", locale: "fr", vertical: "shopify", status: "onboarding" });
    expect(await directory.select().from(invitations).where(eq(invitations.email, email))).toMatchObject([
      { tenantId: made.id, role: "owner", acceptedAt: null },
    ]);
    expect(await linesOf(id)).toEqual(["workspace.requested", "workspace_request.approved"]);
    const open = await directory.select().from(notices).where(eq(notices.subject, id));
    expect(open.every(({ resolvedAt }) => resolvedAt !== null)).toBe(true);
    await expect(approveRequest(admin, approval(id))).rejects.toMatchObject({ kind: "conflict" });
    await expect(declineRequest(admin, { workspaceRequestId: id })).rejects.toMatchObject({ kind: "conflict" });
    await expect(declineRequest(admin, { workspaceRequestId: "wrq_0" })).rejects.toMatchObject({ kind: "not_found" });
  });

  test("yes with an id that is taken leaves the request waiting, and two admins at once make one client", async () => {
    const taken = await makeTenant();
    const admins = [await staff(), await staff()];
    const { id, email } = await asked();
    await expect(approveRequest(admins[0] as never, { ...approval(id), id: taken.id })).rejects.toMatchObject({
      kind: "conflict",
      field: "id",
    });
    expect(await rowsOf(email)).toMatchObject([{ decision: null, decidedBy: null, ofTenant: null }]);
    const wishes = [approval(id), approval(id)];
    const results = await Promise.allSettled(admins.map((admin, at) => approveRequest(admin, wishes[at] as (typeof wishes)[0])));
    expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    const ids = wishes.map((wish) => wish.id);
    expect(await directory.select().from(tenants).where(inArray(tenants.id, ids))).toHaveLength(1);
  });

  test("yes whose client was made stands, although the invitation was not: it is no request again whose id is taken", async () => {
    const admin = await staff();
    const { id, email } = await asked();
    const wish = approval(id);
    await directory
      .insert(rateLimits)
      .values({ key: `invite:address:${wish.id}:${email}`, count: 1_000, resetAt: Date.now() + 86_400_000 });
    await expect(approveRequest(admin, wish)).rejects.toMatchObject({ kind: "rate_limited" });
    expect(await rowsOf(email)).toMatchObject([{ decision: "approved", ofTenant: wish.id }]);
    expect(await linesOf(id)).toEqual(["workspace.requested", "workspace_request.approved"]);
  });

  test("yes that was cut off once its client was made waits still, and is finished by saying it again", async () => {
    let now = Date.now();
    const admin = { ...(await staff()), now: () => now };
    const { id, email } = await asked();
    const wish = approval(id);
    let killed = false;
    const dying = interruptedD1(testEnv.DB, (call) => {
      if (killed) throw new Error("killed");
      killed = call.is === "prepare" && call.query.startsWith('insert into "tenants"');
      return undefined;
    });
    const inDying = { ...admin, directory: openDb(dying), databases: { ...admin.databases, default: dying } };
    await expect(approveRequest(inDying, wish)).rejects.toThrow("killed");
    expect(await rowsOf(email)).toMatchObject([{ decision: null, ofTenant: null }]);
    expect(await directory.select().from(tenants).where(eq(tenants.id, wish.id))).toHaveLength(1);
    // Whoever made it may still be at it.
    await expect(approveRequest(admin, wish)).rejects.toMatchObject({ kind: "conflict", code: "request_waits_no_more" });
    now += 61_000;
    const finished = await approveRequest(admin, approval(id));
    expect(finished.id).toBe(wish.id);
    expect(await rowsOf(email)).toMatchObject([{ decision: "approved", ofTenant: wish.id }]);
    expect(await directory.select().from(invitations).where(eq(invitations.email, email))).toMatchObject([{ tenantId: wish.id }]);
    expect(await linesOf(id)).toEqual(["workspace.requested", "workspace_request.approved"]);
  });

  test("yes is finished too where only the decision was cut off and its owner came in meanwhile", async () => {
    let now = Date.now();
    const admin = { ...(await staff()), now: () => now };
    const { id, email } = await asked();
    const wish = approval(id);
    const made = await approveRequest(admin, wish);
    await directory.update(workspaceRequests).set({ decision: null, ofTenant: null }).where(eq(workspaceRequests.id, id));
    const { actor } = await makeUser({ roles: [[made, "owner"]] });
    await directory.update(workspaceRequests).set({ email: actor.email }).where(eq(workspaceRequests.id, id));
    now += 61_000;
    expect((await approveRequest(admin, wish)).id).toBe(made.id);
    expect(await rowsOf(actor.email)).toMatchObject([{ decision: "approved", ofTenant: made.id }]);
    expect(email).not.toBe(actor.email);
  });

  test("no is refused once the client is made, also where its approval was cut off: yes finishes it", async () => {
    let now = Date.now();
    const admin = { ...(await staff()), now: () => now };
    const { id, email } = await asked();
    const wish = approval(id);
    await approveRequest(admin, wish);
    await directory.update(workspaceRequests).set({ decision: null, ofTenant: null }).where(eq(workspaceRequests.id, id));
    const no = declineRequest(await staff(), { workspaceRequestId: id });
    await expect(no).rejects.toMatchObject({ kind: "conflict", code: "request_client_made" });
    expect(await rowsOf(email)).toMatchObject([{ decision: null }]);
    now += 61_000;
    expect((await approveRequest(admin, wish)).id).toBe(wish.id);
  });

  test("no that comes while another admin says yes leaves no client of a declined request", async () => {
    const yes = await staff();
    const { id, email } = await asked();
    const wish = approval(id);
    // It comes once the other has seen that the request waits, before anything is written.
    let answered: Promise<unknown> | undefined;
    const late = interruptedD1(testEnv.DB, (call) => {
      if (call.is === "prepare" && call.query.includes('from "deletions"')) {
        const decline = directory.update(workspaceRequests).set({ decision: "declined", decidedAt: Date.now(), decidedBy: "usr_other" });
        answered ??= decline.where(eq(workspaceRequests.id, id)).execute();
      }
      return undefined;
    });
    const inLate = { ...yes, directory: openDb(late), databases: { ...yes.databases, default: late } };
    const answer = approveRequest(inLate, wish);
    await expect(answer).rejects.toMatchObject({ kind: "conflict", code: "request_waits_no_more" });
    await answered;
    expect(await rowsOf(email)).toMatchObject([{ decision: "declined", ofTenant: null }]);
    expect(await directory.select().from(tenants).where(eq(tenants.id, wish.id))).toEqual([]);
    expect(await directory.select().from(invitations).where(eq(invitations.email, email))).toEqual([]);
  });

  test("no is logged by the request's id alone and mails nobody; who asked may ask again", async () => {
    const admin = await staff();
    const { id, email } = await asked();
    await declineRequest(admin, { workspaceRequestId: id });
    expect(admin.traces.mails).toEqual([]);
    expect(await linesOf(id)).toEqual(["workspace.requested", "workspace_request.declined"]);
    expect(JSON.stringify((await directory.select().from(auditLog)).filter(({ details }) => details.request === id))).not.toContain(email);
    expect((await listRequests(admin)).find((each) => each.id === id)).toMatchObject({
      decision: "declined",
      decidedBy: (admin.actor as UserActor).name,
    });
    await requestWorkspace(anybody(), { email, company: "Delta", locale: "en" });
    expect(await rowsOf(email)).toHaveLength(2);
  });
});

test("who asked is forgotten a month after the decision, or after three without one", async () => {
  const day = 86_400_000;
  const now = Date.now();
  const admin = await staff();
  const [declined, waiting, fresh] = [await asked(), await asked(address(), () => now - 60 * day), await asked()];
  await declineRequest(admin, { workspaceRequestId: declined.id });
  const left = async (at: number) => {
    await forgetRequests(testCtx({ now: () => at }));
    return (
      await directory
        .select()
        .from(workspaceRequests)
        .where(inArray(workspaceRequests.id, [declined.id, waiting.id, fresh.id]))
    ).map(({ id }) => id);
  };
  expect((await left(now + 29 * day)).sort()).toEqual([declined.id, waiting.id, fresh.id].sort());
  expect((await left(now + 31 * day)).sort()).toEqual([fresh.id]);
  expect(await left(now + 91 * day)).toEqual([]);
});

test("the cron reads none of those who asked lately", async () => {
  const lately = Array.from({ length: 20 }, () => ({
    id: `wrq-${crypto.randomUUID()}`,
    email: address(),
    company: "Delta",
    locale: "en" as const,
  }));
  for (const row of lately) await directory.insert(workspaceRequests).values({ ...row, createdAt: Date.now() });
  const { d1, rowsRead } = countingD1(testEnv.DB);
  await forgetRequests({ ...testCtx(), directory: openDb(d1) });
  expect(rowsRead()).toBeLessThan(lately.length);
});
