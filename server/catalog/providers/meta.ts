import { hmac } from "@oslojs/crypto/hmac";
import { SHA256 } from "@oslojs/crypto/sha2";
import { encodeHexLowerCase } from "@oslojs/encoding";
import * as z from "zod";
import type { Account } from "#server/catalog/account.ts";
import { readPages } from "#server/catalog/places.ts";
import type { Choice, Failure, Grant, Identity, OAuthProvider, Reply, TokenRequest } from "#server/catalog/provider.ts";
import type { Resource } from "#server/catalog/resource.ts";
import { ProviderError } from "#server/errors.ts";
import { metaPermissions, metaScopeSets } from "./meta-scopes.ts";
import { bearer, failureOfStatus, readStandardGrant, retiredVersion } from "./replies.ts";

/** Its end is not announced yet (v25.0 ends on 2028-07-29); it gets a line in `versions` when it is. */
const version = "v26.0";
const graph = `https://graph.facebook.com/${version}`;
const dayS = 86_400;
/** A hundred a page: more than any agency has. */
const maxPages = 50;
/** Graph names no wait with its limits, which are counted over an hour; coming back at once makes it longer. */
const limitWaitS = 300;

const MetaError = z.object({
  error: z.object({
    message: z.string().default(""),
    code: z.coerce.number().optional(),
    error_subcode: z.coerce.number().optional(),
    is_transient: z.boolean().optional(),
  }),
});

/** Codes 4, 17, 32, 341 and 613 count calls of the app, a person or a page; 80000 to 80014 those of one business use case. */
const isLimit = (code: number) => [4, 17, 32, 341, 613].includes(code) || (code >= 80_000 && code <= 80_014);
const isPermission = (code: number) => code === 3 || code === 10 || (code >= 200 && code <= 299);

/**
 * Graph's errors, which may come with status 200. The code tells, the status does not: a dead token is 400 or 401. Source: Meta,
 * "Handle errors", and the list in docs of the Marketing API.
 */
function failureOf({ status, headers, body }: Reply): Failure | null {
  const failed = MetaError.safeParse(body);
  if (!failed.success) return failureOfStatus(status, headers, `status ${status}`);
  const { message, code = -1, error_subcode: subcode, is_transient: transient } = failed.data.error;
  const words = `${code}${subcode === undefined ? "" : `/${subcode}`}: ${message}`;
  if (isRetired(code, message)) return retiredVersion(version, words);
  if (isOurs(code, message)) return { kind: "misconfigured", message: words };
  // The page's role was lost (492): the login itself is as good as before.
  if (code === 190 && subcode === 492) return { kind: "missing_scopes", message: words };
  // 458 app removed, 459 and 464 the person must see to their account, 460 password, 463 ended, 467 invalid: a person is needed.
  if (code === 190 || code === 102) return { kind: "revoked", message: words };
  if (isLimit(code)) return { kind: "rate_limited", message: words, retryAfterS: waitOf(headers) ?? limitWaitS };
  if (isPermission(code)) return { kind: "missing_scopes", message: words, ...named(message) };
  // The same question will be too large again, and what Meta's policies block (368) stays blocked.
  if (code === 368 || /reduce the amount of data/i.test(message)) return { kind: "rejected", message: words };
  if (code === 1 || code === 2 || transient) return { kind: "unavailable", message: words };
  return failureOfStatus(status, headers, words) ?? { kind: "rejected", message: words };
}

/** 2635 at the Marketing API; Graph has no code of its own for it, so that its words tell. */
const isRetired = (code: number, message: string): boolean =>
  code === 2635 ||
  /\b(deprecated|unsupported|unknown) (api )?version\b|\bversion v?\d+(\.\d+)? (is|has been) (deprecated|no longer)/i.test(message);

/** A wrong secret is code 1, as a hiccup is, an unknown app 101, a wrong proof or redirect URI 100: their words tell them apart. */
function isOurs(code: number, message: string): boolean {
  return code === 101 || /appsecret_proof|client.secret|validating application|redirect_uri/i.test(message);
}

/** Which permissions a refusal names. */
function named(message: string): { scopes?: string[] } {
  const words = new Set(message.match(/[a-z]+(?:_[a-z]+)+/g) ?? []);
  const scopes = metaPermissions.filter((permission) => words.has(permission));
  return scopes.length > 0 ? { scopes } : {};
}

const UseCases = z.record(z.string(), z.array(z.object({ estimated_time_to_regain_access: z.number().default(0) })));
const AdAccountUse = z.object({ reset_time_duration: z.number() });

