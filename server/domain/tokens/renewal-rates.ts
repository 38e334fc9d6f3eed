import { and, gte, inArray, sql } from "drizzle-orm";
import { renewals } from "#db/schema/index.ts";
import { providers } from "#server/catalog/providers/registry.ts";
import { acrossTenants, type Ctx } from "#server/ctx.ts";
import type { RenewalRate } from "#server/domain/connections/schemas.ts";

const dayMs = 86_400_000;

/** How renewals went at each provider within a day and within a week, over all tenants, for staff. Read from the index alone. */
export async function renewalRates(ctx: Ctx): Promise<RenewalRate[]> {
  const now = ctx.now();
  const ids = JSON.stringify(providers.map(({ id }) => id));
  const found = await Promise.all(
    acrossTenants(ctx).map(({ db }) =>
      db
        .select({
          provider: renewals.provider,
          outcome: renewals.outcome,
          week: sql<number>`count(*)`,
          day: sql<number>`sum(${renewals.at} >= ${now - dayMs})`,
        })
        .from(renewals)
        // By name, so that each provider is one range of the index `renewals_provider`.
        .where(and(inArray(renewals.provider, sql`(select value from json_each(${ids}))`), gte(renewals.at, now - 7 * dayMs)))
        .groupBy(renewals.provider, renewals.outcome),
    ),
  );
  const counts = found.flat().filter(({ outcome }) => outcome !== "late");
  return providers.flatMap(({ id, name }) => {
    const own = counts.filter(({ provider }) => provider === id);
    const rate = (over: "day" | "week") => ({
      attempts: own.reduce((sum, row) => sum + row[over], 0),
      renewed: own.reduce((sum, row) => sum + (row.outcome === "renewed" ? row[over] : 0), 0),
    });
    return own.length === 0 ? [] : [{ provider: id, providerName: name, day: rate("day"), week: rate("week") }];
  });
}
