import type { Failure, Provider, Reply } from "#server/catalog/provider.ts";
import type { Ctx } from "#server/ctx.ts";
import { ofCall, ProviderError } from "#server/errors.ts";
import { type ProviderRequest, sendRequest } from "./send-request.ts";

/** A try of a call that failed, as it may be written down: no query, no body, no secret. */
export interface FailedCall {
  provider: string;
  method: string;
  path: string;
  /** Null where no reply came. */
  status: number | null;
  kind: Failure["kind"];
  /** The provider's own id of the request, where it gave one: what its support asks for. */
  providerRequest: string | null;
  ms: number;
  /** Whether it is tried again. */
  again: boolean;
}

/** Hears of every try that failed, also where a later one went well. */
export type OnFailed = (call: FailedCall) => void;

/** Headers in which providers name a request, the most telling first. */
const requestHeaders = [
  ...["x-request-id", "request-id", "x-shopify-request-id", "x-hubspot-correlation-id", "x-fb-trace-id", "x-slack-req-id", "x-li-uuid"],
  ...["x-tt-logid", "twilio-request-id", "klaviyo-request-id", "x-correlation-id", "cf-ray"],
];
const longestPath = 200;
/** The name of a resource or a method, however long: words of letters, joined by a sign or a capital. No key is made like that. */
const inWords = /^[A-Z]?[a-z]{1,20}(?:[-_.][A-Z]?[a-z]{1,20}|[A-Z][a-z]{1,19})*$/;

/** What a call was. `reply` is null where none came. */
export function namesOf(
  ctx: Ctx,
  { provider, url, method, reply }: { provider: Provider; url: URL; method: string; reply: Pick<Reply, "status" | "headers"> | null },
): Pick<FailedCall, "provider" | "method" | "path" | "status" | "providerRequest"> {
  const header = requestHeaders.find((name) => reply?.headers.has(name));
  return {
    provider: provider.id,
    method,
    path: nameOfPath(ctx.log.redact(url.pathname)),
    status: reply?.status || null,
    providerRequest: header ? ctx.log.redact(reply?.headers.get(header) ?? "").slice(0, 100) : null,
  };
}

/** A path as it may be written down. What is long in it and no name may be a key: ids are shorter. Version and resource stay. */
export function nameOfPath(path: string): string {
  const named = path.replace(/[\w.-]{32,}/g, (part) => (inWords.test(part) ? part : "[long]"));
  // What is asked for stands at the end, the version at the beginning.
  return named.length <= longestPath ? named : `${named.slice(0, longestPath / 2)}…${named.slice(1 - longestPath / 2)}`;
}

/**
 * A failure as it may be told. Providers repeat what they were sent ("Malformed access token EAA…"): what is secret is taken out before
 * the words are cut, whole.
 */
export function tellable(ctx: Ctx, { id, name }: Provider, failure: Failure): Failure {
  const message = ctx.log.redact(failure.message).slice(0, 300);
  const { retired: version } = failure;
  if (version === undefined) return { ...failure, message };
  return {
    ...failure,
    message: `${id} has retired ${version} (${message})`,
    said: ofCall("version_retired", { provider: name, version, words: message }),
  };
}

export function asError(ctx: Ctx, provider: Provider, failure: Failure): ProviderError {
  const { kind, message, ...more } = tellable(ctx, provider, failure);
  return new ProviderError(provider.id, kind, message, more);
}

/** One request for tokens, and what `read` makes of its reply. Throws a `ProviderError`, of which `onFailed` hears. */
export async function askOnce<T>(
  ctx: Ctx,
  provider: Provider,
  {
    url,
    request,
    failureOf,
    read,
    onFailed,
  }: {
    url: URL;
    request: ProviderRequest;
    failureOf: (reply: Reply) => Failure | null;
    read: (reply: Reply) => T;
    onFailed?: OnFailed | undefined;
  },
): Promise<T> {
  const startedAt = ctx.now();
  let reply: Reply | null = null;
  try {
    reply = await sendRequest(ctx, provider, url, request);
    const failure = failureOf(reply);
    if (failure) throw asError(ctx, provider, failure);
    return read(reply);
  } catch (error) {
    if (error instanceof ProviderError) {
      const names = namesOf(ctx, { provider, url, method: request.method, reply: reply ?? error.answered ?? null });
      onFailed?.({ ...names, kind: error.kind, ms: ctx.now() - startedAt, again: false });
    }
    throw error;
  }
}
