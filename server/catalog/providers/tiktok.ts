import * as z from "zod";
import type { Account } from "#server/catalog/account.ts";
import type { Failure, Identity, OAuthProvider, Reply } from "#server/catalog/provider.ts";
import type { Resource } from "#server/catalog/resource.ts";
import { ofCall, ProviderError } from "#server/errors.ts";
import { failureOfStatus } from "./replies.ts";

// Every address ends in a slash: without it TikTok answers 404.
const api = "https://business-api.tiktok.com/open_api/v1.3";
/** Names what is read of our own app: TikTok wants the app's id and secret in the query of those, and of those alone. */
const ofApp = "app";
/** As many as one question about advertisers may name. */
const idsAtOnce = 100;

const Envelope = z.object({ code: z.coerce.number(), message: z.string().default("") });

/** TikTok's codes, by what they mean here; whatever else is not 0 is `rejected`. Source: its appendix of return codes. */
const meaning: Readonly<Record<number, Failure["kind"] | "fine">> = {
  0: "fine",
  // Some of the things that were named could not be read; the others are in the reply.
  20001: "fine",
  40001: "missing_scopes",
  40002: "rejected",
  // 40100 counts the app's calls, 40133 an advertiser's. No reply says for how long: most often it is the limit of a second.
  40016: "rate_limited",
  40100: "rate_limited",
  40132: "rate_limited",
  40133: "rate_limited",
  40101: "misconfigured",
  40113: "misconfigured",
  41000: "misconfigured",
  40102: "revoked",
  40104: "revoked",
  40105: "revoked",
  40106: "revoked",
  // An auth_code that was used, cancelled or never was.
  40110: "revoked",
  60001: "unavailable",
};

/** Errors come with status 200: the code in the reply tells. */
function failureOf({ status, headers, body }: Reply): Failure | null {
  const envelope = Envelope.safeParse(body);
  if (!envelope.success) return failureOfStatus(status, headers, `status ${status}`);
  const { code, message } = envelope.data;
  // 50000, 50002 and their kin are TikTok's own trouble.
  const kind = meaning[code] ?? (code >= 50_000 && code < 60_000 ? "unavailable" : "rejected");
  return kind === "fine" ? failureOfStatus(status, headers, `status ${status}`) : { kind, message: `${code}: ${message}` };
}

const Tokens = z.object({
  data: z.object({
    access_token: z.string().min(1),
    scope: z.array(z.union([z.number(), z.string()]).transform(String)).optional(),
  }),
});
const Id = z.union([z.string().min(1), z.number().transform(String)]);
const User = z.object({
  data: z.object({ core_user_id: Id.optional(), display_name: z.string().optional(), email: z.string().optional() }),
});
const Advertisers = z.object({
  data: z.object({ list: z.array(z.object({ advertiser_id: Id, advertiser_name: z.string().default("") })) }),
});
const AdvertiserDetails = z.object({
  data: z.object({
    list: z.array(
      z.object({ advertiser_id: Id, name: z.string().nullish(), currency: z.string().nullish(), timezone: z.string().nullish() }),
    ),
  }),
});

/** What this login may see, by id and name. */
async function readAdvertisers(account: Account): Promise<{ advertiser_id: string; advertiser_name: string }[]> {
  const { data } = await account.json({ path: "/oauth2/advertiser/get/", service: ofApp }, Advertisers);
  return data.list;
}

/**
 * The core user is the person who allowed it, and stays the same for ever. Where TikTok does not say who that is, it is the oldest
 * advertiser that was opened to us (ids grow with time): new advertisers do not change it, and a login that loses its oldest one comes
 * back as another account, which asks instead of mixing two up.
 */
async function identify(account: Account): Promise<Identity> {
  const user = await readUser(account);
  if (user.core_user_id !== undefined) {
    return {
      externalId: user.core_user_id,
      name: user.display_name || user.email || user.core_user_id,
      details: { ...(user.email && { email: user.email }) },
    };
  }
  const advertisers = await readAdvertisers(account);
  const [oldest] = advertisers.toSorted(({ advertiser_id: a }, { advertiser_id: b }) => a.length - b.length || (a < b ? -1 : 1));
  if (!oldest)
    throw new ProviderError("tiktok", "rejected", "neither a user nor an advertiser was opened", { said: ofCall("nothing_opened") });
  return { externalId: `advertiser:${oldest.advertiser_id}`, name: oldest.advertiser_name || oldest.advertiser_id, details: {} };
}

async function readUser(account: Account): Promise<z.infer<typeof User>["data"]> {
  const read = account.json({ path: "/user/info/" }, User);
  return (await orIfRefused(read, { data: {} })).data;
}

/** What a question gets, or `otherwise` where this grant does not reach so far. */
async function orIfRefused<T>(question: Promise<T>, otherwise: T): Promise<T> {
  try {
    return await question;
  } catch (error) {
    if (error instanceof ProviderError && (error.kind === "missing_scopes" || error.kind === "rejected")) return otherwise;
    throw error;
  }
}

async function listAdvertisers(account: Account): Promise<Resource[]> {
  const advertisers = await readAdvertisers(account);
  const details = await Promise.all(
    inBatches(
      advertisers.map(({ advertiser_id }) => advertiser_id),
      idsAtOnce,
    ).map((ids) => readDetails(account, ids)),
  );
  const byId = new Map(details.flat().map((each) => [each.advertiser_id, each]));
  return advertisers.map(({ advertiser_id: id, advertiser_name }) => {
    const { name, currency, timezone } = byId.get(id) ?? {};
    return { kind: "advertiser", id, name: name || advertiser_name || id, ...(currency && { currency }), ...(timezone && { timezone }) };
  });
}

