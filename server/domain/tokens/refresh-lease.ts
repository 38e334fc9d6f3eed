import { and, eq, isNull, lte, or, type SQL, sql } from "drizzle-orm";
import { rowIf } from "#db/row-if.ts";
import { connections, renewals, secrets } from "#db/schema/index.ts";
import type { ProbeResult, RenewalOutcome, RenewalTrigger } from "#db/words/connections.ts";
import type { TenantCtx } from "#server/ctx.ts";
import { connectionExists } from "#server/domain/connections/connection-exists.ts";
import type { ConnectionRow } from "#server/domain/connections/rows.ts";
import { retracted } from "#server/domain/notices/retract.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { isProviderFault } from "#server/domain/wire/is-provider-fault.ts";
import { renewalTimeoutMs } from "#server/domain/wire/send-request.ts";
import { notFound } from "#server/errors.ts";
import { newId } from "#server/ids.ts";
import { probeFailingEveryMs } from "./probe-times.ts";
import type { RenewalPlan } from "./renewal-plan.ts";

/** Longer than a token request and the one that repeats it; what does not fit is not sent, see `mayStillSend`. */
export const refreshLeaseMs = 60_000;

/** The right to renew one connection's tokens, as long as it has the version that was seen. */
export interface RefreshLease {
  owner: string;
  connectionId: string;
  provider: string;
  version: number;
  /** Whether this same refresh token was sent before and no reply seen. */
  repeated: boolean;
  /** Renewals in a row before this one that failed in passing. */
  failures: number;
  trigger: RenewalTrigger;
  /** Milliseconds since 1970. */
  startedAt: number;
}

export interface RenewedTokens extends RenewalPlan {
  sealed: { field: string; sealed: string }[];
  accessExpiresAt: number | null;
  refreshExpiresAt: number | null;
  scopesGranted: string[];
}

/** How an attempt ended, for its history. `message` is the provider's own, never a secret. */
export interface Ending {
  outcome: RenewalOutcome;
  message: string | null;
}

/**
 * Claims the renewal and writes its journal, in one statement: which refresh token is about to be sent (its hash), and since
 * when. Null where somebody else holds the lease, the tokens are others by now, or the connection cools down (which keeps
 * nobody but a person).
 */
export async function claimRefresh(
  ctx: TenantCtx,
  seen: ConnectionRow,
  { fingerprint, trigger }: { fingerprint: string; trigger: RenewalTrigger },
): Promise<RefreshLease | null> {
  const now = ctx.now();
  const owner = crypto.randomUUID();
  const [row] = await ctx.db
    .update(connections)
    .set({
      leaseOwner: owner,
      leaseUntil: now + refreshLeaseMs,
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
        trigger === "person" ? undefined : or(isNull(connections.coolUntil), lte(connections.coolUntil, now)),
      ),
    )
    .returning({ startedAt: connections.refreshStartedAt, failures: connections.renewFailures });
  if (!row) return null;
  const { id: connectionId, provider, version } = seen;
  return { owner, connectionId, provider, version, repeated: row.startedAt !== now, failures: row.failures, trigger, startedAt: now };
}

/**
 * Whether a request may still be sent under this lease: one that would outlive it could rotate away what the next holder gets.
 */
export const mayStillSend = (ctx: TenantCtx, { startedAt }: RefreshLease): boolean =>
  ctx.now() < startedAt + refreshLeaseMs - renewalTimeoutMs;

/** Whether the lease is still ours, as the row has it. */
export async function stillHolds(ctx: TenantCtx, lease: RefreshLease): Promise<boolean> {
  const [row] = await ctx.db.select({ one: sql`1` }).from(connections).where(ofHolder(ctx, lease));
  return row !== undefined;
}

/** How a renewal that somebody else does is getting on. Throws `not_found` where the connection is gone. */
export async function lookAt(
  ctx: TenantCtx,
  connectionId: string,
): Promise<Pick<ConnectionRow, "status" | "version" | "leaseUntil" | "coolUntil">> {
  const { status, version, leaseUntil, coolUntil } = connections;
  const [row] = await ctx.db
    .select({ status, version, leaseUntil, coolUntil })
    .from(connections)
    .where(inTenant(ctx, connections, eq(connections.id, connectionId)));
  if (!row) throw notFound("connection");
  return row;
}

/**
 * Gives the lease up without new tokens, and leaves the connection alone until `coolUntil`. The journal stays where a request
 * may have been acted on without our seeing the reply; else it is closed. The history has the attempt in any case. Answers whether
 * the lease was still ours.
 */
