import { z } from "zod";
import type { Call, SandboxState } from "#sandbox/providers/provider.ts";
import { hashOf, seededInteger } from "#sandbox/seed.ts";
import { klaviyoError } from "./error.ts";
import { metricsOf, shortId } from "./figures.ts";
import { pageOf } from "./page.ts";
import { findProfile, Identifiers, type Profile, profilesAt, shops } from "./profiles.ts";

const dayMs = 86_400_000;
const viewed = "Viewed Product";
const viewedDays = 40;

/** An event as it is kept. `profile`: Klaviyo's id of whose it is. */
export interface KeptEvent {
  metric: string;
  profile: string | null;
  at: number;
  properties: Record<string, unknown>;
}

/** An event that an account is to have had since then, of a profile that it has, or of none. */
export const GivenEvent = z.object({
  metric: z.string(),
  at: z.iso.datetime({ offset: true }),
  properties: z.record(z.string(), z.unknown()),
  profile: Identifiers.nullable(),
});

export function giveEvent(
  state: SandboxState,
  account: string,
  given: z.output<typeof GivenEvent>,
  now: number,
): { profile: string | null } {
  const { metric, properties, profile: by } = given;
  const profile = by && findProfile(profilesAt(state, account, { now, seen: false }), null, by);
  if (by && !profile) throw new Error(`${account} has no profile ${JSON.stringify(by)}`);
  const event: KeptEvent = { metric, properties, at: Date.parse(given.at), profile: profile?.id ?? null };
  const key = JSON.stringify([event.profile, metric, `given ${state.written.list({ kind: "klaviyo_event", account }).length}`]);
  state.written.put({ kind: "klaviyo_event", account, key }, event, event.at);
  return { profile: event.profile };
}

const attributes = {
  event: ["datetime", "event_properties", "id", "timestamp", "uuid"],
  metric: ["created", "id", "integration", "name", "updated"],
  profile: ["created", "email", "external_id", "id", "phone_number", "properties", "updated"],
} as const;

interface Asked {
  state: SandboxState;
  account: string;
  call: Call;
}

/**
 * Events by Klaviyo's OpenAPI (openapi/stable/apis/get_events.json): filtered by metric, profile and time alone, sorted by time, whole
 * or as the sparse fieldsets say, with their profiles where those are included. What it does not know it refuses.
 */
export function listEvents({ state, account, call }: Asked): Response {
  const query = call.url.searchParams;
  const wanted = filterOf(query.get("filter"));
  if (wanted instanceof Response) return wanted;
  for (const type of ["event", "metric", "profile"] as const) {
    const unknown = fieldsOf(query, type)?.find((field) => !(attributes[type] as readonly string[]).includes(field));
    if (unknown !== undefined) return invalid(`'${unknown}' is not a valid field for the resource '${type}'.`, `fields[${type}]`);
  }
  const include = query.get("include")?.split(",") ?? [];
  const foreign = include.find((each) => !["attributions", "metric", "profile"].includes(each));
  if (foreign !== undefined) return invalid(`'${foreign}' is not a valid relationship.`, "include");
  const sort = query.get("sort") ?? "-datetime";
  if (!/^-?(datetime|timestamp)$/.test(sort)) return invalid(`'${sort}' is not a valid field to sort by.`, "sort");
  const metricIds = new Map(metricsOf(account).map(({ id, attributes: { name } }) => [name, id]));
  const profiles = new Map(profilesAt(state, account, { now: call.now, seen: true }).map((profile) => [profile.id, profile]));
  const found = eventsAt(state, account, { now: call.now, profiles: [...profiles.values()] })
    .map((event) => ({ ...event, metricId: metricIds.get(event.metric) ?? shortId(`${account} metric ${event.metric}`) }))
    .filter((event) => wanted.every((fits) => fits(event)))
    .sort((one, other) => (one.at - other.at || (one.id < other.id ? -1 : 1)) * (sort.startsWith("-") ? -1 : 1));
  const all = found.map((event) => eventResource(event, query));
  return pageOf(
    call,
    all,
    { max: 1000, usual: 200 },
    include.length === 0 ? undefined : (data) => includedIn(data, { include, profiles, query }),
  );
}

type Event = KeptEvent & { id: string; metricId: string };

