import { vi } from "vitest";
import { sandboxEndpoints } from "#sandbox/endpoints.ts";
import type { OAuthProvider } from "#server/catalog/provider.ts";
import { oauthProviders } from "#server/catalog/providers/registry.ts";
import { type Ctx, requireUser, type Tenant, type UserActor } from "#server/ctx.ts";
import { answerShown } from "#server/domain/connecting/answer-shown.ts";
import { type BeginOAuth, beginOAuth } from "#server/domain/connecting/begin-oauth.ts";
import { completeOAuth } from "#server/domain/connecting/complete-oauth.ts";
import type { NextPage } from "#server/domain/connecting/leave.ts";
import { enterFor } from "#server/domain/tenancy/enter-for.ts";
import { wordedEnd } from "#server/trpc/say-connections.ts";
import { makeTenant, makeUser, type TestCtx, testCtx } from "#test/harness.ts";
import { sandboxOrigin } from "#test/variables.ts";
import { voiceIn } from "#workers/voice.ts";

/** What a provider's person chooses on the sandbox's consent page, and types before leaving. */
export interface Choice {
  account: string;
  other: string;
  shop: string | undefined;
  otherShop: string | undefined;
  /** Seconds that an access token lives there, or null for no end, where that is not the provider's usual life. */
  lifeS?: number | null;
  /** That no refresh token is given there, although the provider has some. */
  noRefresh?: true;
}

/** One of each provider. */
export const choices: Record<string, Choice> = {
  shopify: { account: "beta.myshopify.com", other: "gamma.myshopify.com", shop: "beta.myshopify.com", otherShop: "gamma.myshopify.com" },
  klaviyo: { account: "BetaB2", other: "GammC3", shop: undefined, otherShop: undefined },
  google: { account: "owner@beta.example", other: "owner@gamma.example", shop: undefined, otherShop: undefined },
  hubspot: { account: "8001002", other: "8001001", shop: undefined, otherShop: undefined },
  // An app with token rotation, as opposed to the variant below.
  slack: { account: "T0BETASHOP", other: "T0GAMMASHOP", shop: undefined, otherShop: undefined, lifeS: 43_200 },
  linkedin: { account: "betaOwn002", other: "gammOwn003", shop: undefined, otherShop: undefined },
  meta: { account: "10210000000000102", other: "10210000000000103", shop: undefined, otherShop: undefined },
  tiktok: { account: "7100000000000000102", other: "7100000000000000103", shop: undefined, otherShop: undefined },
};

/** Where one provider gives another kind of token to some: by what a test's title says of them. */
export const variants: readonly { provider: string; title: string; choice: Choice }[] = [
  {
    provider: "slack",
    title: "without token rotation",
    choice: { account: "T0LASTING", other: "T0GAMMASHOP", shop: undefined, otherShop: undefined, noRefresh: true },
  },
  {
    provider: "linkedin",
    title: "without refresh tokens",
    choice: { account: "deltOwn004", other: "gammOwn003", shop: undefined, otherShop: undefined, noRefresh: true },
  },
];

/** What a consent gives, by the provider's own description: seconds of life (null: no end), and what renews it without a person. */
export function givenBy({ oauth }: OAuthProvider, { lifeS = oauth.defaultExpiresInS, noRefresh }: Choice) {
  const of = lifeS === null ? "lasting" : "ending";
  const ways = oauth.renewals.filter((way) => way.of === of && !(noRefresh && way.with === "refresh_token"));
  return { lifeS, renewal: ways[0] ?? null };
}

/** Every OAuth provider that has a choice (the contract test fails for one that has none), and its variants after it. */
export const consents: readonly { title: string; provider: OAuthProvider; choice: Choice }[] = oauthProviders.flatMap((provider) => {
  const choice = choices[provider.id];
  if (!choice) return [];
  const own = variants.filter((variant) => variant.provider === provider.id);
  return [
    { title: provider.id, provider, choice },
    ...own.map((variant) => ({ title: `${provider.id}, ${variant.title}`, provider, choice: variant.choice })),
  ];
});

/** Whether this address of the sandbox, or path behind the provider's root, is the provider's token endpoint. */
export function asksForTokens(provider: string, address: string): boolean {
  const template = Object.entries(sandboxEndpoints(sandboxOrigin)).find(([id]) => id === provider)?.[1].token ?? "";
  const path = template.slice(`${sandboxOrigin}/${provider}`.length).replace("/{shop}", "");
  return path !== "" && address.endsWith(path);
}

export type Browser = Ctx & { traces: ReturnType<typeof testCtx>["traces"] };

let visitors = 0;

