import { asc, count, inArray, sql } from "drizzle-orm";
import type { Db } from "#db/client.ts";
import { deadLetters, runLogs, runs, tenants } from "#db/schema/index.ts";
import { type Ctx, inEachPlace, type Tenant } from "#server/ctx.ts";
import { planOf } from "#server/domain/tenancy/plans.ts";
import { newId } from "#server/ids.ts";

const dayMs = 86_400_000;
/** Each client has its turn once in so many ticks, that is once an hour. */
const turns = 60;
/** Rows of one tick and D1. A thousand clients make some 70 runs and 210 lines a minute. */
const runsATick = 500;
const linesATick = 2_000;

/**
 * Deletes runs and their lines that are older than the client's plan keeps them, a few at a time. What is open stays, and what is a
 * dead letter that nobody has replayed. Nothing else is worked out from what goes: figures are in measurements, how a job stands is
 * on its schedule, incidents are on the connections. Answers how many rows went.
 */
export async function forgetRuns(ctx: Ctx): Promise<{ runs: number; lines: number }> {
  const clients = await clientsOfTurn(ctx);
  const sums = { runs: 0, lines: 0 };
  if (clients.length === 0) return sums;
  const letters = await openLetters(ctx, clients);
  await inEachPlace(ctx, async ({ place, db }) => {
    const here = clients.filter((client) => client.place === place);
    if (here.length === 0) return;
    const gone = await forgetOf(db, { clients: here, letters, now: ctx.now() });
    sums.runs += gone.runs;
    sums.lines += gone.lines;
  });
  return sums;
}

type Client = Pick<Tenant, "id" | "plan" | "place">;

/** A sixtieth of all clients: another one each minute. */
async function clientsOfTurn(ctx: Ctx): Promise<Client[]> {
  const [all] = await ctx.directory.select({ clients: count() }).from(tenants);
  const page = Math.ceil((all?.clients ?? 0) / turns);
  if (page === 0) return [];
  const turn = Math.floor(ctx.now() / 60_000) % turns;
  return ctx.directory
    .select({ id: tenants.id, plan: tenants.plan, place: tenants.place })
    .from(tenants)
    .orderBy(asc(tenants.id))
    .limit(page)
    .offset(turn * page);
}

/** Runs that somebody may still replay. The condition is literal, as the index has it. */
async function openLetters(ctx: Ctx, clients: readonly Client[]): Promise<string[]> {
  const ids = JSON.stringify(clients.map(({ id }) => id));
  const found = await ctx.directory
    .select({ runId: deadLetters.runId })
    .from(deadLetters)
    .where(sql`replayed_at is null and ${inArray(deadLetters.ofTenant, sql`(select value from json_each(${ids}))`)}`);
  return found.flatMap(({ runId }) => runId ?? []);
}

async function forgetOf(db: Db, { clients, letters, now }: { clients: readonly Client[]; letters: readonly string[]; now: number }) {
  // Ids sort by time: the smallest that a run of that day could have.
  const before = (days: number) => newId("run", now - days * dayMs, new Uint8Array(10));
  const bounds = JSON.stringify(clients.map((client) => [client.id, before(planOf(client).runDays), before(planOf(client).logDays)]));
  const kept = sql`(select value from json_each(${JSON.stringify(letters)}))`;
  // A plus keeps a term out of the choice of an index: by the client and the id, which is where the old ones are.
  const isOpen = (id: string) => sql`exists (select 1 from runs o where o.id = ${sql.raw(id)} and +o.status in ('queued', 'running'))`;
  const [lines, gone] = await db.batch([
    db.delete(runLogs).where(
      sql`rowid in (select l.rowid from json_each(${bounds}) c cross join run_logs l on l.tenant_id = c.value->>0 and l.run_id < c.value->>2
        where l.run_id not in ${kept} and not ${isOpen("l.run_id")} limit ${linesATick})`,
    ),
    db.delete(runs).where(
      sql`rowid in (select r.rowid from json_each(${bounds}) c cross join runs r on r.tenant_id = c.value->>0 and r.id < c.value->>1
        where r.id not in ${kept} and +r.status not in ('queued', 'running') limit ${runsATick})`,
    ),
  ]);
  return { lines: lines.meta.changes, runs: gone.meta.changes };
}
