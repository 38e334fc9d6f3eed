import { asc, desc, gte, inArray, sql } from "drizzle-orm";
import { incidents, tenants, undeliveredMails } from "#db/schema/index.ts";
import type { IncidentKind } from "#db/words/incidents.ts";
import type { Saying } from "#db/words/locales.ts";
import type { MailKind, MailOutcome } from "#db/words/mail.ts";
import type { RunErrorKind, RunParams } from "#db/words/runs.ts";
import { providerName } from "#server/catalog/providers/registry.ts";
import { acrossTenants, type Ctx, requireStaff } from "#server/ctx.ts";
import { healthOf } from "#server/domain/connections/health-of.ts";
import { mailOutcome } from "#server/domain/notices/mail-outcome.ts";
import { isStopped } from "#server/domain/tenancy/is-stopped.ts";
import { groupBy } from "./group-by.ts";
import { causeOf, type OpenLetter, openLetters } from "./open-letters.ts";
import { unwellInPlace } from "./unwell-in-place.ts";

const dayMs = 86_400_000;
/** Of each cause; it bounds what the page costs on the worst day. */
const readAtMost = 500;
/** What is longer ago was seen or does not matter any more. */
const mailsWithinMs = 3 * dayMs;
/** A client that has shown no success by then will not come there alone. */
const stuckAfterMs = 3 * dayMs;

interface Named {
  id: string;
  name: string;
}

/** An account of a client. `toldAt`: when its people were last told. */
interface Troubled {
  id: string;
  provider: string;
  providerName: string;
  name: string;
  said: Saying | null;
  toldAt: number | null;
}

interface Failure {
  job: string | null;
  errorKind: RunErrorKind | null;
  errorMessage: string | null;
  errorParams: RunParams | null;
}

/** One problem, which one action mends. Times in milliseconds since 1970. */
export type Problem =
  | {
      cause: "incident";
      id: string;
      provider: string;
      providerName: string;
      kind: IncidentKind;
      since: number;
      failing: number;
      using: number;
    }
  /** All open letters of a job and a `letterCause` (see `causeOf`); `runId` is the latest of their runs. */
  | (Failure & {
      cause: "dead_letters";
      letterCause: string;
      count: number;
      clients: Named[];
      since: number;
      runId: string | null;
    })
  | { cause: "reconnect"; client: Named; accounts: Troubled[]; since: number | null }
  | (Failure & { cause: "failing"; client: Named; job: string; failures: number; runId: string | null; lastSuccessAt: number | null })
  | { cause: "renewal"; client: Named; account: Troubled; failures: number; nextAt: number | null }
  | { cause: "expiring"; client: Named; accounts: Troubled[]; at: number }
  | {
      cause: "undelivered";
      client: Named | null;
      kind: MailKind;
      outcome: MailOutcome;
      recipients: string[];
      reason: string;
      reasonParams: Saying["params"] | null;
      since: number;
    }
  | { cause: "stuck"; client: Named; since: number };

export interface Today {
  /** The worst first. */
  problems: Problem[];
  /** Runs whose last attempt failed and that are tried again by themselves: no problem yet. */
  retrying: number;
  /** Whether there is more of something than was read. */
  cut: boolean;
}

/**
 * What an admin's day begins with: what is wrong in the whole fleet, by cause and client. Clients that are suspended or will be deleted
 * have no problems. What is read are ranges of indexes that hold only what is unwell, so that a fleet of healthy clients costs nothing.
 */
export async function readToday(ctx: Ctx): Promise<Today> {
  requireStaff(ctx);
  const now = ctx.now();
  const [[waves, mails, stuck], { letters, more }, ...places] = await Promise.all([
    ctx.directory.batch([
      ctx.directory.select().from(incidents).where(sql`closed_at is null`).orderBy(asc(incidents.openedAt)),
      ctx.directory
        .select()
        .from(undeliveredMails)
        .where(gte(undeliveredMails.at, now - mailsWithinMs))
        .orderBy(desc(undeliveredMails.at))
        .limit(readAtMost),
      ctx.directory
        .select({ tenantId: tenants.id, since: tenants.createdAt })
        .from(tenants)
        .where(sql`${tenants.status} = 'onboarding' and ${tenants.createdAt} < ${now - stuckAfterMs}`)
        .orderBy(asc(tenants.createdAt))
        .limit(readAtMost),
    ]),
    openLetters(ctx, {}, readAtMost),
    ...acrossTenants(ctx).map(({ db }) => unwellInPlace(db, { now, limit: readAtMost })),
  ]);
  const unwell = {
    reconnect: places.flatMap(({ reconnect }) => reconnect),
    renewals: places.flatMap(({ renewals }) => renewals),
    expiring: places.flatMap(({ expiring }) => expiring),
    failing: places.flatMap(({ failing }) => failing),
  };
  const lists = [mails, stuck, ...places.flatMap(({ reconnect, renewals, expiring }) => [reconnect, renewals, expiring])];
  const named = await clientsOf(ctx, [
    ...[...stuck, ...letters, ...Object.values(unwell).flat()].map(({ tenantId }) => tenantId),
    ...mails.map(({ ofTenant }) => ofTenant),
  ]);
  return {
    problems: [
      ...waves.map(ofIncident),
      ...ofLetters(letters, named),
      ...ofReconnects(unwell.reconnect, named, now),
      ...ofFailing(unwell.failing, letters, named),
      ...ofRenewals(unwell.renewals, named, now),
      ...ofExpiring(unwell.expiring, named, now),
      ...ofMails(mails, named, now),
      ...stuck.flatMap(({ tenantId, since }) => named.going(tenantId).map((client) => ({ cause: "stuck" as const, client, since }))),
    ],
    retrying: places.reduce((sum, { retrying }) => sum + retrying, 0),
    cut: more || lists.some((list) => list.length >= readAtMost),
  };
}

