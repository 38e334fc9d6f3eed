import { and, eq, sql } from "drizzle-orm";
import { describe, expect, test } from "vitest";
import { openDb } from "#db/client.ts";
import { auditHeads, auditLog, memberships } from "#db/schema/index.ts";
import type { TenantCtx } from "#server/ctx.ts";
import { lineHash } from "#server/domain/audit/chain.ts";
import { commit } from "#server/domain/audit/commit.ts";
import { commitIf } from "#server/domain/audit/commit-if.ts";
import { linkWaiting, waitsForPlace } from "#server/domain/audit/link-lines.ts";
import { verifyAgencyChain, verifyChain } from "#server/domain/audit/verify-chain.ts";
import { newId } from "#server/ids.ts";
import { makeTenant, makeUser, testCtx, testEnv, testTenantCtx } from "#test/harness.ts";

const db = openDb(testEnv.DB);

/** A tenant whose log has these many lines. */
async function logOf(lines: number): Promise<TenantCtx> {
  const ctx = testTenantCtx(await makeTenant());
  for (let at = 1; at <= lines; at++) await commit(ctx, "user.updated", { at, b: { z: 1, a: [1, "é"] } }, []);
  return ctx;
}

const linesOf = ({ tenant }: TenantCtx) => db.select().from(auditLog).where(eq(auditLog.tenantId, tenant.id)).orderBy(auditLog.seq);
const at = ({ tenant }: TenantCtx, seq: number) => and(eq(auditLog.tenantId, tenant.id), eq(auditLog.seq, seq));
const idAt = async (ctx: TenantCtx, seq: number) => (await db.select().from(auditLog).where(at(ctx, seq)))[0]?.id;

