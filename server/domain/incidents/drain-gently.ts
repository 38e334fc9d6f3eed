import { sql } from "drizzle-orm";
import { schedules } from "#db/schema/index.ts";
import { allJobs } from "#server/catalog/jobs.ts";
import { type Ctx, inEachPlace } from "#server/ctx.ts";
import { jobsReading } from "./open-incidents.ts";

const overMs = 10 * 60_000;

/**
 * Spreads what became due while a provider was down evenly over the next minutes, so that it is not knocked over as it gets
 * up: the first job of every tenant before anybody's second, in no order of theirs. One statement a D1. Answers how many.
 */
export async function drainGently(ctx: Ctx, provider: string, jobs = allJobs): Promise<number> {
  const now = ctx.now();
  const waiting = JSON.stringify(jobsReading(jobs, [provider]).map(({ id }) => id));
  let spread = 0;
  await inEachPlace(ctx, async ({ db }) => {
    const moved = await db
      .update(schedules)
      .set({ nextAt: sql`${now} + p.place * ${overMs} / p.total` })
      .from(
        sql`(select tenant_id, job, row_number() over (order by turn, random()) - 1 as place, count(*) over () as total from (
          select tenant_id, job, row_number() over (partition by tenant_id order by next_at) as turn from schedules
          where enabled = 1 and blocked is null and next_at <= ${now} and job in (select value from json_each(${waiting})))) p`,
      )
      .where(sql`${schedules.tenantId} = p.tenant_id and ${schedules.job} = p.job`)
      .returning({ job: schedules.job });
    spread += moved.length;
  });
  return spread;
}
