import { type SQL, sql } from "drizzle-orm";
import { connections } from "#db/schema/index.ts";
import type { ProviderFault } from "#db/words/incidents.ts";
import { acrossTenants, type Ctx } from "#server/ctx.ts";

/** How many tenants a provider fails for, and mostly how. */
export interface Failures {
  provider: string;
  tenants: number;
  kind: ProviderFault;
}

/** Counts tenants, not connections: one client with many accounts is one client. */
const tenantsWhere = (condition: SQL) => sql<number>`count(distinct case when ${condition} then ${connections.tenantId} end)`;

/**
 * Providers whose calls failed since then and have not gone well afterwards. Reads `connections_failed`, whose condition is
 * literal here as it is there, and so nothing where nothing fails; the plus keeps SQLite from sorting by another index.
 */
export async function failuresByProvider(ctx: Ctx, since: number): Promise<Failures[]> {
  const found = await Promise.all(
    acrossTenants(ctx).map(({ db }) =>
      db
        .select({
          provider: connections.provider,
          tenants: sql<number>`count(distinct ${connections.tenantId})`,
          rate_limited: tenantsWhere(sql`failure_kind = 'rate_limited'`),
          misconfigured: tenantsWhere(sql`failure_kind = 'misconfigured'`),
        })
        .from(connections)
        .where(sql`failed_at is not null and ${connections.failedAt} > ${since} and +status = 'active'`)
        .groupBy(sql`+${connections.provider}`),
    ),
  );
  const sums = new Map<string, Record<"tenants" | "rate_limited" | "misconfigured", number>>();
  for (const { provider, tenants, rate_limited, misconfigured } of found.flat()) {
    const sum = sums.get(provider) ?? { tenants: 0, rate_limited: 0, misconfigured: 0 };
    sums.set(provider, {
      tenants: sum.tenants + tenants,
      rate_limited: sum.rate_limited + rate_limited,
      misconfigured: sum.misconfigured + misconfigured,
    });
  }
  return [...sums].map(([provider, { tenants, rate_limited, misconfigured }]) => ({
    provider,
    tenants,
    kind: misconfigured * 2 > tenants ? "misconfigured" : rate_limited * 2 > tenants ? "rate_limited" : "unavailable",
  }));
}

/** How one provider stands, in tenants. */
export interface Standing {
  /** With an active connection. */
  using: number;
  /** Whose calls failed since then, and have not gone well afterwards. */
  failing: number;
  /** Whose calls ended since then, one way or the other. */
  called: number;
  /** Answered since the opening and since the last failure. */
  answered: number;
  lastFailureAt: number | null;
}

/** Reads all connections of the provider, and so is for one that fails already. */
export async function standingOf(
  ctx: Ctx,
  provider: string,
  { since, openedAt = since }: { since: number; openedAt?: number },
): Promise<Standing> {
  const own = sql`${connections.provider} = ${provider} and +status = 'active'`;
  const lastFailureAt = sql`(select max(failed_at) from connections where ${own} and failed_at is not null)`;
  const parts = await Promise.all(
    acrossTenants(ctx).map(({ db }) =>
      db
        .select({
          using: sql<number>`count(distinct ${connections.tenantId})`,
          failing: tenantsWhere(sql`failed_at > ${since}`),
          called: tenantsWhere(sql`failed_at > ${since} or last_success_at > ${since}`),
          answered: tenantsWhere(sql`last_success_at > max(${openedAt}, coalesce(${lastFailureAt}, 0))`),
          lastFailureAt: sql<number | null>`max(failed_at)`,
        })
        .from(connections)
        .where(own),
    ),
  );
  const sum = (of: (part: Standing) => number) => parts.flat().reduce((all, part) => all + of(part), 0);
  const last = Math.max(...parts.flat().map((part) => part.lastFailureAt ?? 0));
  return {
    using: sum(({ using }) => using),
    failing: sum(({ failing }) => failing),
    called: sum(({ called }) => called),
    answered: sum(({ answered }) => answered),
    lastFailureAt: last === 0 ? null : last,
  };
}
