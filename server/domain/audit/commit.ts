import type { Statement } from "#db/client.ts";
import type { AuditAction } from "#db/words/audit.ts";
import type { Ctx, TenantCtx } from "#server/ctx.ts";
import { append, type Entry, ReplyLost } from "./append.ts";

/**
 * Writes and their audit line, in one D1 batch: all of it or nothing. In a tenant's context they go to the tenant's
 * database, else to the directory. `details` are ids and small facts, never secrets. They may be sent more than
 * once, until the line has its place in the chain.
 */
export async function commit<const S extends readonly Statement[]>(
  ctx: Ctx | TenantCtx,
  action: AuditAction,
  details: Record<string, unknown>,
  statements: S,
  { head, by }: Pick<Entry, "head" | "by"> = {},
): Promise<void> {
  try {
    await append(ctx, { action, details, statements, head, by });
  } catch (error) {
    if (!(error instanceof ReplyLost)) throw error;
    ctx.log.warn("a write's reply was lost", { action, cause: error.cause });
  }
}
