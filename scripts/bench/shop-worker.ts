import { eq, sql } from "drizzle-orm";
import { batchOf, openDb } from "#db/client.ts";
import { connections, customers, orderContents, orders, refunds, runs, schedules, tenants } from "#db/schema/index.ts";
import { seededRandom } from "#sandbox/seed.ts";
import type { Account } from "#server/catalog/account.ts";
import { atRiskCustomerFlow } from "#server/catalog/automations/at-risk-customer-flow.ts";
import { addDays } from "#server/catalog/days.ts";
import { customerBaseSensor } from "#server/catalog/sensors/customer-base-sensor.ts";
import { shopifySensor } from "#server/catalog/sensors/shopify-sensor.ts";
import { type Ctx, enterTenant, type UserActor } from "#server/ctx.ts";
import { findRehearsal } from "#server/domain/rehearsals/find-rehearsal.ts";
import { requestRehearsal } from "#server/domain/rehearsals/request-rehearsal.ts";
import { workRehearsal } from "#server/domain/rehearsals/work-rehearsal.ts";
import type { StepOutcome } from "#server/domain/runs/outcome.ts";
import { outcomeStatements } from "#server/domain/runs/outcome-statements.ts";
import { storedOf } from "#server/domain/runs/stored-of.ts";
import { findTenant } from "#server/domain/tenancy/find-tenant.ts";
import { createLog } from "#server/log.ts";
import type { TaskMessage } from "#server/messages.ts";
import { chanceToBuy } from "#server/models/bg-nbd/chance-to-buy.ts";
import { expectedOrders } from "#server/models/bg-nbd/expected-orders.ts";
import { fitBgNbd } from "#server/models/bg-nbd/fit-bg-nbd.ts";
import { historiesOn, simulateCustomers } from "./simulate-customers.ts";

/** An order as a bench seeds it. Instants and minor units. */
export interface SeededOrder {
  id: string;
  customer: string;
  at: number;
  day: string;
  minor: number;
  /** When it reached its buyer; null: not yet. */
  deliveredAt: number | null;
  lines: (string | number)[][];
  refunds: { id: string; at: number; minor: number }[];
}

const tenant = "bench-shop";
const shop = "con_bench_shop";
const lease = "of the bench";
const currency = "GBP";
const simulated = { params: { r: 0.4, alpha: 30, a: 0.8, b: 2.5 }, until: 730 };

/** What the portal's own verbs do with a shop in D1, and beside it the least that could. Time does not pass in workerd while it computes: it is measured outside. */
const works: Record<string, (ctx: Ctx, body: never) => Promise<unknown>> = {
  "/client": makeClient,
  "/orders": (ctx, sold: readonly SeededOrder[]) => keepOrders(ctx, sold),
  "/simulate": (ctx, { customers: many }: { customers: number }) => simulate(ctx, many),
  "/rehearse": (ctx, { days }: { days: number }) => rehearseOnce(ctx, days),
  "/read": readAll,
  "/step": (ctx, { cursor, now }: { cursor: unknown; now: number }) => scoreStep(ctx, cursor, now),
  "/maths": async (_, { customers: many }: { customers: number }) => maths(many),
};

export default {
  async fetch(request, env) {
    const work = works[new URL(request.url).pathname];
    if (!work) return new Response("no such work", { status: 404 });
    return Response.json((await work(ctxOn(env.DB), (await request.json()) as never)) ?? null);
  },
} satisfies ExportedHandler<{ DB: D1Database }>;

const tasks: TaskMessage[] = [];
const none = async () => undefined;

/** Neither a door nor a queue: what is sent stays here. */
const ctxOn = (d1: D1Database): Ctx =>
  ({
    actor: { type: "system", job: "bench" },
    request: { id: "bench", ip: null, userAgent: "" },
    directory: openDb(d1),
    databases: { DB: d1 },
    now: Date.now,
    send: { runs: none, actions: none, mail: none, tokens: none, dead: none, tasks: async (sent) => void tasks.push(...sent) },
    log: createLog({}, () => undefined),
  }) satisfies Partial<Ctx> as Partial<Ctx> as Ctx;