/** The wait in seconds, where a usage header says it: minutes of the business use cases, seconds of an ad account. */
function waitOf(headers: Headers): number | undefined {
  const useCases = UseCases.safeParse(jsonHeader(headers, "x-business-use-case-usage"));
  const minutes = useCases.success
    ? Object.values(useCases.data).flatMap((uses) => uses.map((use) => use.estimated_time_to_regain_access))
    : [];
  const longest = Math.max(0, ...minutes) * 60;
  if (longest > 0) return longest;
  return AdAccountUse.safeParse(jsonHeader(headers, "x-ad-account-usage")).data?.reset_time_duration || undefined;
}

function jsonHeader(headers: Headers, name: string): unknown {
  try {
    return JSON.parse(headers.get(name) ?? "null");
  } catch {
    return null; // a usage header that cannot be read says nothing
  }
}

/** A code or token that the token endpoint refuses is dead, whichever code says so: 100 for a code, 190 for a token. */
function tokenFailureOf(reply: Reply): Failure | undefined {
  const failure = failureOf(reply);
  const aboutCode =
    failure?.kind === "rejected" && /verification code|authorization code|code has (expired|been used)/i.test(failure.message);
  return failure ? (aboutCode ? { ...failure, kind: "revoked" } : failure) : undefined;
}

/** Proves to Meta that a token is used by the app that it was given to: hex HMAC-SHA256 of the token under the app secret. */
export function appSecretProof(appSecret: string, accessToken: string): string {
  const bytes = (text: string) => new TextEncoder().encode(text);
  return encodeHexLowerCase(hmac(SHA256, bytes(appSecret), bytes(accessToken)));
}

const extension = (token: string): Record<string, string> => ({ grant_type: "fb_exchange_token", fb_exchange_token: token });

/**
 * The code gives a token of an hour or two, and that one a token of about 60 days. The short one still answers when the second
 * reply is lost, so that is asked for once more; if nobody answers at all the short one is kept, and renewed before it ends.
 */
async function exchange(request: TokenRequest, { code = "", redirect_uri = "" }: Readonly<Record<string, string>>): Promise<Grant> {
  const short = await request({ code, redirect_uri });
  for (let tries = 1; ; tries++) {
    try {
      return await request(extension(short.accessToken));
    } catch (error) {
      const passing = error instanceof ProviderError && (error.kind === "unavailable" || error.kind === "rate_limited");
      if (!passing) throw error;
      if (tries === 2) return { ...short, expiresInS: short.expiresInS ?? 3600 };
    }
  }
}

const Me = z.object({ id: z.string(), name: z.string().default(""), email: z.string().optional() });
const Permissions = z.object({ data: z.array(z.object({ permission: z.string(), status: z.string() })) });

const readMe = (account: Account) => account.json({ path: "/me?fields=id,name,email" }, Me);

/** The token reply names no scopes: what was granted, and not declined, is asked for. */
async function identify(account: Account): Promise<Identity> {
  const [me, permissions] = await Promise.all([readMe(account), account.json({ path: "/me/permissions" }, Permissions)]);
  return {
    externalId: me.id,
    name: me.name || me.id,
    scopes: permissions.data.filter(({ status }) => status === "granted").map(({ permission }) => permission),
    details: { ...(me.email && { email: me.email }) },
  };
}

const Paging = z.object({ cursors: z.object({ after: z.string().optional() }).optional(), next: z.string().optional() }).optional();
const Business = z.object({ id: z.string(), name: z.string().default("") });
const AdAccount = z.object({
  id: z.string(),
  name: z.string().default(""),
  account_status: z.number().optional(),
  currency: z.string().optional(),
  timezone_name: z.string().optional(),
  business: Business.optional(),
});
const Page = z.object({ id: z.string(), name: z.string().default("") });
const Pixels = z.object({
  name: z.string().default(""),
  adspixels: z.object({ data: z.array(z.object({ id: z.string(), name: z.string().default("") })) }).optional(),
});
const closed = 101;

