import { and, asc, desc, eq, isNotNull, type SQL, sql } from "drizzle-orm";
import type { Db } from "#db/client.ts";
import { auditHeads, auditLog } from "#db/schema/index.ts";
import { type Ctx, inEachPlace } from "#server/ctx.ts";
import { type AuditRow, type ChainHead, emptyChain, lineHash } from "./chain.ts";

/** Lines that one batch links. */
const pageSize = 100;
/** Rounds of one call: what is left then is for the next caller, and for the cron. */
const maxRounds = 20;
/** Many who wait at once look at different moments, so that most find that one of them linked them all. */
const longestWaitMs = 100;

/**
 * A line that was written without its place: it has the hash that it has by itself, and no number. Word for word the condition
 * of the index `audit_log_waiting`: without it SQLite reads every line there ever was.
 */
export const waitsForPlace: SQL = sql`seq is null and hash is not null`;

/**
 * Links the lines of a tenant's log that wait for their place, in the order of their ids, behind its last line: a batch at a
 * time, which does nothing where somebody else moved the chain meanwhile. A line that is no longer what was written is not
 * linked: the check names it. Answers how many it linked.
 */
export async function linkLines(ctx: Ctx, db: Db, tenantId: string): Promise<number> {
  let linked = 0;
  for (let round = 1; round <= maxRounds; round++) {
    const { end, waiting } = await readEnd(db, tenantId);
    const ours = waiting.filter((line) => line.hash === lineHash("", line));
    if (ours.length < waiting.length) ctx.log.error("lines of the audit log are not what was written", { tenant: tenantId });
    if (ours.length === 0) return linked;
    const placed = await place(db, { tenantId, end, lines: ours });
    linked += placed;
    if (placed > 0 && waiting.length < pageSize) return linked;
    if (placed === 0) await aMoment();
  }
  return linked;
}

/** As linkLines, for whoever has just written a line: somebody else may have linked it meanwhile. */
export async function linkLine(ctx: Ctx, db: Db, { id, tenantId }: Pick<AuditRow, "id" | "tenantId">): Promise<void> {
  await aMoment();
  const [waits] = await db
    .select({ id: auditLog.id })
    .from(auditLog)
    .where(and(eq(auditLog.tenantId, tenantId), eq(auditLog.id, id), waitsForPlace));
  if (waits) await linkLines(ctx, db, tenantId);
}

const aMoment = () => new Promise((resolve) => setTimeout(resolve, Math.random() * longestWaitMs));

/** The head is asked of the log too: where it was tampered with, the work of the day goes on and the check says what happened. */
async function readEnd(db: Db, tenantId: string): Promise<{ end: ChainHead; waiting: AuditRow[] }> {
  const [[head = emptyChain], [last], waiting] = await db.batch([
    db.select({ seq: auditHeads.seq, hash: auditHeads.hash }).from(auditHeads).where(eq(auditHeads.tenantId, tenantId)),
    db
      .select({ seq: auditLog.seq, hash: auditLog.hash })
      .from(auditLog)
      .where(and(eq(auditLog.tenantId, tenantId), isNotNull(auditLog.seq)))
      .orderBy(desc(auditLog.seq))
      .limit(1),
    db
      .select()
      .from(auditLog)
      .where(and(eq(auditLog.tenantId, tenantId), waitsForPlace))
      .orderBy(asc(auditLog.id))
      .limit(pageSize),
  ]);
  const end = last && (last.seq ?? 0) > head.seq ? { seq: last.seq ?? 0, hash: last.hash ?? "" } : head;
  return { end, waiting };
}

/** All of them, or none where the chain moved since its end was read. */
async function place(db: Db, { tenantId, end, lines }: { tenantId: string; end: ChainHead; lines: AuditRow[] }): Promise<number> {
  let { seq, hash } = end;
  const places = lines.map((line) => {
    seq += 1;
    hash = lineHash(hash, line);
    return { id: line.id, seq, hash };
  });
  const given = sql`json_each(${JSON.stringify(places)}) as given`;
  const unmoved = sql`not exists (select 1 from ${auditLog} where ${auditLog.tenantId} = ${tenantId} and ${auditLog.seq} > ${end.seq})`;
  const [placed] = await db.batch([
    // One statement sees the log as it was before it, so that its own lines do not count as moving the chain.
    db
      .update(auditLog)
      .set({ seq: sql`given.value->>'seq'`, hash: sql`given.value->>'hash'` })
      .from(given)
      .where(
        sql`${auditLog.tenantId} = ${tenantId} and ${auditLog.id} = given.value->>'id' and ${auditLog.seq} is null and ${auditLog.hash} is not null and ${unmoved}`,
      )
      .returning({ id: auditLog.id }),
    db
      .insert(auditHeads)
      .select(
        sql`select tenant_id, seq, hash from ${auditLog} where ${auditLog.tenantId} = ${tenantId} and ${auditLog.seq} = ${seq} and ${auditLog.hash} = ${hash}`,
      )
      .onConflictDoUpdate({
        target: auditHeads.tenantId,
        set: { seq: sql`excluded.seq`, hash: sql`excluded.hash` },
        setWhere: sql`${auditHeads.tenantId} = ${tenantId} and ${auditHeads.seq} < excluded.seq`,
      }),
  ]);
  return placed.length;
}

/** Links what a Worker that died, or that many overtook, left without its place: for the cron. */
export async function linkWaiting(ctx: Ctx): Promise<{ linked: number }> {
  let linked = 0;
  await inEachPlace(ctx, async ({ db }) => {
    const tenants = await db.selectDistinct({ tenantId: auditLog.tenantId }).from(auditLog).where(waitsForPlace).limit(pageSize);
    for (const { tenantId } of tenants) linked += await linkLines(ctx, db, tenantId);
  });
  return { linked };
}
