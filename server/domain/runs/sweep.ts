import { type SQL, sql } from "drizzle-orm";
import type { Db } from "#db/client.ts";
import { deadLetters, magicLinks, oauthStates, rateLimits, runs, schedules, sessions } from "#db/schema/index.ts";
import { type Ctx, inEachPlace } from "#server/ctx.ts";
import { givingTurns } from "#server/domain/turns/give-turns.ts";
import { sendTurns } from "#server/domain/turns/send-turns.ts";
import { RunError } from "./after-failure.ts";
import { deadMessage, maxAttempts } from "./engine.ts";

const pageSize = 500;
const maxPages = 10;
const dayMs = 86_400_000;
/** Rows of each kind that a tick deletes because their time is over. */
const expiredATick = 5_000;
/** A letter that was replayed is of use to nobody after this. */
const lettersKeptMs = 90 * dayMs;
const { said: lost } = new RunError("worker_lost");
const { said: lostAlways } = new RunError("worker_lost_always");
/** Word for word the condition of the index `runs_sweep`: without it SQLite reads every run there ever was. */
const open = sql`status in ('queued', 'running')`;

/**
 * Repairs what a worker lost: running runs whose lease has ended are queued again, or are dead where their tries are used up. One index
 * range finds them. Answers counts.
 */
export async function sweep(ctx: Ctx): Promise<{ requeued: number; died: number }> {
  const now = ctx.now();
  const sums = { requeued: 0, died: 0 };
  await inEachPlace(ctx, async ({ db }) => {
    for (let page = 0; page < maxPages; page++) {
      const requeued = await requeue(ctx, db, now);
      sums.requeued += requeued;
      if (requeued < pageSize) break;
    }
    sums.died += await buryLost(ctx, db, now);
  });
  await deleteExpired(ctx, now);
  return sums;
}

/** Queues runs whose worker let its lease end; answers how many. */
async function requeue(ctx: Ctx, db: Db, now: number): Promise<number> {
  const these = sql`runs where ${open} and status = 'queued' and available_at = ${now} and error_kind = 'lost'`;
  const [requeued, , given] = await db.batch([
    db
      .update(runs)
      .set({ status: "queued", lease: null, availableAt: now, errorKind: "lost", errorMessage: lost.code, errorParams: {} })
      .where(
        sql`${runs.id} in (
        select id from runs where ${open} and status = 'running' and available_at <= ${now} and attempt < ${maxAttempts} limit ${pageSize})`,
      )
      .returning({ id: runs.id }),
    noteOn(db, now, sql`(select * from ${these})`),
    givingTurns(db, "runs", { who: sql`select tenant_id from ${these}`, now }),
  ]);
  await sendTurns(ctx, "runs", given);
  return requeued.length;
}

/** The schedules of these runs, which nobody else will tell that their worker was lost. */
const noteOn = (db: Db, now: number, these: SQL) =>
  db
    .update(schedules)
    .set({
      lastRunAt: now,
      lastStatus: sql`r.status`,
      lastErrorKind: sql`r.error_kind`,
      lastErrorMessage: sql`r.error_message`,
      lastErrorParams: sql`r.error_params`,
      lastRunId: sql`r.id`,
      lastFinishedAt: sql`coalesce(r.finished_at, ${schedules.lastFinishedAt})`,
    })
    .from(sql`${these} r`)
    .where(sql`${schedules.tenantId} = r.tenant_id and ${schedules.job} = r.job`);

async function buryLost(ctx: Ctx, db: Db, now: number): Promise<number> {
  const found = await db
    .select({ id: runs.id, tenantId: runs.tenantId })
    .from(runs)
    .where(sql`${open} and status = 'running' and ${runs.availableAt} <= ${now} and ${runs.attempt} >= ${maxAttempts}`)
    .limit(pageSize);
  if (found.length === 0) return 0;
  // Letters first: the consumer drops a letter whose run is not dead, and whoever is still running has 0 left to write.
  for (const run of found) await ctx.send.dead(deadMessage(run));
  const ids = JSON.stringify(found.map(({ id }) => id));
  const [died] = await db.batch([
    db
      .update(runs)
      .set({ status: "dead", lease: null, errorKind: "lost", errorMessage: lostAlways.code, errorParams: {}, finishedAt: now })
      .where(sql`${runs.id} in (select value from json_each(${ids})) and status = 'running' and ${runs.availableAt} <= ${now}`)
      .returning({ id: runs.id }),
    noteOn(db, now, sql`(select runs.* from json_each(${ids}) cross join runs on runs.id = value and runs.status = 'dead')`),
  ]);
  return died.length;
}

/** Rows that nobody may use any more; whatever reads them checks the time by itself. */
async function deleteExpired(ctx: Ctx, now: number): Promise<void> {
  const db = ctx.directory;
  const yesterday = now - dayMs;
  /** The oldest of them: however many there are, a tick deletes no more. */
  const some = (table: string, old: SQL) => sql`rowid in (select rowid from ${sql.identifier(table)} where ${old} limit ${expiredATick})`;
  await db.batch([
    // At once: the grant of an account about which nobody said anything is sealed there.
    db.delete(oauthStates).where(some("oauth_states", sql`expires_at < ${now}`)),
    db.delete(magicLinks).where(some("magic_links", sql`expires_at < ${yesterday}`)),
    db.delete(rateLimits).where(some("rate_limits", sql`reset_at < ${yesterday}`)),
    db.delete(sessions).where(some("sessions", sql`expires_at < ${yesterday}`)),
    db.delete(deadLetters).where(some("dead_letters", sql`at < ${now - lettersKeptMs} and replayed_at is not null`)),
  ]);
}
