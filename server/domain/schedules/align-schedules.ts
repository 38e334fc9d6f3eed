import { sha256 } from "@oslojs/crypto/sha2";
import { encodeHexLowerCase } from "@oslojs/encoding";
import { gt, inArray, lt, type SQL, sql } from "drizzle-orm";
import { unionAll } from "drizzle-orm/sqlite-core";
import { batchOf, type Db, placesIn } from "#db/client.ts";
import { connections, tenants } from "#db/schema/index.ts";
import { everyOf, type Job } from "#server/catalog/job.ts";
import { type Ctx, inEachPlace, type Tenant } from "#server/ctx.ts";
import type { ConnectionFacts } from "#server/domain/connections/choose-account.ts";
import { lentTo } from "#server/domain/connections/lent-accounts.ts";
import { plans } from "#server/domain/tenancy/plans.ts";
import { factsIn } from "./align-jobs.ts";
import { type ClientFacts, scheduleStatementsOfAll } from "./schedule-statements.ts";

/** Schedules of one batch: their text is a megabyte or so, and D1 binds two. */
const schedulesAPage = 6_000;
/** Of a tick: an invocation has a thousand of D1, and other chores ask it too. */
const maxQueries = 540;
const queriesOfPlace = 8;
/** What else the tick does waits meanwhile. */
const budgetMs = 20_000;

/**
 * Gives tenants the schedules of the job registry and of their plans as they are now, after a deployment changed it: no migration and no
 * script is needed for a new sensor. Ten thousand tenants are aligned in one tick or two, each page of them by the statements of one;
 * what the change leaves as it is is not written. Tenants that have them already cost nothing (two index ranges). A page that
 * fails keeps no other one waiting, and is an error when all are through. Answers how many were aligned.
 */
export async function alignSchedules(ctx: Ctx, jobs: readonly Job[]): Promise<number> {
  const catalog = fingerprint(jobs);
  const pageSize = Math.max(1, Math.floor(schedulesAPage / Math.max(1, jobs.length)));
  const maxPages = Math.floor(maxQueries / (1 + queriesOfPlace * placesIn(ctx.databases).length));
  const stale = (await unaligned(ctx.directory, catalog).limit(maxPages * pageSize)).map(({ id }) => id);
  const until = ctx.now() + budgetMs;
  const failures: unknown[] = [];
  let aligned = 0;
  for (let at = 0; at < stale.length && ctx.now() < until; at += pageSize) {
    try {
      aligned += await alignPage(ctx, { ids: stale.slice(at, at + pageSize), jobs, catalog });
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw new AggregateError(failures, "some clients have not the schedules of the job registry");
  return aligned;
}

/** Each range by itself: for an OR of both SQLite reads the whole index, which is every tenant. */
function unaligned(directory: Db, catalog: string) {
  const range = (of: SQL) => directory.select({ id: tenants.id }).from(tenants).where(of);
  return unionAll(range(lt(tenants.catalog, catalog)), range(gt(tenants.catalog, catalog)));
}

async function alignPage(
  ctx: Ctx,
  { ids, jobs, catalog }: { ids: readonly string[]; jobs: readonly Job[]; catalog: string },
): Promise<number> {
  const all = await rowsOf(ctx, ids);
  let aligned = 0;
  await inEachPlace(ctx, async ({ place, db }) => {
    const of = all.filter((tenant) => tenant.place === place);
    if (of.length > 0) aligned += await alignHere(ctx, db, { of, jobs, catalog });
  });
  return aligned;
}

/** The same of clients of one D1. */
async function alignHere(
  ctx: Ctx,
  db: Db,
  { of, jobs, catalog }: { of: readonly Tenant[]; jobs: readonly Job[]; catalog: string },
): Promise<number> {
  const facts = await factsOf(ctx, db, of);
  await batchOf(db, scheduleStatementsOfAll(db, { clients: [...facts.values()], jobs, now: ctx.now() }));
  // Somebody may have changed a fact in between, and written better schedules than these: then once more, next tick.
  const after = await factsOf(
    ctx,
    db,
    await rowsOf(
      ctx,
      of.map(({ id }) => id),
    ),
  );
  const aligned = [...facts.keys()].filter((id) => textOf(after.get(id)) === textOf(facts.get(id)));
  await ctx.directory
    .update(tenants)
    .set({ catalog })
    .where(inArray(tenants.id, sql`(select value from json_each(${JSON.stringify(aligned)}))`));
  return aligned.length;
}

const rowsOf = (ctx: Ctx, ids: readonly string[]): Promise<Tenant[]> =>
  ctx.directory
    .select()
    .from(tenants)
    .where(inArray(tenants.id, sql`(select value from json_each(${JSON.stringify(ids)}))`));

const textOf = (facts: ClientFacts | undefined) => facts && factsIn(facts);

/** What schedules of clients of one D1 follow from, by tenant. */
async function factsOf(ctx: Ctx, db: Db, of: readonly Tenant[]): Promise<Map<string, ClientFacts>> {
  const ids = JSON.stringify(of.map(({ id }) => id));
  const found = await db
    .select({
      tenantId: connections.tenantId,
      id: connections.id,
      provider: connections.provider,
      externalId: connections.externalId,
      kind: connections.kind,
      chosen: connections.chosen,
      preferredAt: connections.preferredAt,
      status: connections.status,
      scopesGranted: connections.scopesGranted,
    })
    .from(connections)
    .where(inArray(connections.tenantId, sql`(select value from json_each(${ids}))`));
  const own = new Map(of.map((tenant) => [tenant.id, { tenant, connections: [] as ConnectionFacts[] }]));
  for (const { tenantId, ...connection } of found) own.get(tenantId)?.connections.push(connection);
  for (const [borrowerId, lent] of await lentTo(ctx, of)) own.get(borrowerId)?.connections.push(...lent);
  return own;
}

function fingerprint(jobs: readonly Job[]): string {
  const facts = JSON.stringify([
    jobs.map((job) => [job.id, everyOf(job), job.needs, job.dailyAt, job.onByDefault]),
    Object.values(plans).map((terms) => [terms.jobs, terms.turnsOn]),
  ]);
  return encodeHexLowerCase(sha256(new TextEncoder().encode(facts))).slice(0, 16);
}
