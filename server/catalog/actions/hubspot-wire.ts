import * as z from "zod";
import type { FailedRow, RowFault } from "#db/words/actions.ts";
import type { Account } from "#server/catalog/account.ts";
import type { Write } from "#server/catalog/writer.ts";
import { type Attempt, attemptOf, type Doing } from "./action.ts";

export type HubspotType = "contacts" | "companies" | "deals";

/** As many as a batch may hold. */
export const rowsABatch = 100;
/** A query has five groups at most, a page 200 rows, and no query more than 10,000 (../shared/writes-and-voice.md, 0.1). */
const groupsASearch = 5;
const rowsAPage = 200;
const rowsASearch = 10_000;

/** What ties a company or a deal to the shop's: properties of ours, unique in the portal. */
export const companyKey = "atrium_shop_company";
export const dealKey = "atrium_order_id";

const Values = z.record(z.string(), z.string().nullish());
const Found = z.object({ id: z.string(), properties: Values.default({}) });
const Results = z.object({ results: z.array(Found) });
const Page = Results.extend({ total: z.number(), paging: z.object({ next: z.object({ after: z.string() }).nullish() }).nullish() });

/** A record of a portal. Not to be stored. */
export interface HubspotObject {
  id: string;
  properties: Readonly<Record<string, string | null | undefined>>;
}

export const chunked = <T>(all: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(all.length / size) }, (_, at) => all.slice(at * size, (at + 1) * size));

/** Records by a property that is unique (in lower case), or by id; whoever is not there is left out, which HubSpot says with 207. */
export async function readObjects(
  account: Account,
  type: HubspotType,
  { by, ids, properties }: { by?: string; ids: readonly string[]; properties: readonly string[] },
): Promise<Map<string, HubspotObject>> {
  const found = new Map<string, HubspotObject>();
  for (const some of chunked([...new Set(ids)], rowsABatch)) {
    const body = {
      ...(by !== undefined && { idProperty: by }),
      properties: [...properties, ...(by === undefined ? [] : [by])],
      inputs: some.map((id) => ({ id })),
    };
    const { results } = await account.json({ method: "POST", path: `/crm/v3/objects/${type}/batch/read`, body, reads: true }, Results);
    for (const each of results) found.set((by === undefined ? each.id : (each.properties[by] ?? "")).toLowerCase(), each);
  }
  return found;
}

/**
 * Records whose property has exactly one of these values, in whatever case, up to 10,000 of each; searches lag some seconds behind what was written, and are counted
 * with all of the account's. Where several values together have more than a query shows, each is asked for by itself.
 */
export async function searchObjects(
  account: Account,
  type: HubspotType,
  { property, values, properties }: { property: string; values: readonly string[]; properties: readonly string[] },
): Promise<HubspotObject[]> {
  const found: HubspotObject[] = [];
  for (const some of chunked(values, groupsASearch)) {
    const filterGroups = some.map((value) => ({ filters: [{ propertyName: property, operator: "EQ", value }] }));
    let after: string | undefined = "0";
    while (after !== undefined && Number(after) < rowsASearch) {
      const body = { filterGroups, properties: [...properties, property], limit: rowsAPage, after };
      const page: z.output<typeof Page> = await account.json(
        { method: "POST", path: `/crm/v3/objects/${type}/search`, body, reads: true },
        Page,
      );
      if (page.total > rowsASearch && some.length > 1) {
        for (const value of some) found.push(...(await searchObjects(account, type, { property, values: [value], properties })));
        break;
      }
      found.push(...page.results);
      // An empty page, or one that leads back, would be asked for again and again.
      const next: string | undefined = page.paging?.next?.after;
      after = page.results.length > 0 && Number(next) > Number(after) ? next : undefined;
    }
  }
  return found;
}

const Property = z.looseObject({ name: z.string() });

