import type { ConsentCode } from "#db/words/connections.ts";
import type { Locale, Text } from "#db/words/locales.ts";
import { type Grant, grantsAll, type Identity, type OAuthProvider, type ScopeSet } from "#server/catalog/provider.ts";
import type { Resource } from "#server/catalog/resource.ts";
import type { Ctx, TenantCtx } from "#server/ctx.ts";
import { newcomer } from "#server/domain/connections/account-of.ts";
import type { Debtor } from "#server/domain/connections/debtor.ts";
import { listConnections } from "#server/domain/connections/list-connections.ts";
import type { ConnectionRow, DebtRow } from "#server/domain/connections/rows.ts";
import { oweGrant } from "#server/domain/tokens/owe.ts";
import { payDebt } from "#server/domain/tokens/pay-debt.ts";
import { requireVault, whileOpen } from "#server/domain/vault/require-vault.ts";
import { linkToken } from "#server/domain/vault/sign-in-tokens.ts";
import { introspectToken, requestToken } from "#server/domain/wire/token-endpoint.ts";
import type { OAuthState } from "./claim-state.ts";
import { listResources } from "./keep-resources.ts";
import { OAuthStop } from "./oauth-stop.ts";
import { grantedAfter } from "./scopes-to-ask.ts";
import { bindsCode, type Enter, mustBeShown, type Shown, showAccount } from "./show-account.ts";
import { type Holding, hold, OtherAccount, OutsidePlan, type StoredConnection, storeConnection } from "./store-connection.ts";

export interface Connected extends Pick<StoredConnection, "toChoose" | "followed"> {
  outcome: ConsentCode;
  account: string;
  missing?: Text;
  connectionId: string;
}

/**
 * From the code to a stored connection: exchange, ask the API who it is and what it opens, compare, store. `given` is the state as it
 * came, `debtor` owes what comes of the code. Throws `OAuthStop`, `ProviderError`, `vault_closed`.
 *
 * A grant is written down as owed as soon as it is there, and struck out with the connection that is made of it: should the worker
 * die in between, the cron gives it back. What no trace can be kept of is a code that was exchanged and whose reply was lost, or the
 * moment before it is written: such a grant ends by the provider's own rules (codes that are used twice, tokens that are not used).
 */
export async function connect(
  ctx: Ctx,
  provider: OAuthProvider,
  { state, code, given, debtor, client, enter }: { state: OAuthState; code: string; given: string } & Receiver,
): Promise<Connected | Shown> {
  // A code that is exchanged while nothing can be sealed is a grant of which no trace is kept.
  const seen = client && (await whileOpen(client, () => hold(client)));
  const { dataKey } = seen ?? { dataKey: await requireVault(debtor) };
  const grant = await exchange(ctx, provider, { state, code, given });
  const debt = oweGrant(debtor, provider, { grant, shop: state.shop, reason: "not_kept", dataKey });
  return keepOrOwe(ctx, provider, { state, grant, debt, debtor, enter, seen, confirmed: null });
}

/** Who gets the account that comes back; until it is known whose it is, who owes it back. */
export interface Receiver {
  debtor: Debtor;
  /** Null where that depends on the account. */
  client: TenantCtx | null;
  enter: Enter;
}

/** A grant in hand, and what is to be made of it. */
export interface InHand extends Omit<Receiver, "client"> {
  state: OAuthState;
  grant: Grant;
  /** Perhaps still on its way into the database, while the provider is asked whose the grant is. */
  debt: Promise<DebtRow | null>;
  /** What the client held before the provider was asked, where it is known who that is. */
  seen: Holding | null;
  /** The account that the person said yes to, by the provider's id; null where nobody was asked yet. */
  confirmed: string | null;
}

/** Makes a connection of it, or gives it back where that comes to nothing. Throws `OAuthStop`, `ProviderError`. */
export async function keepOrOwe(ctx: Ctx, provider: OAuthProvider, inHand: InHand): Promise<Connected | Shown> {
  const { debtor } = inHand;
  const [owed, looked] = await Promise.allSettled([inHand.debt, lookAt(ctx, provider, inHand)]);
  // What no trace is kept of does not become a connection either.
  if (owed.status === "rejected") throw owed.reason;
  const debt = owed.value;
  try {
    if (looked.status === "rejected") throw looked.reason;
    return await keep(provider, { ...inHand, debt, looked: looked.value });
  } catch (error) {
    // Of a provider that fails or of a defect here the cron takes care, in a while; the person hears why nothing was kept.
    if (debt && error instanceof OAuthStop)
      await payDebt(debtor, debt).catch((unpaid: unknown) => debtor.log.error("access is still owed", { debt: debt.id, error: unpaid }));
    throw error;
  }
}

/** Whose the grant is, and what the login opens; that only when asked for where the account may have to be shown first. */
interface Looked {
  identity: Identity;
  listed(): Promise<ReadonlyMap<string, readonly Resource[]>>;
}

