import { and, eq, gt } from "drizzle-orm";
import { databaseAt, openDb, placesIn } from "#db/client.ts";
import { connections } from "#db/schema/index.ts";
import type { Farewell } from "#db/words/connections.ts";
import type { OAuthProvider, Provider, Reply } from "#server/catalog/provider.ts";
import type { Ctx } from "#server/ctx.ts";
import type { ConnectionRow } from "#server/domain/connections/rows.ts";
import { credentialsOf, fillEndpoint, oauthEndpointsOf } from "#server/domain/wire/provider-endpoints.ts";
import { sendRequest } from "#server/domain/wire/send-request.ts";
import { ProviderError } from "#server/errors.ts";

/** What opens a grant, in clear: for this run alone. */
export interface Tokens {
  accessToken: string;
  refreshToken: string | undefined;
}

/** Whose access it is, as far as giving it back has to know. */
export type Granted = Pick<ConnectionRow, "id" | "provider" | "kind" | "status" | "statusReason" | "externalId" | "details">;

/**
 * Gives tokens back to their provider, as far as it answers: whoever does not keeps nobody from anything. A grant that another
 * connection lives on is left; so is any that the same account was connected on again since `owedAt`, since no provider says what
 * becomes of a newer consent when an older one is revoked.
 */
export async function giveBack(
  ctx: Ctx,
  provider: Provider,
  { connection, tokens, owedAt }: { connection: Granted; tokens: Tokens | null; owedAt?: number },
): Promise<Farewell> {
  if (connection.kind === "key") return "key";
  const { oauth } = provider;
  if (!oauth?.revocation || !oauthEndpointsOf(ctx.config, { ...provider, oauth }).revoke) return "by_hand";
  if (tokens === null) return connection.status === "active" || connection.statusReason === "secret_unreadable" ? "unreached" : "gone";
  const since = oauth.revocation.ends === "grant" ? 0 : owedAt;
  if (since !== undefined && (await isShared(ctx, connection, since))) return "by_hand";
  try {
    return await revoke(ctx, { ...provider, oauth }, { connection, tokens });
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    ctx.log.warn("access was not given back", { connection: connection.id, error });
    return "unreached";
  }
}

async function revoke(
  ctx: Ctx,
  provider: OAuthProvider,
  { connection, tokens }: { connection: Granted; tokens: Tokens },
): Promise<Farewell> {
  const { revoke: endpoint } = oauthEndpointsOf(ctx.config, provider);
  const request = provider.oauth.revocation?.request({ ...tokens, ...credentialsOf(ctx.config, provider) });
  if (!endpoint || !request) return "by_hand";
  const url = fillEndpoint(endpoint, { shop: connection.details.shop ?? null, service: provider.service });
  for (const [name, value] of Object.entries(request.query ?? {})) url.searchParams.set(name, value);
  const reply = await sendRequest(ctx, provider, url, request);
  // Slack and TikTok refuse with status 200.
  const failure = provider.failureOf(reply);
  if (failure === null) return "returned";
  if (failure.kind === "revoked" || isUnknownToken(reply)) return "gone";
  ctx.log.warn("access was not given back", { connection: connection.id, status: reply.status, kind: failure.kind });
  return "unreached";
}

/** RFC 6749 (5.2) and Google's word for a token that is no good any more. */
const isUnknownToken = ({ body }: Reply): boolean =>
  typeof body === "object" && body !== null && "error" in body && (body.error === "invalid_token" || body.error === "invalid_grant");

/**
 * Whether a connection that was made after `since` lives on the same grant: one of the same account by OAuth (a key is no part of
 * any grant), by another tenant too, so this looks across all of them. The one that was ended may be it as well: connected again while we were at it. It
 * answers yes or no and nothing else.
 */
async function isShared(ctx: Ctx, { provider, externalId }: Granted, since: number): Promise<boolean> {
  const found = await Promise.all(
    placesIn(ctx.databases).map((place) =>
      openDb(databaseAt(ctx.databases, place))
        .select({ id: connections.id })
        .from(connections)
        .where(
          and(
            eq(connections.provider, provider),
            eq(connections.externalId, externalId),
            eq(connections.kind, "oauth"),
            eq(connections.status, "active"),
            gt(connections.connectedAt, since),
          ),
        )
        .limit(1),
    ),
  );
  return found.flat().length > 0;
}