/**
 * Makes a property of ours where it is not there yet: unique, so that one company or order of the shop's is one record. Answers what kept it from being made,
 * or null.
 */
export async function ensureProperty(
  { account, writer }: Pick<Doing, "account" | "writer">,
  type: HubspotType,
  { name, label }: { name: string; label: string },
): Promise<Attempt | null> {
  if (await hasProperty(account, type, name)) return null;
  const group = { contacts: "contactinformation", companies: "companyinformation", deals: "dealinformation" }[type];
  const body = { name, label, type: "string", fieldType: "text", groupName: group, hasUniqueValue: true };
  const made = await writer.send({ method: "POST", path: `/crm/v3/properties/${type}`, body }, Property);
  if (made.outcome === "done") return null;
  // Somebody made it meanwhile, or it was made by a try whose reply was lost: then it is there now.
  if ((made.outcome === "refused" && made.status === 409) || made.outcome === "ambiguous") {
    return (await hasProperty(account, type, name)) ? null : attemptOf(made, () => ({ id: null }));
  }
  return attemptOf(made, () => ({ id: null }));
}

const Names = z.object({ results: z.array(z.object({ name: z.string() })) });

/** By the list of all: of a single name that it does not know HubSpot says 404, and a read that fails is one of the run's. */
export async function hasProperty(account: Account, type: HubspotType, name: string): Promise<boolean> {
  const { results } = await account.json({ path: `/crm/v3/properties/${type}` }, Names);
  return results.some((each) => each.name === name);
}

/** One row of a batch: whose it is, and what is written. `id`: the value of the batch's `by`, or HubSpot's own. */
export interface HubspotRow extends Pick<FailedRow, "customerId" | "record"> {
  id: string;
  properties: Readonly<Record<string, string>>;
}

const Batch = z.object({
  results: z.array(Found),
  numErrors: z.number().optional(),
  errors: z
    .array(
      z.object({
        category: z.string().default(""),
        context: z.record(z.string(), z.unknown()).nullish(),
      }),
    )
    .default([]),
});

/** What became of the rows of a batch: HubSpot's ids by the rows' own, in lower case; or what kept all of it from being known. */
export type Batched = { ids: Map<string, string>; failed: FailedRow[] } | { ended: Attempt };

const faults: Readonly<Record<string, RowFault>> = { VALIDATION_ERROR: "invalid", CONFLICT: "conflict", OBJECT_ALREADY_EXISTS: "conflict" };

/**
 * Writes up to a hundred rows, each once: what two rows would write is written by the first. With `by` whatever is not there is made, without it only
 * what is there is written to; both may be repeated. HubSpot does the rows that it can, and names the others by what they were sent with
 * (`objectWriteTraceId`). One that it refuses as a whole for one row is sent in halves, so that the others are done all the same.
 */
export async function writeObjects(
  doing: Pick<Doing, "account" | "writer">,
  type: HubspotType,
  { by, rows }: { by?: string; rows: readonly HubspotRow[] },
): Promise<Batched> {
  const once = [...new Map([...rows].reverse().map((row) => [row.id.toLowerCase(), row])).values()].reverse();
  if (once.length === 0) return { ids: new Map(), failed: [] };
  const outcome = await doing.writer.send(writeOf(type, by, once), Batch);
  if (outcome.outcome === "refused" && outcome.failure.kind === "rejected") {
    const [only] = once;
    if (once.length === 1 && only) return { ids: new Map(), failed: [faultOf(only, whyOf(outcome.failure.message))] };
    return inHalves(doing, type, { ...(by !== undefined && { by }), rows: once });
  }
  if (outcome.outcome !== "done") return { ended: attemptOf(outcome, () => ({ id: null })) };
  const named = new Map<string, RowFault>();
  for (const { category, context } of outcome.body?.errors ?? [])
    for (const row of tracesOf(context)) named.set(row, faults[category] ?? "refused");
  const told = new Map(
    (outcome.body?.results ?? []).map(({ id, properties }) => [(by === undefined ? id : (properties[by] ?? "")).toLowerCase(), id]),
  );
  // What was answered in another shape, or without the property, is looked up: it was done all the same.
  const silent = once.filter(({ id }, place) => !told.has(id.toLowerCase()) && !named.has(traceOf(place)));
  const there =
    silent.length > 0
      ? await readObjects(doing.account, type, { ...(by !== undefined && { by }), ids: silent.map(({ id }) => id), properties: [] })
      : new Map<string, HubspotObject>();
  const failed = once.flatMap((row, place): FailedRow[] => {
    const [why, id] = [named.get(traceOf(place)), row.id.toLowerCase()];
    if (why) return [faultOf(row, why)];
    return told.has(id) || there.has(id) ? [] : [faultOf(row, "refused")];
  });
  return { ids: new Map([...told, ...[...there].map(([key, { id }]) => [key, id] as const)]), failed };
}

