import type { Locale } from "#db/words/locales.ts";
import { FieldFault, type Grant, type Identity, type KeyField, type KeyProvider } from "#server/catalog/provider.ts";
import { findKeyProvider } from "#server/catalog/providers/registry.ts";
import type { Resource } from "#server/catalog/resource.ts";
import { requirePermission, type TenantCtx } from "#server/ctx.ts";
import { newcomer } from "#server/domain/connections/account-of.ts";
import { findConnection } from "#server/domain/connections/hold-connection.ts";
import type { ConnectedKey, ConnectKey } from "#server/domain/connections/schemas.ts";
import { takeFromLimit } from "#server/domain/tenancy/take.ts";
import { buyTokens } from "#server/domain/tokens/ways-to-tokens.ts";
import { requireVault } from "#server/domain/vault/require-vault.ts";
import { conflict, DomainError, type ErrorKind, invalid, notFound, ProviderError } from "#server/errors.ts";
import { listResources } from "./keep-resources.ts";
import { type KeyProblem, keyWords } from "./key-words.ts";
import { OtherAccount, OutsidePlan, storeConnection } from "./store-connection.ts";

/** Each try is a request to the provider, and a guess at somebody's key: enough for a person, too little for a search. */
const tries = { perPerson: 20, perTenant: 40, windowS: 600 };

/** Whose form it is, and in which language its typist is answered. */
interface Asked {
  provider: KeyProvider;
  locale: Locale;
}

/** What was typed, parsed: secrets for the vault, the rest for the row. */
interface Typed {
  keys: Record<string, string>;
  fields: Record<string, string>;
}

interface Proven {
  identity: Identity;
  grant: Grant | null;
  listed: ReadonlyMap<string, readonly Resource[]>;
}

/**
 * Connects an account by what its owner typed into the provider's key form. A live call says whose key it is before anything is
 * kept; with `connectionId` a key connection gets another key, which must be of the same account. Throws `forbidden`, `not_found`,
 * `invalid` (its `field` is the form's), `conflict` for another account's key, a connection by OAuth or an account that the plan has no place for, `rate_limited`,
 * `unavailable` where the provider does not answer, and `vault_closed` where we could not keep it. Messages are in the language of the page, else the person's own, and never
 * hold what was typed.
 */
export async function connectKey(ctx: TenantCtx, { provider: id, fields, connectionId, locale }: ConnectKey): Promise<ConnectedKey> {
  requirePermission(ctx, "connections:write");
  const provider = findKeyProvider(id);
  const asked = { provider, locale: locale ?? (ctx.actor.type === "user" ? ctx.actor.locale : "en") };
  // Before anything can go wrong: what looks like no key may be one all the same.
  for (const value of secretsIn(provider, fields)) ctx.log.conceal(value);
  if (connectionId !== undefined) await checkReplaced(ctx, asked, connectionId);
  const typed = parseTyped(asked, fields);
  await limitTries(ctx, asked);
  await requireVault(ctx).catch((error: unknown) => {
    throw inWords(ctx, asked, error);
  });
  const proven = await prove(ctx, provider, { typed, connectionId: connectionId ?? "new" }).catch((error: unknown) => {
    throw inWords(ctx, asked, error);
  });
  const becomes = connectionId ?? null;
  try {
    const stored = await storeConnection(ctx, provider, { kind: "key", ...typed, ...proven, asked: [], granted: [], becomes });
    return { connectionId: stored.id, account: proven.identity.name, again: stored.again };
  } catch (error) {
    throw inWords(ctx, asked, error);
  }
}

const secretsIn = ({ key }: KeyProvider, fields: Readonly<Record<string, string>>): string[] =>
  key.fields.flatMap(({ name, secret }) => (secret && fields[name] ? [fields[name], fields[name].trim()] : []));

/** Only a key is replaced by a key: an OAuth connection would lose what it can and this key cannot. */
async function checkReplaced(ctx: TenantCtx, { provider, locale }: Asked, connectionId: string): Promise<void> {
  const replaced = await findConnection(ctx, connectionId);
  if (replaced.provider !== provider.id) throw notFound("connection");
  if (replaced.kind === "key") return;
  throw conflict(keyWords("not_a_key", { locale, provider: provider.name, account: replaced.name }));
}

