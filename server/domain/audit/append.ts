import { desc, eq, type SQL, sql } from "drizzle-orm";
import { batchOf, type Db, type Statement } from "#db/client.ts";
import { rowIf } from "#db/row-if.ts";
import { auditHeads, auditLog } from "#db/schema/index.ts";
import type { Ctx, TenantCtx } from "#server/ctx.ts";
import { newId } from "#server/ids.ts";
import { type AuditRow, type ChainHead, canonical, emptyChain, lineHash } from "./chain.ts";

/** A line to be, and the writes that it stands for. */
export interface Entry {
  action: string;
  /** Ids and small facts, never secrets. */
  details: Record<string, unknown>;
  /** The line is written only where this holds as the batch begins. */
  guard?: SQL;
  /** Built anew for the database each time that they are sent, so that they may be sent again. */
  statements: readonly Statement[];
  /** The end of the chain where it was read a moment ago, see `readHead`; it saves a round trip. */
  head?: ChainHead | undefined;
}

/** Sixty who write into one log in the same moment come all in well before this. */
const maxTries = 40;
const longestWaitMs = 250;

/**
 * Writes and their line at the end of the chain, in one D1 batch: all of it or nothing. Whoever took that place meanwhile has
 * it, and all is tried again behind them; any other failure is thrown. The chain is the tenant's in its own D1, what is
 * written at the directory stands in the chain of the directory, and "" is the agency's own.
 */
export async function append(ctx: Ctx | TenantCtx, { action, details, guard, statements, head }: Entry): Promise<unknown[]> {
  const db = "db" in ctx ? ctx.db : ctx.directory;
  const line = lineOf(ctx, action, details);
  let end = head ?? (await readHead(db, line.tenantId));
  for (let tries = 1; ; tries++) {
    try {
      const results = await batchOf(db, [...lineStatements(db, { line, end, guard }), ...statements]);
      return results.slice(2);
    } catch (error) {
      if (!isTaken(error) || tries === maxTries) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, Math.random() * Math.min(longestWaitMs, 4 * 2 ** tries)));
    end = await readEnd(db, line.tenantId);
  }
}

/** The end of a tenant's chain; a statement, so that it can be read along with what is read anyway. */
export const headQuery = (db: Db, tenantId: string) =>
  db.select({ seq: auditHeads.seq, hash: auditHeads.hash }).from(auditHeads).where(eq(auditHeads.tenantId, tenantId));

const readHead = async (db: Db, tenantId: string): Promise<ChainHead> => (await headQuery(db, tenantId))[0] ?? emptyChain;

/** From the log too: where its head was tampered with, the work of the day goes on and the check says what happened. */
async function readEnd(db: Db, tenantId: string): Promise<ChainHead> {
  const [[head = emptyChain], [last]] = await db.batch([
    headQuery(db, tenantId),
    db
      .select({ seq: auditLog.seq, hash: auditLog.hash })
      .from(auditLog)
      .where(sql`${auditLog.tenantId} = ${tenantId} and ${auditLog.seq} is not null`)
      .orderBy(desc(auditLog.seq))
      .limit(1),
  ]);
  return last && (last.seq ?? 0) > head.seq ? { seq: last.seq ?? 0, hash: last.hash ?? "" } : head;
}

/** The line, and the head that follows it: both or, where the guard does not hold, none. */
function lineStatements(
  db: Db,
  { line, end, guard }: { line: Omit<AuditRow, "seq" | "hash">; end: ChainHead; guard: SQL | undefined },
): [Statement, Statement] {
  const seq = end.seq + 1;
  const { id, tenantId } = line;
  return [
    db
      .insert(auditLog)
      .select(
        rowIf(auditLog, { ...line, details: sql`${canonical(line.details)}`, seq, hash: lineHash(end.hash, line) }, guard ?? sql`true`),
      ),
    db
      .insert(auditHeads)
      .select(sql`select tenant_id, seq, hash from ${auditLog} where ${auditLog.tenantId} = ${tenantId} and ${auditLog.id} = ${id}`)
      .onConflictDoUpdate({
        target: auditHeads.tenantId,
        set: { seq: sql`excluded.seq`, hash: sql`excluded.hash` },
        setWhere: eq(auditHeads.tenantId, tenantId),
      }),
  ];
}

/** What the line says of who acts, in which tenant, from where. */
function lineOf(ctx: Ctx | TenantCtx, action: string, details: Record<string, unknown>): Omit<AuditRow, "seq" | "hash"> {
  const now = ctx.now();
  return {
    id: newId("aud", now),
    at: now,
    tenantId: "tenant" in ctx ? ctx.tenant.id : "",
    actorType: ctx.actor.type === "user" && ctx.actor.staff ? "staff" : ctx.actor.type,
    actorId: ctx.actor.type === "user" ? ctx.actor.userId : ctx.actor.type === "system" ? ctx.actor.job : null,
    action,
    details: ctx.log.redact(details),
    ip: ctx.request.ip,
  };
}

/** Only the place in the chain was taken: what else may be taken is the caller's to know. D1 says it in words alone. */
function isTaken(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause)
    if (cause.message.includes("UNIQUE constraint failed: audit_log.tenant_id, audit_log.seq")) return true;
  return false;
}
