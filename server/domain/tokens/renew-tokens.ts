import { eq } from "drizzle-orm";
import { connections } from "#db/schema/index.ts";
import type { RenewalTrigger } from "#db/words/connections.ts";
import type { Grant } from "#server/catalog/provider.ts";
import { findProvider } from "#server/catalog/providers/registry.ts";
import type { TenantCtx } from "#server/ctx.ts";
import { newcomer } from "#server/domain/connections/account-of.ts";
import { agencyDebtor, type Debtor } from "#server/domain/connections/debtor.ts";
import { holdConnection } from "#server/domain/connections/hold-connection.ts";
import type { ConnectionRow, HeldConnection } from "#server/domain/connections/rows.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { openDataKey } from "#server/domain/vault/data-keys.ts";
import { VaultError } from "#server/domain/vault/envelope.ts";
import { sealSecret } from "#server/domain/vault/secrets.ts";
import { hashToken } from "#server/domain/vault/sign-in-tokens.ts";
import type { OnFailed } from "#server/domain/wire/failed-call.ts";
import { pause } from "#server/domain/wire/pause.ts";
import { ofCall, ProviderError } from "#server/errors.ts";
import { coolDownMs, isCooling } from "./cool-down.ts";
import { expiriesOf } from "./expiries.ts";
import { needReconnect } from "./need-reconnect.ts";
import { closedSecret, openForUse } from "./open-for-use.ts";
import { oweGrant } from "./owe.ts";
import { payDebt } from "./pay-debt.ts";
import {
  claimRefresh,
  dropRefresh,
  keepRenewed,
  lookAt,
  mayStillSend,
  type RefreshLease,
  recordAttempt,
  releaseRefresh,
  stillHolds,
} from "./refresh-lease.ts";
import { renewalPlanOf } from "./renewal-plan.ts";
import { type WayToTokens, waysToTokens } from "./ways-to-tokens.ts";

/** Losers look again after 100 to 300 ms, then ever more slowly up to some two seconds: about 17 s in all. */
const maxLooks = 14;
const lookAgainMs = (look: number) => Math.min(2000, 200 * 1.4 ** look) * (0.5 + Math.random());

/** An access token that lives for longer than this is worth being used without its refresh token. */
const worthKeepingMs = 3_600_000;

/** With less than this (milliseconds) a token is not worth sending. */
export const usableMs = 5_000;

/**
 * Renews a connection's tokens, once however many runs want it at the same moment: one claims the lease, the others wait
 * and read what it got. Answers the connection with tokens newer than those in `held`.
 *
 * Throws `revoked` where a person is needed (the connection is then marked), `unavailable` and `rate_limited` where it is
 * not known or too early to say, `misconfigured` for our own client, `rejected` where there is nothing to renew a token with that
 * still lives: none of those touches the tokens that are there. After one of them the connection cools down, and nobody but a
 * person asks the provider again before that is over. `onFailed` hears of each request that failed.
 */
export async function renewTokens(
  ctx: TenantCtx,
  held: HeldConnection,
  { trigger = "use", onFailed }: { trigger?: RenewalTrigger; onFailed?: OnFailed | undefined } = {},
): Promise<HeldConnection> {
  const { connection } = held;
  const [first] = waysToTokens(held);
  const secret = first && (await openForUse(ctx, held, first.field));
  if (secret === undefined) return notRenewable(ctx, held);
  const fingerprint = hashToken(secret);
  for (let look = 0; look < maxLooks; look++) {
    const lease = await claimRefresh(ctx, connection, { fingerprint, trigger });
    if (lease) return renewUnder(ctx, lease, { held, onFailed });
    for (; look < maxLooks; look++) {
      // A hundred losers look a hundred times: that costs one small read each, and a claim only where it can be won.
      const seen = await lookAt(ctx, connection.id);
      if (seen.version !== connection.version || seen.status !== "active") return adopted(await holdConnection(ctx, connection.id));
      if (trigger !== "person" && isCooling(seen, ctx.now())) throw cooling(connection.provider, seen, ctx.now());
      if (seen.leaseUntil === null || seen.leaseUntil <= ctx.now()) break;
      await pause(lookAgainMs(look));
    }
  }
  throw new ProviderError(connection.provider, "unavailable", "another run is still renewing the tokens", {
    said: ofCall("renewal_underway"),
    retryAfterS: 10,
  });
}

