import type { Grant } from "#sandbox/oauth/ledger.ts";
import { currentPlace, type Place } from "#sandbox/places.ts";
import type { Call, SandboxState } from "#sandbox/providers/provider.ts";
import { json } from "#sandbox/reply.ts";
import { listAccessibleCustomers, searchCustomers } from "./ads.ts";
import { googleError, insufficientScope } from "./error.ts";
import { personOf } from "./identity.ts";
import { accountSummaries, calendars, propertiesOf, searchSites } from "./properties.ts";
import { runReport } from "./report.ts";

interface Address {
  method: "GET" | "POST";
  path: RegExp;
  service: string;
  /** One of these is enough; written without the common prefix. */
  scopes: string[];
  answer(grant: Grant, call: Call, id: string, place: Place): Response;
}

const prefix = "https://www.googleapis.com/auth/";

/** ../shared/providers.md, Google / 1 OAuth (identity, selection lists) and / 5 Reads. */
const addresses: Address[] = [
  {
    method: "GET",
    path: /^\/(?:openidconnect\/v1\/userinfo|www\/oauth2\/v3\/userinfo)$/,
    service: "openidconnect",
    scopes: ["openid", "email", "profile", "userinfo.email", "userinfo.profile"],
    answer: (grant) => json(userinfo(grant)),
  },
  {
    method: "GET",
    path: /^\/analyticsadmin\/v1beta\/accountSummaries$/,
    service: "analyticsadmin",
    scopes: ["analytics.readonly", "analytics.edit", "analytics"],
    answer: (grant) => json({ accountSummaries: accountSummaries(grant.account) }),
  },
  {
    method: "POST",
    path: /^\/analyticsdata\/v1beta\/properties\/(\d+):runReport$/,
    service: "analyticsdata",
    scopes: ["analytics.readonly", "analytics"],
    answer: (grant, call, id, place) => {
      const property = propertiesOf(grant.account, place).find((each) => each.id === id);
      return property
        ? runReport(property, call.body, call.now)
        : googleError(403, "PERMISSION_DENIED", "User does not have sufficient permissions for this property.");
    },
  },
  {
    method: "GET",
    path: /^\/www\/webmasters\/v3\/sites$/,
    service: "searchconsole",
    scopes: ["webmasters.readonly", "webmasters"],
    answer: (grant) => json({ siteEntry: searchSites(grant.account) }),
  },
  {
    method: "GET",
    path: /^\/www\/calendar\/v3\/users\/me\/calendarList$/,
    service: "calendar",
    scopes: ["calendar", "calendar.readonly", "calendar.calendarlist.readonly"],
    answer: (grant) => json({ kind: "calendar#calendarList", items: calendars(grant.account) }),
  },
  {
    method: "GET",
    path: /^\/googleads\/v2[3-6]\/customers:listAccessibleCustomers$/,
    service: "googleads",
    scopes: ["adwords"],
    answer: (grant) => listAccessibleCustomers(grant.account),
  },
  {
    method: "POST",
    path: /^\/googleads\/v2[3-6]\/customers\/(\d{10})\/googleAds:searchStream$/,
    service: "googleads",
    scopes: ["adwords"],
    answer: (grant, call, id) => searchCustomers(grant.account, call, id),
  },
];

export function answerGoogle(state: SandboxState, call: Call, grant: Grant): Response {
  for (const { method, path, service, scopes, answer } of addresses) {
    const match = path.exec(call.route.path);
    if (!match || call.request.method !== method) continue;
    if (!scopes.some((scope) => grant.scopes.includes(scope) || grant.scopes.includes(prefix + scope))) return insufficientScope(service);
    return answer(grant, call, match[1] ?? "", currentPlace(state.places, "google", grant.account));
  }
  return googleError(404, "NOT_FOUND", "Requested entity was not found.");
}

/** Only what the scopes allow: `openid` alone gives the subject. */
function userinfo({ account, scopes }: Grant) {
  const { sub, name, email, email_verified, picture } = personOf(account);
  const has = (short: string) => scopes.includes(short) || scopes.includes(`${prefix}userinfo.${short}`);
  return { sub, ...(has("profile") && { name, picture }), ...(has("email") && { email, email_verified }) };
}
