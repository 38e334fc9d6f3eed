import * as z from "zod";
import type { Account } from "#server/catalog/account.ts";
import type { Failure, OAuthProvider, Reply } from "#server/catalog/provider.ts";
import { bearer, byRefreshToken, failureOfStatus, readStandardGrant, retiredVersion } from "./replies.ts";

/** LinkedIn never assumes one: each request to its versioned API names it. */
const version = "202607";

const LinkedInError = z.object({
  status: z.number().min(400),
  serviceErrorCode: z.number().optional(),
  code: z.string().optional(),
  message: z.string().default(""),
});

function failureOf({ status, headers, body }: Reply): Failure | null {
  const said = LinkedInError.safeParse(body).data;
  const actual = status < 400 ? (said?.status ?? status) : status;
  const message = said ? `${said.serviceErrorCode ?? ""} ${said.code ?? ""} ${said.message}`.trim() : `status ${status}`;
  // The version that we send is at its end: a deployment of ours mends it, nobody else can.
  if (actual === 426) return retiredVersion(version, message);
  return failureOfStatus(actual, headers, message);
}

const TokenError = z.object({ error: z.literal("invalid_request"), error_description: z.string().default("") });

/** A dead refresh token is answered as `invalid_request` too, not only as `invalid_grant`. */
function tokenFailureOf({ status, body }: Reply): Failure | undefined {
  const said = TokenError.safeParse(body).data;
  if (said === undefined || status >= 500 || status === 429) return undefined;
  const message = `token endpoint: invalid_request ${said.error_description}`;
  const ours = /client_?\s?(id|secret)|parameter.*missing|missing.*parameter/i.test(said.error_description);
  return { kind: ours ? "misconfigured" : "revoked", message };
}

const Person = z.object({
  sub: z.string().min(1),
  name: z.string().nullish(),
  email: z.string().nullish(),
  locale: z.object({ country: z.string(), language: z.string() }).nullish().catch(null),
});

const readPerson = (account: Account) => account.json({ path: "/v2/userinfo" }, Person);

export const linkedin: OAuthProvider = {
  id: "linkedin",
  name: "LinkedIn",
  description: {
    en: "Posts in your name and on your company page, and ad metrics.",
    fr: "Publications en votre nom et sur la page de votre entreprise, et chiffres de vos annonces.",
    he: "פוסטים בשמך ובעמוד החברה שלך, ונתוני המודעות שלך.",
  },
  api: "https://api.linkedin.com",
  hosts: [/^(www|api)\.linkedin\.com$/],
  oauth: {
    credentials: { clientId: "LINKEDIN_CLIENT_ID", clientSecret: "LINKEDIN_CLIENT_SECRET" },
    removal: {
      en: "Settings & Privacy, Data privacy, Permitted services, on LinkedIn",
      fr: "Préférences et confidentialité, Confidentialité des données, Services autorisés, sur LinkedIn",
      he: "הגדרות ופרטיות, פרטיות הנתונים, שירותים מורשים, ב-LinkedIn",
    },
    endpoints: {
      authorize: "https://www.linkedin.com/oauth/v2/authorization",
      token: "https://www.linkedin.com/oauth/v2/accessToken",
    },
    shop: null,
    identityScopes: ["openid", "profile", "email"],
    scopeSets: [
      {
        id: "share",
        title: { en: "Posts in your name", fr: "Publications en votre nom", he: "פוסטים בשמך" },
        scopes: ["w_member_social"],
        default: true,
      },
      {
        id: "pages",
        title: {
          en: "Company pages: posts and metrics",
          fr: "Pages d’entreprise : publications et chiffres",
          he: "עמודי חברה: פוסטים ונתונים",
        },
        scopes: ["r_organization_social", "w_organization_social", "rw_organization_admin"],
        default: false,
      },
      {
        id: "ads",
        title: { en: "Ad metrics", fr: "Chiffres de vos annonces", he: "נתוני המודעות שלך" },
        scopes: ["r_ads", "r_ads_reporting"],
        default: false,
      },
    ],
    permissions: ["r_organization_admin", "rw_ads"],
    incremental: false,
    // This endpoint has none; native apps have another one.
    pkce: false,
    clientAuthentication: "body",
    authorizeParameters: {},
    defaultExpiresInS: 60 * 86_400,
    // Only apps that LinkedIn approved for it are given a refresh token; with the others a person connects again every 60 days.
    renewals: [byRefreshToken({ rotates: false, retryable: true })],
    tokenFailureOf,
    readGrant: (reply) => readStandardGrant(reply, /[ ,]+/),
    authorization: ({ secrets }) => ({
      headers: { ...bearer(secrets), "linkedin-version": version, "x-restli-protocol-version": "2.0.0" },
    }),
    async identify(account) {
      const { sub, name, email, locale } = await readPerson(account);
      return {
        externalId: sub,
        name: name || email || sub,
        details: {
          ...(name && { contact: name }),
          ...(email && { email }),
          ...(locale && { locale: `${locale.language}-${locale.country}` }),
        },
      };
    },
    // Nothing public: the person takes access away in their own settings.
    revocation: null,
    lives: { consentS: 365 * 86_400 },
  },
  // Each version is promised twelve months, and the last ones (202601, 202603) end in the middle of the month a year on.
  versions: [{ name: version, endsOn: "2027-07-15" }],
  failureOf,
  async probe(account) {
    await readPerson(account);
  },
};
