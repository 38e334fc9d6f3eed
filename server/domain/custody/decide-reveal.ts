import { eq, gt, isNull, ne, type SQL, sql } from "drizzle-orm";
import { reveals, users } from "#db/schema/index.ts";
import type { AuditAction } from "#db/words/audit.ts";
import { requireStaff, type TenantCtx } from "#server/ctx.ts";
import { commitIf, wrote } from "#server/domain/audit/commit-if.ts";
import { retract } from "#server/domain/notices/retract.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { conflict, forbidden, notFound } from "#server/errors.ts";
import { findSecret } from "./request-reveal.ts";
import { type RevealRef, revealOpenMs } from "./schemas.ts";
import { holdsStill, sealMark } from "./seal-mark.ts";

type RevealRow = typeof reveals.$inferSelect;

/**
 * Another admin than the one who asked says yes: for five minutes the one who asked may look. Once. Throws `not_found`,
 * `forbidden` to the one who asked, `conflict` where it waits no more, the secret is another one by now, or whoever asked is
 * no admin any more.
 */
export async function approveReveal(ctx: TenantCtx, ref: RevealRef): Promise<void> {
  const { userId } = requireStaff(ctx);
  const now = ctx.now();
  const reveal = await findReveal(ctx, ref);
  if (!(await isStaff(ctx, reveal.requestedBy))) throw conflict("asker_no_admin");
  const { sealed } = await findSecret(ctx, reveal);
  if (sealMark(sealed) !== reveal.sealMark) throw replaced();
  await decide(ctx, ref, "reveal.approved", { approvedBy: userId, approvedAt: now, expiresAt: now + revealOpenMs }, holdsStill(ctx));
}

/** The request was for another secret than the one that stands in its place now. */
export const replaced = () => conflict("secret_replaced");

/** Another admin says no. Throws as `approveReveal`. */
export async function denyReveal(ctx: TenantCtx, ref: RevealRef): Promise<void> {
  const { userId } = requireStaff(ctx);
  await decide(ctx, ref, "reveal.denied", { deniedBy: userId, deniedAt: ctx.now() });
}

async function decide(
  ctx: TenantCtx,
  { revealId }: RevealRef,
  action: AuditAction,
  decision: Partial<RevealRow>,
  ...conditions: SQL[]
): Promise<void> {
  const { userId } = requireStaff(ctx);
  const reveal = await findReveal(ctx, { revealId });
  if (reveal.requestedBy === userId) throw forbidden("other_admin");
  const waits = inTenant(
    ctx,
    reveals,
    eq(reveals.id, revealId),
    isNull(reveals.approvedAt),
    isNull(reveals.deniedAt),
    gt(reveals.expiresAt, ctx.now()),
    ne(reveals.requestedBy, userId),
    ...conditions,
  );
  const { connectionId, field, requestedBy, reason } = reveal;
  const details = { reveal: revealId, connection: connectionId, field, requestedBy, reason };
  const [decided] = await commitIf(ctx, sql`exists (select 1 from ${reveals} where ${waits})`, action, details, [
    ctx.db.update(reveals).set(decision).where(waits).returning({ id: reveals.id }),
  ]);
  if (!wrote(decided)) throw conflict("request_waits_no_more");
  await retract(ctx, { tenant: "", kinds: ["reveal"], subject: revealId });
}

/** Whether this person is an admin of the agency now: what they asked for or allowed ends with it. */
export async function isStaff({ directory }: TenantCtx, userId: string): Promise<boolean> {
  const [found] = await directory.select({ staff: users.staff }).from(users).where(eq(users.id, userId));
  return found?.staff === true;
}

/** One request of this tenant, or `not_found`. */
export async function findReveal(ctx: TenantCtx, { revealId }: RevealRef): Promise<RevealRow> {
  const [reveal] = await ctx.db
    .select()
    .from(reveals)
    .where(inTenant(ctx, reveals, eq(reveals.id, revealId)));
  if (!reveal) throw notFound("request");
  return reveal;
}
