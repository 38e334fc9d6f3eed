import { z } from "zod";
import type { Call, SandboxState } from "#sandbox/providers/provider.ts";
import { endOf, type JobSettings, type RowError, settingsOf, takeJob, tooMany } from "./jobs.ts";
import { pageOf } from "./page.ts";
import { invalid, read } from "./read.ts";

interface Asked {
  state: SandboxState;
  account: string;
  call: Call;
}

type What = "item" | "variant";

const written = {
  title: z.string().nullish(),
  description: z.string().nullish(),
  url: z.string().nullish(),
  price: z.number().nullish(),
  image_full_url: z.string().nullish(),
  published: z.boolean().nullish(),
  custom_metadata: z.record(z.string(), z.unknown()).nullish(),
  sku: z.string().nullish(),
  inventory_quantity: z.number().nullish(),
  inventory_policy: z.union([z.literal(0), z.literal(1), z.literal(2)]).nullish(),
};
const Attributes = z.strictObject({
  ...written,
  external_id: z.string(),
  integration_type: z.literal("$custom").nullish(),
  catalog_type: z.literal("$default").nullish(),
});
const OfItem = z.object({ item: z.object({ data: z.object({ type: z.literal("catalog-item"), id: z.string() }) }) });
type Attributes = z.output<typeof Attributes>;

/** What an account has had for long, also of a catalog that another integration keeps. */
export const GivenCatalog = z.object({
  items: z.array(z.object({ id: z.string(), title: z.string().default("Ware"), published: z.boolean().default(true) })).default([]),
  variants: z.array(z.object({ id: z.string(), item: z.string(), title: z.string().default("Ware") })).default([]),
  coupons: z.array(z.object({ id: z.string(), description: z.string().optional() })).default([]),
  /** External ids, and codes, that jobs refuse. */
  refuse: z.array(z.string()).default([]),
  /** How long its jobs take from now on. */
  takeMs: z.number().default(200),
  /** Jobs of others that are in progress. */
  others: z.number().default(0),
});

export function giveCatalog(state: SandboxState, account: string, given: z.output<typeof GivenCatalog>, now: number): void {
  for (const { id, ...more } of given.items)
    state.written.put({ kind: "klaviyo_catalog", account, key: `item ${id}` }, { ...more }, now - 1);
  for (const { id, item, ...more } of given.variants)
    state.written.put({ kind: "klaviyo_catalog", account, key: `variant ${id}` }, { ...more, item }, now - 1);
  for (const { id, description } of given.coupons)
    state.written.put({ kind: "klaviyo_coupon", account, key: id }, { external_id: id, description }, now - 1);
  const settings: JobSettings = { refuse: given.refuse, takeMs: given.takeMs, others: given.others };
  state.written.put({ kind: "klaviyo_job", account, key: "settings" }, settings, now - 1);
}

type Kept = Partial<Attributes> & { item?: string };
const thingOf = (account: string, what: What, id: string) => ({ kind: "klaviyo_catalog", account, key: `${what} ${id}` }) as const;

