import * as z from "zod";
import type { Account } from "#server/catalog/account.ts";
import { readPages } from "#server/catalog/places.ts";
import type { Choice, Failure, OAuthProvider, Reply } from "#server/catalog/provider.ts";
import type { Resource } from "#server/catalog/resource.ts";
import { AdsError, adsFailureOf, adsVersion, listAdsCustomers } from "./google-ads.ts";
import { bearer, byRefreshToken, failureOfStatus, readStandardGrant } from "./replies.ts";

const prefix = "https://www.googleapis.com/auth/";
const analytics = `${prefix}analytics.readonly`;
const searchConsole = `${prefix}webmasters.readonly`;
const calendar = `${prefix}calendar.readonly`;
const adwords = `${prefix}adwords`;
const gmailSend = `${prefix}gmail.send`;
/** Google may answer the long names of what was asked for by the short ones. */
const longNames: Readonly<Record<string, string>> = { email: `${prefix}userinfo.email`, profile: `${prefix}userinfo.profile` };
const maxPages = 10;

const GoogleError = z.object({
  error: z.object({
    code: z.number().optional(),
    message: z.string().default(""),
    status: z.string().default(""),
    errors: z.array(z.object({ reason: z.string().optional() })).optional(),
    details: z.array(z.object({ reason: z.string().optional(), errors: z.array(AdsError).optional() })).optional(),
  }),
});
const limitReasons = /^(rateLimitExceeded|userRateLimitExceeded|quotaExceeded|dailyLimitExceeded)$/;

function failureOf({ status, headers, body }: Reply): Failure | null {
  // A stream of Google Ads fails as a list of one.
  const failed = GoogleError.safeParse(Array.isArray(body) ? body[0] : body);
  if (!failed.success) return failureOfStatus(status, headers, `status ${status}`);
  const { error } = failed.data;
  const code = status < 400 ? (error.code ?? 500) : status;
  const message = `${error.status} ${error.message}`.trim();
  const [adsError] = (error.details ?? []).flatMap(({ errors }) => errors ?? []);
  const ofAds = adsError && adsFailureOf(adsError);
  if (ofAds) return ofAds;
  if (code !== 403) return failureOfStatus(code, headers, message);
  const reasons = [...(error.errors ?? []), ...(error.details ?? [])].map(({ reason }) => reason ?? "");
  if (error.status === "RESOURCE_EXHAUSTED" || reasons.some((reason) => limitReasons.test(reason))) {
    return failureOfStatus(429, headers, message);
  }
  return { kind: reasons.includes("ACCESS_TOKEN_SCOPE_INSUFFICIENT") ? "missing_scopes" : "rejected", message };
}

const Person = z.object({ sub: z.string(), name: z.string().optional(), email: z.string().optional() });
const Properties = z.object({
  accountSummaries: z
    .array(z.object({ propertySummaries: z.array(z.object({ property: z.string(), displayName: z.string().default("") })).default([]) }))
    .default([]),
  nextPageToken: z.string().optional(),
});
const Sites = z.object({ siteEntry: z.array(z.object({ siteUrl: z.string(), permissionLevel: z.string() })).default([]) });
const Calendars = z.object({
  items: z.array(z.object({ id: z.string(), summary: z.string().default("") })).default([]),
  nextPageToken: z.string().optional(),
});

