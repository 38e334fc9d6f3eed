import { and, eq, isNull, sql } from "drizzle-orm";
import { deletions, tenants } from "#db/schema/index.ts";
import { requirePermission, requireUser, type TenantCtx } from "#server/ctx.ts";
import { afterCommit } from "#server/domain/audit/after-commit.ts";
import { commitIf, wrote } from "#server/domain/audit/commit-if.ts";
import { endLoansOf } from "#server/domain/clients/end-loan.ts";
import { queueMail } from "#server/domain/notices/queue-mail.ts";
import { alignJobs } from "#server/domain/schedules/align-jobs.ts";
import { atDirectory } from "#server/domain/tenancy/at-directory.ts";
import { conflict, invalid } from "#server/errors.ts";
import { newId } from "#server/ids.ts";
import { deletionGraceMs, type RequestDeletion } from "./schemas.ts";

/**
 * Sets the end of a client: its jobs stop now, and after thirty days of grace all that it has is erased. Until then one click
 * brings it back; who may do that is told by mail. By its owner or by staff, who write its name. Throws `forbidden`, `invalid` for
 * another name, `conflict` where its end is set already.
 *
 * It stands although whoever asked for it loses the right meanwhile (is removed, demoted, or no admin of the agency any more), unlike
 * an invitation or a look at a secret, which end with the right behind them. Those open a door later on, by a right that must still be
 * there then. This was done, rightly, at once: the jobs have stopped, and everybody who may cancel it (owners, and the agency's admins)
 * has been told by whom and for when, and has thirty days. Were it void with the right, an owner who leaves could not end what
 * was theirs to end, and whoever removes them would undo it unseen.
 */
export async function requestDeletion(ctx: TenantCtx, { confirmation, reason }: RequestDeletion): Promise<{ id: string; dueAt: number }> {
  requirePermission(ctx, "data:delete");
  const { id: tenantId, name } = ctx.tenant;
  if (confirmation.trim() !== name.trim()) throw invalid("confirmation", "name_not_repeated");
  const { userId } = requireUser(ctx);
  const now = ctx.now();
  const id = newId("del", now);
  const dueAt = now + deletionGraceMs;
  const standing = and(eq(deletions.ofTenant, tenantId), isNull(deletions.cancelledAt));
  const guard = sql`not exists (select 1 from ${deletions} where ${standing})`;
  await endLoansOf(ctx);
  const directory = atDirectory(ctx);
  const [, made] = await commitIf(directory, guard, "deletion.requested", { deletion: id, dueAt: new Date(dueAt).toISOString(), reason }, [
    directory.db
      .update(tenants)
      .set({ endsAt: dueAt, catalog: "", updatedAt: now })
      .where(and(eq(tenants.id, tenantId), guard)),
    directory.db
      .insert(deletions)
      .values({ id, ofTenant: tenantId, tenantName: name, requestedBy: userId, requestedAt: now, reason, dueAt })
      .onConflictDoNothing()
      .returning({ id: deletions.id }),
  ]);
  if (!wrote(made)) throw conflict("deletion_set_already");
  await afterCommit(ctx, "jobs", () => alignJobs(ctx));
  await queueMail(ctx, { v: 1, type: "mail.ending", deletion: id });
  return { id, dueAt };
}

/** Brings a client back whose end was set, as it was. Throws `forbidden`, and `conflict` where there is nothing to cancel any more. */
export async function cancelDeletion(ctx: TenantCtx): Promise<void> {
  requirePermission(ctx, "data:delete");
  const { userId } = requireUser(ctx);
  const waiting = and(eq(deletions.ofTenant, ctx.tenant.id), isNull(deletions.cancelledAt), isNull(deletions.startedAt));
  const guard = sql`exists (select 1 from ${deletions} where ${waiting})`;
  const directory = atDirectory(ctx);
  const [, cancelled] = await commitIf(directory, guard, "deletion.cancelled", {}, [
    directory.db
      .update(tenants)
      .set({ endsAt: null, catalog: "", updatedAt: ctx.now() })
      .where(and(eq(tenants.id, ctx.tenant.id), guard)),
    directory.db.update(deletions).set({ cancelledAt: ctx.now(), cancelledBy: userId }).where(waiting).returning({ id: deletions.id }),
  ]);
  if (!wrote(cancelled)) throw conflict("nothing_to_cancel");
  await afterCommit(ctx, "jobs", () => alignJobs(ctx));
}
