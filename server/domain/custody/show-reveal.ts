import { eq, gt, isNotNull, isNull, sql } from "drizzle-orm";
import { reveals } from "#db/schema/index.ts";
import { providerName } from "#server/catalog/providers/registry.ts";
import { requireStaff, type TenantCtx } from "#server/ctx.ts";
import { commitIf, wrote } from "#server/domain/audit/commit-if.ts";
import { holdConnection, openField } from "#server/domain/connections/hold-connection.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { VaultError } from "#server/domain/vault/envelope.ts";
import { conflict, forbidden, notFound } from "#server/errors.ts";
import { findReveal, isStaff, replaced } from "./decide-reveal.ts";
import { findSecret } from "./request-reveal.ts";
import type { RevealRef } from "./schemas.ts";
import { holdsStill, sealMark } from "./seal-mark.ts";

/** A secret in clear. It goes to one page and nowhere else. */
export interface ShownSecret {
  value: string;
  field: string;
  provider: string;
  account: string;
  /** Until when it may stand on the page. */
  until: number;
}

/**
 * Opens the secret for the one who asked, within five minutes of the permission. Each look is a line in the client's own log,
 * written before the value is handed out. Throws `not_found`, `forbidden` to any other admin, `conflict` where there is no
 * permission or it is over, where the secret is another one than was asked for, or does not open.
 */
export async function showReveal(ctx: TenantCtx, { revealId }: RevealRef): Promise<ShownSecret> {
  const { userId } = requireStaff(ctx);
  const reveal = await findReveal(ctx, { revealId });
  if (reveal.requestedBy !== userId) throw forbidden("asker_only");
  const { connectionId, field, approvedBy, reason } = reveal;
  const now = ctx.now();
  const allowed = inTenant(
    ctx,
    reveals,
    eq(reveals.id, revealId),
    eq(reveals.requestedBy, userId),
    isNotNull(reveals.approvedAt),
    isNull(reveals.deniedAt),
    gt(reveals.expiresAt, now),
    // What was opened below is what was allowed, if this holds afterwards: a value that was replaced never comes back.
    holdsStill(ctx),
  );
  if (!approvedBy || reveal.expiresAt <= now || !(await isStaff(ctx, approvedBy))) throw over();
  if (sealMark((await findSecret(ctx, reveal)).sealed) !== reveal.sealMark) throw replaced();
  const { connection, value } = await open(ctx, { connectionId, field });
  const details = { reveal: revealId, connection: connectionId, provider: connection.provider, account: connection.name, field };
  const [shown] = await commitIf(
    ctx,
    sql`exists (select 1 from ${reveals} where ${allowed})`,
    "reveal.shown",
    { ...details, approvedBy, reason },
    [
      ctx.db
        .update(reveals)
        .set({ shownAt: sql`coalesce(${reveals.shownAt}, ${now})` })
        .where(allowed)
        .returning({ id: reveals.id }),
    ],
  );
  if (!wrote(shown)) throw over();
  return { value, field, provider: providerName(connection.provider), account: connection.name, until: reveal.expiresAt };
}

const over = () => conflict("reveal_over");

async function open(ctx: TenantCtx, { connectionId, field }: { connectionId: string; field: string }) {
  const held = await holdConnection(ctx, connectionId);
  try {
    const value = await openField(ctx, held, field);
    if (value === undefined) throw notFound("secret");
    return { connection: held.connection, value };
  } catch (error) {
    if (!(error instanceof VaultError)) throw error;
    ctx.log.error("a secret did not open", { connection: connectionId, field, error });
    throw conflict(error.closedBy === "key" ? "secret_key_missing" : "secret_lost");
  }
}