/** `filter=any(ids,["…"])`, a hundred a page (openapi, get_catalog_items). */
export function listCatalog({ state, account, call }: Asked, what: What): Response {
  const filter = call.url.searchParams.get("filter") ?? "";
  const [, list] = /^any\(ids,(.*)\)$/.exec(filter) ?? [];
  if (filter !== "" && list === undefined) return invalid("Invalid filter provided.");
  const named = new Set([...(list ?? "").matchAll(/"([^"]*)"|'([^']*)'/g)].map(([, double, single]) => double ?? single ?? ""));
  const all = state.written
    .list<Kept>({ kind: "klaviyo_catalog", account }, call.now)
    .filter(({ key }) => key.startsWith(`${what} `))
    .map(({ key, body: { item, ...attributes } }) => ({
      ...{ type: `catalog-${what}`, id: key.slice(what.length + 1), attributes: { external_id: key.split(":::").at(-1), ...attributes } },
      ...(item !== undefined && { relationships: { item: { data: { type: "catalog-item", id: item } } } }),
    }))
    .filter(({ id }) => list === undefined || named.has(id));
  return pageOf(call, all, { max: 100, usual: 100 });
}

const jobBody = (what: What, doing: string, row: z.ZodType) =>
  z.object({
    data: z.object({
      type: z.literal(`catalog-${what}-bulk-${doing}-job`),
      attributes: z.object({ [`${what}s`]: z.object({ data: z.array(row).min(1).max(100) }) }),
    }),
  });
const rowsOf = (body: unknown, what: What) =>
  (
    body as {
      data: { attributes: Record<string, { data: { id: string; attributes: Attributes; relationships?: z.output<typeof OfItem> }[] }> };
    }
  ).data.attributes[`${what}s`]?.data ?? [];

const isAddress = (url: string | null | undefined) => url === null || url === undefined || /^https?:\/\/\S+$/.test(url);

/** What is wrong with a row that is to be made or changed; null where nothing is. */
function faultOf(state: SandboxState, account: string, external: string, attributes: Kept): Omit<RowError, "at"> | null {
  if (settingsOf(state, account).refuse.includes(external)) return { code: "invalid", detail: "This item cannot be processed.", of: "" };
  if (!isAddress(attributes.url)) return { code: "invalid", detail: "Enter a valid URL.", of: "/attributes/url" };
  return null;
}

/** One of the six jobs: what is there already cannot be made, what is not cannot be changed, and all else goes on. */
export function startCatalogJob(asked: Asked, what: What, doing: "create" | "update" | "delete"): Response {
  const { state, account, call } = asked;
  const named = z.object({ type: z.literal(`catalog-${what}`) });
  const row =
    doing === "create"
      ? named.extend({ attributes: requiredOf(what), ...(what === "variant" && { relationships: OfItem }) })
      : named.extend({
          id: z.string().regex(/^\$custom:::\$default:::.+$/),
          ...(doing === "update" && { attributes: z.strictObject(written) }),
        });
  const body = read(call, jobBody(what, doing, row));
  if (body instanceof Response) return body;
  const type = `catalog-${what}-bulk-${doing}-job`;
  const full = tooMany(asked, type);
  if (full) return full;
  const rows = rowsOf(body, what);
  const errors: RowError[] = [];
  let changed = 0;
  const until = endOf(state, account, call.now);
  for (const [at, each] of rows.entries()) {
    const id = doing === "create" ? `$custom:::$default:::${each.attributes.external_id}` : each.id;
    const there = state.written.met<Kept>(thingOf(account, what, id));
    const item = each.relationships?.item.data.id ?? there?.item;
    const next: Kept = { ...there, ...each.attributes, ...(item !== undefined && { item }) };
    const fault =
      doing === "create" && there
        ? { code: "duplicate", detail: "A catalog item with this external_id already exists.", of: "/attributes/external_id" }
        : doing !== "create" && !there
          ? { code: "not_found", detail: `A catalog ${what} with id ${id} does not exist.`, of: "/id" }
          : what === "variant" && doing === "create" && !(item && state.written.met(thingOf(account, "item", item)))
            ? { code: "not_found", detail: `A catalog item with id ${item} does not exist.`, of: "/relationships/item" }
            : doing === "delete"
              ? null
              : faultOf(state, account, id.split(":::").at(-1) ?? "", next);
    if (fault) {
      errors.push({ ...fault, at });
      continue;
    }
    if (doing === "delete") state.written.put(thingOf(account, what, id), null, until);
    else if (JSON.stringify(next) === JSON.stringify(there)) continue;
    else state.written.put(thingOf(account, what, id), next, until);
    changed += 1;
  }
  const key = `${what}s ${rows.length} ${call.now}`;
  const past = { create: "created", update: "updated", delete: "deleted" }[doing];
  state.effects.record({ provider: "klaviyo", kind: `catalog_${past}`, key, account, at: call.now }, changed === 0);
  return takeJob(asked, { type, list: `${what}s`, total: rows.length, errors });
}

/** openapi, bulk_create_catalog_items and bulk_create_catalog_variants: what they cannot do without. */
const requiredOf = (what: What) =>
  Attributes.extend({
    ...{ title: z.string(), description: z.string(), url: z.string() },
    ...(what === "variant" && { sku: z.string(), inventory_quantity: z.number(), price: z.number() }),
  });
