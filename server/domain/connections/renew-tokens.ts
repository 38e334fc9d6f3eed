import type { Grant, Provider } from "#server/catalog/provider.ts";
import { findProvider } from "#server/catalog/providers/registry.ts";
import type { TenantCtx } from "#server/ctx.ts";
import { hashToken } from "#server/domain/sessions/tokens.ts";
import { openDataKey } from "#server/domain/vault/data-keys.ts";
import { VaultError } from "#server/domain/vault/envelope.ts";
import { sealSecret } from "#server/domain/vault/secrets.ts";
import { ProviderError } from "#server/errors.ts";
import { expiriesOf } from "./expiries.ts";
import { holdConnection, openField } from "./hold-connection.ts";
import { needReconnect } from "./need-reconnect.ts";
import { pause } from "./pause.ts";
import { claimRefresh, keepRenewed, type RefreshLease, releaseRefresh } from "./refresh-lease.ts";
import type { HeldConnection } from "./rows.ts";
import { type WayToTokens, waysToTokens } from "./ways-to-tokens.ts";

/** Losers look again after 50 to 150 ms, then ever more slowly up to a second: about 15 s in all. */
const maxLooks = 22;
const lookAgainMs = (look: number) => Math.min(1000, 100 * 1.3 ** look) * (0.5 + Math.random());

/**
 * Renews a connection's tokens, once however many runs want it at the same moment: one claims the lease, the others wait
 * and read what it got. Answers the connection with tokens newer than those in `held`.
 *
 * Throws `revoked` where a person is needed (the connection is then marked), `unavailable` and `rate_limited` where it is
 * not known or too early to say, `misconfigured` for our own client: none of those touches the tokens that are there.
 */
export async function renewTokens(ctx: TenantCtx, held: HeldConnection): Promise<HeldConnection> {
  const { connection } = held;
  const [first] = waysToTokens(held);
  const secret = first && (await openField(ctx, held, first.field));
  if (secret === undefined) {
    await needReconnect(ctx, connection, "not_renewable");
    throw refused(connection.provider);
  }
  const fingerprint = hashToken(secret);
  for (let look = 0; look < maxLooks; look++) {
    const lease = await claimRefresh(ctx, connection, fingerprint);
    if (lease) return renewUnder(ctx, lease, held);
    const now = await holdConnection(ctx, connection.id);
    if (now.connection.version !== connection.version) return adopted(now);
    await pause(lookAgainMs(look));
  }
  throw new ProviderError(connection.provider, "unavailable", "another run is still renewing the tokens", { retryAfterS: 10 });
}

const refused = (provider: string) => new ProviderError(provider, "revoked", "the account must be connected again");

/** Somebody else changed the connection: their tokens count, unless there are none any more. */
function adopted(now: HeldConnection): HeldConnection {
  if (now.connection.status !== "active") throw refused(now.connection.provider);
  return now;
}

async function renewUnder(ctx: TenantCtx, lease: RefreshLease, held: HeldConnection): Promise<HeldConnection> {
  const provider = findProvider(held.connection.provider);
  try {
    const grant = await requestRefresh(ctx, held);
    return await keep(ctx, lease, { held, provider, grant });
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    if (error.kind === "revoked") return refusedRefresh(ctx, lease, held);
    await releaseRefresh(ctx, lease, { replyLost: error.kind === "unavailable" });
    throw error;
  }
}

/** Goes the connection's ways to new tokens, one after the other as long as the provider refuses what is sent. */
async function requestRefresh(ctx: TenantCtx, held: HeldConnection): Promise<Grant> {
  const [last, ...before] = waysToTokens(held).reverse();
  if (!last) throw new Error("the lease was claimed for a way that is there");
  for (const way of before.reverse()) {
    try {
      return await go(ctx, held, way);
    } catch (error) {
      if (!(error instanceof ProviderError && error.kind === "revoked")) throw error;
    }
  }
  return go(ctx, held, last);
}

/**
 * Sends one secret. A reply that got lost is asked for once more where the provider still answers the same secret; a refusal
 * once more in any case, since it is ambiguous.
 */
async function go(ctx: TenantCtx, held: HeldConnection, way: WayToTokens): Promise<Grant> {
  const secret = await openField(ctx, held, way.field);
  if (secret === undefined) throw new VaultError(`a connection without its ${way.field}`);
  try {
    return await way.request(ctx, secret);
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    const again = error.kind === "revoked" || (error.kind === "unavailable" && way.retryable);
    if (!again) throw error;
    ctx.log.warn("a renewal is tried once more", { connection: held.connection.id, kind: error.kind });
    await pause(200 + Math.random() * 200);
    return way.request(ctx, secret);
  }
}

async function keep(
  ctx: TenantCtx,
  lease: RefreshLease,
  { held, provider, grant }: { held: HeldConnection; provider: Provider; grant: Grant },
): Promise<HeldConnection> {
  const { id, refreshExpiresAt } = held.connection;
  const newest = held.dataKeys.reduce((best, row) => (row.version > best.version ? row : best));
  const dataKey = await openDataKey(ctx.config, newest);
  // Without a refresh token in the reply the old one stays.
  const tokens = [["access_token", grant.accessToken] as const, ["refresh_token", grant.refreshToken] as const];
  const sealed: { field: string; sealed: string }[] = [];
  for (const [field, secret] of tokens) {
    if (secret !== undefined) sealed.push({ field, sealed: await sealSecret(ctx, dataKey, { connectionId: id, field, secret }) });
  }
  const expiries = expiriesOf(provider, grant, ctx.now());
  const row = await insistently(() =>
    keepRenewed(ctx, lease, {
      sealed,
      accessExpiresAt: expiries.accessExpiresAt,
      refreshExpiresAt: grant.refreshToken === undefined ? refreshExpiresAt : expiries.refreshExpiresAt,
      scopesGranted: grant.scopes ? [...grant.scopes] : held.connection.scopesGranted,
    }),
  );
  if (!row) {
    ctx.log.warn("renewed tokens came too late to be kept", { connection: id });
    return adopted(await holdConnection(ctx, id));
  }
  const kept = held.secrets.filter(({ field }) => !sealed.some((secret) => secret.field === field));
  const now = ctx.now();
  const fresh = sealed.map((secret) => ({ ...secret, tenantId: ctx.tenant.id, connectionId: id, createdAt: now, lastUsedAt: now }));
  return { ...held, connection: row, secrets: [...kept, ...fresh] };
}

/** A rotated token that is not written down is lost: a database's hiccup gets two more tries. */
async function insistently<T>(write: () => Promise<T>): Promise<T> {
  for (const waitMs of [100, 500]) {
    try {
      return await write();
    } catch {
      await pause(waitMs); // what goes wrong at the last try is thrown
    }
  }
  return write();
}

/** Refused twice: unless somebody has newer tokens by now, a person is needed. */
async function refusedRefresh(ctx: TenantCtx, lease: RefreshLease, held: HeldConnection): Promise<HeldConnection> {
  const now = await holdConnection(ctx, lease.connectionId);
  if (now.connection.version !== lease.version) return adopted(now);
  if (lease.repeated) ctx.log.warn("the refresh had been sent before and its reply was lost", { connection: lease.connectionId });
  await needReconnect(ctx, held.connection, "refresh_refused");
  throw refused(held.connection.provider);
}
