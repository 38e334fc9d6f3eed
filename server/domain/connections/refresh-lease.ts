import { eq, exists, isNull, lte, or, type SQL, sql } from "drizzle-orm";
import { connections, secrets } from "#db/schema/index.ts";
import type { TenantCtx } from "#server/ctx.ts";
import { inTenant } from "#server/domain/tenants/in-tenant.ts";
import type { ConnectionRow } from "./rows.ts";

/** Longer than all token requests of one renewal together: three of 10 s and their pauses. */
export const leaseMs = 45_000;

/** The right to renew one connection's tokens, as long as it has the version that was seen. */
export interface RefreshLease {
  owner: string;
  connectionId: string;
  version: number;
  /** Whether this same refresh token was sent before and no reply seen. */
  repeated: boolean;
}

export interface RenewedTokens {
  sealed: { field: string; sealed: string }[];
  accessExpiresAt: number | null;
  refreshExpiresAt: number | null;
  scopesGranted: string[];
}

/**
 * Claims the renewal and writes its journal, in one statement: which refresh token is about to be sent (its hash), and since
 * when. Null where somebody else holds the lease or the tokens are others by now.
 */
export async function claimRefresh(ctx: TenantCtx, seen: ConnectionRow, fingerprint: string): Promise<RefreshLease | null> {
  const now = ctx.now();
  const owner = crypto.randomUUID();
  const [row] = await ctx.db
    .update(connections)
    .set({
      leaseOwner: owner,
      leaseUntil: now + leaseMs,
      refreshStartedAt: sql`case when ${connections.refreshFingerprint} = ${fingerprint} then ${connections.refreshStartedAt} else ${now} end`,
      refreshFingerprint: fingerprint,
    })
    .where(
      inTenant(
        ctx,
        connections,
        eq(connections.id, seen.id),
        eq(connections.version, seen.version),
        eq(connections.status, "active"),
        or(isNull(connections.leaseUntil), lte(connections.leaseUntil, now)),
      ),
    )
    .returning({ startedAt: connections.refreshStartedAt });
  return row ? { owner, connectionId: seen.id, version: seen.version, repeated: row.startedAt !== now } : null;
}

/**
 * Gives the lease up without new tokens. The journal stays where a request may have been acted on without our seeing the
 * reply; else it is closed.
 */
export async function releaseRefresh(ctx: TenantCtx, lease: RefreshLease, { replyLost }: { replyLost: boolean }): Promise<void> {
  await ctx.db
    .update(connections)
    .set({ leaseOwner: null, leaseUntil: null, ...(!replyLost && { refreshFingerprint: null, refreshStartedAt: null }) })
    .where(ofHolder(ctx, lease));
}

/**
 * Puts renewed tokens in place of the old ones and closes lease and journal, in one batch: first the row, for the holder of
 * the lease alone, then the secrets, only where that row says that it was we who did it. Null where the lease was lost: then
 * nothing is written, and the tokens that count are somebody else's.
 */
export async function keepRenewed(
  ctx: TenantCtx,
  lease: RefreshLease,
  { sealed, ...columns }: RenewedTokens,
): Promise<ConnectionRow | null> {
  const now = ctx.now();
  const version = lease.version + 1;
  const close = ctx.db
    .update(connections)
    // The owner's name stays as the mark of who renewed last; a lease without `leaseUntil` is free.
    .set({ ...columns, version, lastRefreshAt: now, leaseUntil: null, refreshFingerprint: null, refreshStartedAt: null })
    .where(ofHolder(ctx, lease))
    .returning();
  const ours = exists(
    ctx.db
      .select({ one: sql`1` })
      .from(connections)
      .where(ofHolder(ctx, { ...lease, version })),
  );
  const seals = sealed.map((secret) =>
    ctx.db
      .insert(secrets)
      .select(sql`select ${ctx.tenant.id}, ${lease.connectionId}, ${secret.field}, ${secret.sealed}, ${now}, ${now} where ${ours}`)
      .onConflictDoUpdate({
        target: [secrets.tenantId, secrets.connectionId, secrets.field],
        set: { sealed: secret.sealed, createdAt: now, lastUsedAt: now },
      }),
  );
  const [[row]] = await ctx.db.batch([close, ...seals]);
  return row ?? null;
}

const ofHolder = (ctx: TenantCtx, { connectionId, version, owner }: RefreshLease): SQL =>
  inTenant(ctx, connections, eq(connections.id, connectionId), eq(connections.version, version), eq(connections.leaseOwner, owner));
