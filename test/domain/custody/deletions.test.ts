import { eq, sql } from "drizzle-orm";
import { describe, expect, test } from "vitest";
import { openDb } from "#db/client.ts";
import * as schema from "#db/schema/index.ts";
import {
  connections,
  dataKeys,
  deletions,
  devMails,
  measurements,
  memberships,
  oauthStates,
  rateLimits,
  runs,
  schedules,
  secrets,
  tenants,
  users,
} from "#db/schema/index.ts";
import { tenantTables } from "#db/tenant-guard.ts";
import { enterTenant } from "#server/ctx.ts";
import { commit } from "#server/domain/audit/commit.ts";
import { createClient } from "#server/domain/clients/create-client.ts";
import { eraseTenant } from "#server/domain/custody/erase-tenant.ts";
import { findDeletion, listDeletions } from "#server/domain/custody/list-deletions.ts";
import { cancelDeletion, requestDeletion } from "#server/domain/custody/request-deletion.ts";
import { deletionGraceMs } from "#server/domain/custody/schemas.ts";
import { startDeletions } from "#server/domain/custody/start-deletions.ts";
import { workMail } from "#server/domain/mail/work-mail.ts";
import { startRun } from "#server/domain/runs/start-run.ts";
import { findTenant } from "#server/domain/tenancy/find-tenant.ts";
import { currentDataKey } from "#server/domain/vault/data-keys.ts";
import { openSecret, sealSecret } from "#server/domain/vault/secrets.ts";
import { type Belongings, makeBelongings, snapshotOf } from "#test/contracts/belongings.ts";
import { tablesWith } from "#test/contracts/tables-with.ts";
import { makeTenant, makeUser, testCtx, testEnv, testTenantCtx } from "#test/harness.ts";
import { interruptedD1 } from "#test/interrupted-d1.ts";

const db = openDb(testEnv.DB);
const reason = "The contract has ended.";
const later = (days: number) => () => Date.now() + days * 86_400_000;
const jobs = (now: () => number = later(31)) => testCtx({ actor: { type: "system", job: "test" }, now });
const receiptOf = async (id: string) => (await db.select().from(deletions).where(eq(deletions.id, id)))[0];

/** Sets the end of a client as its owner does. */
async function endOf({ tenant, owner }: Pick<Belongings, "tenant" | "owner">) {
  const ctx = testTenantCtx(tenant, "owner", { actor: owner });
  const { id: deletionId } = await requestDeletion(ctx, { confirmation: tenant.name, reason });
  return { ctx, deletionId };
}

const addMeasurements = (tenantId: string, rows: number) =>
  db.run(
    sql`insert into ${measurements} (tenant_id, job, metric, day, dimension, value, measured_at)
      with recursive n(i) as (select 1 union all select i + 1 from n where i < ${rows}) select ${tenantId}, 's', 'm', 'd', i, 1, 1 from n`,
  );

/** What the agency's log says of it, in order. */
async function toldOf(deletionId: string): Promise<string[]> {
  const lines = await db.select().from(schema.auditLog).where(eq(schema.auditLog.tenantId, "")).orderBy(schema.auditLog.seq);
  return lines.filter(({ details }) => details.deletion === deletionId).map(({ action }) => action);
}

/** A context that comes by `before` on each call of D1; a batch waits for what that answers. */
function watched(ctx: ReturnType<typeof jobs>, before: (call: "prepare" | "batch") => Promise<void> | undefined): typeof ctx {
  const d1 = interruptedD1(ctx.databases.DB, ({ is }) => before(is));
  return { ...ctx, directory: openDb(d1), databases: { DB: d1 } };
}

/** A job whose batch of this number begins only when `meanwhile` is over. */
function heldUpAt(number: number, meanwhile: () => Promise<void>) {
  let batches = 0;
  return watched(jobs(), (call) => (call === "batch" && ++batches === number ? meanwhile() : undefined));
}

