import { type Schema, Validator } from "@cfworker/json-schema";
import { eq } from "drizzle-orm";
import { beforeAll, describe, expect, test } from "vitest";
import { openDb } from "#db/client.ts";
import {
  actionSteps,
  actions,
  connections,
  debts,
  deletions,
  findings,
  incidents,
  policies,
  schedules,
  secrets,
  supplyOrders,
  variants,
  webhookDeliveries,
} from "#db/schema/index.ts";
import { usualPolicy } from "#server/domain/actions/usual-policy.ts";
import { connectKey } from "#server/domain/connecting/connect-key.ts";
import type { DescribedOperation, OpenApiDocument } from "#server/trpc/openapi-document.ts";
import { restOperations } from "#server/trpc/rest.ts";
import { appRouter } from "#server/trpc/root.ts";
import { ask, asPerson } from "#test/ask.ts";
import { freshAccount, supplier } from "#test/catalog/actions/doing.ts";
import { type Belongings, makeBelongings } from "#test/contracts/belongings.ts";
import { feed } from "#test/contracts/feed.ts";
import { connectThrough, control, visit } from "#test/domain/connecting/consent.ts";
import { mintKey } from "#test/domain/connecting/mint-key.ts";
import { makeTenant, makeUser, testEnv, testTenantCtx } from "#test/harness.ts";

const db = openDb(testEnv.DB);
const operations = new Map(restOperations(appRouter._def.procedures).map((operation) => [operation.name, operation]));

interface Described {
  name: string;
  method: string;
  path: string;
  operation: DescribedOperation;
}
let document: OpenApiDocument;
let described: Described[];

/** A client with one of everything, whose accounts at two providers are really connected at the sandbox. */
interface World {
  house: { tenant: string; connectionId: string };
  belongings: Belongings;
  klaviyo: string;
  google: string;
  key: Record<string, string>;
  /** An admin who is its owner too, and another one. */
  token: string;
  otherToken: string;
}
let world: World;

beforeAll(async () => {
  await control({ limits: false });
  document = (await (await ask("/api/openapi.json")).json()) as OpenApiDocument;
  described = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ name: operation.operationId, method: method.toUpperCase(), path, operation })),
  );
  world = await makeWorld();
});

async function makeWorld(): Promise<World> {
  const belongings = await makeBelongings("contract-marker");
  const { tenant } = belongings;
  const { browser } = await visit(tenant);
  for (const provider of ["klaviyo", "google"]) await connectThrough(browser, { tenant: tenant.id, provider });
  const rows = await db.select().from(connections).where(eq(connections.tenantId, tenant.id));
  const idOf = (provider: string) => rows.find((row) => row.provider === provider)?.id ?? "";
  const { fields } = await mintKey("vapi", "Contract");
  const { token } = await makeUser({ staff: true, roles: [[tenant, "owner"]] });
  const now = Date.now();
  await db.batch([
    // Nothing opens it, and nobody is asked with it: what is wrong with it is another test's.
    db.delete(secrets).where(eq(secrets.connectionId, belongings.connectionId)),
    db.insert(deletions).values({
      id: deletionId(belongings),
      ofTenant: "gone",
      tenantName: "Gone",
      requestedBy: "",
      requestedAt: now,
      reason: "x",
      dueAt: now,
    }),
    // A shop whose orders were read may be rehearsed.
    db
      .insert(schedules)
      .values({ tenantId: tenant.id, job: "shopify-sensor", everyS: 3600, nextAt: now, config: {}, lastSuccessAt: now })
      .onConflictDoUpdate({ target: [schedules.tenantId, schedules.job], set: { lastSuccessAt: now } }),
    // An event whose content is kept may be worked off again.
    db.update(webhookDeliveries).set({ sealed: "sealed" }).where(eq(webhookDeliveries.id, belongings.deliveryId)),
    // The agency's own, beside the client's.
    db.insert(debts).values({
      id: agencyOwedId(belongings),
      tenantId: "",
      provider: "shopify",
      connectionId: "x",
      reason: "not_kept",
      name: "",
      owedAt: now,
      farewell: "unreached",
      endedAt: now,
    }),
    db.insert(incidents).values({
      id: belongings.runId.replace("run_", "inc_"),
      provider: "shopify",
      kind: "unavailable",
      openedAt: now,
      lastSeenAt: now,
      closedAt: now,
      tenantsFailing: 3,
      tenantsUsing: 9,
    }),
  ]);
  for (const verb of ["approve", "reject", "edit", "undo"]) await proposeAt(belongings, verb);
  await findAt(belongings);
  await supplyAt(belongings);
  const house = await makeTenant({ vertical: "agency" });
  const lends = await visit(house);
  await connectThrough(lends.browser, { tenant: house.id, provider: "hubspot" });
  const [lent] = await db.select().from(connections).where(eq(connections.tenantId, house.id));
  return {
    belongings,
    house: { tenant: house.id, connectionId: lent?.id ?? "" },
    klaviyo: idOf("klaviyo"),
    google: idOf("google"),
    key: fields,
    token,
    otherToken: (await makeUser({ staff: true })).token,
  };
}

