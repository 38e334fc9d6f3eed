import { parse } from "node-html-parser";
import { beforeAll, expect, test } from "vitest";
import type { DescribedOperation, OpenApiDocument } from "#server/trpc/openapi-document.ts";
import { ask, asPerson } from "#test/ask.ts";
import { connectThrough, control, visit } from "#test/domain/connecting/consent.ts";
import { makeTenant, makeUser } from "#test/harness.ts";

/** What callers outside rely on; `{tenant}` is a client's id. */
const promised = [
  "GET /api/clients",
  "POST /api/clients",
  "GET /api/clients/{tenant}",
  "PATCH /api/clients/{tenant}",
  "PUT /api/clients/{tenant}/features",
  "GET /api/health/{tenant}",
  "POST /api/scripts/run",
  "GET /api/scripts/status/{runId}",
  "GET /healthz",
  "GET /api/connections/{tenant}",
  "POST /api/connections/{tenant}/keys",
  "POST /api/connections/{tenant}/{connectionId}/probe",
  "DELETE /api/connections/{tenant}/{connectionId}",
  "GET /api/integrations/{provider}/oauth/status",
  "POST /api/integrations/{provider}/oauth/refresh/{clientId}",
  "GET /api/renewals/due",
  "GET /api/webhooks",
  "POST /api/webhooks/{deliveryId}/replay",
  "GET /api/incidents",
  "POST /api/audit/{tenant}/verify",
  "POST /api/reveals/{tenant}",
  "POST /api/exports/{tenant}",
  "DELETE /api/deletions/{tenant}",
];

let document: OpenApiDocument;
let operations: { name: string; operation: DescribedOperation }[];

beforeAll(async () => {
  document = (await (await ask("/api/openapi.json")).json()) as OpenApiDocument;
  operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ name: `${method.toUpperCase()} ${path}`, operation })),
  );
});

test("the document names every route that was promised, each under an id of its own", () => {
  expect(operations.map(({ name }) => name)).toEqual(expect.arrayContaining(promised));
  const ids = operations.map(({ operation }) => operation.operationId);
  expect(new Set(ids).size).toBe(ids.length);
});

test("the document declares the fields of its paths, and every reference in it leads somewhere", () => {
  expect(operations.length).toBeGreaterThan(40);
  for (const { name, operation } of operations) {
    const declared = (operation.parameters ?? []).filter((field) => field.in === "path" && field.required).map((field) => field.name);
    expect(declared, name).toEqual([...name.matchAll(/{(\w+)}/g)].map(([, field]) => field));
  }
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name);
  expect(Object.keys(document.components.schemas)).toEqual([...new Set(references)]);
});

test("the page shows every operation of the document, without scripts", async () => {
  expect(operations.map(({ operation }) => operation.operationId)).toContain("health.find");
  const [index, ...groups] = await Promise.all(
    ["", ...new Set(operations.map(({ operation }) => `/${operation.tags[0]}`))].map(async (path) => {
      const page = await ask(`/docs/api${path}`);
      return { path, status: page.status, html: await page.text() };
    }),
  );
  for (const { operation } of operations) {
    const path = `/${operation.tags[0]}`;
    expect(index?.html).toContain(`href="/docs/api${path}#${operation.operationId}"`);
    expect(groups.find((group) => group.path === path)?.html).toContain(`id="${operation.operationId}"`);
  }
  expect((await ask("/docs/api/no-such-group")).status).toBe(404);
});

test("the reference is searched by words and path, and its Markdown is no text of stars and backticks", async () => {
  const html = await (await ask("/docs/api?q=keys+connect")).text();
  expect(html).toContain("#connections.connectKey");
  expect(html).not.toContain("#health.find");
  expect(await (await ask("/docs/api?q=nothing-like-it")).text()).toContain("No matches");
  const connections = await (await ask("/docs/api/connections")).text();
  expect(connections).toMatch(/<code[^>]*>keyForm<\/code>/);
  expect(parse(connections).querySelector("main")?.text).not.toContain("`");
});