async function within(ctx: Ctx) {
  const found = await findTenant(ctx, tenant);
  const actor: UserActor = {
    ...{ type: "user", userId: "bench", sessionId: "bench", email: "bench@bench.test", name: "Bench", locale: "en", timezone: "UTC" },
    ...{ staff: false, onboarded: true, memberships: [{ tenant: found, role: "owner" }] },
  };
  return enterTenant({ ...ctx, actor }, found, "owner");
}

async function makeClient({ directory: db, now }: Ctx): Promise<void> {
  await db.insert(tenants).values({
    ...{
      id: tenant,
      name: "Bench",
      vertical: "shopify",
      plan: "growth",
      status: "active",
      locale: "en",
      currency,
      timezone: "Europe/London",
    },
    ...{ source: "manual", features: {}, createdAt: 1, updatedAt: 1 },
  });
  await db.insert(connections).values({
    ...{ id: shop, tenantId: tenant, provider: "shopify", externalId: shop, name: "S", details: {}, connectedBy: "x", connectedAt: 1 },
    ...{ scopesAsked: [], scopesGranted: ["read_orders", "read_customers"], status: "active" },
  });
  await db.insert(schedules).values({ tenantId: tenant, job: shopifySensor.id, everyS: 3600, nextAt: 0, config: {}, lastSuccessAt: now() });
}

/** In texts that D1 binds; a customer is whoever ordered. */
async function keepOrders({ directory: db }: Ctx, sold: readonly SeededOrder[]): Promise<void> {
  const json = JSON.stringify(sold);
  const statements = [
    sql`insert into ${orders} (tenant_id, connection_id, external_id, customer_id, placed_at, day, gross_minor, currency, updated_at)
      select ${tenant}, ${shop}, value->>'id', value->>'customer', value->>'at', value->>'day', value->>'minor', ${currency}, value->>'at' from json_each(${json})`,
    sql`insert into ${customers} (tenant_id, connection_id, external_id, orders, spent_minor, currency, mail_consent, sms_consent, created_at, updated_at)
      select distinct ${tenant}, ${shop}, value->>'customer', 1, 1, ${currency}, 'subscribed', 'none', 0, 0 from json_each(${json}) where true
      on conflict do nothing`,
    sql`insert into ${orderContents} (tenant_id, connection_id, external_id, updated_at, lines, codes, fulfilments, delivered_at)
      select ${tenant}, ${shop}, value->>'id', value->>'at', value->>'lines', '[]', '[]', value->>'deliveredAt' from json_each(${json})
      where json_array_length(value, '$.lines') > 0`,
    sql`insert into ${refunds} (tenant_id, connection_id, external_id, order_external_id, refunded_at, day, amount_minor, currency)
      select ${tenant}, ${shop}, r.value->>'id', o.value->>'id', r.value->>'at', date((r.value->>'at') / 1000, 'unixepoch'), r.value->>'minor', ${currency}
      from json_each(${json}) o, json_each(o.value, '$.refunds') r where true on conflict do nothing`,
  ];
  for (const statement of statements) await db.run(statement);
}

/** Customers of a shop that does not exist, whose last day was yesterday; answers how many orders they have. */
async function simulate(ctx: Ctx, many: number): Promise<number> {
  const today = new Date(ctx.now()).toISOString().slice(0, 10);
  const random = seededRandom("amounts");
  const sold = simulateCustomers({ ...simulated, customers: many, random: seededRandom("shop") }).flatMap(({ days }, n) =>
    days.map((day, place): SeededOrder => {
      const on = addDays(today, day - simulated.until);
      const at = Date.parse(on) + 43_200_000;
      return {
        ...{ id: `${n}-${place}`, customer: String(1_000_000 + n), at, day: on, minor: 500 + Math.round(random() * 9000) },
        ...{ deliveredAt: null, lines: [], refunds: [] },
      };
    }),
  );
  for (let from = 0; from < sold.length; from += 5_000) await keepOrders(ctx, sold.slice(from, from + 5_000));
  return sold.length;
}

/** Asks for a rehearsal with a stricter setting, and works it off as the queue does. */
async function rehearseOnce(ctx: Ctx, days: number): Promise<{ customers: number; today: number; tried: number; tookMs: number }> {
  const own = await within(ctx);
  await requestRehearsal(own, { automation: atRiskCustomerFlow.id, days, config: { lateBy: 3 } });
  for (let message = tasks.shift(); message; message = tasks.shift()) if (message.type === "rehearsal") await workRehearsal(ctx, message);
  const found = await findRehearsal(own, { automation: atRiskCustomerFlow.id });
  if (!found?.results) throw new Error(`the rehearsal is ${found?.status}`);
  const { results, done, tookMs } = found;
  return { customers: done, today: results.today.customers, tried: results.tried.customers, tookMs };
}

