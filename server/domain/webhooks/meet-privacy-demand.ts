import { eq, getTableName, ne, type SQL, sql } from "drizzle-orm";
import type { SQLiteTable } from "drizzle-orm/sqlite-core";
import type { Statement } from "#db/client.ts";
import { columnsOf, ofAccounts, ofCustomers } from "#db/holdings.ts";
import {
  actionCustomers,
  actionSteps,
  actions,
  approvalPosts,
  connections,
  measurements,
  orders,
  privacyRequests,
  runs,
  schedules,
  webhookDeliveries,
} from "#db/schema/index.ts";
import { clientNoticeKinds } from "#db/words/notices.ts";
import { actionKinds } from "#server/catalog/actions/registry.ts";
import { allJobs } from "#server/catalog/jobs.ts";
import type { PrivacyDemand } from "#server/catalog/webhooks/webhook.ts";
import type { TenantCtx } from "#server/ctx.ts";
import { adoptFacts } from "#server/domain/connections/adopt-facts.ts";
import { nothingAhead } from "#server/domain/connections/nothing-ahead.ts";
import { dropExports } from "#server/domain/custody/drop-exports.ts";
import { retract } from "#server/domain/notices/retract.ts";
import { alignJobs } from "#server/domain/schedules/align-jobs.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { happenedAt } from "./change-access.ts";
import { conclude, stillOpen } from "./conclude.ts";
import { columnOf, heldOf } from "./held-data.ts";
import type { Working } from "./rows.ts";

/** What stands in an account's place when it is erased. */
const erasedName = "…";

/**
 * Meets what was demanded for somebody's privacy, and writes beside the request how many rows of each table were found or
 * erased, counted in the same batch. What the provider sent about them goes with it.
 */
export async function meetPrivacyDemand(ctx: TenantCtx, working: Working, demand: PrivacyDemand): Promise<void> {
  const { connection, delivery } = working;
  switch (demand.kind) {
    case "data_request":
      return void (await finish(ctx, working, { demand, found: customerCounts(ctx, working, demand), statements: [] }));
    case "redact_customer":
      await finish(ctx, working, {
        demand,
        found: { ...customerCounts(ctx, working, demand), webhook_deliveries: keptPayloads(ctx, working) },
        statements: [
          noteOrders(ctx, working, demand),
          ...forgetInBatches(ctx, working, demand),
          ...forgetCustomer(ctx, working, demand),
          ...forgetPacked(ctx, working),
        ],
      });
      return;
    case "redact_shop":
      if (isConnectedSince(working)) return refuseOld(ctx, working);
      return eraseAccount(ctx, working, { demand, figures: true });
    case "delete_person":
      // Whom an account is connected by may be the person; of others who are only mentioned there nothing is held.
      if (connection.externalId !== demand.subject) return void (await finish(ctx, working, { demand, found: {}, statements: [] }));
      if (isConnectedSince(working)) return refuseOld(ctx, working);
      return eraseAccount(ctx, working, { demand, figures: false });
    default:
      demand.kind satisfies never;
      throw new Error(`nobody meets this demand for ${delivery.id}`);
  }
}

const isConnectedSince = (working: Working): boolean =>
  working.connection.status === "active" && working.connection.connectedAt > happenedAt(working);

interface Work {
  demand: PrivacyDemand;
  /** Table -> SQL that counts its rows, before the statements. */
  found: Readonly<Record<string, SQL>>;
  statements: readonly Statement[];
}

const countsAStatement = 6;

async function finish(ctx: TenantCtx, working: Working, { demand, found, statements }: Work): Promise<boolean> {
  const { delivery, connection } = working;
  const counted = Object.entries(found).map(([table, count]) => sql`${table}, (${count})`);
  // A statement binds a hundred values at most: what was counted is put together of several.
  const parts = Array.from({ length: Math.max(1, Math.ceil(counted.length / countsAStatement)) }, (_, at) =>
    counted.slice(at * countsAStatement, (at + 1) * countsAStatement),
  );
  const { won } = await conclude(ctx, delivery.id, {
    forget: true,
    audit: { action: `privacy.${demand.kind}`, details: { connection: connection.id, provider: connection.provider } },
    statements: [
      ...parts.map((pairs) =>
        ctx.db
          .update(privacyRequests)
          .set({
            doneAt: ctx.now(),
            report: sql`json_patch(coalesce(${privacyRequests.report}, '{}'), json_object(${sql.join(pairs, sql`, `)}))`,
          })
          .where(inTenant(ctx, privacyRequests, eq(privacyRequests.deliveryId, delivery.id), stillOpen(ctx, delivery.id))),
      ),
      ...statements,
    ],
  });
  return won;
}

/** The shop was given to us anew after it asked to be erased: there is nothing left of then, and today's is wanted. */
async function refuseOld(ctx: TenantCtx, { delivery }: Working): Promise<void> {
  await conclude(ctx, delivery.id, {
    forget: true,
    ignored: "connected_since",
    statements: [
      ctx.db
        .update(privacyRequests)
        .set({ doneAt: ctx.now(), report: {} })
        .where(inTenant(ctx, privacyRequests, eq(privacyRequests.deliveryId, delivery.id), stillOpen(ctx, delivery.id))),
    ],
  });
}