/** What is renewed, and who hears of what fails meanwhile. */
interface Renewing {
  held: HeldConnection;
  onFailed: OnFailed | undefined;
}

const refused = (provider: string) =>
  new ProviderError(provider, "revoked", "the account must be connected again", { said: ofCall("connect_again") });

function cooling(provider: string, { coolUntil }: Pick<ConnectionRow, "coolUntil">, now: number): ProviderError {
  const retryAfterS = Math.ceil(((coolUntil ?? now) - now) / 1000);
  return new ProviderError(provider, "unavailable", "the last renewal failed, the next one is later", {
    said: ofCall("renewal_later"),
    retryAfterS,
  });
}

/** A token that still lives is left to live. */
async function notRenewable(ctx: TenantCtx, { connection }: HeldConnection): Promise<never> {
  const { provider, accessExpiresAt } = connection;
  if (accessExpiresAt === null || accessExpiresAt > ctx.now() + usableMs) {
    throw new ProviderError(provider, "rejected", "there is nothing to renew it with", { said: ofCall("nothing_to_renew") });
  }
  await needReconnect(ctx, connection, "not_renewable");
  throw refused(provider);
}

/** Somebody else changed the connection: their tokens count, unless there are none any more. */
function adopted(now: HeldConnection): HeldConnection {
  if (now.connection.status !== "active") throw refused(now.connection.provider);
  return now;
}

async function renewUnder(ctx: TenantCtx, lease: RefreshLease, { held, onFailed }: Renewing): Promise<HeldConnection> {
  try {
    const grant = await requestRefresh(ctx, lease, { held, onFailed });
    return await keep(ctx, lease, { held, grant });
  } catch (error) {
    const failure = error instanceof VaultError ? closedVault(held, error) : error;
    if (!(failure instanceof ProviderError)) throw error;
    if (failure.kind === "revoked") return refusedRefresh(ctx, lease, { held, failure });
    return coolDown(ctx, lease, { held, failure });
  }
}

/** New tokens that cannot be sealed are ours to mend: a root key is missing. */
const closedVault = ({ connection }: HeldConnection, cause: VaultError) =>
  new ProviderError(connection.provider, "misconfigured", "the vault did not open", { said: ofCall("vault_closed"), cause });

/**
 * Writes down that it failed in passing, and throws the failure with the time that it will take. Where the lease was lost
 * meanwhile, somebody else may have what we have not.
 */
async function coolDown(
  ctx: TenantCtx,
  lease: RefreshLease,
  { held, failure }: { held: HeldConnection; failure: ProviderError },
): Promise<HeldConnection> {
  const { kind, message, provider } = failure;
  if (kind === "revoked") throw new Error("what is revoked does not cool down");
  const waitMs = coolDownMs(failure, { failures: lease.failures, random: Math.random() });
  const coolUntil = ctx.now() + waitMs;
  const facts = { ...held, connection: { ...held.connection, renewFailures: lease.failures + 1, coolUntil } };
  const ours = await releaseRefresh(ctx, lease, {
    replyLost: kind === "unavailable",
    coolUntil,
    kind,
    message,
    plan: renewalPlanOf(facts),
  });
  if (!ours) {
    const now = await holdConnection(ctx, lease.connectionId);
    if (now.connection.version !== lease.version) return adopted(now);
  }
  const details = { connection: lease.connectionId, provider, kind, reason: message, failures: lease.failures + 1 };
  // One alarm of what is ours to mend; the incident and the admin's page say how many have it.
  if (kind === "misconfigured" && lease.failures === 0) ctx.log.error("a renewal failed by our own configuration", details);
  else ctx.log.warn("a renewal failed and is put off", details);
  if (kind !== "unavailable" && kind !== "rate_limited") throw failure;
  throw new ProviderError(provider, kind, message, {
    said: failure.said,
    retryAfterS: failure.retryAfterS ?? Math.ceil(waitMs / 1000),
    cause: failure,
  });
}

