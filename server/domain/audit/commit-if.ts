import type { SQL } from "drizzle-orm";
import type { Statement } from "#db/client.ts";
import type { AuditAction } from "#db/words/audit.ts";
import type { Ctx, TenantCtx } from "#server/ctx.ts";
import { append } from "./append.ts";

/**
 * As `commit`, for writes that a guard may refuse: the audit line is written only where `guard` holds, as the batch
 * begins. The statements carry the same guard; a batch is one transaction, so that they all see the same.
 */
export async function commitIf<const S extends readonly Statement[]>(
  ctx: Ctx | TenantCtx,
  guard: SQL,
  action: AuditAction,
  details: Record<string, unknown>,
  statements: S,
): Promise<unknown[]> {
  return append(ctx, { action, details, guard, statements });
}

/** Whether one of the statements, by what it answered (`returning`), wrote anything. */
export const wrote = (answer: unknown): boolean => Array.isArray(answer) && answer.length > 0;