describe("a log that nobody touched", () => {
  test("holds, line by line, and each line names the one before it", async () => {
    const ctx = await logOf(5);
    const lines = await linesOf(ctx);
    expect(lines.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5]);
    let before = "";
    for (const line of lines) {
      expect(line.hash).toBe(lineHash(before, line));
      before = line.hash ?? "";
    }
    expect(await verifyChain(ctx)).toEqual({ lines: 5, older: 0, broken: null });
    expect(await verifyChain(testTenantCtx(await makeTenant()))).toEqual({ lines: 0, older: 0, broken: null });
  });

  test("the hash is that of the words in the docstring, as anybody can compute it", async () => {
    const line = {
      id: "aud_1",
      at: 1,
      tenantId: "t",
      actorType: "user" as const,
      actorId: null,
      action: "a",
      details: { b: 1, a: 2 },
      ip: null,
    };
    const text = `["p","aud_1",1,"t","user",null,"a",{"a":2,"b":1},null]`;
    const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
    expect(lineHash("p", line)).toBe([...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join(""));
  });

  test("thirty who write at once make thirty lines and one unbroken chain", async () => {
    const ctx = await logOf(0);
    await Promise.all(Array.from({ length: 30 }, (_, at) => commit(ctx, "user.updated", { at }, [])));
    expect(await verifyChain(ctx)).toEqual({ lines: 30, older: 0, broken: null });
  });

  test("writes that are tried again happen once, and what else is taken is the caller's to know", async () => {
    const ctx = await logOf(0);
    const row = (userId: string) => ({ userId, tenantId: ctx.tenant.id, role: "member" as const, createdAt: 1 });
    await Promise.all(
      Array.from({ length: 8 }, (_, at) => commit(ctx, "user.updated", {}, [db.insert(memberships).values(row(`usr_${at}`))])),
    );
    expect(await db.select().from(memberships).where(eq(memberships.tenantId, ctx.tenant.id))).toHaveLength(8);
    const again = commit(ctx, "user.updated", {}, [db.insert(memberships).values(row("usr_1"))]);
    await expect(again).rejects.toThrow(/memberships/);
    expect(await verifyChain(ctx)).toEqual({ lines: 8, older: 0, broken: null });
  });

  test("a guard that does not hold writes no line and leaves no gap, also when the head is stale", async () => {
    const ctx = await logOf(1);
    await commitIf(ctx, sql`1 = 0`, "user.onboarded", {}, []);
    await commitIf(ctx, sql`1 = 1`, "user.updated", {}, []);
    await commit(ctx, "user.updated", {}, [], { head: { seq: 0, hash: "" } });
    expect((await linesOf(ctx)).map(({ action }) => action)).toEqual(["user.updated", "user.updated", "user.updated"]);
    expect(await verifyChain(ctx)).toEqual({ lines: 3, older: 0, broken: null });
  });

  test("lines from before the chain are counted, and one that was put in later without a number is named", async () => {
    const ctx = testTenantCtx(await makeTenant());
    const bare = { at: 1, tenantId: ctx.tenant.id, actorType: "system" as const, action: "old", details: {} };
    await db.insert(auditLog).values({ ...bare, id: "aud_0000" });
    await commit(ctx, "user.updated", {}, []);
    expect(await verifyChain(ctx)).toEqual({ lines: 1, older: 1, broken: null });
    await db.insert(auditLog).values({ ...bare, id: `aud_zz${ctx.tenant.id}` });
    expect((await verifyChain(ctx)).broken).toEqual({ kind: "added", line: `aud_zz${ctx.tenant.id}`, seq: 0 });
  });

  test("more than a page of lines is followed to its end", async () => {
    const ctx = await logOf(0);
    let before = "";
    const rows = Array.from({ length: 2050 }, (_, at) => {
      const line = {
        id: `aud_${ctx.tenant.id}_${String(at).padStart(5, "0")}`,
        at,
        tenantId: ctx.tenant.id,
        actorType: "system" as const,
        actorId: null,
        action: "x",
        details: {},
        ip: null,
      };
      before = lineHash(before, line);
      return { ...line, seq: at + 1, hash: before };
    });
    await db.run(
      sql`insert into ${auditLog} (id, at, tenant_id, actor_type, actor_id, action, details, ip, seq, hash)
        select value->>'id', value->>'at', value->>'tenantId', 'system', null, 'x', '{}', null, value->>'seq', value->>'hash' from json_each(${JSON.stringify(rows)})`,
    );
    await db.insert(auditHeads).values({ tenantId: ctx.tenant.id, seq: 2050, hash: before });
    expect(await verifyChain(ctx)).toEqual({ lines: 2050, older: 0, broken: null });
    await db.update(auditLog).set({ action: "y" }).where(at(ctx, 1500));
    expect((await verifyChain(ctx)).broken).toEqual({ kind: "changed", line: await idAt(ctx, 1500), seq: 1500 });
  });
});

