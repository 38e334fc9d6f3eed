import { and, eq, gt, isNull, sql } from "drizzle-orm";
import { rowIf } from "#db/row-if.ts";
import { connections, reveals, secrets } from "#db/schema/index.ts";
import { requireStaff, type TenantCtx } from "#server/ctx.ts";
import { commitIf, wrote } from "#server/domain/audit/commit-if.ts";
import { notify } from "#server/domain/notices/notify.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { conflict, notFound } from "#server/errors.ts";
import { newId } from "#server/ids.ts";
import { type RequestReveal, revealWaitMs } from "./schemas.ts";
import { sealMark } from "./seal-mark.ts";

/**
 * An admin asks to see one secret, the one that is there now, and says why; nothing is opened. The other admins are told by mail, and one of them decides
 * within 24 hours. The request stands in the client's own log. Throws `not_found` where the client has no such secret, `conflict`
 * where the same person waits for it.
 */
export async function requestReveal(
  ctx: TenantCtx,
  { connectionId, field, reason }: RequestReveal,
): Promise<{ id: string; expiresAt: number }> {
  const { userId } = requireStaff(ctx);
  const secret = await findSecret(ctx, { connectionId, field });
  const now = ctx.now();
  const waiting = inTenant(
    ctx,
    reveals,
    and(eq(reveals.connectionId, connectionId), eq(reveals.field, field), eq(reveals.requestedBy, userId)),
    and(isNull(reveals.approvedAt), isNull(reveals.deniedAt), gt(reveals.expiresAt, now)),
    // One for a secret that has been replaced waits for nothing any more.
    eq(reveals.sealMark, sealMark(secret.sealed)),
  );
  const none = sql`not exists (select 1 from ${reveals} where ${waiting})`;
  const id = newId("rev", now);
  const expiresAt = now + revealWaitMs;
  const details = { reveal: id, connection: connectionId, provider: secret.provider, account: secret.account, field, reason };
  const [made] = await commitIf(ctx, none, "reveal.requested", details, [
    ctx.db
      .insert(reveals)
      .select(
        rowIf(
          reveals,
          {
            id,
            tenantId: ctx.tenant.id,
            connectionId,
            field,
            sealMark: sealMark(secret.sealed),
            reason,
            requestedBy: userId,
            requestedAt: now,
            expiresAt,
          },
          none,
        ),
      )
      .returning({ id: reveals.id }),
  ]);
  if (!wrote(made)) throw conflict("reveal_asked_already");
  const mail = { v: 1, type: "mail.reveal", tenant: ctx.tenant.id, reveal: id } as const;
  await notify(ctx, { mail, event: "requested", params: { client: ctx.tenant.id }, except: userId });
  return { id, expiresAt };
}

/** One secret of this tenant with what its connection is called. Throws `not_found`, also where it was disconnected. */
export async function findSecret(ctx: TenantCtx, { connectionId, field }: { connectionId: string; field: string }) {
  const [secret] = await ctx.db
    .select({ sealed: secrets.sealed, provider: connections.provider, account: connections.name })
    .from(secrets)
    .innerJoin(connections, and(eq(connections.id, secrets.connectionId), eq(connections.tenantId, secrets.tenantId)))
    .where(inTenant(ctx, secrets, eq(secrets.connectionId, connectionId), eq(secrets.field, field)));
  if (!secret) throw notFound("secret");
  return secret;
}