/** Goes the connection's ways to new tokens, one after the other as long as the provider refuses what is sent. */
async function requestRefresh(ctx: TenantCtx, lease: RefreshLease, { held, onFailed }: Renewing): Promise<Grant> {
  const ways = waysToTokens(held);
  for (const way of ways) {
    try {
      return await go(ctx, lease, { held, way, onFailed });
    } catch (error) {
      if (way === ways.at(-1) || !isOfKind(error, "revoked")) throw error;
    }
  }
  throw new Error("the lease was claimed for a way that is there");
}

const isOfKind = (error: unknown, kind: ProviderError["kind"]) => error instanceof ProviderError && error.kind === kind;

/**
 * Sends one secret. A reply that got lost is asked for once more where the provider still answers the same secret; a refusal
 * once more too, since it is ambiguous, unless the provider wants minutes between two requests. Nothing is sent a second time by
 * who is no longer the holder: somebody may have the replacement of this very secret by now, and to send it again would end that one.
 */
async function go(ctx: TenantCtx, lease: RefreshLease, { held, way, onFailed }: Renewing & { way: WayToTokens }): Promise<Grant> {
  const secret = await openForUse(ctx, held, way.field);
  if (secret === undefined) throw await closedSecret(ctx, held, new VaultError(`there is no ${way.field}`));
  if (!mayStillSend(ctx, lease))
    throw new ProviderError(lease.provider, "unavailable", "too late to begin a request", { said: ofCall("time_up") });
  try {
    return await way.request(ctx, secret, onFailed);
  } catch (error) {
    const again = (isOfKind(error, "revoked") && !way.spaced) || (isOfKind(error, "unavailable") && way.retryable);
    if (!again) throw error;
    ctx.log.warn("a renewal is tried once more", { connection: lease.connectionId, error });
    await pause(200 + Math.random() * 200);
    if (!mayStillSend(ctx, lease) || !(await stillHolds(ctx, lease))) throw error;
    return way.request(ctx, secret, onFailed);
  }
}

async function keep(ctx: TenantCtx, lease: RefreshLease, { held, grant }: { held: HeldConnection; grant: Grant }): Promise<HeldConnection> {
  const { connection } = held;
  const newest = held.dataKeys.reduce((best, row) => (row.version > best.version ? row : best));
  const dataKey = await openDataKey(ctx.config, newest);
  // Without a refresh token in the reply the old one stays.
  const tokens = [["access_token", grant.accessToken] as const, ["refresh_token", grant.refreshToken] as const];
  const sealed: { field: string; sealed: string }[] = [];
  for (const [field, secret] of tokens) {
    if (secret === undefined) continue;
    sealed.push({ field, sealed: await sealSecret(ctx, dataKey, { connectionId: connection.id, field, secret }) });
  }
  const now = ctx.now();
  const expiries = expiriesOf(findProvider(connection.provider), grant, { now, kept: connection.refreshExpiresAt });
  const fresh = sealed.map((secret) => ({
    ...secret,
    tenantId: ctx.tenant.id,
    connectionId: connection.id,
    createdAt: now,
    lastUsedAt: now,
  }));
  const secrets = [...held.secrets.filter(({ field }) => !sealed.some((secret) => secret.field === field)), ...fresh];
  const renewed = { ...connection, ...expiries, lastRefreshAt: now, renewFailures: 0, coolUntil: null };
  const plan = renewalPlanOf({ connection: renewed, secrets });
  // A renewal takes no permission away: one that names none says nothing of them.
  const scopesGranted = grant.scopes?.length ? [...grant.scopes] : connection.scopesGranted;
  const row = await insistently(() => keepRenewed(ctx, lease, { ...plan, ...expiries, sealed, scopesGranted }));
  if (row) return { ...held, connection: row, secrets };
  ctx.log.warn("renewed tokens came too late to be kept", { connection: connection.id });
  await recordAttempt(ctx, lease, { outcome: "late", message: null });
  const [later] = await ctx.db
    .select({ status: connections.status })
    .from(connections)
    .where(inTenant(ctx, connections, eq(connections.id, connection.id)));
  // Somebody disconnected meanwhile, or the client is gone: what they gave back was the pair before this one.
  if (!later || later.status === "disconnected") await giveBackLate(later ? ctx : agencyDebtor(ctx), { connection, grant });
  return adopted(await holdConnection(ctx, connection.id));
}

