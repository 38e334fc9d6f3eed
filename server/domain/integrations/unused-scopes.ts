import { gte } from "drizzle-orm";
import { schedules } from "#db/schema/index.ts";
import type { Job } from "#server/catalog/job.ts";
import { allJobs } from "#server/catalog/jobs.ts";
import type { Provider } from "#server/catalog/provider.ts";
import { providers } from "#server/catalog/providers/registry.ts";
import type { TenantCtx } from "#server/ctx.ts";
import { chooseAccount } from "#server/domain/connections/choose-account.ts";
import { listConnections } from "#server/domain/connections/list-connections.ts";
import type { ConnectionRow } from "#server/domain/connections/rows.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";

const dayMs = 86_400_000;
/** So long nothing may have used a permission before it is reported. */
const unusedForMs = 90 * dayMs;
/** A connection needs this long to show what it is for. */
const graceMs = 7 * dayMs;

/** Permissions of one connection that nothing has used. */
export interface UnusedScopes {
  connection: string;
  provider: string;
  providerName: string;
  account: string;
  scopes: string[];
  /** Since when nothing did, in milliseconds since 1970: 90 days ago, or when it was connected. */
  since: number;
}

/**
 * What was granted by OAuth and is needed by no job that succeeded with that connection in the last 90 days: what the client
 * could take back without losing a figure. Connections of less than a week are left out.
 */
export async function listUnusedScopes(
  ctx: TenantCtx,
  { connections }: { connections?: readonly ConnectionRow[] } = {},
): Promise<UnusedScopes[]> {
  const now = ctx.now();
  const [rows, succeeded] = await Promise.all([
    connections ?? listConnections(ctx),
    ctx.db
      .select({ job: schedules.job })
      .from(schedules)
      .where(inTenant(ctx, schedules, gte(schedules.lastSuccessAt, now - unusedForMs))),
  ]);
  const jobs = allJobs.filter(({ id }) => succeeded.some(({ job }) => job === id));
  return rows.flatMap((row) => {
    const isOld = row.status === "active" && row.kind === "oauth" && row.connectedAt <= now - graceMs;
    const provider = providers.find(({ id }) => id === row.provider);
    if (!isOld || !provider) return [];
    const reading = jobs.filter((job) => {
      const found = chooseAccount(job, row.provider, rows);
      return job.needs.some((need) => need.provider === row.provider) && "account" in found && found.account.id === row.id;
    });
    const scopes = unusedOf(provider, row, reading);
    const since = Math.max(row.connectedAt, now - unusedForMs);
    return scopes.length === 0
      ? []
      : [{ connection: row.id, provider: provider.id, providerName: provider.name, account: row.name, scopes, since }];
  });
}

/**
 * Those granted that give nothing of what these jobs need, nor of what it takes to know the account and to list its things, nor of what
 * the portal does with what is chosen for it.
 */
function unusedOf(provider: Provider, { scopesGranted: granted, chosen }: ConnectionRow, jobs: readonly Job[]): string[] {
  const needs = jobs.flatMap((job) => job.needs.filter((need) => need.provider === provider.id));
  const listing = (provider.choices ?? []).filter(({ kind }) => needs.some(({ resource }) => resource === kind));
  const ours = (provider.choices ?? []).filter(({ kind, portal }) => portal && chosen.some((each) => each.kind === kind));
  const used = [
    ...ours.flatMap(({ scopes, portal }) => [...scopes, ...(portal?.scopes ?? [])]),
    ...(provider.oauth?.identityScopes ?? []),
    ...needs.flatMap(({ scopes }) => scopes),
    ...listing.flatMap(({ scopes }) => scopes),
  ];
  const gives = provider.oauth?.grants ?? ((held: readonly string[], scope: string) => held.includes(scope));
  return granted.filter((scope) => !used.some((needed) => gives([scope], needed)));
}
