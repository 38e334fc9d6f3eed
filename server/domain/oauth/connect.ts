import { desc, eq } from "drizzle-orm";
import { connections, dataKeys } from "#db/schema/index.ts";
import { type Grant, grantsAll, type OAuthProvider, type ScopeSet } from "#server/catalog/provider.ts";
import { requireUser, type TenantCtx } from "#server/ctx.ts";
import { newcomer } from "#server/domain/connections/account-of.ts";
import { requestToken } from "#server/domain/connections/token-endpoint.ts";
import { inTenant } from "#server/domain/tenants/in-tenant.ts";
import type { DataKeyRow } from "#server/domain/vault/data-keys.ts";
import { openSecret } from "#server/domain/vault/secrets.ts";
import type { OAuthState } from "./consume-state.ts";
import { OAuthStop } from "./stop.ts";
import { storeConnection } from "./store-connection.ts";
import type { Outcome } from "./words.ts";

export interface Connected {
  outcome: Outcome;
  account: string;
  missing?: string;
}

/** From the code to a stored connection: exchange, ask the API who it is, compare, store. Throws `OAuthStop`, `ProviderError`. */
export async function connect(
  ctx: TenantCtx,
  provider: OAuthProvider,
  { state, code }: { state: OAuthState; code: string },
): Promise<Connected> {
  const { locale } = requireUser(ctx);
  const { dataKeyRows, awaited } = await read(ctx, state);
  const grant = await exchange(ctx, provider, { state, code, dataKeyRows });
  const asked = state.scopes;
  const account = newcomer(ctx, provider, { connectionId: state.connectionId ?? "new", shop: state.shop, accessToken: grant.accessToken });
  const identity = await provider.identify(account, grant.scopes ?? asked);
  // Its grant is left alone: giving it back would also end that account's own connection, wherever it has one.
  if (awaited && awaited.externalId !== identity.externalId) throw new OAuthStop("other_account", { account: awaited.name });

  const granted = [...(grant.scopes ?? identity.scopes ?? asked)];
  const { whole, missing } = compareSets(provider, asked, granted);
  const titles = missing.map(({ title }) => title[locale]).join(", ");
  if (whole.length === 0) throw new OAuthStop("too_few_scopes", { missing: titles });

  const { again } = await storeConnection(ctx, provider, { grant, identity, asked, granted, dataKeyRows });
  const outcome = missing.length > 0 ? "connected_partly" : again ? "reconnected" : "connected";
  return { outcome, account: identity.name, missing: titles };
}

async function read(ctx: TenantCtx, state: OAuthState) {
  const [dataKeyRows, [awaited]] = await ctx.db.batch([
    ctx.db.select().from(dataKeys).where(inTenant(ctx, dataKeys)).orderBy(desc(dataKeys.version)),
    ctx.db
      .select({ externalId: connections.externalId, name: connections.name })
      .from(connections)
      .where(inTenant(ctx, connections, eq(connections.id, state.connectionId ?? ""))),
  ]);
  return { dataKeyRows, awaited };
}

async function exchange(
  ctx: TenantCtx,
  provider: OAuthProvider,
  { state, code, dataKeyRows }: { state: OAuthState; code: string; dataKeyRows: readonly DataKeyRow[] },
): Promise<Grant> {
  const verifier =
    state.verifier === null
      ? null
      : await openSecret(ctx, dataKeyRows, { connectionId: state.stateHash, field: "verifier", sealed: state.verifier });
  const usual = {
    grant_type: "authorization_code",
    code,
    redirect_uri: state.redirectUri,
    ...(verifier !== null && { code_verifier: verifier }),
  };
  return requestToken(ctx, provider, { shop: state.shop, fields: provider.exchangeFields?.(usual) ?? usual });
}

/** Which of the sets that were asked for were granted whole, and which not. */
function compareSets(
  provider: OAuthProvider,
  asked: readonly string[],
  granted: readonly string[],
): { whole: ScopeSet[]; missing: ScopeSet[] } {
  const wanted = provider.scopeSets.filter((set) => set.scopes.every((scope) => asked.includes(scope)));
  const isWhole = (set: ScopeSet) => grantsAll(provider, granted, set.scopes);
  return { whole: wanted.filter(isWhole), missing: wanted.filter((set) => !isWhole(set)) };
}
