import type { Grant, Key, Provider } from "#server/catalog/provider.ts";
import { findProvider } from "#server/catalog/providers/registry.ts";
import type { Ctx } from "#server/ctx.ts";
import { type ConnectionRow, type HeldConnection, hasSecret } from "#server/domain/connections/rows.ts";
import { askOnce, type OnFailed } from "#server/domain/wire/failed-call.ts";
import { apiOf, fillEndpoint } from "#server/domain/wire/provider-endpoints.ts";
import { renewalTimeoutMs } from "#server/domain/wire/send-request.ts";
import { readGrant, requestToken } from "#server/domain/wire/token-endpoint.ts";

/** A way from a secret that a connection has to new tokens. */
export interface WayToTokens {
  /** The secret that is sent. */
  field: string;
  /** Whether what was just sent still answers after a lost reply. */
  retryable: boolean;
  /** Whether minutes must lie between two requests, so that a refusal is taken at its first word. */
  spaced: boolean;
  /** Throws `ProviderError`. */
  request(ctx: Ctx, secret: string, onFailed?: OnFailed): Promise<Grant>;
}

/** What the ways follow from: how it is connected, whether its token has an end, and by name which secrets are there. */
export interface Renewable {
  connection: Pick<ConnectionRow, "provider" | "kind" | "accessExpiresAt" | "details">;
  secrets: readonly Pick<HeldConnection["secrets"][number], "field">[];
}

/** The ways that this connection has, the best first; none where only a person can renew it. Nothing is opened for it. */
export function waysToTokens(held: Renewable): WayToTokens[] {
  const { connection } = held;
  const provider = findProvider(connection.provider);
  const ways = connection.kind === "oauth" ? waysOfOAuth(provider, connection) : waysOfKey(provider);
  return ways.filter(({ field }) => hasSecret(held, field));
}

function waysOfOAuth(provider: Provider, { accessExpiresAt, details }: Renewable["connection"]): WayToTokens[] {
  const { oauth } = provider;
  if (!oauth) return [];
  const wanted = accessExpiresAt === null ? "lasting" : "ending";
  return oauth.renewals
    .filter((renewal) => renewal.of === wanted)
    .map((renewal) => ({
      field: renewal.with,
      retryable: renewal.retryable,
      spaced: false,
      request: (ctx, secret, onFailed) =>
        requestToken(
          ctx,
          { ...provider, oauth },
          {
            shop: details.shop ?? null,
            fields: renewal.fields(secret),
            timeoutMs: renewalTimeoutMs,
            onFailed,
          },
        ),
    }));
}

function waysOfKey(provider: Provider): WayToTokens[] {
  const tokens = provider.key?.tokens;
  if (!tokens) return [];
  return [
    {
      field: "refresh_token",
      retryable: false,
      spaced: false,
      request: (ctx, secret, onFailed) => buyTokens(ctx, provider, tokens, { by: "refresh", secret, onFailed }),
    },
    // The key itself always buys again, but not at once: after a lost reply it is the next renewal that asks.
    {
      field: tokens.key,
      retryable: false,
      spaced: true,
      request: (ctx, secret, onFailed) => buyTokens(ctx, provider, tokens, { by: "obtain", secret, onFailed }),
    },
  ];
}

/** Tokens for a key, or for the refresh token that came with the last ones. Throws `ProviderError`. */
export async function buyTokens(
  ctx: Ctx,
  provider: Provider,
  tokens: NonNullable<Key["tokens"]>,
  { by, secret, onFailed }: { by: "obtain" | "refresh"; secret: string; onFailed?: OnFailed | undefined },
): Promise<Grant> {
  const base = fillEndpoint(apiOf(ctx.config, provider), { shop: null, service: provider.service });
  const { path, body } = tokens[by];
  const url = new URL(`${base.origin}${base.pathname.replace(/\/+$/, "")}${path}`);
  const headers = { "content-type": "application/json" };
  return askOnce(ctx, provider, {
    url,
    request: { method: "POST", headers, body: JSON.stringify(body(secret)), timeoutMs: renewalTimeoutMs },
    failureOf(reply) {
      const failure = provider.failureOf(reply);
      const isSpaced = failure?.kind === "rate_limited" && failure.retryAfterS === undefined && by === "obtain";
      return isSpaced && tokens.obtain.everyS !== undefined ? { ...failure, retryAfterS: tokens.obtain.everyS } : failure;
    },
    read: (reply) => readGrant(ctx, provider.id, () => tokens.readGrant(reply.body, ctx.now())),
    onFailed,
  });
}