const actionFor = ({ marker }: Belongings, verb: string) => `act_${marker}_${verb}`;
const payload = { channel: "C0GENERAL00", channelName: "general", text: "Stock is low" };

/** An action that this verb can be asked of. */
async function proposeAt(belongings: Belongings, verb: string): Promise<void> {
  const [now, tenantId, actionId] = [Date.now(), belongings.tenant.id, actionFor(belongings, verb)];
  await db.batch([
    db.insert(actions).values({
      ...{
        id: actionId,
        tenantId,
        automation: "review-request-automation",
        runId: "x",
        dedupe: verb,
        subject: "order:1",
        connectionId: "x",
      },
      ...{ touches: "internal", hash: "a".repeat(64), evidence: { line: "delivered", params: { order: "1", days: 8 } } },
      ...{ status: verb === "undo" ? ("done" as const) : ("waiting" as const), createdAt: now, expiresAt: now + 86_400_000 },
    }),
    db.insert(actionSteps).values({
      ...{ tenantId, actionId, place: 0, kind: "slack-message", accountId: "x", connectionId: "x", payload, status: "pending" },
    }),
  ]);
}

/** A product and an order of the shop's that somebody may decide on, and a supplier to ask. */
async function supplyAt({ tenant, connectionId }: Belongings): Promise<void> {
  const [now, of] = [Date.now(), { tenantId: tenant.id, connectionId }];
  const at = freshAccount.cj();
  await supplier("cj", at, { goods: [{ id: "V1", sku: "S1", price: 300, stock: 5 }] });
  await connectKey(testTenantCtx(tenant, "owner"), { provider: "cj", fields: (await mintKey("cj", at)).fields });
  await db.batch([
    db.insert(variants).values({
      ...{ ...of, externalId: "1", productId: "1", title: "", sku: "S1", priceMinor: 1, compareAtMinor: null, currency: "GBP", stock: 1 },
      updatedAt: now,
    }),
    db.insert(supplyOrders).values({
      ...{ ...of, orderId: "1", provider: "cj", state: "held", facts: {}, since: now, lines: [], parcels: [], createdAt: now },
    }),
  ]);
}

const findingFor = ({ marker }: Belongings, verb: string) => `fnd_${marker}_${verb}`;

/** Findings of which this verb can be asked. Their automation is in shadow. */
async function findAt({ tenant, marker }: Belongings): Promise<void> {
  const [now, tenantId, automation] = [Date.now(), tenant.id, "review-request-automation"];
  await db.batch([
    db.insert(policies).values({ ...usualPolicy, tenantId, automation, mode: "shadow", salt: "s", createdAt: now, updatedAt: now }),
    ...["accept", "decline", "snooze"].map((verb) =>
      db.insert(findings).values({
        ...{ id: `fnd_${marker}_${verb}`, tenantId, automation, kind: "edits", what: verb, status: "open", hits: 5, of: 10 },
        ...{ proposal: { does: "setting", field: "daysAfter", from: 7, to: 8 }, foundAt: now, measuredAt: now },
      }),
    ),
  ]);
}

