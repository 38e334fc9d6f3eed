import { eq } from "drizzle-orm";
import { tryAgain } from "#db/patient-d1.ts";
import { oauthStates } from "#db/schema/index.ts";
import type { Grant, Identity, OAuthProvider } from "#server/catalog/provider.ts";
import type { TenantCtx } from "#server/ctx.ts";
import { listConnections } from "#server/domain/connections/list-connections.ts";
import type { DebtRow } from "#server/domain/connections/rows.ts";
import { holdDebt } from "#server/domain/tokens/owe.ts";
import { currentDataKey } from "#server/domain/vault/data-keys.ts";
import { sealSecret } from "#server/domain/vault/secrets.ts";
import { keptMs, type OAuthState } from "./claim-state.ts";

/** The account waits for a person who looks at it, under this id. */
export interface Shown {
  shownAs: string;
}

/** For whom it is, which may depend on who was connected. */
export type Enter = (identity: Identity) => Promise<TenantCtx>;

/** A grant as it is sealed while a person looks at its account. */
export interface WaitingGrant {
  grant: Grant;
  /** When it came, in milliseconds: its lifetimes count from then. */
  at: number;
}

/** Under which name a waiting grant is sealed. */
export const waitingField = "grant";

/**
 * Whether a person must look at the account before it is kept.
 *
 * The state binds a callback to the person, the session and the browser that began; it does not bind the code. Where nothing does, the
 * code of another person's consent, not redeemed yet, would pass for ours. PKCE binds it to the state's verifier (Klaviyo, Google,
 * HubSpot), Shopify's signature covers code and state together. The others offer neither: Slack's PKCE cannot be switched off again and
 * ends refresh tokens after 30 days, Meta documents PKCE and `nonce` for its sign-in alone, LinkedIn documents no `nonce`, TikTok has
 * none. There the person says whose account it is: one more click, the first time that this client connects it. An account that it
 * has, or that is connected again, lets nothing new in and is not asked about.
 *
 * It keeps a foreign account from being slipped in unseen. Who says yes to what they stole themselves is held off by the provider
 * alone: codes live for minutes, are sent to our one redirect URI, and work once.
 */
export async function mustBeShown(provider: OAuthProvider, state: OAuthState, identity: Identity, enter: Enter): Promise<boolean> {
  if (bindsCode(provider) || state.forTenant === "" || state.connectionId !== null) return false;
  const all = await listConnections(await enter(identity));
  return !all.some((row) => row.provider === provider.id && row.externalId === identity.externalId && row.kind === "oauth");
}

/** Whether a code of another consent than this one would be refused: by the verifier, or by the signature over code and state. */
export const bindsCode = ({ oauth }: OAuthProvider): boolean => oauth.pkce || oauth.callbackFault !== undefined;

/** Seals the grant for some minutes, in which a person may say yes; if nobody does, it is given back. */
export async function showAccount(
  ctx: TenantCtx,
  { state, grant, debt, identity }: { state: OAuthState; grant: Grant; debt: DebtRow | null; identity: Identity },
): Promise<Shown> {
  const now = ctx.now();
  const shownAs = crypto.randomUUID();
  const waiting: WaitingGrant = { grant, at: now };
  const sealedGrant = await sealSecret(ctx, await currentDataKey(ctx), {
    connectionId: shownAs,
    field: waitingField,
    secret: JSON.stringify(waiting),
  });
  if (debt) await holdDebt(ctx, debt, now + keptMs + 60_000);
  const { externalId, name, details } = identity;
  const shown = { externalId, name: name.slice(0, 200), ...(details.email && { email: details.email }) };
  await tryAgain(async () =>
    ctx.directory
      .update(oauthStates)
      .set({ shownAs, shown, sealedGrant, debtId: debt?.id ?? null })
      .where(eq(oauthStates.stateHash, state.stateHash)),
  );
  return { shownAs };
}
