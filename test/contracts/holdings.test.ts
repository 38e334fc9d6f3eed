import { eq, getTableColumns, getTableName, sql } from "drizzle-orm";
import type { SQLiteTable } from "drizzle-orm/sqlite-core";
import { expect, test } from "vitest";
import { openDb } from "#db/client.ts";
import { columnsOf, type Holding, holdings, ofCustomers } from "#db/holdings.ts";
import { connections, dataExports, exportChunks, privacyRequests, webhookDeliveries } from "#db/schema/index.ts";
import { signRequest, Webhook } from "#sandbox/control/webhooks.ts";
import { makeExport } from "#server/domain/custody/make-export.ts";
import { receiveWebhook } from "#server/domain/webhooks/receive.ts";
import { workDelivery } from "#server/domain/webhooks/work-delivery.ts";
import { newId } from "#server/ids.ts";
import { makeTenant, testCtx, testEnv } from "#test/harness.ts";
import { asking } from "#workers/asking.ts";
import { makeBelongings } from "./belongings.ts";
import { tablesWith } from "./tables-with.ts";

const db = openDb(testEnv.DB);

/** Something for each column that must have one. */
const filled = (table: SQLiteTable): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(getTableColumns(table)).flatMap(([name, { notNull, hasDefault, dataType, enumValues }]) =>
      notNull && !hasDefault
        ? [[name, { string: enumValues?.[0] ?? "x", number: 1, boolean: false, json: {}, buffer: Buffer.from("x") }[String(dataType)]]]
        : [],
    ),
  );

test("the belongings of a client, which tests look for where they should not be, have a row in every table that is a client's", async () => {
  const { tenant } = await makeBelongings("holdings-marker");
  const empty: string[] = [];
  for (const { table, client } of holdings) {
    if (client !== "tenantId") continue;
    const rows = await db.all(sql`select 1 from ${table} where tenant_id = ${tenant.id} limit 1`);
    // A chain's head and a data key are made by the code that uses them.
    if (rows.length === 0 && !["audit_heads", "data_keys"].includes(getTableName(table))) empty.push(getTableName(table));
  }
  expect(empty, "give test/contracts/belongings.ts a row of each").toEqual([]);
});

test("a customer stands in every table that may name them; told they are counted there, forgotten they are in none but the proof", async () => {
  const tenant = await makeTenant();
  const [customer, order] = ["7700000000077", "8800000000088"];
  const shop = `holdings-${Date.now()}.myshopify.com`;
  const connectionId = newId("con", 1);
  const account = {
    id: connectionId,
    tenantId: tenant.id,
    provider: "shopify",
    externalId: shop,
    name: "A",
    details: { shop },
    connectedBy: "x",
  };
  await db.insert(connections).values({ ...account, scopesAsked: [], scopesGranted: [], status: "active", connectedAt: 1 });
  const rowOf = (holding: Holding) => ({
    ...filled(holding.table),
    tenantId: tenant.id,
    connectionId,
    ...Object.fromEntries(columnsOf(holding, "customer").map((name) => [name, customer])),
    ...Object.fromEntries(columnsOf(holding, "order").map((name) => [name, order])),
  });
  for (const holding of ofCustomers) await db.insert(holding.table).values(rowOf(holding));
  await db.insert(webhookDeliveries).values({
    ...{ id: newId("whk", Date.now()), tenantId: tenant.id, connectionId, provider: "shopify", eventKey: shop, topic: "orders/create" },
    ...{ receivedAt: 1, status: "done", sealed: `sealed ${customer}`, sealedForm: 1 },
  });
  const zip = { tenantId: tenant.id, requestedBy: "x", requestedAt: 1, expiresAt: Date.now() + 86_400_000 };
  const [ready, waiting] = [newId("exp", 1), newId("exp", 2)];
  await db.insert(dataExports).values([
    { ...zip, id: ready, status: "ready", bytes: 3 },
    { ...zip, id: waiting, status: "waiting", attempts: 1, leaseUntil: Date.now() + 60_000 },
  ]);
  for (const exportId of [ready, waiting])
    await db.insert(exportChunks).values({ tenantId: tenant.id, exportId, seq: 0, bytes: Buffer.from(customer) });

  const ctx = testCtx({ actor: { type: "system", job: "webhooks" } });
  const demand = async (topic: string, more: object) => {
    const payload = { shop_id: 1, shop_domain: shop, customer: { id: Number(customer) }, ...more };
    const { headers, body } = await signRequest(Webhook.parse({ provider: "shopify", topic, account: shop, payload }), Date.now());
    const bytes = new TextEncoder().encode(body);
    await receiveWebhook(ctx, {
      provider: "shopify",
      callback: null,
      method: "POST",
      urls: [],
      headers: new Headers(headers),
      body: bytes,
    });
    for (const message of ctx.traces.tasks.splice(0)) if (message.type === "webhook") await workDelivery(ctx, asking, message);
  };
  const one = Object.fromEntries(ofCustomers.map(({ table }) => [getTableName(table), 1]));
  await demand("customers/data_request", { orders_requested: [] });
  await demand("customers/redact", { orders_to_redact: [] });
  const requests = await db.select().from(privacyRequests).where(eq(privacyRequests.tenantId, tenant.id)).orderBy(privacyRequests.id);
  expect(requests.map(({ kind, report }) => ({ kind, report }))).toEqual([
    { kind: "data_request", report: one },
    { kind: "redact_customer", report: { ...one, webhook_deliveries: 1 } },
  ]);
  expect(await tablesWith(customer)).toEqual(["privacyRequests"]);

  // The zips that were made before had them in it: one is over, the other is made anew, without.
  expect((await db.select().from(dataExports).where(eq(dataExports.id, ready)))[0]?.expiresAt).toBeLessThanOrEqual(Date.now());
  await makeExport(testCtx({ actor: { type: "system", job: "test" }, now: () => Date.now() + 3_600_000 }), {
    tenant: tenant.id,
    exportId: waiting,
  });
  expect((await db.select().from(dataExports).where(eq(dataExports.id, waiting)))[0]?.status).toBe("ready");
});
