import { and, eq, type SQL, sql } from "drizzle-orm";
import { batchOf, type Db, type Statement } from "#db/client.ts";
import { isPassing, tryAgain } from "#db/patient-d1.ts";
import { rowIf } from "#db/row-if.ts";
import { auditHeads, auditLog } from "#db/schema/index.ts";
import type { AuditAction } from "#db/words/audit.ts";
import type { Ctx, TenantCtx } from "#server/ctx.ts";
import { forbidden } from "#server/errors.ts";
import { newId } from "#server/ids.ts";
import { type AuditRow, type ChainHead, canonical, emptyChain, lineHash } from "./chain.ts";
import { linkLine } from "./link-lines.ts";

/** A line with the request in which it is written. */
type Line = AuditRow & { requestId: string };

/** A line to be, and the writes that it stands for. */
export interface Entry {
  action: AuditAction;
  /** Ids and small facts, never secrets. */
  details: Record<string, unknown>;
  /** The line is written only where this holds as the batch begins. */
  guard?: SQL;
  /** Built anew for the database each time that they are sent, so that they may be sent again. */
  statements: readonly Statement[];
  /** The end of the chain where it was read a moment ago, see `readHead`; it saves a round trip. */
  head?: ChainHead | undefined;
  /** Who acts, where the context does not know them yet: whoever signs in. */
  by?: { id: string; staff: boolean } | undefined;
}

/**
 * Writes and their line at the end of the chain, in one D1 batch: all of it or nothing. Where somebody else took that place
 * meanwhile, the writes and their line are kept in one batch without a place, which nobody can take, and the line is linked
 * behind the others right after (see linkLine): whoever writes much at once keeps nobody from writing. Where D1 fails in passing
 * it is sent again unless it was written after all; `ReplyLost` then. Any other failure is thrown. Who only looks
 * at a client writes nothing (`forbidden`). The chain is the tenant's in its own D1, what is written at the directory stands in the chain of the directory, and
 * "" is the agency's own.
 */
export async function append(ctx: Ctx | TenantCtx, { action, details, guard, statements, head, by }: Entry): Promise<unknown[]> {
  if (ctx.actor.type === "user" && ctx.actor.viewingUntil !== undefined) throw forbidden("only_looking");
  const db = "db" in ctx ? ctx.db : ctx.directory;
  const line = {
    ...lineOf(ctx, action, details),
    ...(by && { actorType: by.staff ? ("staff" as const) : ("user" as const), actorId: by.id }),
  };
  const end = head ?? (await readHead(db, line.tenantId));
  const placed = { ...line, seq: end.seq + 1, hash: lineHash(end.hash, line) };
  const send = (lines: readonly Statement[]) =>
    tryAgain(
      () => batchOf(db, [...lines, ...statements]),
      (error) => mayRepeat(db, line, error),
    );
  try {
    return (await send([insertLine(db, placed, guard), moveHead(db, placed)])).slice(2);
  } catch (error) {
    if (!isTaken(error)) throw error;
  }
  const results = await send([insertLine(db, { ...line, seq: null, hash: lineHash("", line) }, guard)]);
  await link(ctx, db, line);
  return results.slice(1);
}

/**
 * The line of another client's log about the same write, for the same batch. It has no place in that log until `linkLines` or the cron
 * gives it one.
 */
export function lineBeside(ctx: TenantCtx, db: Db, { action, details, guard }: Pick<Entry, "action" | "details" | "guard">): Statement {
  const line = lineOf(ctx, action, details);
  return insertLine(db, { ...line, seq: null, hash: lineHash("", line) }, guard);
}

/** All of it was written, and D1's reply was lost on its way: what the statements answered nobody knows. */
export class ReplyLost extends Error {
  override name = "ReplyLost";
}

/** Whether a batch that failed may be sent once more: its line's id says whether it was written. Throws `ReplyLost` where it was. */
async function mayRepeat(db: Db, { id, tenantId }: { id: string; tenantId: string }, error: unknown): Promise<boolean> {
  if (!isPassing(error)) return false;
  const [line] = await db
    .select({ id: auditLog.id })
    .from(auditLog)
    .where(and(eq(auditLog.tenantId, tenantId), eq(auditLog.id, id)));
  if (line) throw new ReplyLost("what was written stands, and what it answered was lost", { cause: error });
  return true;
}

/** The end of a tenant's chain; a statement, so that it can be read along with what is read anyway. */
export const headQuery = (db: Db, tenantId: string) =>
  db.select({ seq: auditHeads.seq, hash: auditHeads.hash }).from(auditHeads).where(eq(auditHeads.tenantId, tenantId));

const readHead = async (db: Db, tenantId: string): Promise<ChainHead> => (await headQuery(db, tenantId))[0] ?? emptyChain;

/** What was written stands; its line is linked by the cron where it cannot be now. */
async function link(ctx: Ctx, db: Db, line: Pick<AuditRow, "id" | "tenantId">): Promise<void> {
  try {
    await linkLine(ctx, db, line);
  } catch (error) {
    ctx.log.error("a line of the audit log waits for its place in the chain", { line: line.id, error });
  }
}

const insertLine = (db: Db, line: Line, guard: SQL | undefined): Statement =>
  db.insert(auditLog).select(rowIf(auditLog, { ...line, details: sql`${canonical(line.details)}` }, guard ?? sql`true`));

/** Follows its line: where the guard did not hold, none. */
const moveHead = (db: Db, { id, tenantId }: AuditRow): Statement =>
  db
    .insert(auditHeads)
    .select(sql`select tenant_id, seq, hash from ${auditLog} where ${auditLog.tenantId} = ${tenantId} and ${auditLog.id} = ${id}`)
    .onConflictDoUpdate({
      target: auditHeads.tenantId,
      set: { seq: sql`excluded.seq`, hash: sql`excluded.hash` },
      setWhere: eq(auditHeads.tenantId, tenantId),
    });

/** What the line says of who acts, in which tenant, from where. */
function lineOf(ctx: Ctx | TenantCtx, action: AuditAction, details: Record<string, unknown>): Omit<Line, "seq" | "hash"> {
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
    requestId: ctx.request.id,
  };
}

/** Only the place in the chain was taken: what else may be taken is the caller's to know. D1 says it in words alone. */
function isTaken(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause)
    if (cause.message.includes("UNIQUE constraint failed: audit_log.tenant_id, audit_log.seq")) return true;
  return false;
}