/** Checks what was typed by the provider's own schema; the first field that is at fault is named. */
function parseTyped({ provider, locale }: Asked, given: Readonly<Record<string, string>>): Typed {
  const faulty = (problem: KeyProblem, field: string, label: string) =>
    invalid(field, keyWords(problem, { locale, provider: provider.name, field: label }));
  const stray = Object.keys(given).find((name) => !provider.key.fields.some((field) => field.name === name));
  if (stray !== undefined) throw faulty("field_unknown", stray, stray);
  const typed: Typed = { keys: {}, fields: {} };
  for (const { name, label, secret, optional = false, schema } of provider.key.fields) {
    const text = given[name]?.trim() ?? "";
    if (text === "" && optional) continue;
    if (text === "") throw faulty("field_missing", name, label[locale]);
    const parsed = schema.safeParse(text);
    if (!parsed.success) throw faulty("field_wrong", name, label[locale]);
    (secret ? typed.keys : typed.fields)[name] = parsed.data;
  }
  return typed;
}

async function limitTries(ctx: TenantCtx, asked: Asked): Promise<void> {
  const { perPerson, perTenant, windowS } = tries;
  try {
    if (ctx.actor.type === "user") await takeFromLimit(ctx, { key: `key:user:${ctx.actor.userId}`, max: perPerson, windowS });
    await takeFromLimit(ctx, { key: `key:tenant:${ctx.tenant.id}`, max: perTenant, windowS });
  } catch (error) {
    if (!(error instanceof DomainError) || error.retryAfterS === undefined) throw error;
    throw failed(asked, "rate_limited", "too_many", { retryAfterS: error.retryAfterS });
  }
}

/**
 * Asks the provider: for tokens first, where the key only buys them, then whose they are and what they open. Throws `ProviderError`,
 * `FieldFault`.
 */
async function prove(
  ctx: TenantCtx,
  provider: KeyProvider,
  { typed, connectionId }: { typed: Typed; connectionId: string },
): Promise<Proven> {
  const { tokens } = provider.key;
  const grant = tokens ? await buyTokens(ctx, provider, tokens, { by: "obtain", secret: typed.keys[tokens.key] ?? "" }) : null;
  const secrets: Record<string, string> = grant ? { access_token: grant.accessToken } : typed.keys;
  const account = newcomer(ctx, { provider, kind: "key", shop: null, secrets, fields: typed.fields }, connectionId);
  const identity = await provider.key.identify(account);
  return { identity, grant, listed: await listResources(provider, account, { kind: "key", scopesGranted: [] }) };
}

/** What went wrong at the provider, as it is told; what nobody foresaw stays as it is. */
function inWords(ctx: TenantCtx, asked: Asked, error: unknown): unknown {
  const { provider, locale } = asked;
  if (error instanceof FieldFault) return invalid(error.field, error.words[locale]);
  if (error instanceof OtherAccount) {
    return conflict(keyWords("other_account", { locale, provider: provider.name, account: error.account }));
  }
  if (error instanceof OutsidePlan) return conflict(keyWords(error.refusal, { locale, provider: provider.name }));
  if (error instanceof DomainError && error.kind === "vault_closed") return failed(asked, "vault_closed", "vault_closed");
  if (!(error instanceof ProviderError)) return error;
  ctx.log.warn("a key was not kept", { provider: provider.id, kind: error.kind, reason: error.message });
  const field = mainField(provider).name;
  switch (error.kind) {
    case "revoked":
      return failed(asked, "invalid", "refused", { field });
    case "missing_scopes":
      return failed(asked, "invalid", "too_little", { field });
    case "rejected":
      return failed(asked, "invalid", "unclear", { field });
    case "rate_limited":
      return failed(asked, "rate_limited", "too_often", { retryAfterS: error.retryAfterS ?? 60 });
    case "unavailable":
      return failed(asked, "unavailable", "provider_down");
    case "misconfigured":
      return failed(asked, "unavailable", "misconfigured");
    default:
      return error.kind satisfies never;
  }
}

/** The field whose value is the key: what is at fault when the provider refuses without saying which. */
function mainField({ id, key }: KeyProvider): KeyField {
  const main = key.fields.find(({ secret }) => secret);
  if (!main) throw new Error(`the key form of ${id} asks for no key`);
  return main;
}

function failed(
  { provider, locale }: Asked,
  kind: ErrorKind,
  problem: KeyProblem,
  more: { field?: string; retryAfterS?: number } = {},
): DomainError {
  const minutes = String(Math.max(1, Math.ceil((more.retryAfterS ?? 0) / 60)));
  return new DomainError(kind, keyWords(problem, { locale, minutes, provider: provider.name }), more);
}
