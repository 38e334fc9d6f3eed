import { and, asc, count, eq, gt, isNull, lte } from "drizzle-orm";
import { type Db, databaseAt, openDb, openTenantDb } from "#db/client.ts";
import { auditLog } from "#db/schema/index.ts";
import { type Ctx, requirePermission, requireStaff, type TenantCtx } from "#server/ctx.ts";
import { headQuery } from "./append.ts";
import { type BrokenLink, emptyChain, followChain, lineHash } from "./chain.ts";
import { linkLines, waitsForPlace } from "./link-lines.ts";

/** What following a log from its first line to its last one found. */
export interface ChainCheck {
  /** Lines that hold. */
  lines: number;
  /** Lines that are older than the chain: nothing can be said of them. */
  older: number;
  broken: BrokenLink | null;
}

const pageSize = 1000;

/** Follows the tenant's audit log, in each D1 that holds lines of it. Lines that wait for their place are linked first. */
export async function verifyChain(ctx: TenantCtx): Promise<ChainCheck> {
  requirePermission(ctx, "audit:read");
  const found: ChainCheck = { lines: 0, older: 0, broken: null };
  for (const place of new Set([ctx.tenant.place, "DB" as const])) {
    const check = await follow(ctx, openTenantDb(databaseAt(ctx.databases, place), ctx.tenant.id), ctx.tenant.id);
    found.lines += check.lines;
    found.older += check.older;
    found.broken ??= check.broken;
  }
  return found;
}

/** Follows the agency's own log, of what concerns no client. For staff. */
export async function verifyAgencyChain(ctx: Ctx): Promise<ChainCheck> {
  requireStaff(ctx);
  return follow(ctx, openDb(ctx.databases.DB), "");
}

async function follow(ctx: Ctx, db: Db, tenantId: string): Promise<ChainCheck> {
  await linkLines(ctx, db, tenantId);
  let head = emptyChain;
  let first: string | undefined;
  let last: string | null = null;
  for (;;) {
    // The head is read with each page: what is written meanwhile moves both.
    const [page, [end = emptyChain]] = await db.batch([
      db
        .select()
        .from(auditLog)
        .where(and(eq(auditLog.tenantId, tenantId), gt(auditLog.seq, head.seq)))
        .orderBy(asc(auditLog.seq))
        .limit(pageSize),
      headQuery(db, tenantId),
    ]);
    first ??= page[0]?.id;
    const followed = followChain(head, page);
    head = followed.head;
    last = page.at(-1)?.id ?? last;
    const atEnd = page.length < pageSize;
    const broken = followed.broken ?? (atEnd ? brokenEnd({ head, end, last }) : null);
    if (broken || atEnd) return { lines: head.seq, ...(await unchained(db, { tenantId, first, broken })) };
  }
}

/** The head says how many lines there must be: fewer, and the tail was cut; more, and somebody else wrote them. */
function brokenEnd({ head, end, last }: { head: typeof emptyChain; end: typeof emptyChain; last: string | null }): BrokenLink | null {
  if (end.seq > head.seq) return { kind: "cut", line: last, seq: head.seq + 1 };
  if (end.seq < head.seq || end.hash !== head.hash) return { kind: "added", line: last, seq: head.seq };
  return null;
}

/**
 * Lines that the chain does not run through. Without a number and a hash they are from before it began, or else not ours; ids sort
 * by time. Numbers of ours begin at 1. One that still waits for its place must be what was written.
 */
async function unchained(
  db: Db,
  { tenantId, first, broken }: { tenantId: string; first: string | undefined; broken: BrokenLink | null },
): Promise<{ older: number; broken: BrokenLink | null }> {
  const own = eq(auditLog.tenantId, tenantId);
  const without = and(own, isNull(auditLog.seq), isNull(auditLog.hash));
  const [[all], [later], [below], waiting] = await db.batch([
    db.select({ lines: count() }).from(auditLog).where(without),
    db
      .select({ id: auditLog.id })
      .from(auditLog)
      .where(and(without, gt(auditLog.id, first ?? "~")))
      .orderBy(asc(auditLog.id))
      .limit(1),
    db
      .select({ id: auditLog.id, seq: auditLog.seq })
      .from(auditLog)
      .where(and(own, lte(auditLog.seq, 0)))
      .orderBy(asc(auditLog.seq))
      .limit(1),
    db.select().from(auditLog).where(and(own, waitsForPlace)).orderBy(asc(auditLog.id)).limit(pageSize),
  ]);
  const changed = waiting.find((line) => line.hash !== lineHash("", line));
  const added = below ?? later;
  const loose: BrokenLink | null = changed
    ? { kind: "changed", line: changed.id, seq: 0 }
    : added
      ? { kind: "added", line: added.id, seq: below?.seq ?? 0 }
      : null;
  return { older: all?.lines ?? 0, broken: broken ?? loose };
}