const faultOf = ({ customerId, record }: HubspotRow, why: RowFault): FailedRow => ({
  customerId,
  ...(record !== undefined && { record }),
  why,
});
const traceOf = (place: number): string => `row-${place}`;

function tracesOf(context: Readonly<Record<string, unknown>> | null | undefined): string[] {
  const said = context?.objectWriteTraceId;
  return [said].flat().filter((each): each is string => typeof each === "string");
}

const whyOf = (message: string): RowFault => faults[message.split(" ")[0] ?? ""] ?? "refused";

function writeOf(type: HubspotType, by: string | undefined, rows: readonly HubspotRow[]): Write {
  const inputs = rows.map(({ id, properties }, place) => ({
    ...{ id, objectWriteTraceId: traceOf(place), properties: by === undefined ? properties : { [by]: id, ...properties } },
    ...(by !== undefined && { idProperty: by }),
  }));
  const path = `/crm/v3/objects/${type}/batch/${by === undefined ? "update" : "upsert"}`;
  return { method: "POST", path, body: { inputs }, repeatable: true };
}

async function inHalves(
  doing: Pick<Doing, "account" | "writer">,
  type: HubspotType,
  { by, rows }: { by?: string; rows: readonly HubspotRow[] },
): Promise<Batched> {
  const all: Batched = { ids: new Map(), failed: [] };
  for (const half of chunked(rows, Math.ceil(rows.length / 2))) {
    const batched = await writeObjects(doing, type, { ...(by !== undefined && { by }), rows: half });
    if ("ended" in batched) return batched;
    for (const [key, id] of batched.ids) all.ids.set(key, id);
    all.failed.push(...batched.failed);
  }
  return all;
}

/** HubSpot's own types; the direction counts. Source: AssociationTypes of @hubspot/api-client. */
const associationTypes = { "contacts/companies": 279, "deals/contacts": 3, "deals/companies": 341 } as const;
export type Association = keyof typeof associationTypes;

const Associated = z.object({ numErrors: z.number().optional() });
const Ties = z.object({
  results: z.array(z.object({ from: z.object({ id: z.string() }), to: z.array(z.object({ toObjectId: z.coerce.string() })) })),
});

type Pair = readonly [from: string, to: string];

/** Ties records together; what is tied already stays as it is. Answers those that HubSpot did not tie, of which it names none, or what kept all from being known. */
export async function associate(
  { account, writer }: Pick<Doing, "account" | "writer">,
  what: Association,
  pairs: readonly Pair[],
): Promise<{ untied: Pair[] } | { ended: Attempt }> {
  const untied: Pair[] = [];
  const types = [{ associationCategory: "HUBSPOT_DEFINED", associationTypeId: associationTypes[what] }];
  for (const some of chunked(pairs, rowsABatch)) {
    const body = { inputs: some.map(([from, to]) => ({ from: { id: from }, to: { id: to }, types })) };
    const outcome = await writer.send(
      { method: "POST", path: `/crm/v4/associations/${what}/batch/create`, body, repeatable: true },
      Associated,
    );
    if (outcome.outcome !== "done") return { ended: attemptOf(outcome, () => ({ id: null })) };
    if ((outcome.body?.numErrors ?? 0) === 0) continue;
    const ties = await readTies(
      account,
      what,
      some.map(([from]) => from),
    );
    untied.push(...some.filter(([from, to]) => !ties.get(from)?.includes(to)));
  }
  return { untied };
}