/** The rows that a rehearsal looks at, in pages of as many customers, and nothing else. */
async function readAll({ databases: { DB } }: Ctx): Promise<number> {
  let rows = 0;
  for (let after = ""; ; ) {
    const page = await DB.prepare(
      `select external_id, mail_consent, sms_consent from customers where tenant_id = ? and connection_id = ? and external_id > ? order by external_id limit 500`,
    )
      .bind(tenant, shop, after)
      .raw<[string]>();
    const last = page.at(-1)?.[0];
    if (last === undefined) return rows;
    const [sold, back] = await DB.batch([
      DB.prepare(
        `select o.customer_id, o.external_id, o.placed_at, o.day, o.gross_minor, o.currency, o.cancelled_at, c.delivered_at from orders o
         left join order_contents c on c.tenant_id = o.tenant_id and c.connection_id = o.connection_id and c.external_id = o.external_id
         where o.tenant_id = ?1 and o.connection_id = ?2 and o.customer_id > ?3 and o.customer_id <= ?4`,
      ).bind(tenant, shop, after, last),
      DB.prepare(
        `select r.order_external_id, r.refunded_at, r.amount_minor, r.currency from orders o cross join refunds r on r.tenant_id = o.tenant_id
         and r.connection_id = o.connection_id and r.order_external_id = o.external_id
         where o.tenant_id = ?1 and o.connection_id = ?2 and o.customer_id > ?3 and o.customer_id <= ?4`,
      ).bind(tenant, shop, after, last),
    ]);
    rows += page.length + (sold?.results.length ?? 0) + (back?.results.length ?? 0);
    after = last;
  }
}

/** One step of the sensor, written by the engine's own statements; without a cursor it begins. */
async function scoreStep(ctx: Ctx, cursor: unknown, now: number) {
  const own = enterTenant(ctx, await findTenant(ctx, tenant), "system");
  const { directory: db } = ctx;
  const job = customerBaseSensor.id;
  const run = `run_${now}`;
  if (cursor === null)
    await db.insert(runs).values({
      ...{ id: run, tenantId: tenant, job, slot: now, trigger: "schedule", status: "running", lease, availableAt: 0, createdAt: now },
    });
  const found = await customerBaseSensor.step({
    ...{ account: () => ({ scopes: [], timezone: "Europe/London" }) as Partial<Account> as Account, optionalAccount: () => null },
    ...{ config: {}, cursor: cursor === null ? null : customerBaseSensor.cursor.parse(cursor), ...storedOf(own, shop) },
    ...{ now, timezone: "Europe/London", currency, signal: new AbortController().signal, log: () => undefined },
  });
  const next: StepOutcome["next"] = {
    ...{ status: "running", attempt: 1, step: 1, availableAt: now, sentAt: null, errorKind: null, errorMessage: null, errorParams: null },
    finishedAt: null,
  };
  const outcome = {
    ...{ run, tenantId: tenant, job, found, proposed: [], connectionIds: [shop], answeredIds: [] },
    ...{ failing: null, calls: 0, logs: [], next, defect: null },
  };
  await batchOf(db, outcomeStatements(db, { outcomes: [outcome], lease, now }).effects);
  if (found.done) await db.delete(runs).where(eq(runs.lease, lease));
  return { cursor: found.cursor, done: found.done, scored: found.customerScores?.length ?? 0 };
}

/** The same customers fitted once and scored, out of no database. */
function maths(many: number): number {
  const { params, until } = simulated;
  const histories = historiesOn(simulateCustomers({ params, customers: many, until, random: seededRandom("shop") }), until);
  const fitted = fitBgNbd(histories, seededRandom("fit"));
  return histories.reduce(
    (sum, history) =>
      sum + chanceToBuy(fitted.params, history, 90) + chanceToBuy(fitted.params, history, 30) + expectedOrders(fitted.params, history, 90),
    0,
  );
}
