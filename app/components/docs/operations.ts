import type { DescribedOperation, JsonSchema, OpenApiDocument } from "#server/trpc/openapi-document.ts";

/** One line of a table of fields; `name` is dotted where it lies deeper. */
export interface FieldLine {
  name: string;
  type: string;
  required: boolean;
  description: string;
}

/** An operation as the page shows it. */
export interface OperationView {
  id: string;
  method: string;
  path: string;
  summary: string;
  description: string;
  parameters: (FieldLine & { in: string })[];
  body: FieldLine[];
  answers: { status: string; description: string; fields: FieldLine[] }[];
  curl: string;
}

interface Group<Of> {
  /** As it stands in the address. */
  tag: string;
  /** As people read it. */
  name: string;
  operations: Of[];
}

interface Listed {
  tag: string;
  path: string;
  method: string;
  operation: DescribedOperation;
}

const listed = (document: OpenApiDocument): Listed[] =>
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ tag: operation.tags[0] ?? "", path, method, operation })),
  );

/** `dead-letters` and `deadLetters` -> "Dead letters". */
function nameOf(tag: string): string {
  const words = tag.replace(/([a-z])([A-Z])|-/g, "$1 $2").toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function grouped<Of extends { tag: string }>(all: readonly Of[]): Group<Of>[] {
  const tags = [...new Set(all.map(({ tag }) => tag))].sort();
  return tags.map((tag) => ({ tag, name: nameOf(tag), operations: all.filter((each) => each.tag === tag) }));
}

/** The groups that the document's tags make, and how many operations each has. */
export const countsOf = (document: OpenApiDocument): { tag: string; name: string; count: number }[] =>
  grouped(listed(document)).map(({ tag, name, operations }) => ({ tag, name, count: operations.length }));

/** The operations whose path, id or words have every word that is looked for; all of them for none. */
export function findOperations(document: OpenApiDocument, text: string) {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const found = listed(document).filter(({ path, method, operation: { operationId, summary, description = "" } }) => {
    const said = `${method} ${path} ${operationId} ${summary} ${description}`.toLowerCase();
    return words.every((word) => said.includes(word));
  });
  return grouped(
    found.map(({ tag, path, method, operation }) => ({
      tag,
      path,
      id: operation.operationId,
      method: method.toUpperCase(),
      summary: operation.summary,
    })),
  );
}

/** One group's operations in full, with their schemas laid flat; undefined where there is no such group. */
export function groupOf(document: OpenApiDocument, tag: string): Group<OperationView> | undefined {
  const origin = document.servers[0]?.url ?? "";
  const own = listed(document).filter((each) => each.tag === tag);
  if (own.length === 0) return undefined;
  return { tag, name: nameOf(tag), operations: own.map(({ path, method, operation }) => viewOf(origin, path, method, operation)) };
}

function viewOf(origin: string, path: string, method: string, operation: DescribedOperation): OperationView {
  const body = operation.requestBody?.content["application/json"].schema;
  return {
    id: operation.operationId,
    method: method.toUpperCase(),
    path,
    summary: operation.summary,
    description: operation.description ?? "",
    parameters: (operation.parameters ?? []).map(({ name, in: where, required, schema }) => ({
      name,
      in: where,
      required,
      type: typeOf(schema),
      description: schema.description ?? "",
    })),
    body: body ? linesOf(body) : [],
    answers: Object.entries(operation.responses).map(([status, { description, content }]) => ({
      status,
      description,
      fields: linesOf(content["application/json"].schema),
    })),
    curl: curlOf(`${origin}${path}`, method.toUpperCase(), operation, body),
  };
}

function linesOf(schema: JsonSchema, prefix = ""): FieldLine[] {
  const inside = schema.type === "array" ? itemOf(schema) : schema;
  if (!inside?.properties) return [];
  return Object.entries(inside.properties).flatMap(([name, property]) => {
    if (typeof property === "boolean") return [];
    const full = `${prefix}${schema.type === "array" && !prefix ? "[]." : ""}${name}`;
    const deeper = withoutNull(property);
    return [
      { name: full, type: typeOf(property), required: inside.required?.includes(name) ?? false, description: property.description ?? "" },
      ...linesOf(deeper, `${full}${deeper.type === "array" ? "[]" : ""}.`),
    ];
  });
}

function typeOf(schema: JsonSchema): string {
  if (schema.$ref) return schema.$ref.split("/").at(-1) ?? "";
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.anyOf) return schema.anyOf.map((part) => (typeof part === "boolean" ? "any" : typeOf(part))).join(" | ");
  if (schema.type === "array") return `${typeOf(itemOf(schema) ?? {})}[]`;
  if (schema.type === "object" && typeof schema.additionalProperties === "object") return `map of ${typeOf(schema.additionalProperties)}`;
  return [schema.type ?? "any"].flat().join(" | ");
}

function itemOf({ items }: JsonSchema): JsonSchema | undefined {
  return typeof items === "object" && !Array.isArray(items) ? items : undefined;
}

function withoutNull(schema: JsonSchema): JsonSchema {
  const parts = schema.anyOf?.filter((part): part is JsonSchema => typeof part === "object" && part.type !== "null");
  return parts?.length === 1 && parts[0] ? parts[0] : schema;
}

function curlOf(url: string, method: string, operation: DescribedOperation, body: JsonSchema | undefined): string {
  const signedIn = operation.security?.length !== 0;
  const lines = [`curl${method === "GET" ? "" : ` -X ${method}`} '${url}'`];
  if (signedIn) lines.push(`-H 'Cookie: __Host-atrium_session=<your session>'`);
  if (method !== "GET") lines.push(`-H 'Origin: ${new URL(url).origin}'`);
  if (body) lines.push(`-H 'Content-Type: application/json'`, `-d '${JSON.stringify(exampleOf(body))}'`);
  return lines.join(" \\\n  ");
}

function exampleOf(schema: JsonSchema): unknown {
  if (schema.default !== undefined) return schema.default;
  if (schema.enum) return schema.enum[0];
  switch (schema.type) {
    case "object": {
      const asked = Object.entries(schema.properties ?? {}).filter(([name]) => !schema.required?.length || schema.required.includes(name));
      return Object.fromEntries(asked.map(([name, property]) => [name, typeof property === "object" ? exampleOf(property) : null]));
    }
    case "array":
      return [];
    case "boolean":
      return true;
    case "integer":
    case "number":
      return schema.minimum ?? 1;
    default:
      return "…";
  }
}
