import type { Provider, Reply } from "#server/catalog/provider.ts";
import type { Ctx } from "#server/ctx.ts";
import { ProviderError } from "#server/errors.ts";
import { mayReach } from "./provider-endpoints.ts";

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
  method: "GET" | "POST" | "DELETE";
  headers: Record<string, string>;
  body?: string;
  signal?: AbortSignal;
  /** Instead of the usual 10 s. */
  timeoutMs?: number;
}

/**
 * One request to a provider, and its whole reply, within 10 s or `timeoutMs`. Goes to the provider's hosts alone and follows no
 * redirect, so that a token is never carried elsewhere. Throws `unavailable` where no reply came, and with what was `answered` where it
 * was a redirect or had no end; `rejected` for a foreign host.
 */
export async function sendRequest(ctx: Ctx, provider: Provider, url: URL, request: ProviderRequest): Promise<Reply> {
  if (!mayReach(ctx.config, provider, url)) throw new ProviderError(provider.id, "rejected", `${url.hostname} is no host of the provider`);
  const { signal, timeoutMs: patienceMs = timeoutMs, ...init } = request;
  const timeout = AbortSignal.timeout(patienceMs);
  try {
    const response = await ctx.fetch(url.href, {
      ...init,
      headers: { accept: "application/json", ...init.headers },
      redirect: "manual",
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
    });
    const { status, headers } = response;
    const text = await textOf(provider, response);
    if (status >= 300 && status < 400) {
      throw new ProviderError(provider.id, "unavailable", `redirect refused (status ${status})`, { answered: { status, headers } });
    }
    return { status, headers, body: parse(text) };
  } catch (cause) {
    if (cause instanceof ProviderError) throw cause;
    throw new ProviderError(provider.id, "unavailable", "no reply", { cause });
  }
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
      throw new ProviderError(provider.id, "unavailable", "the reply is too long", { answered: { status, headers } });
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
