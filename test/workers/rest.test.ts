import { beforeAll, expect, test } from "vitest";
import type { DescribedOperation, OpenApiDocument } from "#server/trpc/openapi-document.ts";
import { ask, asPerson } from "#test/ask.ts";
import { makeUser } from "#test/harness.ts";

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
  for (const { name, operation } of operations) {
    const declared = (operation.parameters ?? []).filter((field) => field.in === "path" && field.required).map((field) => field.name);
    expect(declared, name).toEqual([...name.matchAll(/{(\w+)}/g)].map(([, field]) => field));
  }
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name);
  expect(Object.keys(document.components.schemas)).toEqual([...new Set(references)]);
});

test("the page shows every operation of the document, without scripts", async () => {
  const page = await (await ask("/docs/api")).text();
  for (const { operation } of operations) expect(page).toContain(`id="${operation.operationId}"`);
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
