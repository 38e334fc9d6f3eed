import * as z from "zod";
import type { Account } from "#server/catalog/account.ts";
import { type Failure, FieldFault, type Identity, type KeyProvider, type OAuthProvider, type Reply } from "#server/catalog/provider.ts";
import { klaviyoRevision } from "./klaviyo-api.ts";
import { klaviyoRates } from "./klaviyo-rates.ts";
import { bearer, byRefreshToken, clientCredentials, failureOfStatus, readStandardGrant, retiredVersion } from "./replies.ts";
import { typed } from "./typed.ts";

const Errors = z.object({
  errors: z.array(z.object({ status: z.coerce.number().optional(), code: z.string().default(""), detail: z.string().default("") })).min(1),
});

/** JSON:API errors; the status in the first one counts where the reply itself says 200. */
function failureOf({ status, headers, body }: Reply): Failure | null {
  const failed = Errors.safeParse(body);
  const first = failed.success ? failed.data.errors[0] : undefined;
  const message = first ? `${first.code}: ${first.detail}` : `status ${status}`;
  // Two years after a revision came out. What was deleted is a 404.
  if (status === 410) return retiredVersion(`revision ${klaviyoRevision}`, message);
  return failureOfStatus(status < 400 && first ? (first.status ?? 500) : status, headers, message);
}

const Accounts = z.object({
  data: z
    .array(
      z.object({
        id: z.string(),
        attributes: z.object({
          contact_information: z
            .object({
              organization_name: z.string().nullish(),
              default_sender_name: z.string().nullish(),
              default_sender_email: z.string().nullish(),
            })
            .nullish(),
          locale: z.string().nullish(),
          timezone: z.string().nullish(),
          preferred_currency: z.string().nullish(),
          test_account: z.boolean().nullish(),
        }),
      }),
    )
    .length(1, "one account a token"),
});

async function identify(account: Account): Promise<Identity> {
  const { data } = await account.json({ path: "/api/accounts" }, Accounts);
  const [found] = data;
  if (!found) throw new Error("the schema lets no empty list through");
  const { contact_information: contact, locale, timezone, preferred_currency: currency, test_account: testAccount } = found.attributes;
  return {
    externalId: found.id,
    name: contact?.organization_name || found.id,
    details: {
      ...(timezone && { timezone }),
      ...(currency && { currency }),
      ...(typeof testAccount === "boolean" && { testAccount }),
      ...(locale && { locale }),
      ...(contact?.default_sender_name && { contact: contact.default_sender_name }),
      ...(contact?.default_sender_email && { email: contact.default_sender_email }),
    },
  };
}

/** A private key says whose it is; the public one, which the client typed beside it, must be of the same account. */
async function identifyKey(account: Account): Promise<Identity> {
  const identity = await identify(account);
  if (identity.externalId === account.fields.public_key) return identity;
  throw new FieldFault("public_key", {
    en: "The private key and this public key belong to different Klaviyo accounts.",
    fr: "La clé privée appartient à un autre compte Klaviyo que cette clé publique.",
    he: "המפתח הפרטי שייך לחשבון Klaviyo אחר מזה של המפתח הציבורי.",
  });
}

