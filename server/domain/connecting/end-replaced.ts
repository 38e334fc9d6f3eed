import { and, eq, isNotNull, isNull, type SQL, sql } from "drizzle-orm";
import { connections } from "#db/schema/index.ts";
import type { EndNews, EndTold } from "#db/words/connections.ts";
import type { Job } from "#server/catalog/job.ts";
import { allJobs } from "#server/catalog/jobs.ts";
import { requirePermission, type TenantCtx } from "#server/ctx.ts";
import { commitIf } from "#server/domain/audit/commit-if.ts";
import { sourceOf } from "#server/domain/connections/choose-account.ts";
import { connectionExists } from "#server/domain/connections/connection-exists.ts";
import { listConnections } from "#server/domain/connections/list-connections.ts";
import type { ConnectionRow } from "#server/domain/connections/rows.ts";
import type { ConnectionRef } from "#server/domain/connections/schemas.ts";
import { tell } from "#server/domain/notices/notify.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { isStopped } from "#server/domain/tenancy/is-stopped.ts";
import { endConnection } from "./end-connection.ts";
import { keyGraceMs, signInBeside } from "./replace-key.ts";

const day = 86_400_000;

import { isOn } from "#server/domain/tenancy/plans.ts";

/** People are reminded so long ahead. */
const remindMs = 7 * day;
/** Whoever hears of it later than this after its time is given the whole of that time. */
const lateMs = day;

/** A key whose end is set. */
type Ending = ConnectionRow & { endsAt: number };

/**
 * Does what is due of the end of a key that a sign-in of the same account replaced: tells people at once, reminds them a week ahead,
 * ends it, tells them, or tells them that it comes no more. Nothing ends that was not told of, nor where a job would stop: then it is put off. Each step is written
 * down after its mail, so that whoever is killed in between sends the same mail again rather than none.
 */
export async function endReplaced(ctx: TenantCtx, { connectionId }: ConnectionRef): Promise<void> {
  requirePermission(ctx, "connections:write");
  const all = await listConnections(ctx);
  const key = all.find(({ id }) => id === connectionId);
  if (!key || key.endLookAt === null) return;
  if (key.status === "disconnected") return tellEnded(ctx, key);
  if (!isEnding(key)) return tellCalledOff(ctx, key);
  if (isStopped(ctx.tenant)) return look(ctx, key, { endLookAt: ctx.now() + day });
  const { endsAt, endTold } = key;
  switch (endTold) {
    case null:
      return signInBeside(key, all)?.status === "active" ? tellEnd(ctx, key, "announced", keyGraceMs) : forgetEnd(ctx, key);
    case "announced":
      if (ctx.now() < endsAt - remindMs) return look(ctx, key, { endLookAt: endsAt - remindMs });
      // What will be put off is no news yet.
      if (mayEnd(ctx, key, all)) return tellEnd(ctx, key, "reminded", remindMs);
      return ctx.now() < endsAt ? look(ctx, key, { endLookAt: endsAt }) : endNow(ctx, key, all);
    case "reminded":
      if (ctx.now() < endsAt) return look(ctx, key, { endLookAt: endsAt });
      return endNow(ctx, key, all);
    default:
      endTold satisfies never;
  }
}

/** Whether its sign-in works, and every job can go on by it. */
function mayEnd(ctx: TenantCtx, key: Ending, all: readonly ConnectionRow[]): boolean {
  const signIn = signInBeside(key, all);
  return signIn?.status === "active" && heirOf(ctx, { key, signIn, all }) !== null;
}

const isEnding = (key: ConnectionRow): key is Ending => key.endsAt !== null;

async function endNow(ctx: TenantCtx, key: Ending, all: readonly ConnectionRow[]): Promise<void> {
  const signIn = signInBeside(key, all);
  if (signIn?.status !== "active") return putOff(ctx, key, null);
  const heir = heirOf(ctx, { key, signIn, all });
  if (!heir) return putOff(ctx, key, ctx.now() + keyGraceMs);
  const only = and(
    isAsSeen(key),
    connectionExists(ctx, inTenant(ctx, connections, eq(connections.id, heir.id), eq(connections.status, "active"))),
  );
  if (!(await endConnection(ctx, key, { debt: null, only, heir, endLookAt: ctx.now() }))) return;
  await tellEnded(ctx, { ...key, status: "disconnected" });
}

/**
 * The sign-in as it takes the key's place: first in the client's order where the key's account was. Null where any job would read
 * another source than now, or none.
 */
