import { and, eq, isNull, lte, or, sql } from "drizzle-orm";
import { tryAgain } from "#db/patient-d1.ts";
import { dataKeys, debts } from "#db/schema/index.ts";
import type { Farewell } from "#db/words/connections.ts";
import type { OAuthProvider } from "#server/catalog/provider.ts";
import { findOAuthProvider } from "#server/catalog/providers/registry.ts";
import { commitIf, wrote } from "#server/domain/audit/commit-if.ts";
import { newcomer } from "#server/domain/connections/account-of.ts";
import type { Debtor } from "#server/domain/connections/debtor.ts";
import type { DebtRow } from "#server/domain/connections/rows.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { type DataKeyRow, openDataKey } from "#server/domain/vault/data-keys.ts";
import { VaultError } from "#server/domain/vault/envelope.ts";
import { openSecret, sealSecret } from "#server/domain/vault/secrets.ts";
import { introspectToken } from "#server/domain/wire/token-endpoint.ts";
import { ProviderError } from "#server/errors.ts";
import { expiriesOf } from "./expiries.ts";
import { giveBack, type Tokens } from "./give-back.ts";
import { waysToTokens } from "./ways-to-tokens.ts";

/** A provider that has not answered for this long is given up: its client is told how to end the access by hand. */
export const giveUpAfterMs = 14 * 86_400_000;
/** With less than this a token may end on its way. */
const tokenNeedsMs = 30_000;
const firstWaitMs = 5 * 60_000;
const longestWaitMs = 6 * 3_600_000;
/** A renewal that was begun is left alone for this long: longer than any takes, shorter than the time to the next try. */
const renewalMs = 2 * 60_000;

/** A debt with its tokens opened, for this try alone. */
interface Opened {
  debt: DebtRow;
  /** The access token as this try read it. */
  accessSealed: string;
  tokens: Tokens;
  keys: DataKeyRow[];
}

/**
 * Gives access back at its provider and writes down how that went: once it is over, the tokens are destroyed here. Answers
 * `unreached` where it will be tried again, or was given up: after fourteen days, or at once where its tokens will never open. What
 * another connection lives on by now is left (`by_hand`). Paying twice is no error.
 */
export async function payDebt(ctx: Debtor, debt: DebtRow): Promise<Farewell> {
  const found = await pay(ctx, debt);
  // It says itself how it went.
  if (found === "other") return "unreached";
  const farewell = found === "lost" ? "unreached" : found;
  if (found !== "unreached" || ctx.now() >= debt.owedAt + giveUpAfterMs) await settle(ctx, debt, farewell);
  else await putOff(ctx, debt);
  return farewell;
}

/** `lost`: its tokens will never open, so that no later try can do better. `other`: another try is at it. */
async function pay(ctx: Debtor, debt: DebtRow): Promise<Farewell | "lost" | "other"> {
  try {
    const provider = findOAuthProvider(debt.provider);
    const { debt: known, tokens } = await identified(ctx, provider, await renewed(ctx, provider, await opened(ctx, debt)));
    const connection = {
      id: known.connectionId,
      provider: known.provider,
      kind: "oauth" as const,
      status: "disconnected" as const,
      statusReason: null,
      externalId: known.externalId ?? "",
      details: known.shop === null ? {} : { shop: known.shop },
    };
    // A consent that was not kept must not take an older one of the same account along: some providers give both the same tokens.
    const owedAt = known.reason === "not_kept" ? 0 : known.owedAt;
    return await giveBack(ctx, provider, { connection, tokens, owedAt });
  } catch (error) {
    if (error instanceof OtherTry) return "other";
    if (error instanceof LostOnItsWay) {
      ctx.log.warn("a renewal of what is owed was lost on its way", { debt: debt.id, connection: debt.connectionId });
      return "lost";
    }
    if (error instanceof ProviderError && error.kind === "revoked") return "gone";
    if (!(error instanceof ProviderError || error instanceof VaultError)) {
      // Our own fault: tried again at its times all the same, not without end.
      ctx.log.error("access could not be given back", { debt: debt.id, connection: debt.connectionId, error });
      return "unreached";
    }
    // A root key that is missing today may be back tomorrow.
    const lost = error instanceof VaultError && error.closedBy === "value";
    ctx.log.warn(lost ? "what is owed does not open" : "access is still owed", { debt: debt.id, connection: debt.connectionId, error });
    return lost ? "lost" : "unreached";
  }
}

async function opened(ctx: Debtor, debt: DebtRow): Promise<Opened> {
  const keys = await ctx.db.select().from(dataKeys).where(inTenant(ctx, dataKeys));
  const { connectionId, accessSealed, refreshSealed } = debt;
  if (accessSealed === null) throw new VaultError("a debt without its tokens");
  const open = (field: string, sealed: string) => openSecret(ctx, keys, { connectionId, field, sealed });
  const accessToken = await open("access_token", accessSealed);
  return {
    debt,
    accessSealed,
    keys,
    tokens: { accessToken, refreshToken: refreshSealed === null ? undefined : await open("refresh_token", refreshSealed) },
  };
}

/** The refresh token was used by a renewal whose answer nobody kept: what it brought lives on, and cannot be reached any more. */
class LostOnItsWay extends Error {
  override name = "LostOnItsWay";
}

/** Another try renews what is owed, or has done so since this one read it. */
class OtherTry extends Error {
  override name = "OtherTry";
}

