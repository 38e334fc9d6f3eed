import { z } from "zod";
import { Healthz } from "#server/domain/health/look-around.ts";
import type { JsonSchema, Operation } from "./rest.ts";

/** The body of every failed answer, see `describeError`. */
const Failure = z.object({
  error: z.object({
    kind: z.enum(["unauthenticated", "forbidden", "not_found", "invalid", "conflict", "rate_limited", "unavailable", "internal"]),
    message: z.string().describe("Plain words for a person."),
    field: z.string().nullable().describe("The field of the input that is at fault."),
    issues: z.array(z.object({ field: z.string(), message: z.string() })).describe("All the fields at fault."),
    retryAfterS: z.number().nullable().describe("Seconds to wait, where waiting helps."),
    requestId: z.string().describe("Names this request in our logs."),
  }),
});

const failures: Record<string, string> = {
  "400": "The input is not valid; `field` names what is at fault.",
  "401": "Nobody is signed in.",
  "403": "Not allowed to this person, or sent by another site's page.",
  "404": "There is no such thing, or not for this person.",
};

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

/** One operation of the document. */
export interface DescribedOperation {
  operationId: string;
  summary: string;
  description?: string;
  security?: Record<string, string[]>[];
  tags: string[];
  parameters?: { name: string; in: "path" | "query"; required: boolean; schema: JsonSchema }[];
  requestBody?: { required: boolean; content: ReturnType<typeof json> };
  responses: Record<string, { description: string; content: ReturnType<typeof json> }>;
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
      ...Object.fromEntries(
        Object.entries(failures).map(([code, words]) => [
          code,
          { description: words, content: json({ $ref: "#/components/schemas/Failure" }) },
        ]),
      ),
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
