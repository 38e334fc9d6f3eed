import type { Place } from "#sandbox/places.ts";
import type { Call } from "#sandbox/providers/provider.ts";
import { json } from "#sandbox/reply.ts";
import { klaviyoError } from "./error.ts";
import { accountName, campaignsOf, flowsOf, listsOf, metricsOf, profilesOf, segmentsOf } from "./figures.ts";
import { pageOf } from "./page.ts";
import { campaignReport, metricAggregate } from "./reports.ts";

interface Asked {
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
  method: "GET" | "POST";
  path: RegExp;
  scopes: string[];
  limits(query: URLSearchParams): Limits;
  answer(asked: Asked): Response;
}

const wide: Limits = { burst: 75, steady: 750 };
const middle: Limits = { burst: 10, steady: 150 };
const narrow: Limits = { burst: 3, steady: 60 };
const single: Limits = { burst: 1, steady: 15 };
const report: Limits = { burst: 1, steady: 2, daily: 225 };
const always = (limits: Limits) => () => limits;

/** ../shared/providers.md, Klaviyo / 5 Reads: scopes, page sizes and limits of each. */
const operations: Operation[] = [
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
    answer: ({ account, call }) => pageOf(call, listsOf(account).map(withoutCount), { max: 10 }),
  },
  {
    name: "list",
    method: "GET",
    path: /^\/api\/lists\/(\w+)$/,
    scopes: ["lists:read"],
    limits: (query) => (countAsked(query, "list") ? single : wide),
    answer: (asked) => counted(asked, "list", listsOf(asked.account)),
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
    answer: ({ account, call }) => pageOf(call, profilesOf(account).filter(createdBetween(call)), { max: 100, usual: 20 }),
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

/** `filter=greater-than(created,...)`, up to now; profiles are listed by creation as it is. */
function createdBetween({ url, now }: Call) {
  const after = /greater-than\(created,([^)]+)\)/.exec(url.searchParams.get("filter") ?? "")?.[1];
  return ({ attributes }: { attributes: { created: string } }) => {
    const created = Date.parse(attributes.created);
    return created <= now && (after === undefined || created > Date.parse(after));
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
