import { z } from "zod";
import { readJson } from "#sandbox/body.ts";
import type { Grant } from "#sandbox/oauth/ledger.ts";
import type { Call, SandboxState } from "#sandbox/providers/provider.ts";
import { json } from "#sandbox/reply.ts";
import type { Asked } from "./asked.ts";
import { associationsAnswered } from "./associations.ts";
import { hubspotError } from "./error.ts";
import { knowsProperty, lifecycle, namesOf, type ObjectType, objectTypes, ownersOf, pipelinesOf, propertiesAt } from "./objects.ts";
import { readBatch, searchObjects, updateBatch, upsertBatch } from "./records.ts";

const Property = z.object({
  name: z.string().regex(/^[a-z][a-z0-9_]*$/),
  label: z.string().min(1),
  type: z.string(),
  fieldType: z.string(),
  groupName: z.string(),
  hasUniqueValue: z.boolean().default(false),
});

/** The part of the CRM that our applications use (../shared/writes-and-voice.md, 3 HubSpot): its limits and scopes before anything else. */
export function answerHubspot(state: SandboxState, call: Call, grant: Grant): Response {
  const asked: Asked = { state, account: grant.account, call };
  const path = call.route.path.split("?")[0] ?? "";
  const limited = takeTurn(asked, /\/search$/.test(path));
  if (limited) return limited;
  const missing = (scope: string) =>
    grant.scopes.includes(scope)
      ? null
      : hubspotError(403, "MISSING_SCOPES", "This app hasn't been granted all required scopes.", {
          errors: [{ message: "One or more of the following scopes are required.", context: { requiredGranularScopes: [scope] } }],
        });
  const post = call.request.method === "POST";

  if (path === "/crm/v3/owners") return missing("crm.objects.owners.read") ?? json({ results: ownersOf(grant.account) });
  if (path === "/crm/v3/pipelines/deals") return missing("crm.objects.deals.read") ?? json({ results: pipelinesOf(grant.account) });
  const [, propertyOf, name] = /^\/crm\/v3\/properties\/(contacts|companies|deals)(?:\/(\w+))?$/.exec(path) ?? [];
  if (propertyOf) {
    return missing(`crm.schemas.${propertyOf}.${post ? "write" : "read"}`) ?? answerProperty(asked, propertyOf as ObjectType, name);
  }
  const [, type, verb] = /^\/crm\/v3\/objects\/(\w+)\/(batch\/read|batch\/upsert|batch\/update|search)$/.exec(path) ?? [];
  if (type && verb && isObject(type)) {
    const reads = verb === "search" || verb === "batch/read";
    const refused = missing(`crm.objects.${type}.${reads ? "read" : "write"}`);
    if (refused) return refused;
    if (verb === "search") return searchObjects(asked, type);
    if (verb === "batch/read") return readBatch(asked, type);
    return verb === "batch/upsert" ? upsertBatch(asked, type) : updateBatch(asked, type);
  }
  const [, from, to, way] = /^\/crm\/v4\/associations\/(\w+)\/(\w+)\/batch\/(read|create)$/.exec(path) ?? [];
  if (from && to && way && isObject(from) && isObject(to)) {
    return missing(`crm.objects.${from}.${way === "read" ? "read" : "write"}`) ?? associationsAnswered(asked, { from, to, way });
  }
  return hubspotError(404, "OBJECT_NOT_FOUND", "resource not found");
}

const isObject = (name: string): name is ObjectType => (objectTypes as readonly string[]).includes(name);

/** 110 calls in ten seconds and five searches in one, each of an account; neither has a Retry-After. */
function takeTurn({ state, account, call }: Asked, searches: boolean): Response | null {
  if (!state.limits.on) return null;
  const windows = [
    { name: "calls", size: 10_000, most: 110, wait: 10 },
    ...(searches ? [{ name: "searches", size: 1000, most: 5, wait: 1 }] : []),
  ];
  for (const { name, size, most, wait } of windows) {
    const startedAt = Math.floor(call.now / size) * size;
    const key = `hubspot ${account} ${name}`;
    const known = state.limits.windows.get(key);
    const window = known?.startedAt === startedAt ? known : { startedAt, used: 0 };
    state.limits.windows.set(key, window);
    if (window.used >= most) return call.provider.rateLimited(wait);
    window.used += 1;
  }
  return null;
}

function answerProperty({ state, account, call }: Asked, type: ObjectType, name: string | undefined): Response {
  if (call.request.method === "GET") {
    if (name === "lifecyclestage") {
      return json({
        name,
        type: "enumeration",
        options: lifecycle.map((value, at) => ({ value, label: value, displayOrder: at, hidden: false })),
      });
    }
    if (name === undefined) return json({ results: namesOf(state, account, type).map((each) => ({ name: each })) });
    const made = propertiesAt(state, account, type).find((each) => each.name === name);
    if (made) return json({ ...made, type: "string", fieldType: "text" });
    return name && knowsProperty(state, account, type, name)
      ? json({ name, label: name, type: "string", fieldType: "text", hasUniqueValue: false })
      : hubspotError(404, "OBJECT_NOT_FOUND", `Property '${name}' does not exist`);
  }
  const body = Property.safeParse(readJson(call.body));
  if (!body.success) return hubspotError(400, "VALIDATION_ERROR", "Invalid input JSON");
  const { name: wanted, label, hasUniqueValue } = body.data;
  if (knowsProperty(state, account, type, wanted)) return hubspotError(409, "OBJECT_ALREADY_EXISTS", `Property '${wanted}' already exists`);
  state.written.put({ kind: "hubspot_property", account, key: `${type}/${wanted}` }, { name: wanted, label, hasUniqueValue }, call.now);
  state.effects.record({ provider: "hubspot", kind: "property_made", key: `${type}/${wanted}`, account, at: call.now }, false);
  return json({ name: wanted, label, hasUniqueValue, type: "string", fieldType: "text" }, 201);
}
