import type { Place } from "#sandbox/places.ts";
import type { Call, SandboxState } from "#sandbox/providers/provider.ts";
import { json } from "#sandbox/reply.ts";
import { listCatalog, startCatalogJob } from "./catalog.ts";
import { createCodes, createCoupon, deleteCode, listCodes, showCode, showCoupon } from "./coupons.ts";
import { klaviyoError } from "./error.ts";
import { listEvents } from "./events.ts";
import { accountName, campaignsOf, flowsOf, metricsOf, segmentsOf } from "./figures.ts";
import { showJob } from "./jobs.ts";
import { changeMembers, createList, listLists, listMembers, listsAt, unsubscribe } from "./lists.ts";
import { pageOf } from "./page.ts";
import { type Profile, profileResource, profilesAt } from "./profiles.ts";
import { campaignReport, metricAggregate } from "./reports.ts";
import { createEvent, importProfiles } from "./writes.ts";

interface Asked {
  state: SandboxState;
  account: string;
  place: Place;
  call: Call;
  id: string;
}

interface Limits {
  burst: number;
  steady: number;
  daily?: number;
}

/** One operation of the API: what it needs, how often it may be called, and what it answers. */
export interface Operation {
  name: string;
  method: "GET" | "POST" | "DELETE";
  path: RegExp;
  scopes: string[];
  limits(query: URLSearchParams): Limits;
  answer(asked: Asked): Response;
}

const broad: Limits = { burst: 350, steady: 3500 };
const wide: Limits = { burst: 75, steady: 750 };
const middle: Limits = { burst: 10, steady: 150 };
const narrow: Limits = { burst: 3, steady: 60 };
const single: Limits = { burst: 1, steady: 15 };
const report: Limits = { burst: 1, steady: 2, daily: 225 };
const always = (limits: Limits) => () => limits;

/** openapi, bulk_create_catalog_items and the like. */
const catalogJobs: Operation[] = (["item", "variant"] as const).flatMap((what) => [
  {
    name: `catalog-${what}s`,
    method: "GET" as const,
    path: new RegExp(`^/api/catalog-${what}s$`),
    scopes: ["catalogs:read"],
    limits: always(broad),
    answer: (asked: Asked) => listCatalog(asked, what),
  },
  ...(["create", "update", "delete"] as const).flatMap((doing): Operation[] => [
    {
      name: `catalog-${what}-bulk-${doing}-jobs`,
      method: "POST",
      path: new RegExp(`^/api/catalog-${what}-bulk-${doing}-jobs$`),
      scopes: ["catalogs:write"],
      limits: always(wide),
      answer: (asked) => startCatalogJob(asked, what, doing),
    },
    {
      name: `catalog-${what}-bulk-${doing}-job`,
      method: "GET",
      path: new RegExp(`^/api/catalog-${what}-bulk-${doing}-jobs/(\\w+)$`),
      scopes: ["catalogs:read"],
      limits: always(wide),
      answer: showJob,
    },
  ]),
]);

/** openapi: coupons, coupon codes, and what puts people on lists. */
const writing: Operation[] = [
  {
    name: "create-list",
    method: "POST",
    path: /^\/api\/lists$/,
    scopes: ["lists:write"],
    limits: always({ ...middle, daily: 150 }),
    answer: createList,
  },
  {
    name: "list-members",
    method: "GET",
    path: /^\/api\/lists\/(\w+)\/relationships\/profiles$/,
    scopes: ["lists:read", "profiles:read"],
    limits: always(wide),
    answer: listMembers,
  },
  ...(["POST", "DELETE"] as const).map(
    (method): Operation => ({
      name: `${method.toLowerCase()}-list-members`,
      method,
      path: /^\/api\/lists\/(\w+)\/relationships\/profiles$/,
      scopes: ["lists:write", "profiles:write"],
      limits: always(middle),
      answer: changeMembers,
    }),
  ),
  {
    name: "unsubscribe",
    method: "POST",
    path: /^\/api\/profile-subscription-bulk-delete-jobs$/,
    scopes: ["lists:write", "profiles:write", "subscriptions:write"],
    limits: always(wide),
    answer: unsubscribe,
  },
  {
    name: "create-coupon",
    method: "POST",
    path: /^\/api\/coupons$/,
    scopes: ["coupons:write"],
    limits: always(narrow),
    answer: createCoupon,
  },
  {
    name: "coupon",
    method: "GET",
    path: /^\/api\/coupons\/([\w%-]+)$/,
    scopes: ["coupons:read"],
    limits: always(wide),
    answer: showCoupon,
  },
  {
    name: "create-coupon-codes",
    method: "POST",
    path: /^\/api\/coupon-code-bulk-create-jobs$/,
    scopes: ["coupon-codes:write"],
    limits: always(wide),
    answer: createCodes,
  },
  {
    name: "coupon-codes-job",
    method: "GET",
    path: /^\/api\/coupon-code-bulk-create-jobs\/(\w+)$/,
    scopes: ["coupon-codes:read"],
    limits: always(wide),
    answer: showJob,
  },
  {
    name: "coupon-code",
    method: "GET",
    path: /^\/api\/coupon-codes\/([\w%-]+)$/,
    scopes: ["coupon-codes:read"],
    limits: always(broad),
    answer: showCode,
  },
  {
    name: "coupon-codes",
    method: "GET",
    path: /^\/api\/coupon-codes$/,
    scopes: ["coupon-codes:read"],
    limits: always(broad),
    answer: listCodes,
  },
  {
    name: "delete-coupon-code",
    method: "DELETE",
    path: /^\/api\/coupon-codes\/([\w%-]+)$/,
    scopes: ["coupon-codes:write"],
    limits: always(broad),
    answer: deleteCode,
  },
];