/** To which records these are tied, by their ids; HubSpot answers 207 where some are tied to none. */
export async function readTies(account: Account, what: Association, ids: readonly string[]): Promise<Map<string, string[]>> {
  const ties = new Map<string, string[]>();
  for (const some of chunked(ids, rowsABatch)) {
    const body = { inputs: some.map((id) => ({ id })) };
    const { results } = await account.json({ method: "POST", path: `/crm/v4/associations/${what}/batch/read`, body, reads: true }, Ties);
    for (const { from, to } of results) ties.set(from.id, [...(ties.get(from.id) ?? []), ...to.map(({ toObjectId }) => toObjectId)]);
  }
  return ties;
}

const Options = z.object({ options: z.array(z.object({ value: z.string(), displayOrder: z.number().default(0) })).default([]) });

/** The values of contacts' lifecycle stage in their order, which a portal may have changed. */
export async function readLifecycle(account: Account): Promise<string[]> {
  const { options } = await account.json({ path: "/crm/v3/properties/contacts/lifecyclestage" }, Options);
  return [...options].sort((a, b) => a.displayOrder - b.displayOrder).map(({ value }) => value);
}

const Pipelines = z.object({
  results: z.array(
    z.object({
      id: z.string(),
      label: z.string(),
      displayOrder: z.number().default(0),
      stages: z.array(
        z.object({
          id: z.string(),
          label: z.string(),
          displayOrder: z.number().default(0),
          metadata: z.record(z.string(), z.unknown()).default({}),
        }),
      ),
    }),
  ),
});

export interface PipelineStage {
  id: string;
  label: string;
  place: number;
  /** Null: open. */
  closed: "won" | "lost" | null;
}
export interface Pipeline {
  id: string;
  label: string;
  /** In their order. */
  stages: readonly PipelineStage[];
}

/** Pipelines of deals in their order. Won is a closed stage of probability 1; metadata are texts. */
export async function readPipelines(account: Account): Promise<Pipeline[]> {
  const { results } = await account.json({ path: "/crm/v3/pipelines/deals" }, Pipelines);
  const byPlace = (a: { displayOrder: number }, b: { displayOrder: number }) => a.displayOrder - b.displayOrder;
  return [...results].sort(byPlace).map(({ id, label, stages }) => ({
    ...{ id, label },
    stages: [...stages].sort(byPlace).map((stage, place) => {
      const isClosed = String(stage.metadata.isClosed) === "true";
      const isWon = Number(stage.metadata.probability) === 1;
      return { id: stage.id, label: stage.label, place, closed: isClosed ? (isWon ? ("won" as const) : ("lost" as const)) : null };
    }),
  }));
}

const Owners = z.object({
  results: z.array(
    z.object({
      id: z.string(),
      email: z.string().nullish(),
      firstName: z.string().nullish(),
      lastName: z.string().nullish(),
      archived: z.boolean().default(false),
    }),
  ),
});

/** Who may look after records of a portal: the first 500. Not to be stored. */
export async function readOwners(account: Account): Promise<{ id: string; name: string }[]> {
  const { results } = await account.json({ path: "/crm/v3/owners?limit=500" }, Owners);
  return results.flatMap(({ id, email, firstName, lastName, archived }) =>
    archived ? [] : [{ id, name: [firstName, lastName].filter(Boolean).join(" ") || (email ?? id) }],
  );
}