describe("a chain whose end others take all the time", () => {
  /** Written while somebody else has the place: as a Worker leaves it that dies before it links its line. */
  async function waitingLine(ctx: TenantCtx, action = "test.waits"): Promise<string> {
    const line = { id: newId("aud", Date.now()), at: 1, tenantId: ctx.tenant.id, actorType: "system" as const, actorId: null, ip: null };
    const written = { ...line, action, details: { at: 1 } };
    await db.insert(auditLog).values({ ...written, hash: lineHash("", written) });
    return line.id;
  }

  test("a hundred and fifty who write at once all get through, and the line of somebody else among them does not wait", async () => {
    const ctx = await logOf(1);
    const person = await makeUser({ roles: [[ctx.tenant, "owner"]] });
    const theirs = { ...ctx, actor: person.actor };
    const flood = Promise.all(Array.from({ length: 150 }, (_, at) => commit(ctx, "user.updated", { at }, [])));
    await commit(theirs, "member.left", {}, [
      db.insert(memberships).values({ userId: "usr_new", tenantId: ctx.tenant.id, role: "member", createdAt: 1 }),
    ]);
    await flood;
    expect(await db.select().from(memberships).where(eq(memberships.userId, "usr_new"))).toMatchObject([{ tenantId: ctx.tenant.id }]);
    expect(await verifyChain(ctx)).toEqual({ lines: 152, older: 0, broken: null });
  });

  test("a line that a Worker left without its place is linked by the cron, behind what was written meanwhile", async () => {
    const ctx = await logOf(2);
    const id = await waitingLine(ctx);
    await commit(ctx, "user.updated", {}, []);
    expect((await linkWaiting(testCtx({ actor: { type: "system", job: "cron" } }))).linked).toBeGreaterThanOrEqual(1);
    expect((await linesOf(ctx)).map((line) => [line.seq, line.id === id])).toEqual([
      [1, false],
      [2, false],
      [3, false],
      [4, true],
    ]);
    expect(await verifyChain(ctx)).toEqual({ lines: 4, older: 0, broken: null });
  });

  test("more lines than one batch links come into one chain, and the check itself links what waits", async () => {
    const ctx = await logOf(1);
    for (let at = 0; at < 230; at++) await waitingLine(ctx);
    expect(await verifyChain(ctx)).toEqual({ lines: 231, older: 0, broken: null });
    expect((await linesOf(ctx)).map(({ seq }) => seq)).toEqual(Array.from({ length: 231 }, (_, at) => at + 1));
  });

  test("a line that was changed while it waited is never linked as if it were ours, and is named", async () => {
    const ctx = await logOf(1);
    const id = await waitingLine(ctx);
    await db.update(auditLog).set({ action: "test.else" }).where(eq(auditLog.id, id));
    expect(await verifyChain(ctx)).toEqual({ lines: 1, older: 0, broken: { kind: "changed", line: id, seq: 0 } });
    await commit(ctx, "user.updated", {}, []);
    expect((await db.select().from(auditLog).where(eq(auditLog.id, id)))[0]).toMatchObject({ seq: null });
  });

  test("two who link at once link each line once", async () => {
    const ctx = await logOf(1);
    for (let at = 0; at < 20; at++) await waitingLine(ctx);
    await Promise.all(Array.from({ length: 6 }, () => verifyChain(ctx)));
    expect(await verifyChain(ctx)).toEqual({ lines: 21, older: 0, broken: null });
  });

  test("looking for lines that wait reads those alone", async () => {
    const ctx = await logOf(1);
    await waitingLine(ctx);
    const plan = await db.all<{ detail: string }>(sql`explain query plan select distinct tenant_id from audit_log where ${waitsForPlace}`);
    expect(plan.map(({ detail }) => detail).join()).toContain("audit_log_waiting");
    await verifyChain(ctx);
  });
});