/** A member's browser, at an address of its own so that no rate limit is shared. */
export async function visit(
  tenant?: Tenant,
  more: TestCtx = {},
): Promise<{ browser: Browser; tenant: Tenant; actor: UserActor; token: string }> {
  const home = tenant ?? (await makeTenant());
  const { actor, token } = await makeUser({ roles: [[home, "owner"]] });
  visitors += 1;
  const ip = `198.51.${Math.floor(visitors / 250)}.${visitors % 250}`;
  return { browser: testCtx({ actor, ip, ...more }), tenant: home, actor, token };
}

/** What the sandbox's consent page answers: where the browser is sent back to. */
export async function decide(
  authorize: string,
  { decision = "allow", account, scopes }: { decision?: "allow" | "deny"; account?: string; scopes?: string[] } = {},
): Promise<URL> {
  const form = new URLSearchParams({ decision });
  if (account !== undefined) form.set("account", account);
  if (scopes) {
    form.set("granular", "1");
    for (const scope of scopes) form.append("scope", scope);
  }
  const answer = await fetch(authorize, { method: "POST", body: form, redirect: "manual" });
  const location = answer.headers.get("location");
  if (!location) throw new Error(`the consent page answered ${answer.status}: ${await answer.text()}`);
  return new URL(location);
}

/** A page as its door sends a browser there, with its toast in the person's language. */
export const asShown = (browser: Ctx, page: NextPage) => {
  const { retryAfterS } = page;
  return { ...wordedEnd({ voice: voiceIn(requireUser(browser).locale) }, page), ...(retryAfterS !== undefined && { retryAfterS }) };
};
type ShownPage = ReturnType<typeof asShown>;

export const begin = async (browser: Ctx, input: BeginOAuth): Promise<ShownPage> => asShown(browser, await beginOAuth(browser, input));

/** The way back and nothing else: where an account is shown first, it ends on the page that shows it. */
export async function arrive(browser: Ctx, provider: string, callback: URL): Promise<ShownPage> {
  const { followed, ...next } = await completeOAuth(browser, { provider, parameters: callback.searchParams });
  await followed;
  return asShown(browser, next);
}

/** The way back as a person goes it: where the account is shown before it is kept, they say yes. */
export async function comeBack(browser: Ctx, provider: string, callback: URL): Promise<ShownPage> {
  const next = await arrive(browser, provider, callback);
  const page = new URL(next.location, "http://portal.test");
  const [, tenant] = /^\/t\/([^/]+)\/integrations\/[^/]+\/confirm$/.exec(page.pathname) ?? [];
  if (tenant === undefined) return next;
  return asShown(
    browser,
    await answerShown(await enterFor(browser, tenant), { consent: page.searchParams.get("consent") ?? "", keep: true }),
  );
}

/** The whole way of one connection, from the integrations page back to it. */
export async function connectThrough(
  browser: Ctx,
  {
    tenant,
    provider,
    other = false,
    choice = choices[provider],
    ...more
  }: { tenant: string; provider: string; other?: boolean; choice?: Choice | undefined } & Partial<BeginOAuth>,
): Promise<ShownPage> {
  if (!choice) throw new Error(`no consent choice for ${provider}`);
  const { location } = await begin(browser, { provider, tenant, shop: other ? choice.otherShop : choice.shop, ...more });
  return comeBack(browser, provider, await decide(location, { account: other ? choice.other : choice.account }));
}

const realTimeout = globalThis.setTimeout;

/** From here on what waits for a provider's hiccup to pass waits 100 ms at the most; until `vi.restoreAllMocks()`. */
export function hurry(): void {
  const soon = (run: () => void, ms = 0) => realTimeout(run, Math.min(ms, 100));
  vi.spyOn(globalThis, "setTimeout").mockImplementation(soon as typeof setTimeout);
}

/** Tells the sandbox to misbehave (or, without a body, to behave again). */
export async function control(body?: unknown): Promise<void> {
  const answer = await fetch(
    `${sandboxOrigin}/__sandbox/control`,
    body ? { method: "POST", body: JSON.stringify(body) } : { method: "DELETE" },
  );
  if (!answer.ok) throw new Error(`the sandbox refused: ${await answer.text()}`);
}

/** What the sandbox counted since it last behaved. */
export async function counted() {
  const answer = await fetch(`${sandboxOrigin}/__sandbox/calls`);
  return (await answer.json()) as {
    calls: { provider: string; path: string; account: string | null; count: number; statuses: Record<string, number> }[];
    refreshes: Record<string, { provider: string; account: string; rotated: number; refused: number }>;
  };
}
