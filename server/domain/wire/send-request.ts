import type { Provider, Reply } from "#server/catalog/provider.ts";
import type { Ctx } from "#server/ctx.ts";
import { ofCall, ProviderError } from "#server/errors.ts";
import { type BoundedStream, boundedStream } from "./bounded-stream.ts";
import { mayFollowTo, mayReach } from "./provider-endpoints.ts";

/** Within this a reply has come, whole, or none is waited for. */
const timeoutMs = 10_000;
/**
 * The same for a renewal: new tokens that nobody waits for any more are lost, and with them the connection where the provider
 * does not repeat them.
 */
export const renewalTimeoutMs = 25_000;
/** Far above any page that is asked for, and far below the 128 MB that all requests of an isolate share. */
const maxReplyBytes = 16 * 1024 * 1024;

export interface ProviderRequest {
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Where two names differ in their case alone, the last one counts. */
  headers: Record<string, string>;
  body?: string | FormData | Uint8Array<ArrayBuffer>;
  signal?: AbortSignal;
  /** Instead of the usual 10 s. */
  timeoutMs?: number;
  /** Whether one redirect is followed, by a GET, to where `mayFollowTo` allows. */
  follows?: boolean;
  /** Whether the body of a 2xx is left to come: then only its headers must come in time. */
  streamed?: boolean;
}

/** A request whose headers were found to be some. */
type Ready = Omit<ProviderRequest, "headers"> & { headers: Headers };

/** A reply with its text as it came; `elsewhere`: from another host than was asked, to which nothing that authorises us was carried. */
export interface WholeReply extends Reply {
  text: string;
  elsewhere: boolean;
  /** The body that was left to come; null where it came whole. */
  rest: BoundedStream | null;
}

/**
 * One request to a provider, and its whole reply, within 10 s or `timeoutMs` of its turn at a connection. Goes to the provider's hosts alone and follows no
 * redirect but one that is allowed by name, so that a token is never carried elsewhere. Throws `unavailable` where no reply came, and
 * with what was `answered` where it was a redirect or had no end; `rejected`, before anything is sent, for a foreign host and for a
 * header that none can be; `unsent` where the signal ended the wait for a connection.
 */
export async function sendRequest(ctx: Ctx, provider: Provider, url: URL, request: ProviderRequest): Promise<WholeReply> {
  if (!mayReach(ctx.config, provider, url))
    throw new ProviderError(provider.id, "rejected", `${url.hostname} is no host of the provider`, { said: ofCall("address_foreign") });
  const headers = headersOf(provider, request);
  let begun = false;
  try {
    return await ctx.slots.hold(
      url.host,
      () => {
        begun = true;
        return exchange(ctx, provider, url, { ...request, headers });
      },
      request.signal,
    );
  } catch (cause) {
    if (cause instanceof ProviderError) throw cause;
    if (!begun)
      throw new ProviderError(provider.id, "unavailable", "the time was up before", { said: ofCall("time_up"), unsent: true, cause });
    throw new ProviderError(provider.id, "unavailable", "no reply", { said: ofCall("no_reply"), cause });
  }
}

/** What `sendRequest` does while it holds a connection. */
async function exchange(ctx: Ctx, provider: Provider, url: URL, request: Ready): Promise<WholeReply> {
  const { signal, timeoutMs: patienceMs = timeoutMs, streamed = false } = request;
  const patience = new AbortController();
  const timeout = AbortSignal.timeout(patienceMs);
  const onTimeout = () => patience.abort(timeout.reason);
  timeout.addEventListener("abort", onTimeout);
  const { response, elsewhere } = await ask(ctx, provider, url, {
    ...request,
    signal: signal ? AbortSignal.any([signal, patience.signal]) : patience.signal,
  });
  const { status } = response;
  if (streamed && response.ok) {
    timeout.removeEventListener("abort", onTimeout);
    return { status, headers: response.headers, body: null, text: "", elsewhere, rest: boundedStream(provider, response, signal) };
  }
  const text = await textOf(provider, response);
  if (status >= 300 && status < 400) {
    throw new ProviderError(provider.id, "unavailable", `redirect refused (status ${status})`, {
      said: ofCall("redirect_refused", { status }),
      answered: { status, headers: response.headers },
    });
  }
  return { status, headers: response.headers, body: parse(text), text, elsewhere, rest: null };
}

function headersOf(provider: Provider, request: ProviderRequest): Headers {
  const headers = new Headers({ accept: "application/json" });
  try {
    for (const [name, value] of Object.entries(request.headers)) headers.set(name, value);
  } catch {
    // Its cause would repeat the value, which may be a secret.
    throw new ProviderError(provider.id, "rejected", "a header that cannot be sent", { said: ofCall("header_unsendable") });
  }
  return headers;
}

/** The reply, or that of where it sends us on to. */
async function ask(
  ctx: Ctx,
  provider: Provider,
  url: URL,
  { method, headers, body, signal, follows }: Ready & { signal: AbortSignal },
): Promise<{ response: Response; elsewhere: boolean }> {
  const usual = { signal, redirect: "manual" } as const;
  const response = await ctx.fetch(url.href, { ...usual, method, headers, ...(body !== undefined && { body }) });
  const next = follows ? nextOf(response, url) : null;
  if (!next || !mayFollowTo(ctx.config, provider, next)) return { response, elsewhere: false };
  await response.body?.cancel();
  const elsewhere = next.origin !== url.origin;
  // What we say of ourselves and of what we want is for who was asked.
  const carried = elsewhere ? { accept: headers.get("accept") ?? "*/*" } : headers;
  return { response: await ctx.fetch(next.href, { ...usual, method: "GET", headers: carried }), elsewhere };
}

function nextOf({ status, headers }: Response, from: URL): URL | null {
  const location = headers.get("location");
  return [301, 302, 303, 307, 308].includes(status) && location !== null && URL.canParse(location, from) ? new URL(location, from) : null;
}

/** The body as text, read no further than `maxReplyBytes`. */
async function textOf(provider: Provider, { body, status, headers }: Response): Promise<string> {
  const reader = body?.getReader();
  const decoder = new TextDecoder();
  let text = "";
  for (let size = 0; reader; ) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.byteLength;
    if (size > maxReplyBytes) {
      await reader.cancel();
      throw new ProviderError(provider.id, "unavailable", "the reply is too long", {
        said: ofCall("reply_too_long"),
        answered: { status, headers },
      });
    }
    text += decoder.decode(value, { stream: true });
  }
  return text + decoder.decode();
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // a proxy's error page, or half a reply: what to make of it is the caller's to say
  }
}
