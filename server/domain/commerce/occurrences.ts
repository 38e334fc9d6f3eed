import { and, eq, gt, gte, inArray, or, type SQL, sql } from "drizzle-orm";
import type { Statement } from "#db/client.ts";
import { occurrences, schedules } from "#db/schema/index.ts";
import { allJobs } from "#server/catalog/jobs.ts";
import type { Occurrence, Occurrences } from "#server/catalog/occurrences.ts";
import type { TenantCtx } from "#server/ctx.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";

/** What happened longer ago than this is history, and no occurrence: a first reading of a year's orders makes none. */
export const recentMs = 7 * 86_400_000;

/** Whether anything may act for this client: of who lets nothing act no occurrence is kept. */
export const mayAct = (tenantId: SQL): SQL => sql`exists (select 1 from policies a where a.tenant_id = ${tenantId} and a.mode <> 'off')`;

/** Ids of the jobs that hear of something of a client's that was found at this very instant. */
export const hearersAt = (tenantId: SQL, now: number): SQL =>
  sql`select h.value->>0 from json_each(${hearers}) h where exists (select 1 from ${occurrences} o
    where o.noticed_at = ${now} and o.tenant_id = ${tenantId} and o.kind in (select value from json_each(h.value, '$[1]')))`;

const hearers = JSON.stringify(allJobs.flatMap(({ id, hears }) => (hears ? [[id, hears]] : [])));

/** For the batch of whoever writes what happened to a client: what hears of what was found at this instant is due. */
export const wakeHearers = (ctx: TenantCtx, now: number): Statement =>
  ctx.db
    .update(schedules)
    .set({ nextAt: now })
    .where(inTenant(ctx, schedules, sql`${schedules.job} in (${hearersAt(sql`${ctx.tenant.id}`, now)}) and +${schedules.nextAt} > ${now}`));

/** What happened at one shop, and to the client's accounts; without `connectionId` at no shop. */
export const occurrencesOf = (ctx: TenantCtx, connectionId?: string): Occurrences => ({
  async behind({ seq, kinds, since, limit }) {
    const own = connectionId === undefined ? undefined : eq(occurrences.connectionId, connectionId);
    const [items, [last]] = await ctx.db.batch([
      ctx.db
        .select()
        .from(occurrences)
        .where(
          inTenant(
            ctx,
            occurrences,
            and(gt(occurrences.seq, seq), gte(occurrences.noticedAt, since), inArray(occurrences.kind, [...kinds])),
            or(own, eq(occurrences.kind, "connection_back")),
          ),
        )
        .orderBy(occurrences.seq)
        .limit(limit),
      ctx.db
        .select({ newest: sql<number>`coalesce(max(${occurrences.seq}), 0)` })
        .from(occurrences)
        .where(inTenant(ctx, occurrences)),
    ]);
    // What is in `facts` was written by its kind.
    return { items: items as unknown as Occurrence<(typeof kinds)[number]>[], newest: last?.newest ?? 0 };
  },
});
