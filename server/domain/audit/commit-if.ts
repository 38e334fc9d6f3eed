import { type SQL, sql } from "drizzle-orm";
import { batchOf, type Statement } from "#db/client.ts";
import { auditLog } from "#db/schema/index.ts";
import type { Ctx, TenantCtx } from "#server/ctx.ts";
import { auditRow } from "./commit.ts";

/**
 * As `commit`, for writes that a guard may refuse: the audit line is written only where `guard` holds, as the batch
 * begins. The statements carry the same guard; a batch is one transaction, so that they all see the same.
 */
export async function commitIf<const S extends readonly Statement[]>(
  ctx: Ctx | TenantCtx,
  guard: SQL,
  action: string,
  details: Record<string, unknown>,
  statements: S,
): Promise<unknown[]> {
  const db = "db" in ctx ? ctx.db : ctx.directory;
  const row = auditRow(ctx, action, details);
  const line = db
    .insert(auditLog)
    .select(
      sql`select ${row.id}, ${row.at}, ${row.tenantId}, ${row.actorType}, ${row.actorId}, ${row.action}, ${JSON.stringify(row.details)}, ${row.ip}, null, null where ${guard}`,
    );
  return (await batchOf(db, [line, ...statements])).slice(1);
}
