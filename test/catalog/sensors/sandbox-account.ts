import type { z } from "zod";
import { sandboxClient } from "#sandbox/client.ts";
import type { SandboxProviderId } from "#sandbox/endpoints.ts";
import type { Account, AccountRequest } from "#server/catalog/account.ts";
import { ProviderError, type ProviderFailureKind } from "#server/errors.ts";
import { sandboxOrigin } from "#test/variables.ts";

export const sandbox = sandboxClient(sandboxOrigin);

export type CountedAccount = Account & { calls: AccountRequest[] };

type Facts = Partial<Pick<Account, "timezone" | "currency" | "resources" | "connectionId">>;

/** Ways to read that no sensor goes so far: a test's account that is asked for one says so. */
export const jsonAlone: Pick<Account, "reply" | "text" | "stream"> = {
  reply: () => Promise.reject(new Error("the test's account answers JSON alone")),
  text: () => Promise.reject(new Error("the test's account answers JSON alone")),
  stream: () => Promise.reject(new Error("the test's account answers JSON alone")),
};

/** An account at the sandbox with a fresh token, whose calls are kept. Without retries: a fault is seen as it comes. */
export async function sandboxAccount(
  provider: SandboxProviderId,
  externalId: string,
  { scopes, at = sandbox, ...facts }: Facts & { scopes: readonly string[]; at?: typeof sandbox },
): Promise<CountedAccount> {
  const { access_token: token } = await at.mint(provider, externalId, [...scopes]);
  const calls: AccountRequest[] = [];
  const base = at.endpoints[provider].api.replace("{shop}", externalId);
  return {
    provider,
    connectionId: `con-${externalId}`,
    externalId,
    name: externalId,
    currency: facts.currency ?? "GBP",
    timezone: facts.timezone ?? "Europe/London",
    fields: {},
    scopes,
    resources: facts.resources ?? [],
    calls,
    ...jsonAlone,
    async json<S extends z.ZodType>(request: AccountRequest, schema: S): Promise<z.output<S>> {
      calls.push(request);
      const root = base.replace("{service}", request.service ?? "");
      const url = request.path.startsWith("http") ? request.path : `${root}${request.path}`;
      if (!url.startsWith(root)) throw new Error(`the test's account was asked for ${url}`);
      const answer = await fetch(url, {
        method: request.method ?? "GET",
        headers: {
          "content-type": "application/json",
          "x-shopify-access-token": token,
          authorization: `Bearer ${token}`,
          ...request.headers,
        },
        ...(request.body !== undefined && { body: JSON.stringify(request.body) }),
      });
      const text = await answer.text();
      if (!answer.ok) throw new ProviderError(provider, kindOf(answer.status), text);
      const body: unknown = JSON.parse(text);
      if (provider === "shopify" && typeof body === "object" && body !== null && "errors" in body) {
        throw new ProviderError(provider, "rejected", text);
      }
      const parsed = schema.safeParse(body);
      if (!parsed.success) throw new ProviderError(provider, "unavailable", "a reply of another shape", { cause: parsed.error });
      return parsed.data;
    },
  };
}

const kinds: Record<number, ProviderFailureKind> = { 401: "revoked", 403: "missing_scopes", 429: "rate_limited" };
const kindOf = (status: number): ProviderFailureKind => kinds[status] ?? (status < 500 ? "rejected" : "unavailable");

/** An account whose replies the test writes itself. */
export function scriptedAccount(provider: string, answer: (request: AccountRequest) => unknown, facts: Facts = {}): CountedAccount {
  const calls: AccountRequest[] = [];
  return {
    provider,
    connectionId: facts.connectionId ?? "con-scripted",
    externalId: "scripted",
    name: "Scripted",
    currency: facts.currency ?? "GBP",
    timezone: facts.timezone ?? "Europe/London",
    fields: {},
    scopes: undefined,
    resources: facts.resources ?? [],
    calls,
    ...jsonAlone,
    async json<S extends z.ZodType>(request: AccountRequest, schema: S): Promise<z.output<S>> {
      calls.push(request);
      return schema.parse(await answer(request));
    },
  };
}