function heirOf(
  ctx: TenantCtx,
  { key, signIn, all }: { key: Ending; signIn: ConnectionRow; all: readonly ConnectionRow[] },
): ConnectionRow | null {
  const others = all.filter(({ id }) => id !== key.id && id !== signIn.id);
  const jobs = allJobs.filter((job) => isOn(ctx.tenant, job) && job.needs.some(({ provider }) => provider === key.provider));
  const asBefore = (heir: ConnectionRow) => (job: Job) => {
    const before = sourceOf(job, all);
    return before === null || sourceOf(job, [...others, heir]) === before;
  };
  const said = [key.preferredAt, signIn.preferredAt].filter((at) => at !== null);
  const heirs = [said.length > 0 ? Math.max(...said) : null, ctx.now()].map((preferredAt) => ({ ...signIn, preferredAt }));
  return heirs.find((heir) => jobs.every(asBefore(heir))) ?? null;
}

/** Its people first, then that they were told: with a date that leaves them the time that they are told of. */
async function tellEnd(ctx: TenantCtx, key: Ending, told: EndTold, aheadMs: number): Promise<void> {
  const isLate = key.endsAt < ctx.now() + aheadMs - lateMs;
  const dated = isLate ? { ...key, endsAt: ctx.now() + aheadMs } : key;
  if (isLate && !(await date(ctx, key, dated.endsAt))) return;
  await sendNews(ctx, dated, told, dated.endsAt);
  await look(ctx, dated, { endTold: told, endLookAt: told === "announced" ? dated.endsAt - remindMs : dated.endsAt });
}

/** Another day for the same end. Answers whether it was as it was seen. */
async function date(ctx: TenantCtx, key: Ending, endsAt: number): Promise<boolean> {
  const dated = await ctx.db
    .update(connections)
    .set({ endsAt })
    .where(inTenant(ctx, connections, eq(connections.id, key.id), isAsSeen(key)))
    .returning({ id: connections.id });
  return dated.length > 0;
}

/** Nobody was told yet, and nothing replaces it any more. */
const forgetEnd = (ctx: TenantCtx, key: Ending) => look(ctx, key, { endsAt: null, endLookAt: null });

/**
 * It goes on: until the sign-in is connected again, which sets its end anew (`until` is null), or for another 30 days where a job
 * needs it.
 */
async function putOff(ctx: TenantCtx, key: Ending, until: number | null): Promise<void> {
  await sendNews(ctx, key, "put_off", until);
  const seen = inTenant(ctx, connections, eq(connections.id, key.id), isAsSeen(key));
  const details = { connection: key.id, provider: key.provider, account: key.name, until };
  const next = until === null ? { endTold: null, endLookAt: null } : { endTold: "announced" as const, endLookAt: until - remindMs };
  await commitIf(ctx, connectionExists(ctx, seen), "connection.end_put_off", details, [
    ctx.db
      .update(connections)
      .set({ endsAt: until, ...next })
      .where(seen),
  ]);
}

/** What is left to say of a key that ended, and that nothing is due of it any more. */
async function tellEnded(ctx: TenantCtx, key: ConnectionRow): Promise<void> {
  await sendNews(ctx, key, "ended", null);
  const untold = inTenant(
    ctx,
    connections,
    eq(connections.id, key.id),
    eq(connections.status, "disconnected"),
    isNotNull(connections.endLookAt),
  );
  const details = { connection: key.id, provider: key.provider, account: key.name, farewell: "key" };
  await commitIf(ctx, connectionExists(ctx, untold), "connection.access_returned", details, [
    ctx.db.update(connections).set({ endLookAt: null }).where(untold),
  ]);
}

/** Its sign-in was disconnected: what is left to say is that the end comes no more. */
async function tellCalledOff(ctx: TenantCtx, key: ConnectionRow): Promise<void> {
  await sendNews(ctx, key, "called_off", null);
  await ctx.db
    .update(connections)
    .set({ endTold: null, endLookAt: null })
    .where(inTenant(ctx, connections, eq(connections.id, key.id), eq(connections.version, key.version), isNull(connections.endsAt)));
}

const sendNews = (ctx: TenantCtx, { id, version }: ConnectionRow, news: EndNews, at: number | null) =>
  tell(ctx, {
    mail: { v: 1, type: "mail.key_end", tenant: ctx.tenant.id, connection: id, news, at },
    event: `${news} ${at ?? version}`,
    params: { news, at },
  });

async function look(ctx: TenantCtx, key: Ending, next: { endLookAt: number | null; endTold?: EndTold; endsAt?: null }): Promise<void> {
  await ctx.db
    .update(connections)
    .set(next)
    .where(inTenant(ctx, connections, eq(connections.id, key.id), isAsSeen(key)));
}

/** Whether its end is still the one that was seen: nobody kept it meanwhile, nor was it put off. */
const isAsSeen = ({ endsAt, endTold }: Ending): SQL =>
  sql`${connections.endsAt} = ${endsAt} and ${connections.endTold} is ${endTold} and ${connections.status} <> 'disconnected'`;
