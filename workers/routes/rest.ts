import { TRPCError } from "@trpc/server";
import { type Context, Hono } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { invalid } from "#server/errors.ts";
import { openApiDocument } from "#server/trpc/openapi-document.ts";
import { type Operation, restInput, restOperations } from "#server/trpc/rest.ts";
import { appRouter, createCaller, fromOutside } from "#server/trpc/root.ts";
import type { HttpEnv } from "#workers/http-env.ts";
import { voiceIn } from "#workers/voice.ts";

/** The REST API: the procedures that say where they stand in it, its document, and JSON for whatever else is asked below /api. */
export const rest = new Hono<HttpEnv>();

const operations = restOperations(appRouter._def.procedures);

/** The API's OpenAPI document, for a portal that stands at `origin`. */
export const apiDocument = (origin: string) => openApiDocument(operations, origin);

rest.get("/api/openapi.json", (c) => c.json(apiDocument(String(c.env.APP_ORIGIN))));

for (const operation of operations) {
  rest.on(operation.method, operation.path.replaceAll(/\{(\w+)\}/g, ":$1"), async (c) => {
    const input = restInput(operation, {
      path: c.req.param(),
      query: new URL(c.req.url).searchParams,
      body: await readBody(c, operation),
    });
    return c.json(await call(c, operation, input), operation.status as ContentfulStatusCode);
  });
}

/** What an address answers to: `verify` in `/api/audit/verify` may be a client's id too. */
const patterns = operations.map(({ method, path }) => ({ method, fits: new RegExp(`^${path.replaceAll(/\{\w+\}/g, "[^/]+")}$`) }));

rest.all("/api/*", (c) => {
  const methods = patterns.filter(({ fits }) => fits.test(c.req.path)).map(({ method }) => method);
  if (methods.length === 0) throw new TRPCError({ code: "NOT_FOUND" });
  c.header("allow", methods.join(", "));
  throw new TRPCError({ code: "METHOD_NOT_SUPPORTED" });
});

function call(c: Context<HttpEnv>, { name }: Operation, input: unknown): Promise<unknown> {
  const caller: unknown = createCaller({ ...fromOutside(c.get("ctx")), voice: voiceIn("en") });
  const procedure = name.split(".").reduce<unknown>((noun, verb) => (noun as Record<string, unknown>)[verb], caller);
  return (procedure as (input: unknown) => Promise<unknown>)(input);
}

async function readBody(c: Context<HttpEnv>, { method }: Operation): Promise<Record<string, unknown>> {
  if (method === "GET" || method === "DELETE") return {};
  const text = await c.req.text();
  // Without a body nothing is said; what must be said is missed by its name.
  if (text === "") return {};
  if (!/^application\/json\b/i.test(c.req.header("content-type") ?? "")) throw new TRPCError({ code: "UNSUPPORTED_MEDIA_TYPE" });
  const body = parseJson(text);
  if (body === null || typeof body !== "object" || Array.isArray(body)) throw invalid("body", "body_not_object");
  return { ...body };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalid("body", "body_not_json"); // the parser's own words would quote the body
  }
}
