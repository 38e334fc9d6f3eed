import { inArray, sql } from "drizzle-orm";
import type { Db } from "#db/client.ts";
import { actionStops, actions, connections, rateUses, runs, tenants } from "#db/schema/index.ts";
import type { Text } from "#db/words/locales.ts";
import { allJobs } from "#server/catalog/jobs.ts";
import { providerName } from "#server/catalog/providers/registry.ts";
import { acrossTenants, type Ctx, requireStaff } from "#server/ctx.ts";
import { newId } from "#server/ids.ts";

const minuteMs = 60_000;
const watchedMinutes = 60;
const dayMs = 24 * 60 * minuteMs;
const shown = 50;
/** An account that was tight longer ago than this is no more. */
const tightMs = 15 * minuteMs;
/** Of all runs of a job so many may fail in a day: its error budget. */
const mayFail = 0.01;

/**
 * What one client waits for, and of whoever is stopped all that was approved and is not begun. `oldestAt`: since when the longest has been due, of
 * what a stop holds since it was decided.
 */
export interface Backlog {
  tenantId: string;
  tenantName: string;
  runs: number;
  actions: number;
  oldestAt: number;
  /** Whether nothing is done for it now, by its own people or the agency. */
  stopped: boolean;
}

/** How near an account came to a limit of its provider, in the last minute in which it was near one. */
export interface TightAccount {
  tenantId: string;
  tenantName: string;
  connectionId: string;
  account: string;
  providerName: string;
  limit: string;
  /** Of what a minute gives, 0 to 1. */
  share: number;
  waits: number;
  at: number;
}

/** How much of what may fail of a job's runs has failed in a day: above 1 it is used up. */
export interface ErrorBudget {
  job: string;
  title: Text;
  ended: number;
  failed: number;
  used: number;
}

export interface Load {
  /** Of each of the last 60 minutes, the oldest first: what ended. */
  minutes: { runs: number; actions: number }[];
  /** The clients that wait longest, and of all of them how many there are and what they wait for. */
  backlog: Backlog[];
  waiting: { clients: number; runs: number; actions: number };
  tight: TightAccount[];
  /** Of jobs that ran, the one that is nearest its end first. */
  budgets: ErrorBudget[];
}

/** What runs in the whole fleet, what waits, and what is near a limit. For staff. */
export async function readLoad(ctx: Ctx): Promise<Load> {
  requireStaff(ctx);
  const now = ctx.now();
  const stops = await stopsOf(ctx);
  const places = await Promise.all(acrossTenants(ctx).map(({ db }) => lookAt(db, now, stops)));
  const due = places.flatMap((place) => place.due);
  const tight = places
    .flatMap((place) => place.tight)
    .sort((a, b) => b.share - a.share || b.waits - a.waits)
    .slice(0, shown);
  const waiting = mergeDue(due);
  const longest = [...waiting.values()].sort((a, b) => a.oldestAt - b.oldestAt).slice(0, shown);
  const ids = [...new Set([...longest, ...tight].map(({ tenantId }) => tenantId))];
  const names = await namesOf(ctx, ids);
  return {
    minutes: minutesOf(places, now),
    backlog: longest.map((each) => ({
      ...each,
      tenantName: names.get(each.tenantId) ?? each.tenantId,
      stopped: stops.has("") || stops.has(each.tenantId),
    })),
    waiting: { clients: waiting.size, runs: sumOf(due, "runs"), actions: sumOf(due, "actions") },
    tight: tight.map(({ provider, ...each }) => ({
      ...each,
      tenantName: names.get(each.tenantId) ?? each.tenantId,
      providerName: providerName(provider),
    })),
    budgets: budgetsOf(places.flatMap((place) => place.byJob)),
  };
}

interface Due {
  tenantId: string;
  what: "runs" | "actions";
  count: number;
  oldestAt: number;
}

