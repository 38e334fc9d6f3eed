import * as z from "zod";
import type { Account } from "#server/catalog/account.ts";
import type { AccountFacts, Failure, Grant, Identity, OAuthProvider, Rates, Reply } from "#server/catalog/provider.ts";
import { bearer, byRefreshToken, failureOfStatus, readScopes, readStandardGrant } from "./replies.ts";
import { windowOf } from "./windows.ts";

/** Dated: `/oauth/v1` ends on 2027-02-16. */
const tokenUrl = "https://api.hubapi.com/oauth/2026-03/token";

const Words = z.object({
  /** "error" in an API's reply; at the older token endpoint the code itself, as in BAD_REFRESH_TOKEN. */
  status: z.string().default(""),
  category: z.string().default(""),
  subCategory: z.string().nullish(),
  message: z.string().default(""),
  policyName: z.string().nullish(),
  errors: z
    .array(z.object({ message: z.string().default(""), code: z.string().nullish(), context: z.record(z.string(), z.unknown()).nullish() }))
    .default([]),
});
type Words = z.infer<typeof Words>;

/** Seconds that a limit's name asks for; HubSpot sends no Retry-After. Source: the retries of @hubspot/api-client 13.5. A day's ends at the account's midnight. */
const waitsS: Readonly<Record<string, number>> = { TEN_SECONDLY_ROLLING: 10, SECONDLY: 1, DAILY: 3600 };
const lockedWaitS = 2;

function failureOf({ status, headers, body }: Reply): Failure | null {
  const said = Words.safeParse(body).data;
  if (said === undefined || !said.category) return limited(status, said) ?? failureOfStatus(status, headers, `status ${status}`);
  const message = `${said.category} ${said.message}`.trim();
  // A failure that is dressed as a success says itself that it is one.
  if (status < 400) return said.status === "error" ? { kind: "unavailable", message } : null;
  if (status !== 403) return limited(status, said) ?? failureOfStatus(status, headers, message);
  return said.category === "MISSING_SCOPES" ? { kind: "missing_scopes", message, ...scopesOf(said) } : { kind: "rejected", message };
}

function limited(status: number, said: Words | undefined): Failure | null {
  // Another write holds the record: nothing was done.
  if (status === 423) return { kind: "rate_limited", message: "locked", retryAfterS: lockedWaitS, ofRecord: true };
  if (status !== 429) return null;
  const policy = said?.policyName ?? /your (\w+) limit/.exec(said?.message ?? "")?.[1]?.toUpperCase() ?? "";
  const retryAfterS = waitsS[policy];
  return {
    kind: "rate_limited",
    message: policy || "rate limit",
    ...(retryAfterS !== undefined && { retryAfterS }),
    ...(policy === "DAILY" && { untilMidnight: true }),
  };
}

/**
 * What our app may call in one account, a little below what HubSpot lets it: searches have a limit of their own, which all apps share
 * and of which replies say nothing (../shared/writes-and-voice.md, HubSpot / limits and errors).
 */
const rates: Rates = {
  of: ({ path }) => [path.endsWith("/search") ? windowOf("searches", 4, 1) : windowOf("calls", 90, 10)],
  said: ({ headers }, limits) => {
    const left = Number(headers.get("x-hubspot-ratelimit-remaining") ?? Number.NaN);
    return { said: Number.isFinite(left) && limits.some(({ name }) => name === "calls") ? [{ name: "calls", left }] : [] };
  },
};

function scopesOf({ errors }: Words): { scopes?: string[] } {
  const lists = errors.flatMap(({ context }) => [context?.requiredGranularScopes ?? context?.requiredScopes ?? []]).flat();
  const scopes = lists.filter((scope): scope is string => typeof scope === "string");
  return scopes.length > 0 ? { scopes } : {};
}

/**
 * The dated endpoints answer HubSpot's usual error, the older ones a code as `status`, both may answer RFC 6749's; all are read,
 * so that a moved endpoint takes no connection down.
 */
function tokenFailureOf({ status, body }: Reply): Failure | undefined {
  const said = Words.safeParse(body).data;
  if (said === undefined || status < 400 || status === 429 || status >= 500) return undefined;
  const words = [said.status, said.category, said.subCategory, said.message, ...said.errors.flatMap((each) => [each.code, each.message])];
  const text = words.filter(Boolean).join(" ");
  const message = `token endpoint: ${text}`;
  if (/\bBAD_(REFRESH_TOKEN|AUTH_CODE)\b/.test(text)) return { kind: "revoked", message };
  if (/client.?(id|secret)|redirect.?uri/i.test(text)) return { kind: "misconfigured", message };
  if (/refresh.?token|auth(orization)?.?code|code.?verifier/i.test(text)) return { kind: "revoked", message };
  return undefined;
}

const Scopes = z.object({ scopes: z.unknown().optional() });

/** Its own `scopes`, or RFC 6749's `scope`; a reply that names neither leaves it to the introspection. */
function readGrant(reply: unknown): Grant {
  const grant = readStandardGrant(reply, " ");
  return { ...grant, scopes: readScopes(Scopes.parse(reply).scopes, " ") ?? grant.scopes };
}

const Portal = z.object({ portalId: z.coerce.string(), timeZone: z.string().nullish(), companyCurrency: z.string().nullish() });
const Introspection = z.object({
  hub_domain: z.string().nullish(),
  user: z.string().nullish(),
  scopes: z.unknown().optional(),
  scope: z.unknown().optional(),
});

const readPortal = (account: Account) => account.json({ path: "/account-info/v3/details" }, Portal);