interface Clients {
  of(id: string | null): Named | null;
  /** The client where its work goes on, else nobody. */
  going(id: string): Named[];
}

async function clientsOf(ctx: Ctx, ids: readonly (string | null)[]): Promise<Clients> {
  const asked = [...new Set(ids.filter((id) => id !== null))];
  const rows =
    asked.length === 0
      ? []
      : await ctx.directory
          .select({ id: tenants.id, name: tenants.name, status: tenants.status, endsAt: tenants.endsAt })
          .from(tenants)
          .where(inArray(tenants.id, sql`(select value from json_each(${JSON.stringify(asked)}))`));
  const known = new Map(rows.map((row) => [row.id, row]));
  return {
    of: (id) => (id === null ? null : { id, name: known.get(id)?.name ?? id }),
    going: (id) => {
      const client = known.get(id);
      return client && !isStopped(client) ? [{ id, name: client.name }] : [];
    },
  };
}

const ofIncident = ({ id, provider, kind, openedAt, tenantsFailing, tenantsUsing }: typeof incidents.$inferSelect): Problem => ({
  ...{ cause: "incident", id, provider, providerName: providerName(provider), kind, since: openedAt },
  ...{ failing: tenantsFailing, using: tenantsUsing },
});

/** By job and cause, the most letters first. */
function ofLetters(letters: readonly OpenLetter[], named: Clients): Problem[] {
  const groups = [...groupBy(letters, (letter) => JSON.stringify([letter.run?.job ?? null, causeOf(letter)])).values()];
  return groups
    .sort((a, b) => b.length - a.length)
    .flatMap((group): Problem[] => {
      const [latest] = group;
      if (!latest) return [];
      const clients = [...new Set(group.map(({ tenantId }) => tenantId))].flatMap((id) => named.of(id) ?? []);
      const since = Math.min(...group.map(({ at }) => at));
      return [{ cause: "dead_letters", ...failureOf(latest), letterCause: causeOf(latest), count: group.length, clients, since }];
    });
}

const failureOf = ({ run }: OpenLetter) => ({
  job: run?.job ?? null,
  errorKind: run?.errorKind ?? null,
  errorMessage: run?.errorMessage ?? null,
  errorParams: run?.errorParams ?? null,
  runId: run?.id ?? null,
});

type Unwell = Awaited<ReturnType<typeof unwellInPlace>>;
type Account = Unwell["renewals"][number] & { toldAt?: number | null };

const troubled = (row: Account, now: number): Troubled => ({
  ...{ id: row.id, provider: row.provider, providerName: providerName(row.provider), name: row.name },
  ...{ said: healthOf(row, now)?.said ?? null, toldAt: row.toldAt ?? null },
});

/** A client's accounts together, the client with the most first. */
function ofReconnects(rows: Unwell["reconnect"], named: Clients, now: number): Problem[] {
  return byClient(rows, named)
    .sort(([, a], [, b]) => b.length - a.length)
    .map(([client, found]) => ({
      cause: "reconnect",
      client,
      accounts: found.map((row) => troubled(row, now)),
      since: found[0]?.statusAt ?? null,
    }));
}

/** The soonest first, as the rows are. */
const ofExpiring = (rows: Unwell["expiring"], named: Clients, now: number): Problem[] =>
  byClient(rows, named).map(([client, found]) => ({
    cause: "expiring",
    client,
    accounts: found.map((row) => troubled(row, now)),
    at: found[0]?.cliffAt ?? now,
  }));

/** A job whose latest run is a dead letter stands there. */
function ofFailing(rows: Unwell["failing"], letters: readonly OpenLetter[], named: Clients): Problem[] {
  const dead = new Set(letters.flatMap(({ run }) => run?.id ?? []));
  return rows
    .filter(({ runId }) => runId === null || !dead.has(runId))
    .sort((a, b) => b.failures - a.failures)
    .flatMap(({ tenantId, status: _, ...row }) => named.going(tenantId).map((client) => ({ cause: "failing" as const, client, ...row })));
}

const ofRenewals = (rows: Unwell["renewals"], named: Clients, now: number): Problem[] =>
  rows.flatMap((row) =>
    named.going(row.tenantId).map((client) => ({
      ...{ cause: "renewal" as const, client, account: troubled(row, now) },
      ...{ failures: row.renewFailures, nextAt: row.renewAt },
    })),
  );

/** Those of one client and kind together; what is tried again by itself is no problem yet. */
function ofMails(rows: readonly (typeof undeliveredMails.$inferSelect)[], named: Clients, now: number): Problem[] {
  const lost = rows
    .map((row) => ({ ...row, outcome: mailOutcome(row, now) }))
    .filter(({ outcome }) => outcome === "refused" || outcome === "gave_up");
  return [...groupBy(lost, ({ ofTenant, kind }) => JSON.stringify([ofTenant, kind])).values()].flatMap((group): Problem[] => {
    const [latest] = group;
    if (!latest) return [];
    const { kind, outcome, reason, reasonParams } = latest;
    const recipients = [...new Set(group.map(({ recipient }) => recipient))];
    const since = Math.min(...group.map(({ at }) => at));
    return [{ cause: "undelivered", client: named.of(latest.ofTenant), kind, outcome, recipients, reason, reasonParams, since }];
  });
}

function byClient<Row extends { tenantId: string }>(rows: readonly Row[], named: Clients): [Named, Row[]][] {
  return [...groupBy(rows, ({ tenantId }) => tenantId)].flatMap(([id, found]) =>
    named.going(id).map((client): [Named, Row[]] => [client, found]),
  );
}