/** ../shared/providers.md, Klaviyo / 5 Reads: scopes, page sizes and limits of each. */
const operations: Operation[] = [
  ...catalogJobs,
  ...writing,
  {
    name: "accounts",
    method: "GET",
    path: /^\/api\/accounts$/,
    scopes: ["accounts:read"],
    limits: always(single),
    answer: ({ account, place, call }) => pageOf(call, [accountResource(account, place)], { fixed: 1 }),
  },
  {
    name: "lists",
    method: "GET",
    path: /^\/api\/lists$/,
    scopes: ["lists:read"],
    limits: always(wide),
    answer: listLists,
  },
  {
    name: "list",
    method: "GET",
    path: /^\/api\/lists\/(\w+)$/,
    scopes: ["lists:read"],
    limits: (query) => (countAsked(query, "list") ? single : wide),
    answer: (asked) => counted(asked, "list", listsAt(asked.state, asked.account, asked.call.now)),
  },
  {
    name: "segments",
    method: "GET",
    path: /^\/api\/segments$/,
    scopes: ["segments:read"],
    limits: always(wide),
    answer: ({ account, call }) => pageOf(call, segmentsOf(account).map(withoutCount), { max: 10 }),
  },
  {
    name: "segment",
    method: "GET",
    path: /^\/api\/segments\/(\w+)$/,
    scopes: ["segments:read"],
    limits: (query) => (countAsked(query, "segment") ? single : wide),
    answer: (asked) => counted(asked, "segment", segmentsOf(asked.account)),
  },
  {
    name: "flows",
    method: "GET",
    path: /^\/api\/flows$/,
    scopes: ["flows:read"],
    limits: always(narrow),
    answer: ({ account, call }) => pageOf(call, flowsOf(account), { max: 50 }),
  },
  {
    name: "profiles",
    method: "GET",
    path: /^\/api\/profiles$/,
    scopes: ["profiles:read"],
    limits: always(wide),
    answer({ state, account, call }) {
      const query = call.url.searchParams;
      const found = profilesAt(state, account, { now: call.now, seen: true }).filter(asFiltered(call));
      const all = found.map((profile) => profileResource(profile, query));
      return pageOf(call, all, { max: 100, usual: 20 });
    },
  },
  {
    name: "events",
    method: "GET",
    path: /^\/api\/events$/,
    scopes: ["events:read"],
    limits: always(broad),
    answer: listEvents,
  },
  {
    name: "create-event",
    method: "POST",
    path: /^\/api\/events$/,
    scopes: ["events:write"],
    limits: always(broad),
    answer: createEvent,
  },
  {
    name: "profile-bulk-import-jobs",
    method: "POST",
    path: /^\/api\/profile-bulk-import-jobs$/,
    scopes: ["lists:write", "profiles:write"],
    limits: always(middle),
    answer: importProfiles,
  },
  {
    name: "metrics",
    method: "GET",
    path: /^\/api\/metrics$/,
    scopes: ["metrics:read"],
    limits: always(middle),
    answer: ({ account, call }) => pageOf(call, metricsOf(account), { fixed: 200 }),
  },
  {
    name: "campaigns",
    method: "GET",
    path: /^\/api\/campaigns$/,
    scopes: ["campaigns:read"],
    limits: always(middle),
    answer: ({ account, call }) => {
      const channel = /equals\(messages\.channel,['"](email|sms|mobile_push)['"]\)/.exec(call.url.searchParams.get("filter") ?? "")?.[1];
      if (!channel)
        return klaviyoError(400, "invalid", "Invalid input.", "A channel filter is required to list campaigns.", undefined, {
          parameter: "filter",
        });
      return pageOf(call, channel === "email" ? campaignsOf(account, call.now).map(campaignResource) : [], { max: 100 });
    },
  },
  {
    name: "metric-aggregates",
    method: "POST",
    path: /^\/api\/metric-aggregates$/,
    scopes: ["metrics:read"],
    limits: always(narrow),
    answer: ({ account, call }) => metricAggregate(account, call),
  },
  {
    name: "campaign-values-reports",
    method: "POST",
    path: /^\/api\/campaign-values-reports$/,
    scopes: ["campaigns:read"],
    limits: always(report),
    answer: ({ account, place, call }) => campaignReport({ account, place, call }),
  },
];

export function findOperation(method: string, path: string): { operation: Operation; id: string } | null {
  const trimmed = path.replace(/\/$/, "");
  for (const operation of operations) {
    const match = operation.method === method ? operation.path.exec(trimmed) : null;
    if (match) return { operation, id: match[1] ?? "" };
  }
  return null;
}

function accountResource(account: string, { currency, timezone }: Place) {
  return {
    type: "account",
    id: account,
    attributes: {
      test_account: false,
      contact_information: {
        default_sender_name: accountName(account),
        default_sender_email: `hello@${account.toLowerCase()}.example`,
        website_url: null,
        organization_name: accountName(account),
      },
      industry: "Ecommerce, Home",
      timezone,
      preferred_currency: currency,
      public_api_key: account,
      locale: "en-GB",
    },
  };
}

function campaignResource({ id, name, status, createdAt, sentAt }: ReturnType<typeof campaignsOf>[number]) {
  const stamp = (instant: number | null) => (instant === null ? null : `${new Date(instant).toISOString().slice(0, 19)}+00:00`);
  return {
    type: "campaign",
    id,
    attributes: {
      name,
      status,
      archived: false,
      audiences: { included: [], excluded: [] },
      send_strategy: { method: "static", datetime: stamp(sentAt) },
      created_at: stamp(createdAt),
      scheduled_at: stamp(sentAt === null ? null : createdAt),
      updated_at: stamp(sentAt ?? createdAt),
      send_time: stamp(sentAt),
    },
  };
}

/** `filter=greater-than(created,...)`, or `equals` and `any` of what identifies a profile; profiles are listed by creation as it is. */
function asFiltered({ url }: Call): (profile: Profile) => boolean {
  const filter = url.searchParams.get("filter") ?? "";
  const after = /greater-than\(created,([^)]+)\)/.exec(filter)?.[1];
  const [, by, list = ""] = /^(?:equals|any)\((id|email|phone_number|external_id),(.*)\)$/.exec(filter) ?? [];
  const named = new Set([...list.matchAll(/["']([^"']*)["']/g)].map(([, value = ""]) => value.toLowerCase()));
  return (profile) => {
    if (by !== undefined) return named.has(profile[by as "id" | "email" | "phone_number" | "external_id"]?.toLowerCase() ?? "");
    return after === undefined || Date.parse(profile.created) > Date.parse(after);
  };
}

function countAsked(query: URLSearchParams, type: "list" | "segment"): boolean {
  return (query.get(`additional-fields[${type}]`) ?? "").split(",").includes("profile_count");
}

function withoutCount<T extends { profile_count: number }>({ profile_count: _count, ...rest }: T): Omit<T, "profile_count"> {
  return rest;
}

function counted(
  { call, id }: Asked,
  type: "list" | "segment",
  all: { id: string; type: string; attributes: object; profile_count: number }[],
): Response {
  const found = all.find((each) => each.id === id);
  if (!found) return klaviyoError(404, "not_found", "Not found.", `A ${type} with id ${id} does not exist.`);
  const count = countAsked(call.url.searchParams, type) ? { profile_count: found.profile_count } : {};
  const self = `${call.url.origin}${call.url.pathname}`;
  return json({ data: { type, id, attributes: { ...found.attributes, ...count }, links: { self } } });
}