const count = (table: SQLiteTable, where: SQL) => sql`select count(*) from ${table} where ${where}`;

const customerCounts = (ctx: TenantCtx, { connection }: Working, demand: PrivacyDemand): Record<string, SQL> =>
  Object.fromEntries(
    ofCustomers.map((holding) => [
      getTableName(holding.table),
      count(holding.table, heldOf(ctx, holding, { connectionId: connection.id, ...demand })),
    ]),
  );

/**
 * Once their orders are without them, nothing else says which those were: so the request keeps it beside what the shop named, and a later reading of such an
 * order takes nothing of theirs back in.
 */
function noteOrders(ctx: TenantCtx, { connection, delivery }: Working, { subject, orders: named = [] }: PrivacyDemand): Statement {
  const bought = inTenant(ctx, orders, eq(orders.connectionId, connection.id), eq(orders.customerId, subject));
  return ctx.db
    .update(privacyRequests)
    .set({
      orders: sql`(select json_group_array(value) from (
        select value from json_each(${JSON.stringify(named)}) union select ${orders.externalId} from ${orders} where ${bought}))`,
    })
    .where(inTenant(ctx, privacyRequests, eq(privacyRequests.deliveryId, delivery.id), stillOpen(ctx, delivery.id)));
}

/**
 * A row that is all about them goes; one without its customer is a figure of the shop. It is dated as of the demand, so that no older reading of it brings the
 * customer back. All discount codes of their orders go, not those alone that nobody else has used: whether a code is theirs alone is
 * not known here (one that was made for them may have been passed on), no figure is made of codes, and the shop has those of its
 * campaigns itself. Orders go last: others are found through them.
 */
function forgetCustomer(ctx: TenantCtx, { connection, delivery }: Working, demand: PrivacyDemand): Statement[] {
  const named = ofCustomers.filter((holding) => columnsOf(holding, "customer", "trace").length > 0);
  return named
    .sort((a, b) => Number(a.table === orders) - Number(b.table === orders))
    .map((holding) => {
      const { table, datedBy } = holding;
      const theirs = sql`${heldOf(ctx, holding, { connectionId: connection.id, ...demand })} and ${stillOpen(ctx, delivery.id)}`;
      if (holding.withCustomer === "erased") return ctx.db.delete(table).where(theirs);
      const dated = datedBy === undefined ? {} : { [datedBy]: sql`max(${columnOf(table, datedBy)}, ${happenedAt({ delivery })})` };
      return ctx.db
        .update(table)
        .set({
          ...Object.fromEntries(columnsOf(holding, "customer").map((name) => [name, null])),
          ...Object.fromEntries(columnsOf(holding, "trace").map((name) => [name, []])),
          ...dated,
        })
        .where(theirs);
    });
}

/**
 * Takes them out of what was or is to be written about many customers at once. What still waits for a person is void: its content is another one than they
 * would approve. What is approved goes on without them.
 */
function forgetInBatches(ctx: TenantCtx, { connection, delivery }: Working, { subject }: PrivacyDemand): Statement[] {
  const open = stillOpen(ctx, delivery.id);
  const naming = inTenant(ctx, actionCustomers, eq(actionCustomers.connectionId, connection.id), eq(actionCustomers.customerId, subject));
  const batches = sql`(select ${actionCustomers.actionId} from ${actionCustomers} where ${naming})`;
  const lists = actionKinds.flatMap(({ id, batch }) => (batch === undefined ? [] : [{ id, path: `$.${batch}` }]));
  return [
    ...lists.map(({ id, path }) =>
      ctx.db
        .update(actionSteps)
        .set({
          payload: sql`json_set(${actionSteps.payload}, ${path}, (select json_group_array(json(e.value)) from json_each(${actionSteps.payload}, ${path}) e
            where e.value ->> 'customerId' <> ${subject}))`,
          receipt: sql`iif(${actionSteps.receipt} ->> '$.rows.failed' is null, ${actionSteps.receipt}, json_set(${actionSteps.receipt}, '$.rows.failed',
            (select json_group_array(json(f.value)) from json_each(${actionSteps.receipt}, '$.rows.failed') f where f.value ->> 'customerId' <> ${subject})))`,
        })
        .where(
          inTenant(
            ctx,
            actionSteps,
            eq(actionSteps.kind, id),
            sql`(action_id, place) in (select ${actionCustomers.actionId}, ${actionCustomers.place} from ${actionCustomers} where ${naming})`,
            open,
          ),
        ),
    ),
    ctx.db
      .update(approvalPosts)
      .set({ checkAt: ctx.now() })
      .where(inTenant(ctx, approvalPosts, sql`${approvalPosts.actionId} in ${batches} and ${approvalPosts.checkAt} is not null`, open)),
    ctx.db
      .update(actions)
      .set({ status: "voided", reason: "forgotten", finishedAt: ctx.now() })
      .where(inTenant(ctx, actions, eq(actions.status, "waiting"), sql`${actions.id} in ${batches}`, open)),
  ];
}