export const klaviyo: OAuthProvider & KeyProvider = {
  id: "klaviyo",
  name: "Klaviyo",
  description: {
    en: "Lists, segments, flows and campaigns, and how your emails perform.",
    fr: "Listes, segments, flux et campagnes, et les résultats de vos e-mails.",
    he: "רשימות, סגמנטים, תהליכים וקמפיינים, וביצועי האימייל שלך.",
  },
  api: "https://a.klaviyo.com",
  hosts: [/^a\.klaviyo\.com$/],
  oauth: {
    credentials: { clientId: "KLAVIYO_CLIENT_ID", clientSecret: "KLAVIYO_CLIENT_SECRET" },
    removal: {
      en: "Integrations in your Klaviyo account",
      fr: "Integrations dans votre compte Klaviyo",
      he: "Integrations בחשבון Klaviyo",
    },
    endpoints: {
      authorize: "https://www.klaviyo.com/oauth/authorize",
      // Not www: token traffic to it is refused since 2025-03-31.
      token: "https://a.klaviyo.com/oauth/token",
      revoke: "https://a.klaviyo.com/oauth/revoke",
    },
    shop: null,
    opensClient: "shop",
    identityScopes: ["accounts:read"],
    scopeSets: [
      {
        id: "marketing",
        title: { en: "Audiences and email metrics", fr: "Audiences et chiffres des e-mails", he: "קהלים ונתוני אימייל" },
        scopes: ["lists:read", "segments:read", "profiles:read", "flows:read", "campaigns:read", "metrics:read", "events:read"],
        default: true,
      },
      {
        id: "events",
        title: { en: "Events that start flows", fr: "Événements qui démarrent des flux", he: "אירועים שמפעילים תהליכים" },
        scopes: ["events:write", "profiles:read"],
        default: false,
        acts: true,
      },
      {
        id: "profiles",
        title: { en: "Properties on profiles", fr: "Propriétés des profils", he: "מאפיינים בפרופילים" },
        // An import of profiles takes lists:write, also where it names no list (developers.klaviyo.com, Bulk Import Profiles).
        scopes: ["profiles:read", "profiles:write", "lists:write"],
        default: false,
        acts: true,
      },
      {
        id: "lists",
        title: { en: "Lists and who is on them", fr: "Listes et leurs membres", he: "רשימות ומי שבהן" },
        // Members are profiles: putting one on a list takes both (openapi, add_profiles_to_list).
        scopes: ["lists:read", "lists:write", "profiles:read", "profiles:write"],
        default: false,
        acts: true,
      },
      {
        id: "catalog",
        title: { en: "Products in the catalog", fr: "Produits du catalogue", he: "מוצרים בקטלוג" },
        scopes: ["catalogs:read", "catalogs:write"],
        default: false,
        acts: true,
      },
      {
        id: "coupons",
        title: { en: "Coupon codes", fr: "Codes promo", he: "קודי קופון" },
        scopes: ["coupons:read", "coupons:write", "coupon-codes:read", "coupon-codes:write"],
        default: false,
        acts: true,
      },
    ],
    incremental: false,
    pkce: true,
    clientAuthentication: "basic",
    authorizeParameters: {},
    defaultExpiresInS: 3600,
    // Whether it rotates is not documented: what comes back is kept, and a used one is not counted on.
    renewals: [byRefreshToken({ rotates: true, retryable: false })],
    readGrant: (reply) => readStandardGrant(reply, " "),
    authorization: ({ secrets }) => ({ headers: { ...bearer(secrets), revision: klaviyoRevision } }),
    identify,
    revocation: {
      ends: "token",
      request: ({ accessToken, refreshToken, clientId, clientSecret }) => ({
        method: "POST",
        headers: { authorization: clientCredentials(clientId, clientSecret), "content-type": "application/x-www-form-urlencoded" },
        body: new URLSearchParams({
          token_type_hint: refreshToken === undefined ? "access_token" : "refresh_token",
          token: refreshToken ?? accessToken,
        }).toString(),
      }),
    },
    lives: { unusedS: 90 * 86_400 },
  },
  key: {
    removal: { en: "Settings, API keys, in Klaviyo", fr: "Settings, API keys, dans Klaviyo", he: "Settings ואז API keys, ב-Klaviyo" },
    fields: [
      {
        name: "private_key",
        label: { en: "Private API key", fr: "Clé d’API privée", he: "מפתח API פרטי" },
        hint: {
          en: "In Klaviyo under Settings, API keys, with read access at least. It begins with pk_.",
          fr: "Dans Klaviyo, sous Settings, API keys, avec un accès en lecture au moins. Elle commence par pk_.",
          he: "ב-Klaviyo תחת Settings ואז API keys, עם הרשאת קריאה לפחות. הוא מתחיל ב-pk_.",
        },
        secret: true,
        schema: typed(/^pk_\w{20,100}$/),
        placeholder: "pk_…",
      },
      {
        name: "public_key",
        label: { en: "Public API key (site ID)", fr: "Clé d’API publique (identifiant de site)", he: "מפתח API ציבורי (מזהה האתר)" },
        hint: {
          en: "Six characters, on the same page.",
          fr: "Six caractères, sur la même page.",
          he: "שישה תווים, באותו עמוד.",
        },
        secret: false,
        schema: typed(/^[A-Za-z0-9]{6}$/),
      },
    ],
    authorization: ({ secrets }) => ({
      headers: { authorization: `Klaviyo-API-Key ${secrets.private_key ?? ""}`, revision: klaviyoRevision },
    }),
    identify: identifyKey,
  },
  rates: klaviyoRates,
  failureOf,
  async probe(account) {
    await account.json({ path: "/api/accounts" }, Accounts);
  },
  async facts(account) {
    const { currency, timezone } = (await identify(account)).details;
    return { ...(currency !== undefined && { currency }), ...(timezone !== undefined && { timezone }) };
  },
};
