import { and, eq, isNotNull, isNull, sql } from "drizzle-orm";
import { incidents } from "#db/schema/index.ts";
import type { ProviderFault } from "#db/words/incidents.ts";
import type { NoticeParams } from "#db/words/notices.ts";
import type { Ctx } from "#server/ctx.ts";
import { commitIf, wrote } from "#server/domain/audit/commit-if.ts";
import { notify } from "#server/domain/notices/notify.ts";
import { newId } from "#server/ids.ts";
import { drainGently } from "./drain-gently.ts";
import { failuresByProvider, type Standing, standingOf } from "./failures.ts";
import { openIncidents } from "./open-incidents.ts";
import { tryAFew } from "./try-a-few.ts";

/** Failures older than this are no wave: six tries of a run lie within it, and so does a probe of what fails. */
export const windowMs = 10 * 60_000;
/** One or two tenants have accounts with troubles of their own: a frozen shop, a proxy, a limit of their plan. */
const fewestTenants = 3;
/**
 * Of the tenants whose calls ended one way or the other within the window. Not of all that are connected: jobs run once an
 * hour or once a day, so that of a provider that answers nobody only a part has noticed within ten minutes.
 */
const smallestShare = 0.2;
/** More than a minute, so that the tries of one tick have all ended. */
const quietMs = 90_000;

type Open = Omit<Awaited<ReturnType<typeof openIncidents>>[number], "kind"> & { kind: ProviderFault };

/**
 * Opens an incident where a provider fails for many tenants at once, widens the one that is open, tries a few of its
 * connections and closes it when they work again. A provider that an admin switched off is left alone. On a good day it reads two
 * indexes that hold nothing. Answers counts.
 */
export async function watchProviders(ctx: Ctx): Promise<{ opened: number; closed: number }> {
  const open = await openIncidents(ctx);
  const counts = { opened: 0, closed: 0 };
  for (const { kind, ...incident } of open) {
    if (kind !== "switched_off" && (await watchOpen(ctx, { ...incident, kind }))) counts.closed++;
  }
  for (const { provider, tenants, kind } of await failuresByProvider(ctx, ctx.now() - windowMs)) {
    if (tenants < fewestTenants || open.some((incident) => incident.provider === provider)) continue;
    if (await openIfWave(ctx, provider, kind)) counts.opened++;
  }
  return counts;
}

async function openIfWave(ctx: Ctx, provider: string, kind: ProviderFault): Promise<boolean> {
  const standing = await standingOf(ctx, provider, { since: Math.max(ctx.now() - windowMs, await lastClosedAt(ctx, provider)) });
  if (standing.failing < fewestTenants || standing.failing < smallestShare * standing.called) return false;
  const now = ctx.now();
  const id = newId("inc", now);
  const details = { incident: id, provider, kind, tenants: standing.failing, of: standing.using };
  // Of two ticks at once one writes it, its audit line and its mail.
  const none = sql`not exists (select 1 from ${incidents} where ${and(eq(incidents.provider, provider), isNull(incidents.closedAt))})`;
  const [made] = await commitIf(ctx, none, "incident.opened", details, [
    ctx.directory
      .insert(incidents)
      .values({ id, provider, kind, openedAt: now, lastSeenAt: now, tenantsFailing: standing.failing, tenantsUsing: standing.using })
      .onConflictDoNothing()
      .returning({ id: incidents.id }),
  ]);
  if (!wrote(made)) return false;
  ctx.log.warn("a provider fails for many clients", details);
  await tell(ctx, id, { provider, fails: kind });
  return true;
}

/** What failed before the last incident was closed, and has not been tried since, is no new one. */
async function lastClosedAt(ctx: Ctx, provider: string): Promise<number> {
  const [last] = await ctx.directory
    .select({ at: sql<number | null>`max(${incidents.closedAt})` })
    .from(incidents)
    .where(and(eq(incidents.provider, provider), isNotNull(incidents.closedAt)));
  return last?.at ?? 0;
}

/** Answers whether it was closed. */
async function watchOpen(ctx: Ctx, incident: Open): Promise<boolean> {
  const standing = await standingOf(ctx, incident.provider, { since: incident.openedAt - windowMs, openedAt: incident.openedAt });
  if (isOver(standing, ctx.now())) return close(ctx, incident);
  await ctx.directory
    .update(incidents)
    .set({
      tenantsFailing: sql`max(${incidents.tenantsFailing}, ${standing.failing})`,
      // Of the same moment as those that failed, when most did: clients that leave meanwhile make neither smaller.
      tenantsUsing: sql`case when ${standing.failing} > ${incidents.tenantsFailing} then ${standing.using} else ${incidents.tenantsUsing} end`,
      lastSeenAt: sql`max(${incidents.lastSeenAt}, ${standing.lastFailureAt ?? 0})`,
    })
    .where(and(eq(incidents.id, incident.id), isNull(incidents.closedAt)));
  await tryAFew(ctx, incident.provider);
  return false;
}

/**
 * Two tenants were answered since the last call that failed, so that one lucky reply ends nothing, and a whole round of tries
 * has gone by without another; or nobody is left to fail.
 */
function isOver({ using, answered, lastFailureAt }: Standing, now: number): boolean {
  if (using === 0) return true;
  return answered >= Math.min(2, using) && (lastFailureAt === null || lastFailureAt <= now - quietMs);
}

async function close(ctx: Ctx, { id, provider, kind }: Open): Promise<boolean> {
  // First what is overdue: an incident that is closed lets all of it start at once.
  const spread = await drainGently(ctx, provider);
  const isOpen = sql`exists (select 1 from ${incidents} where ${and(eq(incidents.id, id), isNull(incidents.closedAt))})`;
  const [closed] = await commitIf(ctx, isOpen, "incident.closed", { incident: id, provider, spread }, [
    ctx.directory
      .update(incidents)
      .set({ closedAt: ctx.now() })
      .where(and(eq(incidents.id, id), isNull(incidents.closedAt)))
      .returning({ id: incidents.id }),
  ]);
  if (!wrote(closed)) return false;
  await tell(ctx, id, { provider, fails: kind, over: true });
  return true;
}

/** A notice and a mail to each of the agency's admins, at the opening and at the closing. The pages say it as well. */
const tell = (ctx: Ctx, incident: string, params: NoticeParams) =>
  notify(ctx, { mail: { v: 1, type: "mail.incident", incident }, event: params.over ? "closed" : "opened", params });