const agencyOwedId = ({ owedId }: Belongings) => `${owedId}a`;
const deletionId = ({ revealId }: Belongings) => revealId.replace("rev_", "del_");

/** What an operation is asked with where one of everything does not do. */
const given: Record<string, () => Record<string, unknown>> = {
  "actions.list": () => ({ view: "waiting", automation: undefined }),
  "actions.get": () => ({ actionId: actionFor(world.belongings, "approve") }),
  "actions.approve": () => ({ actionId: actionFor(world.belongings, "approve") }),
  "actions.reject": () => ({ actionId: actionFor(world.belongings, "reject") }),
  "actions.edit": () => ({ actionId: actionFor(world.belongings, "edit"), place: 0, payload }),
  "actions.undo": () => ({ actionId: actionFor(world.belongings, "undo") }),
  "learning.accept": () => ({ findingId: findingFor(world.belongings, "accept"), to: "8" }),
  "learning.decline": () => ({ findingId: findingFor(world.belongings, "decline") }),
  "learning.snooze": () => ({ findingId: findingFor(world.belongings, "snooze") }),
  "learning.list": () => ({ state: "open", kind: undefined }),
  "referrals.get": () => ({ of: undefined }),
  "supply.orders": () => ({ state: undefined }),
  "rehearsals.request": () => ({ days: 7, config: {} }),
  "policies.set": () => ({ mode: "shadow", staffDecides: true }),
  "connections.connectKey": () => ({ provider: "vapi", fields: world.key, connectionId: undefined }),
  "connections.probe": () => ({ connectionId: world.klaviyo }),
  "connections.resources": () => ({ connectionId: world.google }),
  "connections.choose": () => ({ connectionId: world.google }),
  "connections.relist": () => ({ connectionId: world.google }),
  "connections.keepKey": () => ({ connectionId: world.klaviyo }),
  "connections.prefer": () => ({ connectionId: world.klaviyo }),
  "connections.setWebhookSecret": () => ({ connectionId: world.klaviyo }),
  "connections.removeWebhookSecret": () => ({ connectionId: world.klaviyo }),
  "connections.disconnect": () => ({ connectionId: world.google }),
  "clients.lend": () => ({ ...world.house, borrower: world.belongings.tenant.id }),
  "incidents.switch": () => ({ provider: "tiktok", on: true }),
  "credentials.settleOwed": () => ({ owedId: agencyOwedId(world.belongings) }),
  "renewals.now": () => ({ connectionId: world.klaviyo }),
  "integrations.refresh": () => ({ provider: "klaviyo" }),
  "reveals.request": () => ({ connectionId: world.google }),
  "reveals.approve": () => ({ revealId: asked.get("reveals.approve") }),
  "reveals.deny": () => ({ revealId: asked.get("reveals.deny") }),
  "custody.requestDeletion": () => ({ confirmation: world.belongings.tenant.name }),
  "clients.create": () => ({ id: `contract-${Date.now().toString(36)}` }),
  "clients.update": () => ({ name: world.belongings.tenant.name, status: "active", plan: "growth" }),
  "webhooks.list": () => ({ status: "done" }),
};
/** Requests to see a secret, made by the one admin for the other one to answer. */
const asked = new Map<string, string>();
const secretAsked: Record<string, string> = { "reveals.approve": "access_token", "reveals.deny": "refresh_token" };

async function askForReveal(field: string): Promise<string> {
  const answer = await ask(`/api/reveals/${world.belongings.tenant.id}`, {
    method: "POST",
    headers: asPerson(world.token),
    body: JSON.stringify({ connectionId: world.klaviyo, field, reason: "A reason that is long enough." }),
  });
  return ((await answer.json()) as { id: string }).id;
}

