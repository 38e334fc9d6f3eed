import { sha256 } from "@oslojs/crypto/sha2";
import { encodeHexLowerCase } from "@oslojs/encoding";
import { gt, inArray, lt, or, sql } from "drizzle-orm";
import type { BatchItem } from "drizzle-orm/batch";
import { placeOf } from "#db/client.ts";
import { connections, tenants } from "#db/schema/index.ts";
import { everyOf, type Job } from "#server/catalog/job.ts";
import { acrossTenants, type Ctx, enterTenant, type Tenant } from "#server/ctx.ts";
import { plans } from "#server/domain/tenancy/plans.ts";
import { type ClientFacts, factsIn } from "./align-jobs.ts";
import { scheduleStatements } from "./schedule-statements.ts";

/** Tenants a tick: a new sensor reaches a thousand of them within ten minutes, and each tick stays short. */
const pageSize = 100;

/**
 * Gives tenants the schedules of the job registry and of their plans as they are now, after a deployment changed it: no migration and no script is
 * needed for a new sensor. Tenants that have them already cost nothing (an index range). Answers how many were aligned.
 */
export async function alignSchedules(ctx: Ctx, jobs: readonly Job[]): Promise<number> {
  const catalog = fingerprint(jobs);
  const stale = await ctx.directory
    .select()
    .from(tenants)
    .where(or(lt(tenants.catalog, catalog), gt(tenants.catalog, catalog)))
    .limit(pageSize);
  if (stale.length === 0) return 0;
  const facts = await factsOf(ctx, stale);
  for (const { place, db } of acrossTenants(ctx)) {
    const own = stale.filter(({ id }) => placeOf(id) === place);
    const [first, ...rest] = own.flatMap((tenant): BatchItem<"sqlite">[] =>
      scheduleStatements(enterTenant(ctx, tenant, "system"), { connections: facts.get(tenant.id)?.connections ?? [] }, jobs),
    );
    if (first) await db.batch([first, ...rest]);
  }
  // Somebody may have changed a fact in between, and written better schedules than these: then once more, next tick.
  const after = await factsOf(ctx, await rowsOf(ctx, stale));
  const aligned = stale.map(({ id }) => id).filter((id) => textOf(after.get(id)) === textOf(facts.get(id)));
  await ctx.directory
    .update(tenants)
    .set({ catalog })
    .where(inArray(tenants.id, sql`(select value from json_each(${JSON.stringify(aligned)}))`));
  return aligned.length;
}

const rowsOf = (ctx: Ctx, of: readonly Tenant[]): Promise<Tenant[]> =>
  ctx.directory
    .select()
    .from(tenants)
    .where(inArray(tenants.id, sql`(select value from json_each(${JSON.stringify(of.map(({ id }) => id))}))`));

const textOf = (facts: ClientFacts | undefined) => facts && factsIn(facts);

/** What schedules follow from, by tenant. */
async function factsOf(ctx: Ctx, of: readonly Tenant[]): Promise<Map<string, ClientFacts>> {
  const ids = JSON.stringify(of.map(({ id }) => id));
  const found = await Promise.all(
    acrossTenants(ctx).map(({ db }) =>
      db
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
        .where(inArray(connections.tenantId, sql`(select value from json_each(${ids}))`)),
    ),
  );
  const all = found.flat();
  return new Map(of.map((tenant) => [tenant.id, { tenant, connections: all.filter(({ tenantId }) => tenantId === tenant.id) }]));
}

function fingerprint(jobs: readonly Job[]): string {
  const facts = JSON.stringify([
    jobs.map((job) => [job.id, everyOf(job), job.needs, job.dailyAt, job.onByDefault]),
    Object.values(plans).map((terms) => [terms.jobs, terms.turnsOn]),
  ]);
  return encodeHexLowerCase(sha256(new TextEncoder().encode(facts))).slice(0, 16);
}
