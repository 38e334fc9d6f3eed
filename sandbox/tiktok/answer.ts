import { readJson } from "#sandbox/body.ts";
import { sandboxClients } from "#sandbox/endpoints.ts";
import type { Grant } from "#sandbox/oauth/ledger.ts";
import type { Call } from "#sandbox/providers/provider.ts";
import { json } from "#sandbox/reply.ts";
import { hashOf } from "#sandbox/seed.ts";

/** The login that opens more advertisers than one question may name. */
export const tiktokAgency = "7100000000000000900";
const agencyAdvertisers = 120;
const severalAdvertisers = "7100000000000000101";

export interface Advertiser {
  advertiser_id: string;
  name: string;
  currency: string;
  timezone: string;
  status: string;
  company: string;
}

/** TikTok's envelope: success and failure alike come with status 200. */
export const envelope = (code: number, message: string, data: object = {}, status = 200): Response =>
  json({ code, message, request_id: crypto.randomUUID().replaceAll("-", ""), data }, status);

export const userName = (user: string): string =>
  ({
    "7100000000000000101": "Acme Marketing",
    "7100000000000000102": "Beta Marketing",
    "7100000000000000103": "Gamma Marketing",
    [tiktokAgency]: "Northlight Agency",
  })[user] ?? `User ${user}`;

/** What a login may see: ids beyond 2^53, as TikTok's are. */
export function advertisersOf(user: string): Advertiser[] {
  const count = user === tiktokAgency ? agencyAdvertisers : user === severalAdvertisers ? 3 : 1;
  return Array.from({ length: count }, (_, index) => ({
    advertiser_id: `7${String(hashOf(`${user} advertiser`)).padStart(10, "0")}${String(index).padStart(8, "0")}`,
    name: user === tiktokAgency ? `Client ${String(index + 1).padStart(3, "0")}` : `${userName(user)} ${index + 1}`,
    currency: ["GBP", "EUR", "USD"][index % 3] ?? "USD",
    timezone: ["Europe/London", "Europe/Paris", "America/New_York"][index % 3] ?? "UTC",
    status: "STATUS_ENABLE",
    company: userName(user),
  }));
}

/** ../shared/providers.md, TikTok / 1 OAuth (accounts). Every path ends in a slash. */
export function answerTiktok(call: Call, grant: Grant): Response {
  const path = call.route.path.replace(/^\/open_api\/v1\.3/, "");
  const { searchParams: query } = call.url;
  switch (path) {
    case "/user/info/":
      return envelope(0, "OK", {
        core_user_id: grant.account,
        display_name: userName(grant.account),
        email: `${grant.account}@people.example`,
        create_time: 1_600_000_000,
      });
    case "/oauth2/advertiser/get/": {
      const { clientId, clientSecret } = sandboxClients.tiktok;
      if (query.get("app_id") !== clientId || query.get("secret") !== clientSecret)
        return envelope(40101, "app_id or secret is not correct");
      const list = advertisersOf(grant.account).map(({ advertiser_id, name }) => ({ advertiser_id, advertiser_name: name }));
      return envelope(0, "OK", { list });
    }
    case "/advertiser/info/":
      return details(grant, query);
    default:
      return envelope(40002, "Unknown request path");
  }
}

function details(grant: Grant, query: URLSearchParams): Response {
  if (!grant.scopes.includes("1")) return envelope(40001, "No permission to operate these advertisers");
  const ids = readJson(query.get("advertiser_ids") ?? "");
  const fields = readJson(query.get("fields") ?? "[]");
  if (!Array.isArray(ids) || !Array.isArray(fields) || ids.length === 0 || ids.length > 100) {
    return envelope(40002, "advertiser_ids: Length must be between 1 and 100.");
  }
  const own = advertisersOf(grant.account).filter(({ advertiser_id }) => ids.includes(advertiser_id));
  if (own.length < ids.length) return envelope(40001, "No permission to operate advertiser");
  const list = own.map((advertiser) => Object.fromEntries(Object.entries(advertiser).filter(([name]) => fields.includes(name))));
  return envelope(0, "OK", { list });
}
