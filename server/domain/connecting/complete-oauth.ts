import type { ConsentEnd } from "#db/words/connections.ts";
import type { Identity, OAuthProvider } from "#server/catalog/provider.ts";
import { findOAuthProvider } from "#server/catalog/providers/registry.ts";
import { type Ctx, requirePermission, requireUser, type TenantCtx, type UserActor } from "#server/ctx.ts";
import { afterCommit } from "#server/domain/audit/after-commit.ts";
import { SeveralClients, takeIn, WhoseAccount } from "#server/domain/clients/take-in.ts";
import { agencyDebtor } from "#server/domain/connections/debtor.ts";
import { enterFor } from "#server/domain/tenancy/enter-for.ts";
import { limitOf } from "#server/domain/tenancy/limits.ts";
import { networkOf } from "#server/domain/tenancy/network-of.ts";
import { VaultError } from "#server/domain/vault/envelope.ts";
import { credentialsOf, fillEndpoint, oauthEndpointsOf } from "#server/domain/wire/provider-endpoints.ts";
import { DomainError, ProviderError } from "#server/errors.ts";
import { redirectUriOf } from "./authorize-url.ts";
import { awaitEnd } from "./await-end.ts";
import { home } from "./begin-intake.ts";
import { claimState, dropState, keepEnd, type OAuthState } from "./claim-state.ts";
import { type Connected, connect, type Receiver } from "./connect.ts";
import { isIssuer } from "./is-issuer.ts";
import type { NextPage } from "./leave.ts";
import { isMarked } from "./mark-browser.ts";
import { OAuthStop } from "./oauth-stop.ts";
import type { Shown } from "./show-account.ts";

/**
 * The way back from a provider. Whoever comes first with the state does the work, whatever comes of it; who comes again in the same
 * browser is told how it ended. Who, where and for whom comes from the state's row and from the live session alone. Every end is a
 * page of ours with a toast and a clean URL, what nobody expected too; short of the last step nothing is stored.
 */
export async function completeOAuth(ctx: Ctx, input: { provider: string; parameters: URLSearchParams }): Promise<NextPage> {
  const actor = requireUser(ctx);
  const provider = findOAuthProvider(input.provider);
  const state = input.parameters.get("state") ?? "";
  try {
    const limit = limitOf("oauth:ip", networkOf(ctx.request.ip));
    const claimed = await claimState(ctx, { state, arrival: crypto.randomUUID(), limit });
    if (!claimed) throw new OAuthStop("ended");
    const { consent, isFirst } = claimed;
    if (!isTheirs(ctx, provider, consent)) {
      if (isFirst) await dropState(ctx, consent);
      throw new OAuthStop("elsewhere");
    }
    if (!isFirst) return await awaitEnd(ctx, consent);
    return await concludeConsent(ctx, provider, consent, (receiver) => {
      checkCallback(ctx, provider, consent, input.parameters);
      const code = input.parameters.get(codeParameter(provider)) ?? "";
      ctx.log.conceal(code);
      return connect(ctx, provider, { state: consent, code, given: state, ...receiver });
    });
  } catch (error) {
    const retryAfterS = error instanceof DomainError && error.kind === "rate_limited" ? error.retryAfterS : undefined;
    return { location: homeOf(actor), told: tell(ctx, provider, error), retryAfterS };
  }
}

/**
 * What a consent comes to, by what `make` makes of it for who may still receive it. Throws nothing: what nobody expected is an end as
 * well. It is kept for who comes again, who waits for it.
 */
export async function concludeConsent(
  ctx: Ctx,
  provider: OAuthProvider,
  consent: OAuthState,
  make: (receiver: Receiver) => Promise<Connected | Shown>,
): Promise<NextPage> {
  const { end, followed } = await endOf(ctx, provider, consent, make);
  const kept = afterCommit(ctx, "end", () => keepEnd(ctx, consent, end));
  return { ...end, followed: Promise.all([kept, followed]) };
}

