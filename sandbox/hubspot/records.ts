import { z } from "zod";
import { readJson } from "#sandbox/body.ts";
import { json } from "#sandbox/reply.ts";
import type { Asked } from "./asked.ts";
import { hubspotError } from "./error.ts";
import {
  type CrmObject,
  isUnique,
  knowsProperty,
  lifecycle,
  type ObjectType,
  objectsAt,
  pipelinesOf,
  thingsOf,
  uniqueOf,
} from "./objects.ts";

const mostInputs = 100;
const Properties = z.record(z.string(), z.string());
const Upsert = z.object({
  inputs: z
    .array(z.object({ id: z.string().min(1), idProperty: z.string(), objectWriteTraceId: z.string().optional(), properties: Properties }))
    .min(1),
});
const Update = z.object({
  inputs: z.array(z.object({ id: z.string().min(1), objectWriteTraceId: z.string().optional(), properties: Properties })).min(1),
});
const Read = z.object({
  idProperty: z.string().optional(),
  properties: z.array(z.string()).default([]),
  inputs: z.array(z.object({ id: z.string() })).min(1),
});
const Search = z.object({
  filterGroups: z
    .array(
      z.object({
        filters: z
          .array(z.object({ propertyName: z.string(), operator: z.enum(["EQ", "GT"]), value: z.string() }))
          .min(1)
          .max(6),
      }),
    )
    .min(1)
    .max(5),
  properties: z.array(z.string()).default([]),
  limit: z.number().int().min(1).max(200).default(10),
  after: z.string().regex(/^\d+$/).default("0"),
});
/** Beyond this no query goes (../shared/writes-and-voice.md, 0.1). */
const mostFound = 10_000;

const iso = (instant: number) => new Date(instant).toISOString();

function viewOf({ id, properties, createdAt, updatedAt }: CrmObject, wanted: readonly string[]) {
  const shown = Object.fromEntries(
    [...wanted, "hs_object_id"].map((name) => [name, name === "hs_object_id" ? id : (properties[name] ?? null)]),
  );
  return { id, properties: shown, createdAt: iso(createdAt), updatedAt: iso(updatedAt), archived: false };
}

const badJson = () => hubspotError(400, "VALIDATION_ERROR", "Invalid input JSON");
const tooMany = () => hubspotError(400, "VALIDATION_ERROR", `The maximum number of inputs supported in a batch request is ${mostInputs}.`);

/** By id or by a property that is unique. Who is not there makes it a 207 with one error that names them, as the real one has it. */
export function readBatch({ state, account, call }: Asked, type: ObjectType): Response {
  const body = Read.safeParse(readJson(call.body));
  if (!body.success) return badJson();
  const { inputs, idProperty, properties } = body.data;
  if (inputs.length > mostInputs) return tooMany();
  if (idProperty !== undefined && !isUnique(state, account, type, idProperty))
    return hubspotError(400, "VALIDATION_ERROR", `idProperty '${idProperty}' does not exist or is not a unique identifier`);
  const all = objectsAt(state, account, type);
  const wanted = new Set(inputs.map(({ id }) => id.toLowerCase()));
  const idOf = (object: CrmObject) => (idProperty === undefined ? object.id : (object.properties[idProperty] ?? "")).toLowerCase();
  const found = all.filter((object) => wanted.has(idOf(object)));
  const missing = [...wanted].filter((id) => !found.some((object) => idOf(object) === id));
  const results = found.map((object) => viewOf(object, properties));
  if (missing.length === 0) return json({ status: "COMPLETE", results });
  const errors = [
    {
      status: "error",
      category: "OBJECT_NOT_FOUND",
      message: "Could not get some objects, they may be deleted.",
      context: { ids: missing },
    },
  ];
  return json({ status: "COMPLETE", results, numErrors: 1, errors }, 207);
}

/** What HubSpot has against one row, or null. */
function faultOf({ state, account }: Asked, type: ObjectType, properties: Record<string, string>): string | null {
  const unknown = Object.keys(properties).find((name) => !knowsProperty(state, account, type, name));
  if (unknown)
    return `Property values were not valid: [{"isValid":false,"message":"Property \\"${unknown}\\" does not exist","error":"PROPERTY_DOESNT_EXIST","name":"${unknown}"}]`;
  if (type === "contacts" && properties.email !== undefined && !/^[^\s@]+@[^\s@]+\.[a-z]{2,}$/.test(properties.email))
    return `Property values were not valid: [{"isValid":false,"message":"Email address ${properties.email} is invalid","error":"INVALID_EMAIL","name":"email"}]`;
  const stages = pipelinesOf(account).flatMap(({ stages: all }) => all.map(({ id }) => id));
  if (type === "deals" && properties.dealstage !== undefined && !stages.includes(properties.dealstage))
    return `Property values were not valid: [{"isValid":false,"message":"${properties.dealstage} was not one of the allowed options","error":"INVALID_OPTION","name":"dealstage"}]`;
  return null;
}

/** A lifecycle stage moves forward alone; what would move it back is passed over without a word. */
function mergedOf(type: ObjectType, before: Record<string, string>, given: Record<string, string>): Record<string, string> {
  const { lifecyclestage, ...rest } = given;
  const back = type === "contacts" && lifecycle.indexOf(lifecyclestage ?? "") < lifecycle.indexOf(before.lifecyclestage ?? "");
  return { ...before, ...rest, ...(lifecyclestage !== undefined && !back && { lifecyclestage }) };
}

interface Row {
  trace: string | undefined;
  known: CrmObject | undefined;
  properties: Record<string, string>;
}