async function lookAt(ctx: Ctx, provider: OAuthProvider, { state, grant, confirmed }: InHand): Promise<Looked> {
  const secrets = { access_token: grant.accessToken };
  const account = newcomer(ctx, { provider, kind: "oauth", shop: state.shop, secrets, fields: {} }, state.connectionId ?? "new");
  // A reply without scopes may still open all that was asked for: a list that is refused shows that it does not.
  const list = () => listResources(provider, account, { kind: "oauth", scopesGranted: grant.scopes ?? state.scopes });
  const [identity, early] = await Promise.all([
    provider.oauth.identify(account, () => introspectToken(ctx, provider, { shop: state.shop, accessToken: grant.accessToken })),
    confirmed !== null || bindsCode(provider) ? list() : null,
  ]);
  return { identity, listed: async () => early ?? list() };
}

async function keep(
  provider: OAuthProvider,
  { state, grant, debt, enter, seen, confirmed, looked }: Omit<InHand, "debt"> & { debt: DebtRow | null; looked: Looked },
): Promise<Connected | Shown> {
  const asked = state.scopes;
  const { identity } = looked;
  const known = await reconnected(state, () => enter(identity));
  const before = known?.status === "active" && known.externalId === identity.externalId ? known.scopesGranted : [];
  const said = grant.scopes ?? identity.scopes;
  const granted = grantedAfter(provider, { said, before });
  const { isUsable, missing } = compareSets(provider, [...(known?.scopesAsked ?? []), ...asked], granted);
  const titles = joined(missing.map(({ title }) => title));
  if (!isUsable) throw new OAuthStop(said === undefined ? "scopes_unsaid" : "too_few_scopes", { missing: titles });

  if (confirmed !== null && confirmed !== identity.externalId) throw new OAuthStop("forged");
  if (confirmed === null && (await mustBeShown(provider, state, identity, enter))) {
    return showAccount(await enter(identity), { state, grant, debt, identity });
  }

  const listed = listedBy(provider, granted, await looked.listed());
  const proven = {
    kind: "oauth" as const,
    identity,
    grant,
    keys: {},
    fields: {},
    asked,
    granted,
    listed,
    becomes: state.connectionId,
    debt,
  };
  try {
    const { id: connectionId, again, ...stored } = await storeConnection(await enter(identity), provider, proven, seen ?? undefined);
    const outcome = missing.length > 0 ? "connected_partly" : again ? "reconnected" : "connected";
    return { outcome, account: identity.name, missing: titles, connectionId, ...stored };
  } catch (error) {
    if (error instanceof OtherAccount) throw new OAuthStop("other_account", { account: error.account });
    if (error instanceof OutsidePlan) throw new OAuthStop(error.refusal, {}, error);
    throw error;
  }
}

function exchange(
  ctx: Ctx,
  provider: OAuthProvider,
  { state, code, given }: { state: OAuthState; code: string; given: string },
): Promise<Grant> {
  const usual = {
    grant_type: "authorization_code",
    code,
    redirect_uri: state.redirectUri,
    ...(provider.oauth.pkce && { code_verifier: linkToken(ctx.config, "pkce", given) }),
  };
  const request = (fields: Readonly<Record<string, string>>) => requestToken(ctx, provider, { shop: state.shop, fields });
  return provider.oauth.exchange?.(request, usual) ?? request(usual);
}

/** The connection that is connected again, as it is now; for it alone `enter` has no effect yet. */
async function reconnected({ connectionId }: OAuthState, enter: () => Promise<TenantCtx>): Promise<ConnectionRow | undefined> {
  return connectionId === null ? undefined : (await listConnections(await enter())).find(({ id }) => id === connectionId);
}

/** Of what was listed, what the granted scopes open: a kind that was refused for want of them has not become empty. */
function listedBy(
  provider: OAuthProvider,
  granted: readonly string[],
  found: ReadonlyMap<string, readonly Resource[]>,
): ReadonlyMap<string, readonly Resource[]> {
  const opened = (provider.choices ?? []).filter(({ scopes }) => grantsAll(provider, { kind: "oauth", scopesGranted: granted }, scopes));
  return new Map([...found].filter(([kind]) => opened.some((choice) => choice.kind === kind)));
}

const joinedIn = (texts: readonly Text[], locale: Locale): string => texts.map((text) => text[locale]).join(", ");
/** Several titles as one text. */
const joined = (texts: readonly Text[]): Text => ({ en: joinedIn(texts, "en"), fr: joinedIn(texts, "fr"), he: joinedIn(texts, "he") });

/** Which of the sets that were asked for were not granted whole, and whether anything was that serves. */
function compareSets(
  provider: OAuthProvider,
  asked: readonly string[],
  granted: readonly string[],
): { isUsable: boolean; missing: ScopeSet[] } {
  const { scopeSets, identityScopes } = provider.oauth;
  const wanted = scopeSets.filter((set) => set.scopes.every((scope) => asked.includes(scope)));
  const isGranted = (scopes: readonly string[]) => grantsAll(provider, { kind: "oauth", scopesGranted: granted }, scopes);
  const missing = wanted.filter(({ scopes }) => !isGranted(scopes));
  const inSets = new Set([...identityScopes, ...wanted.flatMap(({ scopes }) => scopes)]);
  // What was asked for by name serves by itself.
  const isUsable = missing.length < wanted.length || asked.some((scope) => !inSets.has(scope) && isGranted([scope]));
  return { isUsable, missing };
}
