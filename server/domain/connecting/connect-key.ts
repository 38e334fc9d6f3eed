import { FieldFault, type Grant, type Identity, type KeyField, type KeyProvider } from "#server/catalog/provider.ts";
import { findKeyProvider } from "#server/catalog/providers/registry.ts";
import type { Resource } from "#server/catalog/resource.ts";
import { requirePermission, type TenantCtx } from "#server/ctx.ts";
import { newcomer } from "#server/domain/connections/account-of.ts";
import { findConnection } from "#server/domain/connections/hold-connection.ts";
import type { ConnectedKey, ConnectKey } from "#server/domain/connections/schemas.ts";
import { requireSwitchedOn } from "#server/domain/incidents/open-incidents.ts";
import { limitOf } from "#server/domain/tenancy/limits.ts";
import { takeFromLimit } from "#server/domain/tenancy/take.ts";
import { buyTokens } from "#server/domain/tokens/ways-to-tokens.ts";
import { requireVault } from "#server/domain/vault/require-vault.ts";
import { conflict, DomainError, domainError, invalid, notFound, ProviderError } from "#server/errors.ts";
import { listResources } from "./keep-resources.ts";
import { parseField } from "./parse-field.ts";
import { OtherAccount, OutsidePlan, storeConnection } from "./store-connection.ts";

/** Each try is a request to the provider, and a guess at somebody's key: enough for a person, too little for a search. */

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
 * `invalid` (its `field` is the form's), `conflict` for another account's key, a connection by OAuth, an account that the plan has no place for or a provider that is switched off, `rate_limited`,
 * `unavailable` where the provider does not answer, and `vault_closed` where we could not keep it. None of them holds what was typed.
 */
export async function connectKey(ctx: TenantCtx, { provider: id, fields, connectionId }: ConnectKey): Promise<ConnectedKey> {
  requirePermission(ctx, "connections:write");
  const provider = findKeyProvider(id);
  // Before anything can go wrong: what looks like no key may be one all the same.
  for (const value of secretsIn(provider, fields)) ctx.log.conceal(value);
  await requireSwitchedOn(ctx, [provider.id]);
  if (connectionId !== undefined) await checkReplaced(ctx, provider, connectionId);
  const typed = parseTyped(provider, fields);
  await limitTries(ctx);
  await requireVault(ctx).catch((error: unknown) => {
    throw refusalOf(ctx, provider, error);
  });
  const proven = await prove(ctx, provider, { typed, connectionId: connectionId ?? "new" }).catch((error: unknown) => {
    throw refusalOf(ctx, provider, error);
  });
  const becomes = connectionId ?? null;
  try {
    const stored = await storeConnection(ctx, provider, { kind: "key", ...typed, ...proven, asked: [], granted: [], becomes });
    await stored.followed;
    return { connectionId: stored.id, account: proven.identity.name, again: stored.again };
  } catch (error) {
    throw refusalOf(ctx, provider, error);
  }
}

const secretsIn = ({ key }: KeyProvider, fields: Readonly<Record<string, string>>): string[] =>
  key.fields.flatMap(({ name, secret }) => (secret && fields[name] ? [fields[name], fields[name].trim()] : []));

/** Only a key is replaced by a key: an OAuth connection would lose what it can and this key cannot. */
async function checkReplaced(ctx: TenantCtx, provider: KeyProvider, connectionId: string): Promise<void> {
  const replaced = await findConnection(ctx, connectionId);
  if (replaced.provider !== provider.id) throw notFound("connection");
  if (replaced.kind === "key") return;
  throw conflict("key_not_needed", { provider: provider.name, account: replaced.name });
}

/** Checks what was typed by the provider's own schema; the first field that is at fault is named. */
function parseTyped(provider: KeyProvider, given: Readonly<Record<string, string>>): Typed {
  const stray = Object.keys(given).find((name) => !provider.key.fields.some((field) => field.name === name));
  if (stray !== undefined) throw invalid(stray, "key_field_unknown", { provider: provider.name });
  const typed: Typed = { keys: {}, fields: {} };
  for (const field of provider.key.fields) {
    const { name, secret, optional = false } = field;
    const text = given[name]?.trim() ?? "";
    if (text === "" && optional) continue;
    (secret ? typed.keys : typed.fields)[name] = parseField(name, field, text);
  }
  return typed;
}

async function limitTries(ctx: TenantCtx): Promise<void> {
  try {
    if (ctx.actor.type === "user") await takeFromLimit(ctx, limitOf("key:user", ctx.actor.userId));
    await takeFromLimit(ctx, limitOf("key:tenant", ctx.tenant.id));
  } catch (error) {
    if (!(error instanceof DomainError) || error.retryAfterS === undefined) throw error;
    throw domainError("keys_tried_too_often", { minutes: minutesOf(error.retryAfterS) }, { retryAfterS: error.retryAfterS });
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

/** Why the key is not kept; what nobody foresaw stays as it is. */
function refusalOf(ctx: TenantCtx, provider: KeyProvider, error: unknown): unknown {
  const named = { provider: provider.name };
  if (error instanceof FieldFault) return invalid(error.field, "key_fault", { words: error.words });
  if (error instanceof OtherAccount) return conflict("key_of_another", { ...named, account: error.account });
  if (error instanceof OutsidePlan)
    return error.refusal === "plan_full" ? conflict("accounts_full") : conflict("provider_not_in_plan", named);
  if (error instanceof DomainError && error.kind === "vault_closed") return domainError("key_vault_closed");
  if (!(error instanceof ProviderError)) return error;
  ctx.log.warn("a key was not kept", { provider: provider.id, kind: error.kind, reason: error.message });
  const field = mainField(provider).name;
  switch (error.kind) {
    case "revoked":
      return invalid(field, "key_refused", named);
    case "missing_scopes":
      return invalid(field, "key_too_little", named);
    case "rejected":
      return invalid(field, "key_unclear", named);
    case "rate_limited":
      return askedTooOften(named, error.retryAfterS ?? 60);
    case "unavailable":
      return domainError("key_provider_down", named);
    case "misconfigured":
      return domainError("key_misconfigured", named);
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

const askedTooOften = (named: { provider: string }, retryAfterS: number): DomainError =>
  domainError("key_asked_too_often", { ...named, minutes: minutesOf(retryAfterS) }, { retryAfterS });

const minutesOf = (seconds: number): number => Math.max(1, Math.ceil(seconds / 60));