async function endOf(
  ctx: Ctx,
  provider: OAuthProvider,
  consent: OAuthState,
  make: (receiver: Receiver) => Promise<Connected | Shown>,
): Promise<{ end: ConsentEnd; followed?: Promise<unknown> }> {
  const actor = requireUser(ctx);
  let location = consent.returnTo;
  try {
    const { receive, ...known } = await receiverOf(ctx, provider, consent);
    let made = false;
    const enter = async (identity: Identity) => {
      const receiver = await receive(identity);
      if (consent.forTenant === "") location = pageOfNew(consent.returnTo, receiver.client.tenant.id);
      made = receiver.made;
      return receiver.client;
    };
    const connected = await make({ ...known, enter });
    if ("shownAs" in connected) return { end: { location: confirmPage(consent, connected) } };
    const { account, missing, followed, ...found } = connected;
    const code = made ? "client_made" : connected.outcome;
    const told = { code, params: { provider: provider.name, account, ...(missing !== undefined && { missing }) } };
    return { end: { location: choicePage(actor, consent, found) ?? location, told }, followed };
  } catch (error) {
    if (error instanceof OAuthStop && error.outcome === "not_yours") location = homeOf(actor);
    if (error instanceof OAuthStop && error.outcome === "other_account") location = otherAccountPage(consent);
    if (error instanceof OAuthStop && error.outcome === "whose_account") location = whosePage(consent, error);
    return { end: { location, told: tell(ctx, provider, error) } };
  }
}

/** Who takes in one client is shown it; who named a page to go on from (the next one) is sent there, with who it was. */
function pageOfNew(returnTo: string, client: string): string {
  if (returnTo === home) return `/admin/clients/${client}`;
  const page = new URL(returnTo, "https://return.invalid");
  page.searchParams.set("client", client);
  return `${page.pathname}${page.search}`;
}

/** What the person is told of a consent that came to nothing, and the log with its cause. */
function tell(ctx: Ctx, provider: OAuthProvider, error: unknown): NextPage["told"] {
  const {
    outcome,
    parts: { among: _, ...parts },
    cause,
  } = stopOf(error);
  const facts = { provider: provider.id, outcome, cause };
  const isOurs = outcome === "failed" || outcome === "vault_closed";
  if (isOurs) ctx.log.error("a consent failed", { ...facts, stack: cause instanceof Error ? cause.stack : undefined });
  else ctx.log.warn("connection not made", facts);
  return { code: outcome, params: { provider: provider.name, id: ctx.request.id, ...parts } };
}

/** Where somebody is sent of whose consent nothing is known. */
function homeOf({ memberships: [first], staff }: UserActor): string {
  return first ? `/t/${first.tenant.id}/integrations` : staff ? "/admin" : "/";
}

/** Where several things were found and none is chosen, for who may enter that portal: there, and from there to where they were. */
function choicePage(
  { memberships }: UserActor,
  { forTenant, provider, returnTo }: OAuthState,
  { connectionId, toChoose: [kind] }: { connectionId: string; toChoose: readonly string[] },
): string | null {
  if (kind === undefined || !memberships.some(({ tenant }) => tenant.id === forTenant)) return null;
  return `/t/${forTenant}/integrations/${provider}/choose?${new URLSearchParams({ connection: connectionId, kind, return: returnTo, ask: "all" })}`;
}

/** Where a person is asked what the other account shall be: a second one, or a mistake. */
const otherAccountPage = ({ forTenant, provider, connectionId }: OAuthState): string =>
  `/t/${forTenant}/integrations/${provider}?${new URLSearchParams({ other: connectionId ?? "" })}`;

/** Where staff say which client an account belongs to, whose former client has it no more. */
const whosePage = ({ provider, shop }: OAuthState, { parts: { account = "", among = [] } }: OAuthStop): string =>
  `/admin/new-client?${new URLSearchParams({ provider, ...(shop !== null && { shop }), account, among: among.join(",") })}`;

/** Where a person is shown the account before it is kept. */
const confirmPage = ({ forTenant, provider }: OAuthState, { shownAs }: Shown): string =>
  `/t/${forTenant}/integrations/${provider}/confirm?${new URLSearchParams({ consent: shownAs })}`;

/** What providers say when the person said no: RFC 6749 (4.1.2.1), and LinkedIn's own two. */
const denials = /^(access_denied|user_cancelled_login|user_cancelled_authorize)$/;

const codeParameter = ({ oauth }: OAuthProvider): string => oauth.codeParameter ?? "code";

/** Also whether they were made for it. */
interface Receiving extends Omit<Receiver, "enter"> {
  receive(identity: Identity): Promise<{ client: TenantCtx; made: boolean }>;
}