describe("a log that somebody touched", () => {
  const cases: [string, Partial<typeof auditLog.$inferInsert>][] = [
    ["what was done", { action: "test.undone" }],
    ["its details", { details: { at: 99 } }],
    ["who did it", { actorId: "usr_somebody" }],
    ["when", { at: 5 }],
    ["from where", { ip: "198.51.100.1" }],
  ];
  for (const [what, change] of cases) {
    test(`a line is named where it says otherwise: ${what}`, async () => {
      const ctx = await logOf(4);
      await db.update(auditLog).set(change).where(at(ctx, 2));
      expect(await verifyChain(ctx)).toEqual({ lines: 1, older: 0, broken: { kind: "changed", line: await idAt(ctx, 2), seq: 2 } });
    });
  }

  test("a line that was taken out of the middle is missed", async () => {
    const ctx = await logOf(4);
    await db.delete(auditLog).where(at(ctx, 2));
    expect((await verifyChain(ctx)).broken).toEqual({ kind: "missing", line: await idAt(ctx, 3), seq: 2 });
  });

  test("taken out and the rest numbered anew is noticed too", async () => {
    const ctx = await logOf(4);
    await db.delete(auditLog).where(at(ctx, 2));
    await db.update(auditLog).set({ seq: 2 }).where(at(ctx, 3));
    await db.update(auditLog).set({ seq: 3 }).where(at(ctx, 4));
    await db.update(auditHeads).set({ seq: 3 }).where(eq(auditHeads.tenantId, ctx.tenant.id));
    expect((await verifyChain(ctx)).broken).toEqual({ kind: "changed", line: await idAt(ctx, 2), seq: 2 });
  });

  test("a tail that was cut off is missed, and work goes on behind it", async () => {
    const ctx = await logOf(4);
    await db.delete(auditLog).where(at(ctx, 4));
    await db.delete(auditLog).where(at(ctx, 3));
    expect((await verifyChain(ctx)).broken).toEqual({ kind: "cut", line: await idAt(ctx, 2), seq: 3 });
    await commit(ctx, "user.updated", {}, []);
    expect((await verifyChain(ctx)).broken).toEqual({ kind: "missing", line: await idAt(ctx, 5), seq: 3 });
  });

  test("a whole log that was emptied is missed", async () => {
    const ctx = await logOf(2);
    await db.delete(auditLog).where(eq(auditLog.tenantId, ctx.tenant.id));
    expect((await verifyChain(ctx)).broken).toEqual({ kind: "cut", line: null, seq: 1 });
  });

  test("two lines that changed places are told apart from changed ones", async () => {
    const ctx = await logOf(4);
    const [, second, third] = await linesOf(ctx);
    await db.update(auditLog).set({ seq: 1000 }).where(at(ctx, 2));
    await db.update(auditLog).set({ seq: 2 }).where(at(ctx, 3));
    await db.update(auditLog).set({ seq: 3 }).where(at(ctx, 1000));
    expect(second?.id).not.toBe(third?.id);
    expect((await verifyChain(ctx)).broken).toEqual({ kind: "moved", line: third?.id, seq: 2 });
  });

  test("a line that somebody put at the end is not ours, and the head that it lost is found again", async () => {
    const ctx = await logOf(2);
    const line = {
      id: `aud_${ctx.tenant.id}`,
      at: 1,
      tenantId: ctx.tenant.id,
      actorType: "user" as const,
      actorId: null,
      action: "x",
      details: {},
      ip: null,
    };
    const [, last] = await linesOf(ctx);
    await db.insert(auditLog).values({ ...line, seq: 3, hash: lineHash(last?.hash ?? "", line) });
    expect((await verifyChain(ctx)).broken).toEqual({ kind: "added", line: line.id, seq: 3 });
    await db.delete(auditHeads).where(eq(auditHeads.tenantId, ctx.tenant.id));
    await commit(ctx, "user.updated", {}, []);
    expect((await linesOf(ctx)).at(-1)).toMatchObject({ seq: 4, action: "user.updated" });
  });

  test("a line with a number that no line of ours has is not ours: below one, where the chain begins", async () => {
    for (const seq of [0, -1, -1000]) {
      const ctx = await logOf(2);
      const id = `aud_0${seq}${ctx.tenant.id}`;
      const line = { id, at: 1, tenantId: ctx.tenant.id, actorType: "user" as const, actorId: null, action: "x", details: {}, ip: null };
      await db.insert(auditLog).values({ ...line, seq, hash: lineHash("", line) });
      expect(await verifyChain(ctx)).toEqual({ lines: 2, older: 0, broken: { kind: "added", line: id, seq } });
    }
    const empty = await logOf(0);
    const bare = { at: 1, tenantId: empty.tenant.id, actorType: "user" as const, action: "x", details: {}, seq: 0 };
    await db.insert(auditLog).values({ ...bare, id: `aud_${empty.tenant.id}` });
    expect((await verifyChain(empty)).broken).toEqual({ kind: "added", line: `aud_${empty.tenant.id}`, seq: 0 });
  });

  test("another tenant's log is not touched by it, and a line that was moved there breaks that one", async () => {
    const [ctx, other] = [await logOf(2), await logOf(1)];
    await db.update(auditLog).set({ tenantId: other.tenant.id }).where(at(ctx, 2));
    expect((await verifyChain(other)).broken).toMatchObject({ kind: "changed", seq: 2 });
    expect((await verifyChain(ctx)).broken).toMatchObject({ kind: "cut", seq: 2 });
  });
});

test("the agency's own log is followed by staff alone", async () => {
  const { actor } = await makeUser({ staff: true });
  await commit(testCtx({ actor }), "user.updated", {}, []);
  expect((await verifyAgencyChain(testCtx({ actor }))).broken).toBeNull();
  await expect(verifyAgencyChain(testCtx({ actor: (await makeUser()).actor }))).rejects.toMatchObject({ kind: "forbidden" });
  await expect(verifyChain(testTenantCtx(await makeTenant(), "member"))).rejects.toMatchObject({ kind: "forbidden" });
});