async function giveBackLate(ctx: Debtor, { connection, grant }: { connection: ConnectionRow; grant: Grant }): Promise<void> {
  const { provider, details, externalId, name } = connection;
  const found = findProvider(provider);
  if (!found.oauth) return;
  const shop = details.shop ?? null;
  const account = { externalId, name };
  const debt = await oweGrant(ctx, { ...found, oauth: found.oauth }, { grant, shop, reason: "late", account });
  if (debt) await payDebt(ctx, debt);
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

/**
 * A refresh token may be refused while the access token beside it works: a later consent brought that one alone. It is then used to
 * its end, of which people are warned ahead; the refused one is dropped. Null where the access token is dead, or ends soon anyhow.
 */
async function livesOn(
  ctx: TenantCtx,
  lease: RefreshLease,
  { held, failure }: { held: HeldConnection; failure: ProviderError },
): Promise<HeldConnection | null> {
  const { connection } = held;
  const provider = findProvider(connection.provider);
  if (connection.kind !== "oauth" || (connection.accessExpiresAt ?? 0) <= ctx.now() + worthKeepingMs) return null;
  const accessToken = await openForUse(ctx, held, "access_token");
  if (accessToken === undefined) return null;
  const shop = connection.details.shop ?? null;
  try {
    await provider.probe(
      newcomer(ctx, { provider, kind: "oauth", shop, secrets: { access_token: accessToken }, fields: {} }, connection.id),
    );
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    if (error.kind === "revoked") return null;
  }
  const secrets = held.secrets.filter(({ field }) => field !== "refresh_token");
  const plan = renewalPlanOf({ connection: { ...connection, refreshExpiresAt: null }, secrets });
  const row = await dropRefresh(ctx, lease, { plan, message: failure.message });
  return row && { ...held, connection: row, secrets };
}

/** Refused twice: unless somebody has newer tokens by now, a person is needed. */
async function refusedRefresh(
  ctx: TenantCtx,
  lease: RefreshLease,
  { held, failure }: { held: HeldConnection; failure: ProviderError },
): Promise<HeldConnection> {
  const now = await holdConnection(ctx, lease.connectionId);
  if (now.connection.version !== lease.version) {
    await recordAttempt(ctx, lease, { outcome: "late", message: failure.message });
    return adopted(now);
  }
  // A token without an end is as good as before where only its exchange was refused: the next call with it shows whether it lives.
  if (held.connection.accessExpiresAt === null) {
    const kept = new ProviderError(lease.provider, "rejected", "the lasting token was not exchanged", {
      said: ofCall("nothing_to_renew"),
      cause: failure,
    });
    return coolDown(ctx, lease, { held, failure: kept });
  }
  const alive = await livesOn(ctx, lease, { held, failure });
  if (alive) {
    ctx.log.warn("the refresh token was refused, and the access token lives on to its end", { connection: lease.connectionId });
    return alive;
  }
  if (lease.repeated) ctx.log.warn("the refresh had been sent before and its reply was lost", { connection: lease.connectionId });
  await recordAttempt(ctx, lease, { outcome: "revoked", message: failure.message });
  await needReconnect(ctx, held.connection, "refresh_refused");
  throw refused(held.connection.provider);
}