async function lookAt(db: Db, now: number, stops: ReadonlySet<string>) {
  // A stop puts off what it holds again and again: what it holds waits all the same.
  const isHeld = stops.has("")
    ? sql`${actions.status} = 'approved'`
    : sql`${actions.status} = 'approved' and ${actions.tenantId} in (select value from json_each(${JSON.stringify([...stops])}))`;
  // Of each job and end its own range of the index: what is open, or longer ago, is not read.
  const ends = ["succeeded", "failed", "dead"] as const;
  const pairs = JSON.stringify(allJobs.flatMap(({ id }) => ends.map((status) => [id, status])));
  const since = (at: number) => sql`json_each(${pairs}) j cross join ${runs} r on r.job = j.value->>0 and r.status = j.value->>1
    and r.status in ('succeeded', 'failed', 'dead', 'cancelled') and r.id >= ${newId("run", at, new Uint8Array(10))}`;
  const from = now - watchedMinutes * minuteMs;
  const [runMinutes, actionMinutes, byJob, dueRuns, dueActions, tight] = await db.batch([
    db
      .select({ minute: sql<number>`cast(r.finished_at / ${minuteMs} as integer)`, count: sql<number>`count(*)` })
      .from(since(now - dayMs))
      .where(sql`r.finished_at >= ${from}`)
      .groupBy(sql`1`),
    db
      .select({ minute: sql<number>`cast(${actions.finishedAt} / ${minuteMs} as integer)`, count: sql<number>`count(*)` })
      .from(actions)
      .where(sql`${actions.finishedAt} >= ${from}`)
      .groupBy(sql`1`),
    db
      .select({ job: sql<string>`r.job`, status: sql<(typeof ends)[number]>`r.status`, count: sql<number>`count(*)` })
      .from(since(now - dayMs))
      .groupBy(sql`1, 2`),
    db
      .select({ tenantId: runs.tenantId, count: sql<number>`count(*)`, oldestAt: sql<number>`min(${runs.availableAt})` })
      .from(runs)
      // Word for word the condition of the index `runs_sweep`.
      .where(sql`${runs.status} = 'queued' and ${runs.availableAt} <= ${now} and status in ('queued', 'running')`)
      .groupBy(runs.tenantId),
    db
      .select({
        ...{ tenantId: actions.tenantId, count: sql<number>`count(*)` },
        oldestAt: sql<number>`min(case when ${isHeld} then coalesce(${actions.decidedAt}, ${actions.availableAt}) else ${actions.availableAt} end)`,
      })
      .from(actions)
      .where(sql`available_at is not null and (${actions.availableAt} <= ${now} or (${isHeld}))`)
      .groupBy(actions.tenantId),
    db
      .select({
        ...{ tenantId: rateUses.tenantId, connectionId: rateUses.connectionId, limit: rateUses.limit },
        ...{ share: rateUses.share, waits: rateUses.waits, at: rateUses.at },
        ...{ account: connections.name, provider: connections.provider },
      })
      .from(rateUses)
      .innerJoin(connections, sql`${connections.id} = ${rateUses.connectionId} and ${connections.tenantId} = ${rateUses.tenantId}`)
      .where(sql`${rateUses.at} >= ${now - tightMs}`)
      .orderBy(sql`${rateUses.share} desc, ${rateUses.waits} desc`)
      .limit(shown),
  ]);
  const due: Due[] = [
    ...dueRuns.map((row) => ({ ...row, what: "runs" as const })),
    ...dueActions.map((row) => ({ ...row, what: "actions" as const })),
  ];
  return { runMinutes, actionMinutes, byJob, due, tight };
}

type Place = Awaited<ReturnType<typeof lookAt>>;

const sumOf = (due: readonly Due[], what: Due["what"]): number =>
  due.reduce((sum, each) => (each.what === what ? sum + each.count : sum), 0);

function mergeDue(due: readonly Due[]): Map<string, Pick<Backlog, "tenantId" | "runs" | "actions" | "oldestAt">> {
  const merged = new Map<string, Pick<Backlog, "tenantId" | "runs" | "actions" | "oldestAt">>();
  for (const { tenantId, what, count, oldestAt } of due) {
    const own = merged.get(tenantId) ?? { tenantId, runs: 0, actions: 0, oldestAt };
    merged.set(tenantId, { ...own, [what]: count, oldestAt: Math.min(own.oldestAt, oldestAt) });
  }
  return merged;
}

function minutesOf(places: readonly Place[], now: number): Load["minutes"] {
  const last = Math.floor(now / minuteMs);
  const countOf = (rows: readonly { minute: number; count: number }[], minute: number) =>
    rows.reduce((sum, row) => (row.minute === minute ? sum + row.count : sum), 0);
  const runRows = places.flatMap(({ runMinutes }) => runMinutes);
  const actionRows = places.flatMap(({ actionMinutes }) => actionMinutes);
  // The minute that is not over yet is left out.
  return Array.from({ length: watchedMinutes }, (_, place) => last - watchedMinutes + place).map((minute) => ({
    runs: countOf(runRows, minute),
    actions: countOf(actionRows, minute),
  }));
}

function budgetsOf(rows: readonly { job: string; status: string; count: number }[]): ErrorBudget[] {
  return allJobs
    .flatMap(({ id, title }) => {
      const own = rows.filter(({ job }) => job === id);
      const ended = own.reduce((sum, { count }) => sum + count, 0);
      const failed = own.reduce((sum, { status, count }) => (status === "succeeded" ? sum : sum + count), 0);
      return ended === 0 ? [] : [{ job: id, title, ended, failed, used: failed / (ended * mayFail) }];
    })
    .sort((a, b) => b.used - a.used || b.ended - a.ended);
}

async function namesOf({ directory }: Ctx, ids: readonly string[]): Promise<Map<string, string>> {
  const among = sql`(select value from json_each(${JSON.stringify(ids)}))`;
  const named = await directory.select({ id: tenants.id, name: tenants.name }).from(tenants).where(inArray(tenants.id, among));
  return new Map(named.map(({ id, name }) => [id, name]));
}

/** The ids of clients who are stopped; "" where all are. */
async function stopsOf({ directory }: Ctx): Promise<Set<string>> {
  const stops = await directory.select({ scope: actionStops.scope }).from(actionStops);
  return new Set(stops.map(({ scope }) => scope));
}