/**
 * With a token that has ended, some providers take nothing back. What a renewal brings is owed in place of what it was. One try at a
 * time renews, and says so first: a refresh token that is refused later on was used by that one, and the access is not gone.
 */
async function renewed(ctx: Debtor, provider: OAuthProvider, held: Opened): Promise<Opened> {
  const { debt, tokens, keys } = held;
  const { accessExpiresAt, shop, connectionId } = debt;
  if (accessExpiresAt === null || accessExpiresAt > ctx.now() + tokenNeedsMs) return held;
  const connection = { provider: debt.provider, kind: "oauth" as const, accessExpiresAt, details: shop === null ? {} : { shop } };
  const secrets = tokens.refreshToken === undefined ? [] : [{ field: "refresh_token" }];
  const [way] = waysToTokens({ connection, secrets });
  if (!way || tokens.refreshToken === undefined) return held;
  const { refreshToken } = tokens;
  if (!(await beginRenewal(ctx, debt, held.accessSealed))) throw new OtherTry();
  const grant = await way.request(ctx, refreshToken).catch((error: unknown) => {
    throw debt.renewBegunAt !== null && error instanceof ProviderError && error.kind === "revoked" ? new LostOnItsWay() : error;
  });
  const newest = keys.reduce((best, row) => (row.version > best.version ? row : best));
  const dataKey = await openDataKey(ctx.config, newest);
  const sealed = (field: string, secret: string) => sealSecret(ctx, dataKey, { connectionId, field, secret });
  const fresh = {
    accessSealed: await sealed("access_token", grant.accessToken),
    ...(grant.refreshToken !== undefined && { refreshSealed: await sealed("refresh_token", grant.refreshToken) }),
    accessExpiresAt: expiriesOf(provider, grant, { now: ctx.now(), kept: null }).accessExpiresAt,
    renewBegunAt: null,
  };
  await tryAgain(async () => ctx.db.update(debts).set(fresh).where(open(ctx, debt)));
  return {
    keys,
    accessSealed: fresh.accessSealed,
    debt: { ...debt, ...fresh },
    tokens: { accessToken: grant.accessToken, refreshToken: grant.refreshToken ?? tokens.refreshToken },
  };
}

/** Answers whether it is ours to renew now: nobody else is at it, nor was since we looked. */
async function beginRenewal(ctx: Debtor, debt: DebtRow, sealed: string): Promise<boolean> {
  const free = or(isNull(debts.renewBegunAt), lte(debts.renewBegunAt, ctx.now() - renewalMs));
  const begun = await ctx.db
    .update(debts)
    .set({ renewBegunAt: ctx.now() })
    .where(and(open(ctx, debt), free, eq(debts.accessSealed, sealed)))
    .returning({ id: debts.id });
  return begun.length > 0;
}

/** Whose access it is: of a consent that was lost on its way nobody had asked, and another connection may live on the same grant. */
async function identified(ctx: Debtor, provider: OAuthProvider, held: Opened): Promise<Opened> {
  const { debt, tokens } = held;
  if (debt.externalId !== null) return held;
  const { shop } = debt;
  const account = newcomer(ctx, { provider, kind: "oauth", shop, secrets: { access_token: tokens.accessToken }, fields: {} }, debt.id);
  const { externalId, name } = await provider.oauth.identify(account, () =>
    introspectToken(ctx, provider, { shop, accessToken: tokens.accessToken }),
  );
  const found = { externalId, name: name.slice(0, 200) };
  await ctx.db.update(debts).set(found).where(open(ctx, debt));
  return { ...held, debt: { ...debt, ...found } };
}

const open = (ctx: Debtor, { id }: DebtRow) => inTenant(ctx, debts, eq(debts.id, id), isNull(debts.farewell));
const isOpen = (ctx: Debtor, debt: DebtRow) => sql`exists (select 1 from ${debts} where ${open(ctx, debt)})`;

/** It is over: returned, gone, left to another connection, or given up. */
async function settle(ctx: Debtor, debt: DebtRow, farewell: Farewell): Promise<void> {
  const [written] = await commitIf(
    ctx,
    isOpen(ctx, debt),
    "connection.access_returned",
    { ...factsOf(debt), farewell, tries: debt.tries + 1 },
    [
      ctx.db
        .update(debts)
        .set({ farewell, endedAt: ctx.now(), nextAt: null, accessSealed: null, refreshSealed: null })
        .where(open(ctx, debt))
        .returning({ id: debts.id }),
    ],
  );
  if (wrote(written) && farewell === "unreached") ctx.log.error("access was not given back, and is given up", factsOf(debt));
}

/** The log says once that it was not given back yet, not at every try. */
async function putOff(ctx: Debtor, debt: DebtRow): Promise<void> {
  const waitMs = Math.min(longestWaitMs, firstWaitMs * 2 ** Math.min(debt.tries, 10)) * (0.75 + Math.random() / 2);
  const later = ctx.db
    .update(debts)
    .set({ tries: debt.tries + 1, nextAt: Math.round(ctx.now() + waitMs) })
    .where(open(ctx, debt));
  if (debt.tries > 0) await later;
  else await commitIf(ctx, isOpen(ctx, debt), "connection.access_returned", { ...factsOf(debt), farewell: "unreached" }, [later]);
}

const factsOf = ({ connectionId, provider, name }: DebtRow) => ({ connection: connectionId, provider, account: name });
