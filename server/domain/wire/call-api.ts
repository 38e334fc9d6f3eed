import type { z } from "zod";
import type { ConnectionKind } from "#db/words/connections.ts";
import type { AccountRequest } from "#server/catalog/account.ts";
import type { Authorization, Failure, Provider, Reply } from "#server/catalog/provider.ts";
import type { Ctx } from "#server/ctx.ts";
import { ProviderError } from "#server/errors.ts";
import { alarmOfRetired } from "./alarm-of-retired.ts";
import { asError, namesOf, type OnFailed } from "./failed-call.ts";
import { pause } from "./pause.ts";
import { apiOf, fillEndpoint, variableOf } from "./provider-endpoints.ts";
import { sendRequest } from "./send-request.ts";

/** All waiting within one call together: what would take longer is the queue's to wait for. */
const waitBudgetMs = 10_000;
const maxTries = 4;
/** No reply within 10 s: a second try, no more, or a run's 30 s are gone. */
const maxSilentTries = 2;

/** With what an API is called: what was opened of the connection's secrets, and how it was connected. */
export interface ApiAccess {
  provider: Provider;
  kind: ConnectionKind;
  shop: string | null;
  secrets: Readonly<Record<string, string>>;
  fields: Readonly<Record<string, string>>;
  signal?: AbortSignal | undefined;
  /** Hears of every try that failed, also where a later one went well. */
  onFailed?: OnFailed | undefined;
}

type Attempt = { reply: Reply; failure: Failure | null; silent: boolean };

/**
 * Calls a provider's API and checks the reply. A rate limit is waited for and a hiccup tried again while that is short; what
 * is left throws a `ProviderError` with `retryAfterS` where the provider said it.
 */
export async function callApi<S extends z.ZodType>(ctx: Ctx, access: ApiAccess, request: AccountRequest, schema: S): Promise<z.output<S>> {
  const { provider } = access;
  const authorization = authorizationOf(ctx, access, request);
  const url = apiUrl(ctx, access, request);
  for (const [name, value] of Object.entries(authorization.query ?? {})) url.searchParams.set(name, value);
  let waited = 0;
  for (let tries = 1; ; tries++) {
    const startedAt = ctx.now();
    const { reply, failure, silent } = await attempt(ctx, access, { url, request, authorization });
    const tell = (kind: Failure["kind"], isAgain: boolean) =>
      access.onFailed?.({
        ...namesOf(ctx, { provider, url, method: request.method ?? "GET", reply }),
        kind,
        ms: ctx.now() - startedAt,
        again: isAgain,
      });
    if (!failure) {
      const answer = schema.safeParse(reply.body);
      if (answer.success) return answer.data;
      tell("unavailable", false);
      throw otherShape(provider, answer.error);
    }
    const wait = waitMs(failure, tries);
    const again = mayRepeat(failure, request) && tries < (silent ? maxSilentTries : maxTries) && waited + wait <= waitBudgetMs;
    const isAgain = again && !access.signal?.aborted;
    tell(failure.kind, isAgain);
    if (!isAgain) {
      if (failure.retired !== undefined) await alarmOfRetired(ctx, { provider: provider.id, version: failure.retired });
      throw asError(ctx, provider, failure);
    }
    await pause(wait);
    waited += wait;
  }
}

function authorizationOf(ctx: Ctx, access: ApiAccess, { service, resource }: AccountRequest): Authorization {
  const { provider, kind, secrets, fields } = access;
  const way = provider[kind];
  if (!way) throw new ProviderError(provider.id, "misconfigured", `${provider.name} is not connected by ${kind} any more`);
  const variable = (name: string) => variableOf(ctx.config, provider, name);
  return way.authorization({ secrets, fields, service: service ?? provider.service, resource, variable });
}

async function attempt(
  ctx: Ctx,
  { provider, signal }: ApiAccess,
  { url, request, authorization }: { url: URL; request: AccountRequest; authorization: Authorization },
): Promise<Attempt> {
  const body = request.body === undefined ? {} : { body: JSON.stringify(request.body) };
  const headers = {
    ...(request.body !== undefined && { "content-type": "application/json" }),
    ...request.headers,
    ...authorization.headers,
  };
  try {
    const reply = await sendRequest(ctx, provider, url, { method: request.method ?? "GET", headers, ...body, ...(signal && { signal }) });
    return { reply, failure: provider.failureOf(reply), silent: false };
  } catch (error) {
    if (!(error instanceof ProviderError) || error.kind !== "unavailable") throw error;
    const reply = { status: 0, headers: new Headers(), ...error.answered, body: null };
    return { reply, failure: { kind: "unavailable", message: error.message }, silent: true };
  }
}

/** A rate-limited request was not acted on. One that failed otherwise may have been, so only a reading one is repeated. */
function mayRepeat({ kind }: Failure, { method = "GET", reads = false }: AccountRequest): boolean {
  return kind === "rate_limited" || (kind === "unavailable" && (method === "GET" || reads));
}

function waitMs({ retryAfterS }: Failure, tries: number): number {
  const jitter = 0.75 + Math.random() / 2;
  // Never earlier than told; the jitter keeps many runs from coming back in the same instant.
  return retryAfterS === undefined ? 300 * 2 ** (tries - 1) * jitter : retryAfterS * 1000 + 100 * jitter;
}

function otherShape(provider: Provider, { issues }: z.ZodError): ProviderError {
  const fields = issues.map(({ path, message }) => `${path.join(".")}: ${message}`).slice(0, 5);
  return new ProviderError(provider.id, "unavailable", `a reply of another shape (${fields.join("; ")})`);
}

/** The address below the API's base. Throws `rejected` for one that leads out of it. */
function apiUrl(ctx: Ctx, { provider, shop }: ApiAccess, { path, service }: AccountRequest): URL {
  const base = fillEndpoint(apiOf(ctx.config, provider), { shop, service: service ?? provider.service });
  const root = base.pathname.replace(/\/+$/, "");
  const url = path.startsWith("/") ? new URL(`${base.origin}${root}${path}`) : new URL(path);
  if (url.origin !== base.origin || !url.pathname.startsWith(`${root}/`)) {
    throw new ProviderError(provider.id, "rejected", "an address outside of the provider's API");
  }
  return url;
}