const choices: readonly Choice[] = [
  {
    kind: "ad_account",
    title: { en: "Ad accounts", fr: "Comptes publicitaires", he: "חשבונות מודעות" },
    choose: { en: "Choose ad accounts", fr: "Choisissez des comptes publicitaires", he: "בחירת חשבונות מודעות" },
    many: true,
    scopes: ["ads_read"],
    async list(account) {
      const path = "/me/adaccounts?fields=id,name,account_status,currency,timezone_name,business{id,name}";
      const found = await everyPage(account, path, AdAccount);
      return found.filter(({ account_status: status }) => status !== closed).map(asAdAccount);
    },
  },
  {
    kind: "page",
    title: { en: "Pages", fr: "Pages", he: "דפים" },
    choose: { en: "Choose Pages", fr: "Choisissez des Pages", he: "בחירת דפים" },
    many: true,
    scopes: ["pages_show_list"],
    // Not its `access_token`: a page's own token is asked for when something is to be done with it.
    list: async (account) => (await everyPage(account, "/me/accounts?fields=id,name", Page)).map((page) => asResource("page", page)),
  },
  {
    kind: "business",
    title: { en: "Business portfolios", fr: "Portefeuilles d’entreprise", he: "תיקי עסקים" },
    choose: { en: "Choose business portfolios", fr: "Choisissez des portefeuilles d’entreprise", he: "בחירת תיקי עסקים" },
    many: true,
    scopes: ["business_management"],
    list: async (account) =>
      (await everyPage(account, "/me/businesses?fields=id,name", Business)).map((business) => asResource("business", business)),
  },
  {
    kind: "pixel",
    title: { en: "Pixel", fr: "Pixel", he: "פיקסל" },
    choose: { en: "Choose a pixel", fr: "Choisissez un pixel", he: "בחירת פיקסל" },
    many: false,
    // Only who may send events has a use for it.
    scopes: ["ads_read", "ads_management"],
    async list(account) {
      const accounts = await everyPage(account, "/me/adaccounts?fields=name,adspixels{id,name}", Pixels);
      const all = accounts.flatMap(({ name, adspixels }) =>
        (adspixels?.data ?? []).map((pixel) => ({ ...asResource("pixel", pixel), ...(name && { parent: name }) })),
      );
      // Ad accounts share them.
      return [...new Map(all.map((pixel) => [pixel.id, pixel])).values()];
    },
  },
];

const asResource = (kind: string, { id, name }: { id: string; name: string }): Resource => ({ kind, id, name: name || id });

function asAdAccount({ currency, timezone_name: timezone, business, ...account }: z.infer<typeof AdAccount>): Resource {
  const parent = business && (business.name || business.id);
  return { ...asResource("ad_account", account), ...(parent && { parent }), ...(currency && { currency }), ...(timezone && { timezone }) };
}

/**
 * All pages of a list. By cursor: the ready-made `next` address has the access token in it, which then stood in every trace of
 * the request.
 */
async function everyPage<S extends z.ZodType>(account: Account, path: string, item: S): Promise<z.output<S>[]> {
  const schema = z.object({ data: z.array(item), paging: Paging });
  const { items } = await readPages(
    async (cursor) => {
      const after = cursor === null ? "" : `&after=${encodeURIComponent(cursor)}`;
      const { data, paging } = await account.json({ path: `${path}&limit=100${after}` }, schema);
      return { items: data, next: paging?.next ? paging.cursors?.after : null };
    },
    { most: maxPages },
  );
  return items;
}

export const meta: OAuthProvider = {
  id: "meta",
  name: "Meta",
  description: {
    en: "Facebook and Instagram: ads, pages, catalogues and leads.",
    fr: "Facebook et Instagram : publicités, pages, catalogues et prospects.",
    he: "פייסבוק ואינסטגרם: מודעות, דפים, קטלוגים ולידים.",
  },
  api: graph,
  hosts: [/^graph\.facebook\.com$/],
  oauth: {
    credentials: { clientId: "META_CLIENT_ID", clientSecret: "META_CLIENT_SECRET" },
    removal: {
      en: "Settings & privacy, Settings, Business integrations, on Facebook",
      fr: "Paramètres et confidentialité, Paramètres, Intégrations professionnelles, sur Facebook",
      he: "הגדרות ופרטיות, הגדרות, שילובים עסקיים, בפייסבוק",
    },
    endpoints: {
      authorize: `https://www.facebook.com/${version}/dialog/oauth`,
      token: `${graph}/oauth/access_token`,
      revoke: `${graph}/me/permissions`,
    },
    shop: null,
    identityScopes: ["public_profile"],
    scopeSets: metaScopeSets,
    permissions: metaPermissions,
    incremental: true,
    scopeParameters: (scopes) => ({ scope: scopes.join(",") }),
    // Documented for sign-in with OpenID Connect only.
    pkce: false,
    clientAuthentication: "body",
    // Without it a permission that was declined once is not asked for again.
    authorizeParameters: { auth_type: "rerequest" },
    exchange,
    defaultExpiresInS: 60 * dayS,
    // There is no refresh token: a token that lives gives a new one, a dead one never does.
    renewals: [{ with: "access_token", of: "ending", fields: extension, rotates: true, retryable: true }],
    tokenFailureOf,
    readGrant: (reply) => readStandardGrant(reply, ","),
    authorization: ({ secrets, variable }) => ({
      headers: bearer(secrets),
      query: { appsecret_proof: appSecretProof(variable("META_CLIENT_SECRET"), secrets.access_token ?? "") },
    }),
    identify,
    // Takes back all that this person granted to the app, wherever it is used.
    revocation: {
      ends: "grant",
      request: ({ accessToken, clientSecret }) => ({
        method: "DELETE",
        headers: bearer({ access_token: accessToken }),
        query: { appsecret_proof: appSecretProof(clientSecret, accessToken) },
      }),
    },
  },
  choices,
  failureOf,
  async probe(account) {
    await readMe(account);
  },
};