export async function releaseRefresh(
  ctx: TenantCtx,
  lease: RefreshLease,
  { replyLost, coolUntil, kind, message, plan }: Release,
): Promise<boolean> {
  const soon = ctx.now() + probeFailingEveryMs;
  const [released] = await ctx.db.batch([
    ctx.db
      .update(connections)
      .set({
        ...plan,
        leaseOwner: null,
        leaseUntil: null,
        renewFailures: lease.failures + 1,
        coolUntil,
        // What incidents are counted from.
        ...(isProviderFault(kind) && {
          failedAt: ctx.now(),
          failureKind: kind,
          failingSince: sql`coalesce(${connections.failingSince}, ${ctx.now()})`,
          // Probed soon, so that the portal says soon that it is back.
          probeAt: sql`min(coalesce(${connections.probeAt}, ${soon}), ${soon})`,
        }),
        ...(!replyLost && { refreshFingerprint: null, refreshStartedAt: null }),
      })
      .where(ofHolder(ctx, lease))
      .returning({ id: connections.id }),
    historyWhere(ctx, stillThere(ctx, lease), attemptRow(ctx, lease, { outcome: kind, message })),
  ]);
  return released.length > 0;
}

export interface Release {
  replyLost: boolean;
  coolUntil: number;
  kind: Exclude<ProbeResult, "ok">;
  message: string;
  plan: RenewalPlan;
}

/**
 * Takes the refresh token away, which the provider refused, and leaves the access token that still works; the history has the refusal.
 * Null where the lease was lost: then nothing is written.
 */
export async function dropRefresh(
  ctx: TenantCtx,
  lease: RefreshLease,
  { plan, message }: { plan: RenewalPlan; message: string },
): Promise<ConnectionRow | null> {
  const version = lease.version + 1;
  const ours = connectionExists(ctx, ofHolder(ctx, { ...lease, version }));
  const [[row]] = await ctx.db.batch([
    ctx.db
      .update(connections)
      .set({ ...plan, version, refreshExpiresAt: null, leaseUntil: null, refreshFingerprint: null, refreshStartedAt: null })
      .where(ofHolder(ctx, lease))
      .returning(),
    ctx.db
      .delete(secrets)
      .where(and(inTenant(ctx, secrets, eq(secrets.connectionId, lease.connectionId), eq(secrets.field, "refresh_token")), ours)),
    historyWhere(ctx, ours, attemptRow(ctx, lease, { outcome: "lives_on", message })),
  ]);
  return row ?? null;
}

/** An attempt that changed nothing of the connection: it came too late, or the provider refused and a person is asked. */
export async function recordAttempt(ctx: TenantCtx, lease: RefreshLease, ending: Ending): Promise<void> {
  await historyWhere(ctx, stillThere(ctx, lease), attemptRow(ctx, lease, ending));
}

/**
 * Puts renewed tokens in place of the old ones, closes lease and journal and writes the history, in one batch: first the row,
 * for the holder of the lease alone, then the rest, only where that row says that it was we who did it. Null where the lease
 * was lost: then nothing is written, and the tokens that count are somebody else's.
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
    .set({
      ...columns,
      version,
      lastRefreshAt: now,
      renewFailures: 0,
      coolUntil: null,
      leaseUntil: null,
      refreshFingerprint: null,
      refreshStartedAt: null,
    })
    .where(ofHolder(ctx, lease))
    .returning();
  const ours = connectionExists(ctx, ofHolder(ctx, { ...lease, version }));
  const seals = sealed.map((secret) =>
    ctx.db
      .insert(secrets)
      .select(
        rowIf(secrets, { ...secret, tenantId: ctx.tenant.id, connectionId: lease.connectionId, createdAt: now, lastUsedAt: now }, ours),
      )
      .onConflictDoUpdate({
        target: [secrets.tenantId, secrets.connectionId, secrets.field],
        set: { sealed: secret.sealed, createdAt: now, lastUsedAt: now },
      }),
  );
  const history = historyWhere(ctx, ours, attemptRow(ctx, lease, { outcome: "renewed", message: null }));
  // What ends as it did before is still told of.
  const works = connectionExists(ctx, and(ofHolder(ctx, { ...lease, version }), sql`${connections.cliffAt} is null`) as SQL);
  const over = retracted(ctx.db, now, { tenant: ctx.tenant.id, kinds: ["cliff"], subject: lease.connectionId, where: works });
  const [[row]] = await ctx.db.batch([close, ...seals, history, over]);
  return row ?? null;
}

/** A line of the history, written only where `condition` holds. */
const historyWhere = (ctx: TenantCtx, condition: SQL, attempt: ReturnType<typeof attemptRow>) =>
  ctx.db.insert(renewals).select(rowIf(renewals, attempt, condition));

/** A client that was erased meanwhile gets no row back. */
const stillThere = (ctx: TenantCtx, { connectionId }: RefreshLease): SQL =>
  connectionExists(ctx, inTenant(ctx, connections, eq(connections.id, connectionId)));

function attemptRow(ctx: TenantCtx, { connectionId, provider, startedAt, trigger }: RefreshLease, { outcome, message }: Ending) {
  const at = ctx.now();
  const words = message?.slice(0, 300) ?? null;
  return {
    id: newId("ren", at),
    tenantId: ctx.tenant.id,
    connectionId,
    provider,
    at,
    tookMs: at - startedAt,
    trigger,
    outcome,
    message: words,
  };
}

const ofHolder = (ctx: TenantCtx, { connectionId, version, owner }: Pick<RefreshLease, "connectionId" | "version" | "owner">): SQL =>
  inTenant(ctx, connections, eq(connections.id, connectionId), eq(connections.version, version), eq(connections.leaseOwner, owner));