/** A portal whose number ends in 8 refuses the whole of a batch for one row, as HubSpot does for some faults. */
function write(asked: Asked, type: ObjectType, rows: readonly Row[]): Response {
  const { state, account, call } = asked;
  const all = objectsAt(state, account, type);
  const whole = account.endsWith("8") ? rows.map(({ properties }) => faultOf(asked, type, properties)).find((fault) => fault) : null;
  if (whole) return hubspotError(400, "VALIDATION_ERROR", whole);
  const results: object[] = [];
  const errors: object[] = [];
  let changed = 0;
  for (const { trace, known, properties } of rows) {
    const taken = uniqueOf(state, account, type).some(
      (name) =>
        properties[name] !== undefined &&
        all.some((each) => each.id !== known?.id && each.properties[name]?.toLowerCase() === properties[name]?.toLowerCase()),
    );
    const message = faultOf(asked, type, properties) ?? (taken ? "A record with that value already exists" : null);
    if (message) {
      const context = trace === undefined ? {} : { objectWriteTraceId: [trace] };
      errors.push({ status: "error", category: taken ? "CONFLICT" : "VALIDATION_ERROR", message, context });
      continue;
    }
    const merged = mergedOf(type, known?.properties ?? {}, properties);
    const next: CrmObject = {
      ...{ id: known?.id ?? String(5001 + all.length), properties: merged },
      ...{ createdAt: known?.createdAt ?? call.now, updatedAt: call.now },
    };
    if (JSON.stringify(known?.properties) !== JSON.stringify(merged)) {
      changed += 1;
      state.written.put({ kind: thingsOf(type), account, key: next.id }, next, call.now);
      const at = all.findIndex(({ id }) => id === next.id);
      all.splice(at < 0 ? all.length : at, at < 0 ? 0 : 1, next);
    }
    results.push({
      ...viewOf(next, Object.keys(properties)),
      new: known === undefined,
      ...(trace !== undefined && { objectWriteTraceId: trace }),
    });
  }
  if (results.length > 0)
    state.effects.record(
      { provider: "hubspot", kind: `${type}_written`, key: String(results.length), account, at: call.now },
      changed === 0,
    );
  if (errors.length === 0) return json({ status: "COMPLETE", results });
  return json({ status: "COMPLETE", results, numErrors: errors.length, errors }, 207);
}

/** Up to a hundred; two of them with one id refuse the whole, and so does an idProperty that is none. */
export function upsertBatch(asked: Asked, type: ObjectType): Response {
  const { state, account, call } = asked;
  const body = Upsert.safeParse(readJson(call.body));
  if (!body.success) return badJson();
  const { inputs } = body.data;
  if (inputs.length > mostInputs) return tooMany();
  const wrong = inputs.find(({ idProperty }) => !isUnique(state, account, type, idProperty));
  if (wrong) return hubspotError(400, "VALIDATION_ERROR", `idProperty '${wrong.idProperty}' does not exist or is not a unique identifier`);
  const ids = inputs.map(({ id }) => id.toLowerCase());
  const twice = ids.find((id, at) => ids.indexOf(id) !== at);
  if (twice) return hubspotError(400, "VALIDATION_ERROR", `Duplicate IDs found in batch input: [${twice}]. IDs must be unique`);
  const all = objectsAt(state, account, type);
  return write(
    asked,
    type,
    inputs.map(({ id, idProperty, objectWriteTraceId, properties }) => ({
      trace: objectWriteTraceId,
      known: all.find((each) => each.properties[idProperty]?.toLowerCase() === id.toLowerCase()),
      properties: { [idProperty]: id, ...properties },
    })),
  );
}

export function updateBatch(asked: Asked, type: ObjectType): Response {
  const body = Update.safeParse(readJson(asked.call.body));
  if (!body.success) return badJson();
  if (body.data.inputs.length > mostInputs) return tooMany();
  const all = objectsAt(asked.state, asked.account, type);
  const rows = body.data.inputs.map(({ id, objectWriteTraceId, properties }) => ({
    ...{ trace: objectWriteTraceId, known: all.find((each) => each.id === id), properties },
  }));
  return rows.some(({ known }) => !known)
    ? hubspotError(404, "OBJECT_NOT_FOUND", "Could not update some objects")
    : write(asked, type, rows);
}

/** By exact values whatever their case; its index lags behind what was written. */
export function searchObjects({ state, account, call }: Asked, type: ObjectType): Response {
  const body = Search.safeParse(readJson(call.body));
  if (!body.success) return hubspotError(400, "VALIDATION_ERROR", "Invalid search request");
  const { filterGroups, properties, limit } = body.data;
  const from = Number(body.data.after);
  if (from + limit > mostFound) return hubspotError(400, "VALIDATION_ERROR", `No more than ${mostFound} results of a search can be read`);
  const textOf = (object: CrmObject, name: string) => (name === "hs_object_id" ? object.id : (object.properties[name] ?? "")).toLowerCase();
  const found = objectsAt(state, account, type, call.now).filter((object) =>
    filterGroups.some(({ filters }) =>
      filters.every(({ propertyName, operator, value }) =>
        operator === "EQ" ? textOf(object, propertyName) === value.toLowerCase() : Number(textOf(object, propertyName)) > Number(value),
      ),
    ),
  );
  const end = from + limit;
  return json({
    ...{ total: found.length, results: found.slice(from, end).map((object) => viewOf(object, properties)) },
    ...(end < found.length && { paging: { next: { after: String(end), link: `?after=${end}` } } }),
  });
}
