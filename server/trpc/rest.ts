import * as z from "zod";
import { invalid } from "#server/errors.ts";

/** Who is let in by the builder that a procedure grew from, see init.ts. */
export type Door = "public" | "personal" | "member" | "memberOrStaff" | "staff";

/** What is said of a procedure beside it. */
export interface ProcedureMeta {
  door?: Door;
  /** Where it stands in the REST API: `.meta({ openapi: { method: "GET", path: "/clients", summary: "…" } })`. */
  openapi?: {
    method: RestMethod;
    /** Below `/api`; `{name}` is a field of the input. */
    path: `/${string}`;
    summary: string;
    description?: string;
    tags?: string[];
    /** Of a good answer; 200 where it is left out. */
    status?: 200 | 201 | 202;
  };
}
export type RestMethod = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

export type JsonSchema = z.core.JSONSchema.JSONSchema;
export interface ObjectSchema extends JsonSchema {
  properties: Record<string, JsonSchema>;
  required: string[];
}

/** A procedure seen as an operation of the REST API. */
export interface Operation {
  /** Its name in tRPC: `clients.get`. */
  name: string;
  door: Door;
  type: "query" | "mutation";
  method: RestMethod;
  path: string;
  summary: string;
  description: string | undefined;
  tags: string[];
  status: number;
  /** Names of the fields that are in the path. */
  pathFields: string[];
  /** All fields, wherever they are carried. */
  input: ObjectSchema;
  output: JsonSchema;
}

interface Procedure {
  _def: { inputs?: z.ZodType[]; output?: z.ZodType; meta?: ProcedureMeta; type: string };
}
/** `router._def.procedures`, whose own type hides what is known of each. */
type Procedures = object;

const procedureEntries = (procedures: Procedures) => Object.entries(procedures) as [string, Procedure][];

/** Every procedure with what it asks for (its input is a chain of objects, one from each builder) and whom it lets in. */
export const describeProcedures = (procedures: Procedures): { name: string; door: Door; input: ObjectSchema }[] =>
  procedureEntries(procedures).map(([name, { _def }]) => ({
    name,
    door: _def.meta?.door ?? "public",
    input: mergedInput(_def.inputs ?? []),
  }));

/** The operations of a router's procedures: those that say where they stand. */
export function restOperations(procedures: Procedures): Operation[] {
  return procedureEntries(procedures).flatMap(([name, { _def }]) => {
    const meta = _def.meta?.openapi;
    if (!meta || (_def.type !== "query" && _def.type !== "mutation")) return [];
    if ((_def.type === "query") !== (meta.method === "GET")) throw new Error(`${name}: a query is a GET and nothing else is one.`);
    const pathFields = [...meta.path.matchAll(/\{(\w+)\}/g)].map(([, field]) => field as string);
    const input = mergedInput(_def.inputs ?? []);
    const stray = pathFields.find((field) => !(field in input.properties));
    if (stray) throw new Error(`${name}: its path names {${stray}}, which is no field of its input.`);
    return [
      {
        name,
        door: _def.meta?.door ?? "public",
        type: _def.type,
        method: meta.method,
        path: `/api${meta.path}`,
        summary: meta.summary,
        description: meta.description,
        tags: meta.tags ?? [name.split(".")[0] as string],
        status: meta.status ?? 200,
        pathFields,
        input,
        output: _def.output ? jsonSchema(_def.output, "output") : {},
      },
    ];
  });
}

function mergedInput(inputs: readonly z.ZodType[]): ObjectSchema {
  const merged: ObjectSchema = { type: "object", properties: {}, required: [] };
  for (const input of inputs) {
    const schema = jsonSchema(input, "input");
    Object.assign(merged.properties, schema.properties);
    merged.required.push(...(schema.required ?? []).filter((field) => !merged.required.includes(field)));
  }
  return merged;
}

function jsonSchema(schema: z.ZodType, io: "input" | "output"): JsonSchema {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: "any" });
  return rest;
}

/**
 * The input of an operation out of a request's parts. Query values are text: they become what their schema says, and
 * what does not fit stays as it is, for the procedure's own check to name. Throws `invalid` for what would be passed over: a query
 * beside a body, and a body that names another thing than the path.
 */
export function restInput(
  operation: Operation,
  { path, query, body }: { path: Record<string, string>; query: URLSearchParams; body: Record<string, unknown> },
): Record<string, unknown> {
  const asked = Object.fromEntries(
    [...new Set(query.keys())].map((field) => [field, fromText(operation.input.properties[field], query.getAll(field))]),
  );
  if (operation.method === "GET" || operation.method === "DELETE") return { ...asked, ...path };
  const [stray] = Object.keys(asked);
  if (stray !== undefined) throw invalid(stray, "belongs_in_body");
  const other = Object.keys(path).find((field) => field in body && body[field] !== path[field]);
  if (other !== undefined) throw invalid(other, "path_names_another");
  return { ...body, ...path };
}

function fromText(schema: JsonSchema | undefined, texts: readonly string[]): unknown {
  const [first = ""] = texts;
  switch (schema?.type) {
    case "array":
      return texts.map((text) => fromText(itemOf(schema), [text]));
    case "integer":
    case "number":
      return first.trim() !== "" && Number.isFinite(Number(first)) ? Number(first) : first;
    case "boolean":
      return first === "true" ? true : first === "false" ? false : first;
    default:
      return first;
  }
}

const itemOf = ({ items }: JsonSchema): JsonSchema | undefined =>
  typeof items === "object" && !Array.isArray(items) ? (items as JsonSchema) : undefined;