async function readDetails(account: Account, ids: readonly string[]) {
  const query = new URLSearchParams({
    advertiser_ids: JSON.stringify(ids),
    fields: JSON.stringify(["advertiser_id", "name", "currency", "timezone"]),
  });
  const read = account.json({ path: `/advertiser/info/?${query}` }, AdvertiserDetails);
  return (await orIfRefused(read, { data: { list: [] } })).data.list;
}

const inBatches = <T>(items: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, index) => items.slice(index * size, (index + 1) * size));

export const tiktok: OAuthProvider = {
  id: "tiktok",
  name: "TikTok",
  description: {
    en: "TikTok for Business: advertisers, campaigns and their metrics.",
    fr: "TikTok for Business : annonceurs, campagnes et leurs chiffres.",
    he: "TikTok for Business: מפרסמים, קמפיינים והנתונים שלהם.",
  },
  api,
  hosts: [/^business-api\.tiktok\.com$/],
  oauth: {
    credentials: { clientId: "TIKTOK_CLIENT_ID", clientSecret: "TIKTOK_CLIENT_SECRET" },
    removal: {
      en: "the connected apps in the settings of your TikTok for Business account",
      fr: "les applications connectées dans les paramètres de votre compte TikTok for Business",
      he: "האפליקציות המחוברות בהגדרות חשבון TikTok for Business",
    },
    clientNames: { id: "app_id", secret: "secret" },
    endpoints: {
      authorize: "https://business-api.tiktok.com/portal/auth",
      token: `${api}/oauth2/access_token/`,
      revoke: `${api}/oauth2/revoke_token/`,
    },
    shop: null,
    identityScopes: [],
    // What the app may ask for is fixed where it is registered; the person may grant less. The numbers are TikTok's own.
    scopeSets: [
      {
        id: "figures",
        title: { en: "Advertisers and their metrics", fr: "Annonceurs et leurs chiffres", he: "מפרסמים והנתונים שלהם" },
        scopes: ["1", "4"],
        default: true,
      },
      {
        id: "ads",
        title: { en: "Managing campaigns", fr: "Gestion des campagnes", he: "ניהול קמפיינים" },
        scopes: ["1", "2", "6"],
        default: false,
      },
      {
        id: "audiences",
        title: { en: "Audiences", fr: "Audiences", he: "קהלים" },
        scopes: ["1", "3"],
        default: false,
      },
      {
        id: "events",
        title: { en: "Pixels and events", fr: "Pixels et événements", he: "פיקסלים ואירועים" },
        scopes: ["5", "8"],
        default: false,
      },
      {
        id: "catalogue",
        title: { en: "Product catalogue", fr: "Catalogue de produits", he: "קטלוג מוצרים" },
        scopes: ["9"],
        default: false,
      },
      {
        id: "leads",
        title: { en: "Leads from forms", fr: "Prospects des formulaires", he: "לידים מטפסים" },
        scopes: ["12000000"],
        default: false,
      },
      {
        id: "comments",
        title: { en: "Comments on ads", fr: "Commentaires des publicités", he: "תגובות למודעות" },
        scopes: ["15000000"],
        default: false,
      },
    ],
    // Apps, reach and frequency, creator marketplace.
    permissions: ["1", "2", "3", "4", "5", "6", "7", "8", "9", "10000", "12000000", "13000000", "15000000"],
    incremental: false,
    scopeParameters: () => ({}),
    pkce: false,
    clientAuthentication: "json",
    authorizeParameters: {},
    codeParameter: "auth_code",
    exchange: (request, { code = "" }) => request({ auth_code: code }),
    // Tokens live until the advertiser takes them back.
    defaultExpiresInS: null,
    renewals: [],
    tokenFailureOf: (reply) => failureOf(reply) ?? undefined,
    readGrant(reply) {
      const { data } = Tokens.parse(reply);
      return {
        accessToken: data.access_token,
        refreshToken: undefined,
        expiresInS: null,
        refreshExpiresInS: undefined,
        scopes: data.scope,
      };
    },
    authorization: ({ secrets, service, variable }) => ({
      headers: { "access-token": secrets.access_token ?? "" },
      ...(service === ofApp && { query: { app_id: variable("TIKTOK_CLIENT_ID"), secret: variable("TIKTOK_CLIENT_SECRET") } }),
    }),
    identify,
    // Whether a person's other token outlives it is not documented: taken for the whole grant, so that nobody else's is ended.
    revocation: {
      ends: "grant",
      request: ({ accessToken, clientId, clientSecret }) => ({
        method: "POST",
        headers: { "content-type": "application/json", "access-token": accessToken },
        body: JSON.stringify({ app_id: clientId, secret: clientSecret, access_token: accessToken }),
      }),
    },
  },
  choices: [
    {
      kind: "advertiser",
      title: { en: "Advertisers", fr: "Annonceurs", he: "מפרסמים" },
      choose: { en: "Choose advertisers", fr: "Choisissez des annonceurs", he: "בחירת מפרסמים" },
      many: true,
      scopes: ["1"],
      list: listAdvertisers,
    },
  ],
  failureOf,
  async probe(account) {
    await readAdvertisers(account);
  },
};