/** All events of an account up to `now`: those that were written or given, and what people looked at in its shop. */
function eventsAt(
  state: SandboxState,
  account: string,
  { now, profiles }: { now: number; profiles: readonly Profile[] },
): (KeptEvent & { id: string })[] {
  const kept = state.written
    .list<KeptEvent>({ kind: "klaviyo_event", account }, now)
    .map(({ key, body }) => ({ id: idOf(account, key), ...body }));
  const shop = shops[account];
  if (shop === undefined) return kept;
  const { products, customers } = state.shops.find(shop, now);
  const today = Math.floor(now / dayMs);
  const seen = Array.from({ length: viewedDays }, (_, ago) => today - ago).flatMap((day) =>
    Array.from({ length: seededInteger(`${account} views ${day}`, 3, 9) }, (_, index) => {
      const key = `${account} view ${day} ${index}`;
      const profile = profiles[hashOf(`${key} who`) % Math.min(profiles.length, customers.length)];
      const product = products[hashOf(`${key} what`) % products.length];
      // A theme writes the number, a storefront of its own may write a text.
      const productId = hashOf(key) % 2 === 0 ? product?.id : String(product?.id);
      const properties = { ProductID: productId, ProductName: product?.title, Brand: "Acme" };
      return {
        id: idOf(account, key),
        metric: viewed,
        profile: profile?.id ?? null,
        at: day * dayMs + (hashOf(`${key} at`) % dayMs),
        properties,
      };
    }),
  );
  return [...kept, ...seen.filter(({ at }) => at <= now)];
}

const idOf = (account: string, key: string): string => `3${shortId(`${account} ${key}`)}${hashOf(`${account} ${key}`).toString(36)}`;

function eventResource({ id, metricId, profile, at, properties }: Event, query: URLSearchParams) {
  const whole = {
    timestamp: Math.floor(at / 1000),
    event_properties: properties,
    datetime: `${new Date(at).toISOString().slice(0, 19)}+00:00`,
    uuid: `${hashOf(id).toString(16).padStart(8, "0")}-0000-1000-8001-000000000000`,
  };
  return {
    type: "event",
    id,
    attributes: sparse(whole, fieldsOf(query, "event")),
    relationships: {
      profile: { data: profile === null ? null : { type: "profile", id: profile } },
      metric: { data: { type: "metric", id: metricId } },
    },
  };
}

/** The profiles of these events, each once. Metrics and attributions are asked for by nobody, so that none are sent. */
function includedIn(
  data: ReturnType<typeof eventResource>[],
  { include, profiles, query }: { include: readonly string[]; profiles: ReadonlyMap<string, Profile>; query: URLSearchParams },
): object[] {
  if (!include.includes("profile")) return [];
  const ids = new Set(data.flatMap(({ relationships }) => relationships.profile.data?.id ?? []));
  return [...ids].flatMap((id) => {
    const profile = profiles.get(id);
    if (!profile) return [];
    const { consent: _, id: __, ...whole } = profile;
    return [{ type: "profile", id, attributes: sparse(whole, fieldsOf(query, "profile")) }];
  });
}

const fieldsOf = (query: URLSearchParams, type: string): string[] | undefined => query.get(`fields[${type}]`)?.split(",");
const sparse = (whole: object, fields: readonly string[] | undefined) =>
  Object.fromEntries(Object.entries(whole).filter(([name]) => fields?.includes(name) ?? true));

const invalid = (detail: string, parameter: string) => klaviyoError(400, "invalid", "Invalid input.", detail, undefined, { parameter });

/** `and(…,…)`, or conditions with commas between them. Instants stand without quotes, ids with them (docs, Filtering). */
function filterOf(filter: string | null): ((event: Event) => boolean)[] | Response {
  if (filter === null) return [];
  const inner = /^and\((.*)\)$/.exec(filter)?.[1] ?? filter;
  const conditions = [...inner.matchAll(/([a-z-]+)\((\w+),((?:"[^"]*"|'[^']*'|[^()"'])*)\)/g)];
  if (conditions.map(([whole]) => whole).join(",") !== inner) return invalid("Invalid filter provided.", "filter");
  const fits: ((event: Event) => boolean)[] = [];
  for (const [, operator = "", field = "", value = ""] of conditions) {
    const made = conditionOf(operator, field, value);
    if (!made) return invalid(`'${field}' cannot be filtered by '${operator}' with ${value}.`, "filter");
    fits.push(made);
  }
  return fits;
}

const orders: Record<string, (one: number, other: number) => boolean> = {
  "greater-or-equal": (one, other) => one >= other,
  "greater-than": (one, other) => one > other,
  "less-or-equal": (one, other) => one <= other,
  "less-than": (one, other) => one < other,
};

function conditionOf(operator: string, field: string, value: string): ((event: Event) => boolean) | null {
  const id = /^(?:"([^"]*)"|'([^']*)')$/.exec(value);
  const text = id?.[1] ?? id?.[2];
  if (operator === "equals" && text !== undefined && field === "metric_id") return ({ metricId }) => metricId === text;
  if (operator === "equals" && text !== undefined && field === "profile_id") return ({ profile }) => profile === text;
  const compare = orders[operator];
  const instant = field === "timestamp" ? Number(value) * 1000 : Date.parse(value);
  if (!compare || (field !== "datetime" && field !== "timestamp") || Number.isNaN(instant)) return null;
  return ({ at }) => compare(at, instant);
}
