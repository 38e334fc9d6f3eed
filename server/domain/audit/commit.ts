import { batchOf, type Statement } from "#db/client.ts";
import { auditLog } from "#db/schema/index.ts";
import type { Ctx, TenantCtx } from "#server/ctx.ts";
import { newId } from "#server/ids.ts";

/**
 * Writes and their audit line, in one D1 batch: all of it or nothing. In a tenant's context they go to the tenant's
 * database, else to the directory. `details` are ids and small facts, never secrets. Answers what the statements answered.
 */
export async function commit<const S extends readonly Statement[]>(
  ctx: Ctx | TenantCtx,
  action: string,
  details: Record<string, unknown>,
  statements: S,
): Promise<unknown[]> {
  const db = "db" in ctx ? ctx.db : ctx.directory;
  const results = await batchOf(db, [...statements, auditLine(ctx, action, details)]);
  return results.slice(0, statements.length);
}

function auditLine(ctx: Ctx | TenantCtx, action: string, details: Record<string, unknown>) {
  const db = "db" in ctx ? ctx.db : ctx.directory;
  return db.insert(auditLog).values(auditRow(ctx, action, details));
}

/** What an audit line says of who acts, in which tenant, from where. */
export function auditRow(ctx: Ctx | TenantCtx, action: string, details: Record<string, unknown>) {
  const now = ctx.now();
  return {
    id: newId("aud", now),
    at: now,
    tenantId: "tenant" in ctx ? ctx.tenant.id : "",
    actorType: ctx.actor.type === "user" && ctx.actor.staff ? ("staff" as const) : ctx.actor.type,
    actorId: ctx.actor.type === "user" ? ctx.actor.userId : ctx.actor.type === "system" ? ctx.actor.job : null,
    action,
    details: ctx.log.redact(details),
    ip: ctx.request.ip,
  };
}