describe("the end of a client is set", () => {
  test("by its owner or staff, who write its name, and by nobody else", async () => {
    const tenant = await makeTenant();
    const as = async (role: "owner" | "admin" | "staff") => {
      const { actor } = await makeUser(role === "staff" ? { staff: true } : { roles: [[tenant, role]] });
      return testTenantCtx(tenant, role, { actor });
    };
    await expect(requestDeletion(await as("admin"), { confirmation: tenant.name, reason })).rejects.toMatchObject({ kind: "forbidden" });
    await expect(requestDeletion(await as("owner"), { confirmation: "another", reason })).rejects.toMatchObject({ kind: "invalid" });
    expect((await findTenant(jobs(), tenant.id)).endsAt).toBeNull();
    const { dueAt } = await requestDeletion(await as("staff"), { confirmation: ` ${tenant.name} `, reason });
    expect((await findTenant(jobs(), tenant.id)).endsAt).toBe(dueAt);
    await expect(requestDeletion(await as("owner"), { confirmation: tenant.name, reason })).rejects.toMatchObject({ kind: "conflict" });
  });

  test("who may take it back hears by mail by whom and for when it was set; once it was taken back nobody does", async () => {
    const tenant = await makeTenant({ name: "Letters & Co", timezone: "Asia/Tokyo" });
    const owner = (await makeUser({ roles: [[tenant, "owner"]] })).actor;
    const other = (await makeUser({ roles: [[tenant, "owner"]] })).actor;
    const viewer = (await makeUser({ roles: [[tenant, "viewer"]] })).actor;
    const staff = (await makeUser({ staff: true })).actor;
    const mailsTo = ({ email }: { email: string }) => db.select().from(devMails).where(eq(devMails.recipient, email));
    const set = async (actor: typeof owner, role: "owner" | "staff") => {
      const ctx = testCtx({ actor });
      const { id, dueAt } = await requestDeletion(enterTenant(ctx, tenant, role), { confirmation: tenant.name, reason });
      expect(ctx.traces.mails).toEqual([{ v: 1, type: "mail.ending", deletion: id }]);
      return { id, dueAt };
    };
    const first = await set(owner, "owner");
    const message = { v: 1, type: "mail.ending", deletion: first.id } as const;
    await workMail(testCtx(), message);
    await workMail(testCtx(), message);
    const on = new Intl.DateTimeFormat("en", { dateStyle: "long", timeZone: "Asia/Tokyo" }).format(first.dueAt);
    const [mail, ...more] = await mailsTo(other);
    expect(more).toEqual([]);
    expect(mail?.subject).toBe(`Letters & Co will be deleted on ${on}`);
    expect(mail?.text).toContain("Test Person scheduled the deletion of Letters & Co.");
    expect(mail?.text).toContain(`http://atrium.test/t/${tenant.id}/settings/data`);
    expect((await mailsTo(staff))[0]?.text).toContain(`http://atrium.test/admin/clients/${tenant.id}/data`);
    expect(await mailsTo(viewer)).toEqual([]);

    await cancelDeletion(testTenantCtx(tenant, "owner", { actor: owner }));
    const second = await set(staff, "staff");
    await db.update(users).set({ staff: false }).where(eq(users.id, staff.userId));
    await workMail(testCtx(), { ...message, deletion: second.id });
    // What an admin of the agency is called is not for the client, also when they have left meanwhile.
    expect((await mailsTo(other))[1]?.text).toContain("The agency scheduled the deletion of Letters & Co.");
    await cancelDeletion(testTenantCtx(tenant, "owner", { actor: owner }));
    const third = await set(owner, "owner");
    await cancelDeletion(testTenantCtx(tenant, "owner", { actor: owner }));
    await workMail(testCtx(), { ...message, deletion: third.id });
    expect(await mailsTo(other)).toHaveLength(2);
  });

  test("it stands when whoever set it loses the right: the others who may cancel are told, and can, until its thirty days are over", async () => {
    const tenant = await makeTenant();
    const [gone, other] = [await makeUser({ roles: [[tenant, "owner"]] }), await makeUser({ roles: [[tenant, "owner"]] })];
    const set = testTenantCtx(tenant, "owner", { actor: gone.actor });
    const { id, dueAt } = await requestDeletion(set, { confirmation: tenant.name, reason });
    expect(dueAt).toBeGreaterThanOrEqual(set.now() + 30 * 86_400_000 - 60_000);
    await db.delete(memberships).where(eq(memberships.userId, gone.actor.userId));
    await workMail(testCtx(), { v: 1, type: "mail.ending", deletion: id });
    const told = async ({ actor }: typeof gone) =>
      (await db.select().from(devMails).where(eq(devMails.recipient, actor.email))).map(({ subject }) => subject);
    expect(await told(gone)).toEqual([]);
    expect(await told(other)).toEqual([expect.stringContaining(tenant.name)]);
    const sent = async (now: () => number) => {
      const ctx = jobs(now);
      await startDeletions(ctx);
      return ctx.traces.tasks.some((task) => task.type === "deletion" && task.deletion === id);
    };
    expect(await sent(later(29))).toBe(false);
    expect((await findTenant(jobs(), tenant.id)).endsAt).toBe(dueAt);
    await expect(cancelDeletion(testTenantCtx(tenant, "owner", { actor: { ...gone.actor, memberships: [] } }))).rejects.toMatchObject({
      kind: "forbidden",
    });
    await cancelDeletion(testTenantCtx(tenant, "owner", { actor: other.actor }));
    const { deletionId } = await endOf({ tenant, owner: other.actor });
    await db.delete(memberships).where(eq(memberships.userId, other.actor.userId));
    const due = jobs(later(31));
    await startDeletions(due);
    expect(due.traces.tasks).toContainEqual({ v: 1, type: "deletion", deletion: deletionId });
  });

  test("two who ask at once set it once", async () => {
    const { tenant, owner } = await makeBelongings("twice-marker");
    const both = await Promise.allSettled([endOf({ tenant, owner }), endOf({ tenant, owner })]);
    expect(both.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect(await db.select().from(deletions).where(eq(deletions.ofTenant, tenant.id))).toHaveLength(1);
  });

  test("its jobs stop, no run starts, and one click brings all back as it was", async () => {
    const { tenant, owner } = await makeBelongings("grace-marker");
    const { ctx } = await endOf({ tenant, owner });
    const blockedIn = async () => [
      ...new Set((await db.select().from(schedules).where(eq(schedules.tenantId, tenant.id))).map(({ blocked }) => blocked)),
    ];
    expect(await blockedIn()).toEqual(["suspended"]);
    const stopped = testTenantCtx(await findTenant(jobs(), tenant.id), "owner", { actor: owner });
    await expect(startRun(stopped, { job: "shopify-sensor" })).rejects.toMatchObject({ kind: "conflict" });
    const cron = jobs(later(29));
    await startDeletions(cron);
    expect(cron.traces.tasks).toEqual([]);
    await cancelDeletion(stopped);
    expect((await findTenant(jobs(), tenant.id)).endsAt).toBeNull();
    expect(await blockedIn()).not.toContain("suspended");
    await expect(cancelDeletion(ctx)).rejects.toMatchObject({ kind: "conflict" });
    const [cancelled] = await db.select().from(deletions).where(eq(deletions.ofTenant, tenant.id));
    await eraseTenant(jobs(), { deletionId: cancelled?.id ?? "" });
    expect((await findTenant(jobs(), tenant.id)).name).toBe(tenant.name);
    await endOf({ tenant, owner });
  });
});

describe("after the time of grace", () => {
  test("nothing of it is left but the receipt, no sealed value opens, and another client has lost nothing", async () => {
    const [mine, other] = [await makeBelongings("erased-marker"), await makeBelongings("kept-marker")];
    const { tenant, connectionId } = mine;
    const inside = testTenantCtx(tenant);
    const place = { connectionId, field: "refresh_token" };
    const sealed = await sealSecret(inside, await currentDataKey(inside), { ...place, secret: "the-secret-itself" });
    await db.insert(secrets).values({ tenantId: tenant.id, ...place, sealed, createdAt: 1 });
    const keysBefore = await db.select().from(dataKeys).where(eq(dataKeys.tenantId, tenant.id));
    expect(await openSecret(inside, keysBefore, { ...place, sealed })).toBe("the-secret-itself");
    await commit(inside, "user.updated", { of: "erased-marker" }, []);
    const limit = (key: string) => ({ key, count: 1, resetAt: later(99)() });
    // Others', in which the client's id is another part: a person's address, another client that is called as a part is, a longer id.
    const others = [
      `invite:address:other:${tenant.id}@example.com`,
      `sign-in:network:${tenant.id}`,
      `export:tenant:${tenant.id}x`,
      `${tenant.id}:tenant:other`,
    ];
    await db
      .insert(rateLimits)
      .values(
        [
          `invite:address:${tenant.id}:erased-marker@example.com`,
          `export:tenant:${tenant.id}`,
          `key:tenant:${tenant.id}:erased-marker`,
          ...others,
        ].map(limit),
      );
    await db.insert(oauthStates).values({
      stateHash: `hash of ${tenant.id}`,
      provider: "shopify",
      forTenant: tenant.id,
      userId: "erased-marker",
      sessionId: "s",
      browserHash: "b",
      redirectUri: "r",
      scopes: [],
      returnTo: "/",
      expiresAt: later(99)(),
    });
    const before = await snapshotOf(other);
    const { deletionId } = await endOf(mine);

    const cron = jobs();
    await startDeletions(cron);
    expect(cron.traces.tasks).toContainEqual({ v: 1, type: "deletion", deletion: deletionId });
    await startDeletions(cron);
    expect(cron.traces.tasks.filter((task) => task.type === "deletion" && task.deletion === deletionId)).toHaveLength(1);
    await eraseTenant(cron, { deletionId });

    expect(await tablesWith("erased-marker")).toEqual(["deletions"]);
    const limits = await db.select({ key: rateLimits.key }).from(rateLimits).where(sql`instr(${rateLimits.key}, ${tenant.id}) > 0`);
    expect(limits.map(({ key }) => key).sort()).toEqual([...others].sort());
    expect(await snapshotOf(other)).toBe(before);
    expect(await tablesWith("kept-marker")).not.toEqual([]);
    for (const table of tenantTables)
      expect({ table, rows: await db.all(sql`select 1 from ${sql.identifier(table)} where tenant_id = ${tenant.id}`) }).toEqual({
        table,
        rows: [],
      });
    await expect(findTenant(jobs(), tenant.id)).rejects.toMatchObject({ kind: "not_found" });
    const keys = await db.select().from(dataKeys).where(eq(dataKeys.tenantId, tenant.id));
    await expect(openSecret(inside, keys, { ...place, sealed })).rejects.toThrow(/no data key/);

    const receipt = await receiptOf(deletionId);
    expect(receipt).toMatchObject({ keyDestroyedAt: expect.any(Number), doneAt: expect.any(Number) });
    expect(receipt?.receipt).toMatchObject({
      tables: expect.objectContaining({ orders: 1, refunds: 1, secrets: 2, data_keys: 1, runs: 1, memberships: 1, export_chunks: 1 }),
      grants: [{ provider: "shopify", kind: "oauth", revoked: false }],
      accounts: 1,
      auditHead: { seq: expect.any(Number), hash: expect.stringMatching(/^[0-9a-f]{64}$/) },
    });
    expect(await toldOf(deletionId)).toEqual(["deletion.started", "deletion.key_destroyed", "deletion.done"]);

    const staff = testCtx({ actor: (await makeUser({ staff: true })).actor });
    const shown = await findDeletion(staff, { deletionId });
    expect(shown).toMatchObject({ state: "done", tenantName: tenant.name });
    expect(shown).not.toHaveProperty("leaseUntil");
    expect((await listDeletions(staff, {})).items.map(({ id }) => id)).toContain(deletionId);
    await expect(listDeletions(testCtx({ actor: other.owner }), {})).rejects.toMatchObject({ kind: "forbidden" });
    const again = {
      id: tenant.id,
      name: "Again",
      vertical: "shopify",
      plan: "growth",
      locale: "en",
      currency: "EUR",
      timezone: "UTC",
    } as const;
    await expect(createClient(staff, again)).rejects.toMatchObject({ kind: "conflict", field: "id" });
  });

  test("accounts go with it that are nobody else's: who has another client, or is staff, stays", async () => {
    const [tenant, another] = [await makeTenant(), await makeTenant()];
    const alone = await makeUser({ roles: [[tenant, "owner"]] });
    const both = await makeUser({
      roles: [
        [tenant, "member"],
        [another, "member"],
      ],
    });
    const staff = await makeUser({ staff: true, roles: [[tenant, "viewer"]] });
    const { deletionId } = await endOf({ tenant, owner: alone.actor });
    await eraseTenant(jobs(), { deletionId });
    const there = async (id: string) => (await db.select().from(users).where(eq(users.id, id))).length;
    expect([await there(alone.actor.userId), await there(both.actor.userId), await there(staff.actor.userId)]).toEqual([0, 1, 1]);
    expect((await db.select().from(memberships).where(eq(memberships.userId, both.actor.userId))).map(({ tenantId }) => tenantId)).toEqual([
      another.id,
    ]);
    expect((await receiptOf(deletionId))?.receipt?.accounts).toBe(1);
  });

  test("it is not begun before its time, and once begun it is beyond cancelling", async () => {
    const mine = await makeBelongings("early-marker");
    const { ctx, deletionId } = await endOf(mine);
    await eraseTenant(
      jobs(() => Date.now() + deletionGraceMs - 60_000),
      { deletionId },
    );
    expect((await receiptOf(deletionId))?.startedAt).toBeNull();
    await eraseTenant(jobs(), { deletionId, maxPages: 0 });
    expect(await receiptOf(deletionId)).toMatchObject({ startedAt: expect.any(Number), doneAt: null });
    await expect(cancelDeletion(ctx)).rejects.toMatchObject({ kind: "conflict" });
  });

  test("killed between any two of its calls of D1 it goes on with the next message, and the receipt counts all", async () => {
    const mine = await makeBelongings("killed-marker");
    const tenantId = mine.tenant.id;
    await addMeasurements(tenantId, 3000);
    const { deletionId } = await endOf(mine);
    let deaths = 0;
    for (let calls = 1; ; calls += 3) {
      // A day later each time: whoever was killed holds it until the lease is over.
      const ctx = jobs(later(31 + deaths));
      let left = calls;
      const dying = watched(ctx, () => {
        if (left-- <= 0) throw new Error("killed");
        return undefined;
      });
      try {
        await eraseTenant(dying, { deletionId });
        break;
      } catch (error) {
        expect(String(error)).toMatch(/killed|Failed to run the query/);
        deaths += 1;
      }
    }
    expect(deaths).toBeGreaterThan(5);
    expect(await tablesWith("killed-marker")).toEqual(["deletions"]);
    const receipt = await receiptOf(deletionId);
    expect(receipt).toMatchObject({ doneAt: expect.any(Number), receipt: { accounts: 1, tables: { orders: 1 } } });
    expect(receipt?.receipt?.tables.measurements).toBeGreaterThan(2999);
  });

  test("what was connected stands in the receipt, after whichever batch the worker is killed as it gives it back", async () => {
    let given = false;
    for (let last = 1; !given; last += 1) {
      const mine = await makeBelongings(`grant-${last}-marker`);
      const { deletionId } = await endOf(mine);
      let batches = 0;
      const dying = watched(jobs(), (call) => {
        if (batches === last) throw new Error("killed");
        if (call === "batch") batches += 1;
        return undefined;
      });
      await expect(eraseTenant(dying, { deletionId })).rejects.toThrow(/killed|Failed to run the query/);
      given = (await receiptOf(deletionId))?.keyDestroyedAt !== null;
      // The next one goes on, after its lease.
      await eraseTenant(jobs(later(32)), { deletionId });
      expect((await receiptOf(deletionId))?.receipt?.grants, `killed after batch ${last}`).toMatchObject([
        { connection: mine.connectionId, provider: "shopify", revoked: false },
      ]);
    }
  });

  test("what went wrong is thrown, and not that the lease could not be given back", async () => {
    const mine = await makeBelongings("both-marker");
    const { deletionId } = await endOf(mine);
    const ctx = jobs();
    let calls = 0;
    const failing = watched(ctx, () => {
      calls += 1;
      if (calls === 2) throw new Error("the first error");
      if (calls > 2) throw new Error("the second error");
      return undefined;
    });
    await expect(eraseTenant(failing, { deletionId })).rejects.toThrow("the first error");
    expect(ctx.traces.lines.join()).toContain("the second error");
  });

  test("a client with more rows than one message may erase takes several", async () => {
    const mine = await makeBelongings("pages-marker");
    const tenantId = mine.tenant.id;
    await addMeasurements(tenantId, 2500);
    const { deletionId } = await endOf(mine);
    let messages = 0;
    for (; messages < 10 && (await receiptOf(deletionId))?.doneAt === null; messages++) {
      const ctx = jobs();
      await eraseTenant(ctx, { deletionId, maxPages: 2 });
      if ((await receiptOf(deletionId))?.doneAt === null) expect(ctx.traces.tasks).toHaveLength(1);
    }
    expect(messages).toBe(2);
    expect(await tablesWith("pages-marker")).toEqual(["deletions"]);
    expect(await db.select().from(runs).where(eq(runs.tenantId, tenantId))).toEqual([]);
    expect(await db.select().from(tenants).where(eq(tenants.id, tenantId))).toEqual([]);
    expect(await db.select().from(connections).where(eq(connections.tenantId, tenantId))).toEqual([]);
  });
});

describe("two messages for one deletion", () => {
  const told = ["deletion.started", "deletion.key_destroyed", "deletion.done"];
  const afterLease = () => later(31)() + 17 * 60_000;

  /** Holds one message up at each of its batches in turn, while another one runs on this clock; then looks at the row. */
  async function overtaking(
    now: () => number,
    look: (before: typeof schema.deletions.$inferSelect | undefined, id: string) => Promise<void>,
  ) {
    let rounds = 0;
    for (let heldUp = true; heldUp; rounds++) {
      heldUp = false;
      const { deletionId } = await endOf(await makeBelongings(`overtaken-${rounds}-marker`));
      let before: Awaited<ReturnType<typeof receiptOf>>;
      const slow = heldUpAt(rounds + 1, async () => {
        heldUp = true;
        await eraseTenant(jobs(now), { deletionId });
        before = await receiptOf(deletionId);
      });
      const ending = await eraseTenant(slow, { deletionId }).catch(String);
      if (heldUp && now === afterLease) expect(ending).toMatch(/another message/);
      else expect(ending).toBeUndefined();
      expect(await toldOf(deletionId)).toEqual(told);
      await look(before, deletionId);
    }
    expect(rounds).toBeGreaterThan(4);
  }

  test("at once, wherever the first one is, the other does nothing: one receipt, whole, and each line once", () =>
    overtaking(later(31), async (before, deletionId) => {
      expect(before?.doneAt ?? null).toBeNull();
      expect(await receiptOf(deletionId)).toMatchObject({
        leaseUntil: null,
        doneAt: expect.any(Number),
        receipt: {
          accounts: 1,
          grants: [{ provider: "shopify" }],
          auditHead: { seq: expect.any(Number) },
          tables: { orders: 1, audit_log: 5 },
        },
      });
    }));

  test("one that outlives its lease writes nothing over what its successor wrote", () =>
    overtaking(afterLease, async (before, deletionId) => {
      const after = await receiptOf(deletionId);
      expect(after).toMatchObject({ doneAt: expect.any(Number), receipt: { auditHead: { seq: expect.any(Number) } } });
      if (before) expect(after).toEqual(before);
    }));

  test("after one that was killed nobody works, nor is one sent, until its lease is over", async () => {
    const { deletionId } = await endOf(await makeBelongings("dead-marker"));
    let dead = false;
    const dying = watched(jobs(), (call) => {
      dead ||= call === "batch";
      if (dead) throw new Error("killed");
      return undefined;
    });
    await expect(eraseTenant(dying, { deletionId })).rejects.toThrow();
    const held = await receiptOf(deletionId);
    expect(held).toMatchObject({ leaseUntil: expect.any(Number), receipt: null });
    await eraseTenant(jobs(), { deletionId });
    const cron = jobs();
    await startDeletions(cron);
    expect(cron.traces.tasks).not.toContainEqual({ v: 1, type: "deletion", deletion: deletionId });
    expect(await receiptOf(deletionId)).toEqual(held);
    const next = jobs(afterLease);
    await startDeletions(next);
    expect(next.traces.tasks).toContainEqual({ v: 1, type: "deletion", deletion: deletionId });
    await eraseTenant(next, { deletionId });
    expect(await toldOf(deletionId)).toEqual(told);
  });

  test("one that failed gives its lease back, so that the queue's next try goes on at once", async () => {
    const { deletionId } = await endOf(await makeBelongings("failed-marker"));
    const failing = heldUpAt(2, () => Promise.reject(new Error("D1 is away")));
    await expect(eraseTenant(failing, { deletionId })).rejects.toThrow();
    expect(await receiptOf(deletionId)).toMatchObject({ leaseUntil: null, doneAt: null });
    await eraseTenant(jobs(), { deletionId });
    expect(await toldOf(deletionId)).toEqual(told);
  });

  test("a long erasure that goes on from message to message is not sent a second time", async () => {
    const mine = await makeBelongings("long-marker");
    await addMeasurements(mine.tenant.id, 2500);
    const { deletionId } = await endOf(mine);
    const message = { v: 1, type: "deletion", deletion: deletionId };
    const begun = later(31)();
    const minutes = (count: number) => jobs(() => begun + count * 60_000);
    await startDeletions(minutes(0));
    const first = minutes(19);
    let atSending: Awaited<ReturnType<typeof receiptOf>>;
    first.send.tasks = async (messages) => {
      first.traces.tasks.push(...messages);
      atSending = await receiptOf(deletionId);
    };
    await eraseTenant(first, { deletionId, maxPages: 2 });
    expect(first.traces.tasks).toEqual([message]);
    // The message that follows may be at work before its sending has been answered.
    expect(atSending).toMatchObject({ leaseUntil: null, sentAt: first.now() });
    const cron = minutes(21);
    await startDeletions(cron);
    expect(cron.traces.tasks).not.toContainEqual(message);
    await eraseTenant(minutes(22), { deletionId });
    expect(await toldOf(deletionId)).toEqual(told);
  });
});
