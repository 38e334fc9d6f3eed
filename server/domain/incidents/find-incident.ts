import { and, asc, eq, inArray, type SQL, sql } from "drizzle-orm";
import type { Db } from "#db/client.ts";
import { connections, incidents, schedules, tenants } from "#db/schema/index.ts";
import type { failureKinds } from "#db/words/connections.ts";
import type { Text } from "#db/words/locales.ts";
import type { RunParams } from "#db/words/runs.ts";
import { allJobs } from "#server/catalog/jobs.ts";
import { acrossTenants, type Ctx, requireAgency } from "#server/ctx.ts";
import { notFound } from "#server/errors.ts";
import { type IncidentView, viewOf } from "./list-incidents.ts";
import { jobsReading } from "./open-incidents.ts";
import type { FindIncident } from "./schemas.ts";
import { windowMs } from "./watch-providers.ts";

/** So many of the provider's accounts are looked at for a page; the next one goes on behind them. */
const lookedAt = 1_000;

/** An account that an incident hits. Times in milliseconds since 1970. */
export interface Hit {
  connectionId: string;
  account: string;
  tenantId: string;
  tenantName: string;
  /** Null where nobody asked the provider: it is switched off. */
  failingSince: number | null;
  failedAt: number | null;
  kind: (typeof failureKinds)[number] | null;
  /** Its jobs that cannot run without the provider, and are on. */
  paused: { id: string; title: Text }[];
  /** What came of the latest run of one of them, and that run. With `errorParams` the message is a code of ours. */
  runId: string | null;
  errorMessage: string | null;
  errorParams: RunParams | null;
}

export interface IncidentPage {
  incident: IncidentView;
  /** Whom it hits now, by client; nobody where it is over. */
  hit: Hit[];
  next: string | null;
}

/** One incident, and a page of whom it hits. For the agency's admins. Throws `not_found`. */
export async function findIncident(ctx: Ctx, { incidentId, cursor, limit }: FindIncident): Promise<IncidentPage> {
  requireAgency(ctx);
  const [row] = await ctx.directory.select().from(incidents).where(eq(incidents.id, incidentId));
  if (!row) throw notFound("incident");
  const incident = viewOf(row);
  if (row.closedAt !== null) return { incident, hit: [], next: null };
  const since = row.kind === "switched_off" ? null : row.openedAt - windowMs;
  const found = await Promise.all(acrossTenants(ctx).map(({ db }) => look(db, { provider: row.provider, since, cursor, limit })));
  const horizon = found.flatMap(({ last }) => last ?? []).sort()[0];
  const all = found
    .flatMap(({ accounts }) => accounts)
    .map((account) => ({ ...account, place: placeOf(account) }))
    .filter(({ place }) => horizon === undefined || place <= horizon)
    .sort((a, b) => (a.place < b.place ? -1 : 1));
  const page = all.slice(0, limit);
  const [paused, names] = await Promise.all([pausedOf(ctx, row.provider, page), namesOf(ctx, page)]);
  return {
    incident,
    hit: page.map(({ id, name, tenantId, failingSince, failedAt, failureKind }) => ({
      ...{
        connectionId: id,
        account: name,
        tenantId,
        tenantName: names.get(tenantId) ?? tenantId,
        failingSince,
        failedAt,
        kind: failureKind,
      },
      ...paused(tenantId),
    })),
    next: all.length > limit ? (page.at(-1)?.place ?? null) : (horizon ?? null),
  };
}

/** Where a page goes on: slugs have no space. */
const placeOf = ({ tenantId, id }: { tenantId: string; id: string }): string => `${tenantId} ${id}`;

/** The accounts of a provider in one D1 whose calls fail since then (all, without an instant), and the last that was looked at, where there may be more. */
async function look(
  db: Db,
  { provider, since, cursor, limit }: { provider: string; since: number | null; cursor: string | undefined; limit: number },
) {
  const [tenant = "", id = ""] = cursor?.split(" ") ?? [];
  const behind = cursor === undefined ? sql`` : sql` and (tenant_id > ${tenant} or (tenant_id = ${tenant} and id > ${id}))`;
  const from = cursor === undefined ? sql`` : sql` and tenant_id >= ${tenant}`;
  // The condition is literal, as the partial index `connections_used` has it.
  const base = sql`select id, tenant_id from ${connections} where provider = ${provider} and status = 'active'${from}${behind} order by tenant_id, id limit ${lookedAt}`;
  const { tenantId, name, failingSince, failedAt, failureKind } = connections;
  const [accounts, [looked]] = await db.batch([
    db
      .select({ id: connections.id, tenantId, name, failingSince, failedAt, failureKind })
      .from(connections)
      .where(and(sql`${connections.id} in (select id from (${base}))`, since === null ? undefined : sql`+${failedAt} > ${since}`))
      .orderBy(sql`+${tenantId}`, asc(sql`+${connections.id}`))
      .limit(limit + 1),
    db.select({ count: sql<number>`count(*)`, last: sql<string | null>`max(tenant_id || ' ' || id)` }).from(sql`(${base})`),
  ]);
  return { accounts, last: looked && looked.count >= lookedAt ? looked.last : null };
}

type Paused = Pick<Hit, "paused" | "runId" | "errorMessage" | "errorParams">;

/** What waits for the provider, by client: their jobs that are on, and what the latest run of one came to. */
async function pausedOf(ctx: Ctx, provider: string, of: readonly { tenantId: string }[]): Promise<(tenantId: string) => Paused> {
  const jobs = jobsReading(allJobs, [provider]);
  const pairs = [...new Set(of.map(({ tenantId }) => tenantId))].flatMap((tenantId) => jobs.map(({ id }) => [tenantId, id]));
  const wanted: SQL = sql`(${schedules.tenantId}, ${schedules.job}) in (select value->>0, value->>1 from json_each(${JSON.stringify(pairs)}))`;
  const rows = await Promise.all(
    acrossTenants(ctx).map(({ db }) =>
      db
        .select({
          tenantId: schedules.tenantId,
          job: schedules.job,
          runId: schedules.lastRunId,
          errorMessage: schedules.lastErrorMessage,
          errorParams: schedules.lastErrorParams,
        })
        .from(schedules)
        .where(and(wanted, sql`+enabled = 1 and +blocked is null`)),
    ),
  );
  return (tenantId) => {
    const own = rows.flat().filter((row) => row.tenantId === tenantId);
    const told = own.find(({ errorMessage }) => errorMessage !== null);
    return {
      paused: jobs.filter(({ id }) => own.some(({ job }) => job === id)).map(({ id, title }) => ({ id, title })),
      runId: told?.runId ?? null,
      errorMessage: told?.errorMessage ?? null,
      errorParams: told?.errorParams ?? null,
    };
  };
}

async function namesOf({ directory }: Ctx, of: readonly { tenantId: string }[]): Promise<Map<string, string>> {
  const ids = JSON.stringify([...new Set(of.map(({ tenantId }) => tenantId))]);
  const rows = await directory
    .select({ id: tenants.id, name: tenants.name })
    .from(tenants)
    .where(inArray(tenants.id, sql`(select value from json_each(${ids}))`));
  return new Map(rows.map(({ id, name }) => [id, name]));
}