/** What ends something comes when all others have been asked. */
const last = ["connections.disconnect", "custody.requestDeletion", "custody.cancelDeletion"];

function inputOf(name: string): Record<string, unknown> {
  const operation = operations.get(name);
  if (!operation) throw new Error(`${name} is no procedure`);
  return { ...feed(operation.input, world.belongings, world.belongings), cursor: undefined, ...given[name]?.() };
}

function requestOf({ name, method, path }: Described, input: Record<string, unknown>): [string, RequestInit] {
  const pathFields = [...path.matchAll(/\{(\w+)\}/g)].map(([, field]) => field as string);
  const address = path.replaceAll(/\{(\w+)\}/g, (_, field: string) => encodeURIComponent(String(input[field])));
  const rest = Object.entries(input).filter(([field, value]) => !pathFields.includes(field) && value !== undefined);
  const token = name === "reveals.approve" || name === "reveals.deny" ? world.otherToken : world.token;
  if (method === "GET" || method === "DELETE") {
    const query = new URLSearchParams(rest.flatMap(([field, value]) => [value].flat().map((each) => [field, String(each)])));
    return [`${address}?${query}`, { method, headers: asPerson(token) }];
  }
  return [address, { method, headers: asPerson(token), body: JSON.stringify(Object.fromEntries(rest)) }];
}

/** What does not fit in a reply, by where it stands; none where it fits its declaration. References are resolved in the document. */
function faultsOf(reply: unknown, schema: Schema): string[] {
  const whole = { ...schema, components: document.components } as Schema;
  const { valid, errors } = new Validator(whole, "2020-12", false).validate(reply);
  return valid ? [] : errors.map(({ instanceLocation, error }) => `${instanceLocation}: ${error}`);
}

const schemaOf = ({ responses }: DescribedOperation, status: number): Schema | undefined =>
  responses[status]?.content["application/json"].schema as Schema | undefined;

describe("the document", () => {
  test("has every operation, so that what is asked of each below is asked", () => {
    expect(described.map(({ name }) => name).sort()).toEqual([...operations.keys(), "healthz"].sort());
    expect(described.filter(({ operation }) => operation.requestBody).length).toBeGreaterThan(10);
  });

  test("declares for every operation what a good answer is, field by field", () => {
    for (const { name, operation } of described) {
      const good = Object.keys(operation.responses).filter((status) => status.startsWith("2"));
      expect(good, name).toHaveLength(1);
      const schema = schemaOf(operation, Number(good[0])) ?? {};
      expect(Object.keys(schema), name).not.toEqual([]);
      const inside = schema.type === "array" ? (schema.items as Schema) : schema;
      expect(inside.properties ?? inside.anyOf, name).toBeTruthy();
    }
  });

  test("declares every way to fail that its kind of operation has, with the header that comes along", () => {
    for (const { name, method, operation } of described.filter(({ name }) => name !== "healthz")) {
      const failures = Object.keys(operation.responses).filter((status) => !status.startsWith("2"));
      const always = ["400", "401", "403", "404", "405", "429", "500", "503"];
      expect(failures, name).toEqual(expect.arrayContaining(method === "GET" ? always : [...always, "409", "413"]));
      expect(failures.includes("415"), name).toBe(operation.requestBody !== undefined);
      expect(Object.keys(operation.responses["429"]?.headers ?? {}), name).toEqual(["Retry-After"]);
      expect(Object.keys(operation.responses["405"]?.headers ?? {}), name).toEqual(["Allow"]);
    }
  });

  test("asks for a body only where something in it must be said", () => {
    for (const { name, operation } of described) {
      const body = operation.requestBody;
      if (!body) continue;
      const required = body.content["application/json"].schema.required ?? [];
      expect(body.required, name).toBe(required.length > 0);
    }
  });
});

