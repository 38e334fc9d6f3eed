import * as z from "zod";
import type { AccountRequest } from "#server/catalog/account.ts";
import type { Provider } from "#server/catalog/provider.ts";
import type { Ctx } from "#server/ctx.ts";
import { ofCall, ProviderError } from "#server/errors.ts";
import type { ApiAccess } from "./api-access.ts";
import { asError } from "./failed-call.ts";
import type { Taking } from "./take-reply.ts";
import { tryCall } from "./try-call.ts";

/**
 * Reads from a provider's API, and takes the reply in. A rate limit is waited for and a hiccup tried again while that is short; what
 * is left throws a `ProviderError` with `retryAfterS` where the provider said it.
 */
export async function callApi<T>(ctx: Ctx, access: ApiAccess, request: AccountRequest, { accept, streamed, take }: Taking<T>): Promise<T> {
  const { provider } = access;
  const { method = "GET", follows = false, body } = request;
  const json = body === undefined ? undefined : JSON.stringify(body);
  const { reply, failure, tell } = await tryCall(ctx, access, {
    destination: request,
    request: {
      method,
      follows,
      streamed,
      headers: { accept, ...(json !== undefined && { "content-type": "application/json" }), ...request.headers },
      ...(json !== undefined && { body: json }),
    },
    failureOf: provider.failureOf,
    mayRepeat: ({ kind }) => kind === "rate_limited" || kind === "unavailable",
  });
  if (failure) throw asError(ctx, provider, failure);
  try {
    return await take(reply);
  } catch (error) {
    const known = error instanceof z.ZodError ? otherShape(provider, error) : error;
    if (known instanceof ProviderError) tell(known.kind);
    throw known;
  }
}

function otherShape(provider: Provider, error: z.ZodError): ProviderError {
  const faults = issuesOf(error).join("; ");
  return new ProviderError(provider.id, "unavailable", `a reply of another shape (${faults})`, {
    said: ofCall("reply_misshapen", { faults }),
  });
}

/** What did not fit, by field; never a value. */
export const issuesOf = ({ issues }: z.ZodError): string[] =>
  issues.slice(0, 5).map(({ path, message }) => `${path.join(".")}: ${message}`);