test("a client is taken in, read, changed and given its jobs over REST", async () => {
  const { token } = await makeUser({ staff: true });
  const send = async (method: string, path: string, body?: unknown) => {
    const response = await ask(path, { method, headers: asPerson(token), ...(body !== undefined && { body: JSON.stringify(body) }) });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  const id = "over-rest";
  const facts = { id, name: "Over REST", vertical: "shopify", plan: "growth", locale: "fr", currency: "EUR", timezone: "Europe/Paris" };
  expect(await send("POST", "/api/clients", facts)).toMatchObject({ status: 201, body: facts });
  expect(await send("PATCH", `/api/clients/${id}`, { plan: "essentials" })).toMatchObject({
    status: 200,
    body: { ...facts, plan: "essentials" },
  });
  const features = { "ga4-sensor": false };
  expect(await send("PUT", `/api/clients/${id}/features`, { features })).toMatchObject({ status: 200, body: { features } });
  expect(await send("GET", `/api/clients/${id}`)).toMatchObject({ status: 200, body: { ...facts, plan: "essentials", features } });
  expect(await send("GET", "/api/clients?search=over-rest")).toMatchObject({ status: 200, body: { items: [{ id }] } });
  expect(await send("PATCH", `/api/clients/${id}`, { timezone: "Nowhere/Atlantis" })).toMatchObject({
    status: 400,
    body: { error: { kind: "invalid", field: "timezone" } },
  });
});

test("what a call would pass over is refused by its name: a change in the query, and another client in the body than in the path", async () => {
  const { token } = await makeUser({ staff: true });
  const [one, other] = [await makeTenant({ plan: "growth" }), await makeTenant()];
  const patch = async (path: string, body: unknown) => {
    const answer = await ask(path, { method: "PATCH", headers: asPerson(token), body: JSON.stringify(body) });
    return { status: answer.status, body: (await answer.json()) as unknown };
  };
  const refused = (field: string) => ({ status: 400, body: { error: { kind: "invalid", field } } });
  expect(await patch(`/api/clients/${one.id}?plan=quickwin`, {})).toMatchObject(refused("plan"));
  expect(await patch(`/api/clients/${one.id}`, { tenant: other.id, name: "Other" })).toMatchObject(refused("tenant"));
  expect(await patch(`/api/clients/${one.id}`, { tenant: one.id, name: "One" })).toMatchObject({ status: 200, body: { name: "One" } });
});

test("an id finds what it stands for over REST, for the agency's admins alone", async () => {
  const tenant = await makeTenant({ name: "Found" });
  const { token } = await makeUser({ staff: true });
  const owner = await makeUser({ roles: [[tenant, "owner"]] });
  const find = (id: string, by: string) => ask(`/api/find/${encodeURIComponent(id)}`, { headers: asPerson(by) });
  const found = await find(tenant.id, token);
  expect(found.status).toBe(200);
  expect(await found.json()).toEqual([{ kind: "client", id: tenant.id, tenantId: tenant.id, about: "Found", at: null }]);
  const nothing = await find("a/b?c", token);
  expect([nothing.status, await nothing.json()]).toEqual([200, []]);
  expect((await find(tenant.id, owner.token)).status).toBe(403);
  expect((await ask(`/api/find/${tenant.id}`)).status).toBe(401);
});

test("an account is listed, tried and disconnected over REST, and its client's log is followed to the end", async () => {
  await control({ limits: false });
  const { browser, tenant, token } = await visit();
  await connectThrough(browser, { tenant: tenant.id, provider: "klaviyo" });
  const headers = asPerson(token);
  const as = async (method: string, path: string) => {
    const answer = await ask(`/api/${path}`, { method, headers, ...(method === "POST" && { body: "{}" }) });
    expect(answer.status, `${method} ${path}`).toBe(200);
    return (await answer.json()) as unknown;
  };
  const listed = (await as("GET", `connections/${tenant.id}`)) as { provider: string; connections: { id: string }[] }[];
  const connection = listed.find(({ provider }) => provider === "klaviyo")?.connections[0]?.id;
  expect(await as("POST", `connections/${tenant.id}/${connection}/probe`)).toMatchObject({ health: { state: "healthy" } });
  expect(await as("DELETE", `connections/${tenant.id}/${connection}`)).toMatchObject({ farewell: "returned" });
  expect(await as("POST", `audit/${tenant.id}/verify`)).toMatchObject({ broken: null });
  expect(await as("GET", `audit/${tenant.id}`)).toMatchObject({
    items: expect.arrayContaining([expect.objectContaining({ action: "connection.disconnected" })]),
  });
  const stranger = asPerson((await visit()).token);
  for (const path of [`connections/${tenant.id}`, `audit/${tenant.id}`, `exports/${tenant.id}`]) {
    expect((await ask(`/api/${path}`, { headers: stranger })).status, path).toBe(404);
  }
  await control();
});
