import { type DocumentNode, execute, GraphQLError, Kind, parse, validate } from "graphql";
import { z } from "zod";
import { readJson } from "#sandbox/body.ts";
import type { Grant } from "#sandbox/oauth/ledger.ts";
import type { Call, SandboxState } from "#sandbox/providers/provider.ts";
import { json } from "#sandbox/reply.ts";
import type { Shop } from "#sandbox/shop/model.ts";
import { maximumCost, queryCost } from "./cost.ts";
import { fieldsSeen } from "./customers.ts";
import { rootOf } from "./root.ts";
import { schema } from "./schema.ts";
import { tagsSeen } from "./tags.ts";
import type { Within } from "./views.ts";

const Body = z.object({ query: z.string(), variables: z.record(z.string(), z.unknown()).nullish() });
const supportedVersions = ["2026-07", "2026-10", "unstable"];
const kept = 100;
const documents = new Map<string, { document: DocumentNode; errors: readonly GraphQLError[] }>();

interface Bucket {
  available: number;
  at: number;
}
const buckets = new WeakMap<SandboxState, Map<string, Bucket>>();

/** One GraphQL request against the shop of the token. Errors of the query and throttling are HTTP 200, as Shopify has it. */
export async function answerGraphql(state: SandboxState, call: Call, grant: Grant): Promise<Response> {
  const asked = /\/api\/([^/]+)\//.exec(call.route.path)?.[1] ?? "";
  const headers = { "x-shopify-api-version": supportedVersions.includes(asked) ? asked : "2026-07", "x-request-id": crypto.randomUUID() };
  const body = Body.safeParse(readJson(call.body));
  if (!body.success) return json({ errors: { query: "Required parameter missing or invalid" } }, 400, headers);
  const variables = body.data.variables ?? {};
  const { document, errors } = readDocument(body.data.query);
  if (errors.length > 0) return json({ errors: errors.map(schemaError) }, 200, headers);

  const shop = state.shops.find(grant.account, call.now);
  const requested = queryCost(document, variables);
  if (requested > maximumCost) {
    return json(
      {
        errors: [
          {
            message: `Query cost is ${requested}, which exceeds the single query max cost limit (${maximumCost}).`,
            extensions: { code: "MAX_COST_EXCEEDED", cost: requested, maxCost: maximumCost, documentation: limitsPage },
          },
        ],
      },
      200,
      headers,
    );
  }
  const bucket = bucketOf(state, shop, call.now);
  if (state.limits.on && bucket.available < requested) {
    const errors = [{ message: "Throttled", extensions: { code: "THROTTLED", documentation: limitsPage } }];
    return json({ errors, extensions: costOf(shop, bucket, requested, null) }, 200, headers);
  }
  const warnings: string[] = [];
  const result = await execute({
    schema,
    document,
    rootValue: rootOf(state, call, grant, shop, (text) => warnings.push(text)),
    variableValues: variables,
    contextValue: {
      tagsOf: (gid) => tagsSeen(state, shop.domain, gid, call.now),
      fieldsOf: (gid) => fieldsSeen(state, shop.domain, gid, call.now),
    } satisfies Within,
  });
  const actual = Math.min(requested, queryCost(document, variables, result.data ?? null));
  bucket.available -= actual;
  const extensions = {
    ...costOf(shop, bucket, requested, actual),
    ...(warnings.length > 0 && { search: [{ warnings: warnings.map((message) => ({ message })) }] }),
  };
  return json(
    { ...(result.data !== undefined && { data: result.data }), ...(result.errors && { errors: result.errors }), extensions },
    200,
    headers,
  );
}

const limitsPage = "https://shopify.dev/api/usage/rate-limits";

function readDocument(query: string) {
  const known = documents.get(query);
  if (known) return known;
  const read = parseDocument(query);
  if (documents.size >= kept) documents.clear();
  documents.set(query, read);
  return read;
}

function parseDocument(query: string): { document: DocumentNode; errors: readonly GraphQLError[] } {
  try {
    const document = parse(query);
    return { document, errors: validate(schema, document) };
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    return { document: { kind: Kind.DOCUMENT, definitions: [] }, errors: [error] };
  }
}

/** Shopify words an unknown field in its own way and gives it a code. */
function schemaError(error: GraphQLError) {
  const unknown = /^Cannot query field "(\w+)" on type "(\w+)"/.exec(error.message);
  if (!unknown) return { message: error.message, locations: error.locations };
  const [, fieldName, typeName] = unknown;
  return {
    message: `Field '${fieldName}' doesn't exist on type '${typeName}'`,
    locations: error.locations,
    extensions: { code: "undefinedField", typeName, fieldName },
  };
}

/** A leaky bucket per application and shop, which refills by the shop's plan. */
function bucketOf(state: SandboxState, shop: Shop, now: number): Bucket {
  const all = buckets.get(state) ?? new Map<string, Bucket>();
  buckets.set(state, all);
  const { bucket: size, restoreRate } = shop.plan;
  const bucket = all.get(shop.domain) ?? { available: size, at: now };
  bucket.available = Math.min(size, bucket.available + ((now - bucket.at) / 1000) * restoreRate);
  bucket.at = now;
  all.set(shop.domain, bucket);
  return bucket;
}

function costOf(shop: Shop, bucket: Bucket, requestedQueryCost: number, actualQueryCost: number | null) {
  return {
    cost: {
      requestedQueryCost,
      actualQueryCost,
      throttleStatus: {
        maximumAvailable: shop.plan.bucket,
        currentlyAvailable: Math.floor(bucket.available),
        restoreRate: shop.plan.restoreRate,
      },
    },
  };
}