const payloadsOf = (ctx: TenantCtx, { connection, delivery }: Working): SQL =>
  inTenant(
    ctx,
    webhookDeliveries,
    eq(webhookDeliveries.connectionId, connection.id),
    ne(webhookDeliveries.status, "received"),
    ne(webhookDeliveries.id, delivery.id),
    sql`${webhookDeliveries.sealed} is not null`,
  );
const keptPayloads = (ctx: TenantCtx, working: Working) => count(webhookDeliveries, payloadsOf(ctx, working));
/**
 * What is packed goes as a whole, by table. Nobody can tell which of the sealed events name whom: all of the account's go. A zip
 * that was made before has everybody in it: it goes, and one that is being made is made anew.
 */
export const packed: Readonly<Record<string, (ctx: TenantCtx, working: Working) => Statement[]>> = {
  webhook_deliveries: (ctx, working) => [
    ctx.db
      .update(webhookDeliveries)
      .set({ sealed: null })
      .where(sql`${payloadsOf(ctx, working)} and ${stillOpen(ctx, working.delivery.id)}`),
  ],
  export_chunks: (ctx, { delivery }) => dropExports(ctx, stillOpen(ctx, delivery.id)),
};
const forgetPacked = (ctx: TenantCtx, working: Working): Statement[] => Object.values(packed).flatMap((forget) => forget(ctx, working));

/**
 * All that came from an account is erased, and the account's own name and keys; the row stays, nameless, so that what it did
 * can be told. `figures`: measurements of the provider's jobs too, which begin anew where another account is left.
 */
async function eraseAccount(
  ctx: TenantCtx,
  working: Working,
  { demand, figures }: { demand: PrivacyDemand; figures: boolean },
): Promise<void> {
  const { connection, delivery } = working;
  const open = stillOpen(ctx, delivery.id);
  const jobs = allJobs.filter(({ needs }) => needs.some(({ provider }) => provider === connection.provider)).map(({ id }) => id);
  const list = sql`(select value from json_each(${JSON.stringify(figures ? jobs : [])}))`;
  const ofSensors = inTenant(ctx, measurements, sql`${measurements.job} in ${list}`);
  const own = ofAccounts.map(({ table }) => ({
    table,
    rows: inTenant(ctx, { tenantId: columnOf(table, "tenantId") }, eq(columnOf(table, "connectionId"), connection.id)),
  }));
  const won = await finish(ctx, working, {
    demand,
    found: {
      ...Object.fromEntries(own.map(({ table, rows }) => [getTableName(table), count(table, rows)])),
      measurements: count(measurements, ofSensors),
      webhook_deliveries: keptPayloads(ctx, working),
      connections: sql`select 1`,
    },
    statements: [
      ...own.map(({ table, rows }) => ctx.db.delete(table).where(sql`${rows} and ${open}`)),
      ctx.db.delete(measurements).where(sql`${ofSensors} and ${open}`),
      letGo(ctx, jobs, open),
      ctx.db
        .update(schedules)
        .set({ cursor: null })
        .where(inTenant(ctx, schedules, sql`${schedules.job} in ${list}`, open)),
      ...forgetPacked(ctx, working),
      forgetDeliveries(ctx, working),
      ctx.db
        .update(connections)
        .set({
          externalId: `erased:${connection.id}`,
          name: erasedName,
          details: {},
          fields: {},
          chosen: [],
          ...nothingAhead,
          status: "disconnected",
          statusReason: null,
          statusAt: ctx.now(),
          version: sql`${connections.version} + 1`,
        })
        .where(inTenant(ctx, connections, eq(connections.id, connection.id), open)),
    ],
  });
  if (!won) return;
  await retract(ctx, { tenant: ctx.tenant.id, kinds: clientNoticeKinds, subject: connection.id });
  await alignJobs(ctx);
  // Where another shop is read from now on, the client counts as that one does.
  await adoptFacts(ctx, { connection: connection.id });
}

/**
 * What a step of such a job has read, and not written yet, must not come back: its worker loses the run, and the sweep brings it to another,
 * which finds what is left to read.
 */
const letGo = (ctx: TenantCtx, jobs: readonly string[], open: SQL): Statement =>
  ctx.db
    .update(runs)
    .set({ status: "queued", lease: null, availableAt: ctx.now() })
    .where(
      inTenant(ctx, runs, eq(runs.status, "running"), sql`${runs.job} in (select value from json_each(${JSON.stringify(jobs)}))`, open),
    );

/** The provider's id of the account stands beside each of its deliveries. */
const forgetDeliveries = (ctx: TenantCtx, { connection, delivery }: Working): Statement =>
  ctx.db
    .update(webhookDeliveries)
    .set({ account: null })
    .where(inTenant(ctx, webhookDeliveries, eq(webhookDeliveries.connectionId, connection.id), stillOpen(ctx, delivery.id)));