const factsOf = ({ companyCurrency, timeZone }: z.infer<typeof Portal>): AccountFacts => ({
  ...(companyCurrency && { currency: companyCurrency }),
  ...(timeZone && { timezone: timeZone }),
});

/** A login is one portal: several of them are several connections. Only the introspection knows what people call it. */
async function identify(account: Account, introspect: () => Promise<unknown>): Promise<Identity> {
  const [portal, introspected] = await Promise.all([readPortal(account), introspect()]);
  const { hub_domain: domain, user, ...said } = Introspection.safeParse(introspected).data ?? {};
  const scopes = readScopes(said.scopes ?? said.scope, " ");
  return {
    externalId: portal.portalId,
    name: domain || `HubSpot ${portal.portalId}`,
    ...(scopes && { scopes }),
    details: {
      ...factsOf(portal),
      ...(user?.includes("@") && { email: user }),
    },
  };
}

export const hubspot: OAuthProvider = {
  id: "hubspot",
  name: "HubSpot",
  description: {
    en: "Contacts, companies and deals in your CRM.",
    fr: "Contacts, entreprises et transactions de votre CRM.",
    he: "אנשי הקשר, החברות והעסקאות ב-CRM שלך.",
  },
  api: "https://api.hubapi.com",
  hosts: [/^api\.hubapi\.com$/],
  oauth: {
    credentials: { clientId: "HUBSPOT_CLIENT_ID", clientSecret: "HUBSPOT_CLIENT_SECRET" },
    removal: {
      en: "Settings, Integrations, Connected apps, in HubSpot",
      fr: "Paramètres, Intégrations, Applications connectées, dans HubSpot",
      he: "הגדרות, שילובים, אפליקציות מחוברות, ב-HubSpot",
    },
    endpoints: {
      authorize: "https://app.hubspot.com/oauth/authorize",
      token: tokenUrl,
      revoke: `${tokenUrl}/revoke`,
      introspect: `${tokenUrl}/introspect`,
    },
    shop: null,
    opensClient: "company",
    identityScopes: ["oauth"],
    scopeSets: [
      {
        id: "crm",
        title: {
          en: "Contacts, companies, deals and lists",
          fr: "Contacts, entreprises, transactions et listes",
          he: "אנשי קשר, חברות, עסקאות ורשימות",
        },
        scopes: [
          "crm.objects.contacts.read",
          "crm.objects.companies.read",
          "crm.objects.deals.read",
          "crm.objects.owners.read",
          "crm.lists.read",
        ],
        default: true,
      },
      {
        id: "crm-write",
        title: {
          en: "Add and change contacts, companies, deals and lists",
          fr: "Ajouter et modifier contacts, entreprises, transactions et listes",
          he: "הוספה ושינוי של אנשי קשר, חברות, עסקאות ורשימות",
        },
        scopes: ["crm.objects.contacts.write", "crm.objects.companies.write", "crm.objects.deals.write", "crm.lists.write"],
        default: false,
        acts: true,
      },
      {
        id: "crm-schemas",
        title: {
          en: "Read and add properties of contacts, companies and deals",
          fr: "Lire et ajouter des propriétés des contacts, entreprises et transactions",
          he: "קריאה והוספה של מאפיינים באנשי קשר, חברות ועסקאות",
        },
        scopes: [
          ...["crm.schemas.contacts.read", "crm.schemas.companies.read", "crm.schemas.companies.write"],
          ...["crm.schemas.deals.read", "crm.schemas.deals.write"],
        ],
        default: false,
        acts: true,
      },
      {
        id: "commerce",
        title: { en: "Orders and products", fr: "Commandes et produits", he: "הזמנות ומוצרים" },
        scopes: ["crm.objects.orders.read", "crm.objects.line_items.read", "crm.objects.products.read"],
        default: false,
      },
      {
        id: "service",
        title: { en: "Tickets and conversations", fr: "Tickets et conversations", he: "פניות ושיחות" },
        scopes: ["tickets", "conversations.read"],
        default: false,
      },
      {
        id: "marketing",
        title: {
          en: "Forms, pages, workflows and analytics",
          fr: "Formulaires, pages, workflows et statistiques",
          he: "טפסים, עמודים, תהליכים ונתונים",
        },
        scopes: ["forms", "content", "automation", "analytics.read"],
        default: false,
      },
    ],
    permissions: ["sales-email-read", "transactional-email", "conversations.write"],
    incremental: false,
    // All of `scope` must be what the app is configured with, whatever the client chose, and a portal whose plan lacks one of it
    // could not connect at all. So only `oauth` stands there; what of the rest the portal has is granted, and named if not.
    scopeParameters: (scopes) => ({ scope: "oauth", optional_scope: scopes.filter((scope) => scope !== "oauth").join(" ") }),
    pkce: true,
    clientAuthentication: "body",
    authorizeParameters: {},
    defaultExpiresInS: 1800,
    // In practice the same refresh token comes back; what comes is kept.
    renewals: [byRefreshToken({ rotates: false, retryable: true })],
    tokenFailureOf,
    readGrant,
    authorization: ({ secrets }) => ({ headers: bearer(secrets) }),
    identify,
    revocation: {
      ends: "token",
      request: ({ accessToken, refreshToken, clientId, clientSecret }) => ({
        method: "POST",
        headers: { "content-type": "application/x-www-form-urlencoded" },
        body: new URLSearchParams({
          client_id: clientId,
          client_secret: clientSecret,
          token: refreshToken ?? accessToken,
          token_type_hint: refreshToken === undefined ? "access_token" : "refresh_token",
        }).toString(),
      }),
    },
  },
  rates,
  failureOf,
  async probe(account) {
    await readPortal(account);
  },
  facts: async (account) => factsOf(await readPortal(account)),
};