/** Whether it is the person, session and browser that began, on the way back from the same provider. */
function isTheirs(ctx: Ctx, provider: OAuthProvider, state: OAuthState): boolean {
  const { userId, sessionId } = requireUser(ctx);
  return (
    state.provider === provider.id &&
    state.redirectUri === redirectUriOf(ctx.config, provider) &&
    state.userId === userId &&
    state.sessionId === sessionId &&
    isMarked(ctx, state.browserHash)
  );
}

/**
 * Who may still receive it: the tenant of the state, or, where the agency takes a client in, whoever the account belongs to.
 */
async function receiverOf(ctx: Ctx, provider: OAuthProvider, state: OAuthState): Promise<Receiving> {
  if (state.forTenant === "") return takenIn(ctx, provider, state);
  try {
    const client = await enterFor(ctx, state.forTenant);
    requirePermission(client, "connections:write");
    return { debtor: client, client, receive: async () => ({ client, made: false }) };
  } catch (error) {
    if (error instanceof DomainError) throw new OAuthStop("not_yours", {}, error);
    throw error;
  }
}

function takenIn(ctx: Ctx, provider: OAuthProvider, { whose }: OAuthState): Receiving {
  if (!requireUser(ctx).staff) throw new OAuthStop("not_yours");
  return {
    debtor: agencyDebtor(ctx),
    client: null,
    async receive(identity) {
      try {
        return await takeIn(ctx, provider, identity, whose);
      } catch (error) {
        if (error instanceof WhoseAccount) throw new OAuthStop("whose_account", { account: identity.name, among: error.among }, error);
        if (error instanceof SeveralClients) throw new OAuthStop("several_clients", { account: error.among.join(", ") }, error);
        throw error;
      }
    },
  };
}

function checkCallback(ctx: Ctx, provider: OAuthProvider, state: OAuthState, parameters: URLSearchParams): void {
  // RFC 6749 (3.1): none comes twice. Of two, somebody may have added the one that we read.
  if (["state", "iss", "error", codeParameter(provider)].some((name) => parameters.getAll(name).length > 1)) throw new OAuthStop("forged");
  const { authorize, issuer } = oauthEndpointsOf(ctx.config, provider);
  const fill = (template: string) => fillEndpoint(template, { shop: state.shop, service: provider.service });
  const said = parameters.get("iss");
  // RFC 9207: an answer of another authorization server than the one that was asked.
  if (said !== null && !isIssuer(said, { issuer: issuer && fill(issuer).href, authorize: fill(authorize) })) throw new OAuthStop("forged");
  const refusal = parameters.get("error");
  if (refusal !== null) throw new OAuthStop(denials.test(refusal) ? "denied" : "refused");
  const { clientSecret } = credentialsOf(ctx.config, provider);
  const fault = provider.oauth.callbackFault?.({ parameters, clientSecret, shop: state.shop, now: ctx.now() }) ?? null;
  switch (fault) {
    case "forged":
      throw new OAuthStop("forged");
    case "stale":
      throw new OAuthStop("ended");
    case "other_shop":
      throw new OAuthStop("wrong_shop");
    case null:
      break;
    default:
      fault satisfies never;
  }
  if (!parameters.get(codeParameter(provider))) throw new OAuthStop("refused");
}

/** Whatever was thrown, as an end. */
function stopOf(error: unknown): OAuthStop {
  if (error instanceof OAuthStop) return error;
  if (error instanceof DomainError && error.kind === "rate_limited") return new OAuthStop("too_many");
  if (error instanceof DomainError && error.kind === "vault_closed") return new OAuthStop("vault_closed", {}, error);
  if (error instanceof VaultError && error.closedBy === "key") return new OAuthStop("vault_closed", {}, error);
  if (!(error instanceof ProviderError)) return new OAuthStop("failed", {}, error);
  switch (error.kind) {
    case "misconfigured":
      return new OAuthStop("misconfigured", {}, error);
    case "unavailable":
    case "rate_limited":
      return new OAuthStop("provider_down", {}, error);
    case "revoked":
    case "rejected":
    case "missing_scopes":
      return new OAuthStop("refused", {}, error);
    default:
      return error.kind satisfies never;
  }
}
