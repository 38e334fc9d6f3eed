import * as z from "zod";
import type { Account } from "#server/catalog/account.ts";
import type { Failure } from "#server/catalog/provider.ts";
import type { Resource } from "#server/catalog/resource.ts";
import { ProviderError } from "#server/errors.ts";
import { retiredVersion } from "./replies.ts";

/** Not the newest: what is read here was checked against this one's own description (../shared/ads-and-google.md, 0.10). */
export const adsVersion = "v25";
/** How many customers are asked at once: a Worker has six connections. */
const atOnce = 5;
/** Managers of managers of managers: Google allows six. */
const maxDepth = 6;

/** One error of Google Ads, inside of the usual one: `{errorCode: {quotaError: "RESOURCE_EXHAUSTED"}}`. */
export const AdsError = z.object({
  errorCode: z.record(z.string(), z.string()).default({}),
  message: z.string().default(""),
  details: z.object({ quotaErrorDetails: z.object({ retryDelay: z.string().optional() }).optional() }).optional(),
});

/**
 * About the Cloud project that our OAuth client is of, which has had the access level since developer tokens ended (2026-09-09): no
 * client can mend it. Versions before v25.1 still say it in the words of the token.
 */
const ours = /^(CLOUD_PROJECT_NOT_APPROVED_FOR_PRODUCTION|DEVELOPER_TOKEN_\w+|ACCESS_PROHIBITED|PROJECT_DISABLED)$/;

/**
 * How Google Ads failed, by its own words: its statuses mislead. Somebody without an Ads account gets a 401 (NOT_ADS_USER), which
 * says nothing against the tokens. Undefined where the words say no more than the status.
 */
export function adsFailureOf({ errorCode, message: words, details }: z.infer<typeof AdsError>): Failure | undefined {
  const [[family, name] = ["", ""]] = Object.entries(errorCode);
  const message = `${name}: ${words}`;
  if (name === "UNSUPPORTED_VERSION") return retiredVersion(`Google Ads API ${adsVersion}`, message);
  if (ours.test(name)) return { kind: "misconfigured", message };
  switch (family) {
    case "quotaError": {
      const retryAfterS = Number.parseFloat(details?.quotaErrorDetails?.retryDelay ?? "");
      return { kind: "rate_limited", message, ...(Number.isFinite(retryAfterS) && { retryAfterS }) };
    }
    case "authenticationError":
      return { kind: /^OAUTH_TOKEN_(REVOKED|EXPIRED|INVALID)$/.test(name) ? "revoked" : "rejected", message };
    case "authorizationError":
      return { kind: "rejected", message };
    default:
      return undefined;
  }
}

const AccessibleCustomers = z.object({ resourceNames: z.array(z.string()).default([]) });
const Customer = z.object({
  id: z.string(),
  descriptiveName: z.string().default(""),
  manager: z.boolean().default(false),
  status: z.string().default("ENABLED"),
  currencyCode: z.string().optional(),
  timeZone: z.string().optional(),
});
type Customer = z.infer<typeof Customer>;
const Batches = z.array(z.object({ results: z.array(z.object({ customerClient: Customer })).default([]) }));

/** A customer, and the one of this person's own through which it is reached: itself, or a manager above it. */
interface Place {
  id: string;
  through: string;
}

/**
 * The accounts that figures can be read of: those that were shared with this person, and those below a manager that was, however
 * deep. One that is reached in several ways is there once, directly if it can be. Managers have no figures of their own.
 */
export async function listAdsCustomers(account: Account): Promise<Resource[]> {
  const path = `/${adsVersion}/customers:listAccessibleCustomers`;
  const { resourceNames } = await account.json({ service: "googleads", path }, AccessibleCustomers);
  const own = resourceNames.map((name) => name.replace(/^customers\//, ""));
  const found = new Map<string, Resource>();
  const seen = new Set(own);
  let places: Place[] = own.map((id) => ({ id, through: id }));
  for (let depth = 0; depth < maxDepth && places.length > 0; depth++) {
    const all = await customersOf(account, places);
    places = [];
    for (const { customer, through } of all) {
      const isOwn = customer.id === through;
      if (!customer.manager) {
        if (isOwn || !found.has(customer.id)) found.set(customer.id, asResource(customer, isOwn ? null : through));
      } else if (!seen.has(customer.id)) {
        seen.add(customer.id);
        places.push({ id: customer.id, through });
      }
    }
  }
  return [...found.values()];
}

/** What is at these places and right below them, a few at a time. */
async function customersOf(account: Account, places: readonly Place[]): Promise<{ customer: Customer; through: string }[]> {
  const all: { customer: Customer; through: string }[] = [];
  for (let at = 0; at < places.length; at += atOnce) {
    const answers = await Promise.all(places.slice(at, at + atOnce).map((place) => customersAt(account, place)));
    all.push(...answers.flat());
  }
  return all;
}

const fields = ["id", "descriptive_name", "manager", "level", "status", "currency_code", "time_zone"];
const query = `SELECT ${fields.map((field) => `customer_client.${field}`).join(", ")} FROM customer_client WHERE customer_client.level <= 1`;

/** A customer and, where it is a manager, those right below it. One that was closed, or never opened, has nothing to show. */
async function customersAt(account: Account, { id, through }: Place): Promise<{ customer: Customer; through: string }[]> {
  const path = `/${adsVersion}/customers/${id}/googleAds:searchStream`;
  const resource = { kind: "ads_customer", id, name: id, parent: through };
  try {
    const batches = await account.json({ method: "POST", service: "googleads", path, resource, body: { query }, reads: true }, Batches);
    const all = batches.flatMap(({ results }) => results.map(({ customerClient }) => customerClient));
    return all.filter(({ status }) => status === "ENABLED").map((customer) => ({ customer, through }));
  } catch (error) {
    if (error instanceof ProviderError && error.kind === "rejected") return [];
    throw error;
  }
}

const asResource = ({ id, descriptiveName, currencyCode, timeZone }: Customer, manager: string | null): Resource => ({
  kind: "ads_customer",
  id,
  name: descriptiveName || id,
  ...(manager !== null && { parent: manager }),
  ...(currencyCode && { currency: currencyCode }),
  ...(timeZone && { timezone: timeZone }),
});