const choices: readonly Choice[] = [
  {
    kind: "ga4_property",
    title: { en: "Analytics property", fr: "Propriété Analytics", he: "נכס Analytics" },
    choose: { en: "Choose an Analytics property", fr: "Choisissez une propriété Analytics", he: "בחירת נכס Analytics" },
    many: false,
    scopes: [analytics],
    list: (account) =>
      everyPage(async (pageToken) => {
        const path = `/v1beta/accountSummaries?pageSize=200${pageToken}`;
        const page = await account.json({ service: "analyticsadmin", path }, Properties);
        const found = page.accountSummaries.flatMap(({ propertySummaries }) => propertySummaries);
        const items = found.map(({ property, displayName }) => {
          const id = property.replace(/^properties\//, "");
          return { kind: "ga4_property", id, name: displayName || id };
        });
        return { items, next: page.nextPageToken };
      }),
  },
  {
    kind: "gsc_site",
    title: { en: "Search Console site", fr: "Site Search Console", he: "אתר Search Console" },
    choose: { en: "Choose a Search Console site", fr: "Choisissez un site Search Console", he: "בחירת אתר Search Console" },
    many: false,
    scopes: [searchConsole],
    async list(account) {
      const { siteEntry } = await account.json({ path: "/webmasters/v3/sites" }, Sites);
      return siteEntry
        .filter(({ permissionLevel }) => permissionLevel !== "siteUnverifiedUser")
        .map(({ siteUrl }) => ({ kind: "gsc_site", id: siteUrl, name: siteUrl.replace(/^sc-domain:/, "") }));
    },
  },
  {
    kind: "calendar",
    title: { en: "Calendars", fr: "Agendas", he: "יומנים" },
    choose: { en: "Choose calendars", fr: "Choisissez des agendas", he: "בחירת יומנים" },
    many: true,
    scopes: [calendar],
    list: (account) =>
      everyPage(async (pageToken) => {
        const path = `/calendar/v3/users/me/calendarList?maxResults=250${pageToken}`;
        const page = await account.json({ path }, Calendars);
        return { items: page.items.map(({ id, summary }) => ({ kind: "calendar", id, name: summary || id })), next: page.nextPageToken };
      }),
  },
  {
    kind: "ads_customer",
    title: { en: "Google Ads accounts", fr: "Comptes Google Ads", he: "חשבונות Google Ads" },
    choose: { en: "Choose Google Ads accounts", fr: "Choisissez des comptes Google Ads", he: "בחירת חשבונות Google Ads" },
    many: true,
    scopes: [adwords],
    list: listAdsCustomers,
  },
];

/** Google's lists name the next page by a token. */
async function everyPage(read: (pageToken: string) => Promise<{ items: Resource[]; next: string | undefined }>): Promise<Resource[]> {
  const { items } = await readPages((token) => read(token === null ? "" : `&pageToken=${encodeURIComponent(token)}`), { most: maxPages });
  return items;
}

const readPerson = (account: Account) => account.json({ service: "openidconnect", path: "/v1/userinfo" }, Person);

export const google: OAuthProvider = {
  id: "google",
  name: "Google",
  description: {
    en: "Analytics, Search Console, Ads, Calendar and Gmail.",
    fr: "Analytics, Search Console, Ads, Agenda et Gmail : visiteurs, recherches, campagnes et créneaux libres.",
    he: "Analytics, Search Console, Ads, יומן ו-Gmail: מבקרים, חיפושים, קמפיינים ושעות פנויות.",
  },
  api: "https://{service}.googleapis.com",
  hosts: [/^[a-z0-9]+\.googleapis\.com$/],
  service: "www",
  oauth: {
    credentials: { clientId: "GOOGLE_CLIENT_ID", clientSecret: "GOOGLE_CLIENT_SECRET" },
    removal: { en: "myaccount.google.com/connections", fr: "myaccount.google.com/connections", he: "myaccount.google.com/connections" },
    endpoints: {
      authorize: "https://accounts.google.com/o/oauth2/v2/auth",
      token: "https://oauth2.googleapis.com/token",
      revoke: "https://oauth2.googleapis.com/revoke",
    },
    shop: null,
    identityScopes: ["openid", "email", "profile"],
    scopeSets: [
      {
        id: "analytics",
        title: { en: "Analytics (GA4)", fr: "Analytics (GA4)", he: "Analytics (GA4)" },
        scopes: [analytics],
        default: true,
      },
      {
        id: "search-console",
        title: { en: "Search Console", fr: "Search Console", he: "Search Console" },
        scopes: [searchConsole],
        default: false,
      },
      { id: "calendar", title: { en: "Calendar", fr: "Agenda", he: "יומן" }, scopes: [calendar], default: false },
      { id: "ads", title: { en: "Google Ads", fr: "Google Ads", he: "Google Ads" }, scopes: [adwords], default: false },
      {
        id: "gmail",
        title: { en: "Sending email with Gmail", fr: "Envoi d’e-mails avec Gmail", he: "שליחת אימייל ב-Gmail" },
        scopes: [gmailSend],
        default: false,
      },
    ],
    incremental: true,
    grants: (granted, scope) => granted.includes(scope) || granted.includes(longNames[scope] ?? scope),
    pkce: true,
    clientAuthentication: "body",
    // Without `consent` a person who was asked before gets no refresh token.
    authorizeParameters: { access_type: "offline", prompt: "consent", include_granted_scopes: "true" },
    accountChoiceParameters: { prompt: "consent select_account" },
    defaultExpiresInS: 3600,
    renewals: [byRefreshToken({ rotates: false, retryable: true })],
    readGrant: (reply) => readStandardGrant(reply, " "),
    authorization: ({ secrets, service, resource }) => ({
      headers: {
        ...bearer(secrets),
        ...(service === "googleads" && {
          // The manager through which an account is reached: digits alone.
          ...(resource?.parent && { "login-customer-id": resource.parent.replace(/\D/g, "") }),
        }),
      },
    }),
    async identify(account) {
      const person = await readPerson(account);
      return {
        externalId: person.sub,
        name: person.email ?? person.name ?? person.sub,
        details: { ...(person.email && { email: person.email }) },
      };
    },
    // Ends the whole grant of this person for our application, whatever product it was for.
    revocation: {
      ends: "grant",
      request: ({ accessToken, refreshToken }) => ({
        method: "POST",
        headers: { "content-type": "application/x-www-form-urlencoded" },
        body: new URLSearchParams({ token: refreshToken ?? accessToken }).toString(),
      }),
    },
    lives: { unusedS: 182 * 86_400 },
  },
  choices,
  // Announced for the month, not for the day.
  versions: [{ name: `Google Ads API ${adsVersion}`, endsOn: "2027-08-01" }],
  failureOf,
  async probe(account) {
    await readPerson(account);
  },
};