test("every operation, asked with what there is, answers as it is declared", async () => {
  const order = [...described].sort((a, b) => last.indexOf(a.name) - last.indexOf(b.name));
  const wrong: string[] = [];
  for (const each of order) {
    const secret = secretAsked[each.name];
    if (secret) asked.set(each.name, await askForReveal(secret));
    const [address, init] = each.name === "healthz" ? ["/healthz", {}] : requestOf(each, inputOf(each.name));
    const answer = await ask(address, init);
    const reply: unknown = await answer.json();
    const declared = schemaOf(each.operation, answer.status);
    if (!answer.ok) wrong.push(`${each.name} answered ${answer.status}: ${JSON.stringify(reply).slice(0, 300)}`);
    else if (!declared) wrong.push(`${each.name} answered ${answer.status}, which is not declared`);
    else wrong.push(...faultsOf(reply, declared).map((fault) => `${each.name} ${fault}`));
  }
  expect(wrong).toEqual([]);
});

describe("what goes wrong", () => {
  const failureIs = async (answer: Response, { operation }: Described) => {
    const reply: unknown = await answer.json();
    const schema = schemaOf(operation, answer.status);
    expect(schema, `${operation.operationId} ${answer.status}`).toBeTruthy();
    expect(faultsOf(reply, schema ?? {}), `${operation.operationId} ${answer.status}`).toEqual([]);
  };

  test("is declared and answered in one shape: nobody signed in, a method that is none, a body that is too long or no JSON", async () => {
    for (const each of described.filter(({ name }) => name !== "healthz")) {
      const address = each.path.replaceAll(/\{(\w+)\}/g, "x");
      const anonymous = await ask(address, {
        method: each.method,
        ...(each.operation.requestBody && { body: "{}", headers: { "content-type": "application/json" } }),
      });
      expect(anonymous.status, each.name).toBe(401);
      await failureIs(anonymous, each);
      const traced = await ask(address, { method: "PROPFIND" });
      expect([traced.status, traced.headers.get("allow")?.split(", ").includes(each.method)], each.name).toEqual([405, true]);
      await failureIs(traced, each);
      if (!each.operation.requestBody) continue;
      const long = await ask(address, {
        method: each.method,
        headers: asPerson(world.token),
        body: JSON.stringify({ x: "x".repeat(300_000) }),
      });
      expect(long.status, each.name).toBe(413);
      await failureIs(long, each);
      const text = await ask(address, {
        method: each.method,
        headers: { ...asPerson(world.token), "content-type": "text/plain" },
        body: "x=1",
      });
      expect(text.status, each.name).toBe(415);
      await failureIs(text, each);
    }
  });

  test("an operation whose body may be left out is done without one, and one that needs something says what", async () => {
    for (const each of described.filter(({ name, operation }) => name !== "healthz" && operation.requestBody)) {
      const address = each.path.replaceAll(/\{(\w+)\}/g, "no-such-thing");
      const { "content-type": _, ...headers } = asPerson(world.token);
      const answer = await ask(address, { method: each.method, headers });
      expect(answer.status, each.name).not.toBe(415);
      if (each.operation.requestBody?.required && !each.path.includes("{")) expect(answer.status, each.name).toBe(400);
      expect(answer.status, each.name).toBeLessThan(500);
    }
  });

  test("who asks too often is told when to come back", async () => {
    const each = described.find(({ name }) => name === "connections.connectKey");
    if (!each) throw new Error("no such operation");
    const path = `/api/connections/${world.belongings.tenant.id}/keys`;
    const body = JSON.stringify({ provider: "vapi", fields: world.key });
    let answer = new Response();
    for (let tries = 0; tries < 45 && answer.status !== 429; tries++) {
      answer = await ask(path, { method: "POST", headers: asPerson(world.otherToken), body });
    }
    expect(answer.status).toBe(429);
    expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0);
    await failureIs(answer, each);
  });
});
