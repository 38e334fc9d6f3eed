import * as z from "zod";
import { locales } from "#db/words/locales.ts";
import { Healthz } from "#server/domain/health/look-around.ts";
import { type ErrorCode, errorCodes } from "#server/errors.ts";
import type { JsonSchema, Operation, RestMethod } from "./rest.ts";

const ErrorCodes = z.enum(Object.keys(errorCodes) as [ErrorCode, ...ErrorCode[]]);
const Params = z.record(z.string(), z.union([z.string(), z.number(), z.record(z.enum(locales), z.string())]));

/** The body of every failed answer, see `describeError`. */
const Failure = z.object({
  error: z.object({
    kind: z.enum([
      "unauthenticated",
      "forbidden",
      "not_found",
      "invalid",
      "conflict",
      "rate_limited",
      "unavailable",
      "vault_closed",
      "internal",
    ]),
    code: ErrorCodes.describe("What is wrong, for a program."),
    params: Params.describe("What the message names, by its name."),
    message: z.string().describe("Plain words for a person, in English."),
    field: z.string().nullable().describe("The field of the input that is at fault."),
    issues: z
      .array(z.object({ field: z.string(), code: ErrorCodes, params: Params, message: z.string() }))
      .describe("All the fields at fault."),
    retryAfterS: z.number().nullable().describe("Seconds to wait, where waiting helps."),
    requestId: z.string().describe("Names this request in our logs."),
  }),
});

/** How a request can fail: what it means, when it is declared, and a header that comes along. */
interface FailureView {
  words: string;
  /** Left out: any operation. `change`: what is no GET. `body`: what reads a body. */
  of?: "change" | "body";
  header?: { name: string; words: string };
}
const retryAfter = { name: "Retry-After", words: "Seconds to wait." };

const failures: Readonly<Record<string, FailureView>> = {
  "400": { words: "The input is not valid; `field` names what is at fault." },
  "401": { words: "Nobody is signed in." },
  "403": { words: "Not allowed to this person, or sent by another site's page." },
  "404": { words: "There is no such thing, or not for this person." },
  "405": { words: "The address does not answer to this method.", header: { name: "Allow", words: "The methods that it answers to." } },
  "409": { words: "What is there does not allow it.", of: "change" },
  "413": { words: "The body is too long.", of: "change" },
  "415": { words: "The body is no JSON.", of: "body" },
  "429": { words: "Too many requests.", header: retryAfter },
  "500": { words: "Something went wrong on our side; `requestId` names it in our logs." },
  "503": { words: "Something that it needs does not answer now, or (`vault_closed`) a key of ours is missing.", header: retryAfter },
};

const failuresOf = (method: RestMethod): DescribedOperation["responses"] =>
  Object.fromEntries(
    Object.entries(failures).flatMap(([code, { words, of, header }]) => {
      if ((of && method === "GET") || (of === "body" && method === "DELETE")) return [];
      const headers = header && { [header.name]: { description: header.words, schema: { type: "string" as const } } };
      return [[code, { description: words, ...(headers && { headers }), content: json({ $ref: "#/components/schemas/Failure" }) }]];
    }),
  );

/** The OpenAPI 3.1 document of the REST API. */
export const openApiDocument = (operations: readonly Operation[], origin: string) => ({
  openapi: "3.1.0",
  info: {
    title: "Atrium",
    version: "1",
    description:
      "The portal's procedures over REST. Instants are milliseconds since 1970 in UTC, money is in minor units of its currency. " +
      "What changes something needs an `Origin` header that is this site's own.",
  },
  servers: [{ url: origin }],
  security: [{ session: [] }],
  tags: [...new Set(operations.flatMap(({ tags }) => tags))].map((name) => ({ name })),
  paths: { ...healthz, ...pathsOf(operations) },
  components: {
    securitySchemes: { session: { type: "apiKey", in: "cookie", name: "__Host-atrium_session" } },
    schemas: { Failure: withoutDialect(z.toJSONSchema(Failure)) },
  },
});
export type { JsonSchema };
export type OpenApiDocument = ReturnType<typeof openApiDocument>;

const healthz: Record<string, Record<string, DescribedOperation>> = {
  "/healthz": {
    get: {
      operationId: "healthz",
      summary: "How Atrium is: its configuration, its database, its cron and its queues",
      tags: ["health"],
      security: [],
      responses: {
        "200": { description: "All is well.", content: json(withoutDialect(z.toJSONSchema(Healthz))) },
        "503": { description: "Something is not; what, is said.", content: json(withoutDialect(z.toJSONSchema(Healthz))) },
      },
    },
  },
};

interface Header {
  description: string;
  schema: JsonSchema;
}

/** One operation of the document. */
export interface DescribedOperation {
  operationId: string;
  summary: string;
  description?: string;
  security?: Record<string, string[]>[];
  tags: string[];
  parameters?: { name: string; in: "path" | "query"; required: boolean; schema: JsonSchema }[];
  requestBody?: { required: boolean; content: ReturnType<typeof json> };
  responses: Record<string, { description: string; headers?: Record<string, Header>; content: ReturnType<typeof json> }>;
}

function pathsOf(operations: readonly Operation[]): Record<string, Record<string, DescribedOperation>> {
  const paths: Record<string, Record<string, DescribedOperation>> = {};
  for (const operation of operations) {
    const methods = paths[operation.path] ?? {};
    methods[operation.method.toLowerCase()] = describe(operation);
    paths[operation.path] = methods;
  }
  return paths;
}

function describe(operation: Operation): DescribedOperation {
  const { name, door, summary, description, tags, input, pathFields, status, output } = operation;
  const elsewhere = Object.keys(input.properties).filter((field) => !pathFields.includes(field));
  const inQuery = operation.method === "GET" || operation.method === "DELETE";
  const parameter = (field: string, where: "path" | "query") => ({
    name: field,
    in: where,
    required: where === "path" || input.required.includes(field),
    schema: input.properties[field] ?? {},
  });
  const parameters = [
    ...pathFields.map((field) => parameter(field, "path")),
    ...(inQuery ? elsewhere.map((field) => parameter(field, "query")) : []),
  ];
  const required = input.required.filter((field) => elsewhere.includes(field));
  const body = { type: "object" as const, properties: pick(input.properties, elsewhere), required };
  return {
    operationId: name,
    summary,
    ...(door === "public" && { security: [] }),
    ...(description && { description }),
    tags,
    ...(parameters.length > 0 && { parameters }),
    ...(!inQuery && { requestBody: { required: required.length > 0, content: json(body) } }),
    responses: {
      [status]: { description: "Done.", content: json(output) },
      ...failuresOf(operation.method),
    },
  };
}

function json(schema: JsonSchema) {
  return { "application/json": { schema } };
}

const pick = (properties: Record<string, JsonSchema>, fields: readonly string[]) =>
  Object.fromEntries(fields.map((field) => [field, properties[field] ?? {}]));

function withoutDialect({ $schema: _, ...schema }: JsonSchema): JsonSchema {
  return schema;
}
