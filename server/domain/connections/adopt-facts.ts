import { and, eq } from "drizzle-orm";
import { tenants } from "#db/schema/index.ts";
import { currencies } from "#server/catalog/currencies.ts";
import { isTimezone } from "#server/catalog/days.ts";
import type { Tenant, TenantCtx } from "#server/ctx.ts";
import { commit } from "#server/domain/audit/commit.ts";
import { listConnections } from "./list-connections.ts";
import type { ConnectionRow } from "./rows.ts";
import type { AccountDetails } from "./schemas.ts";

/**
 * The client's currency and time zone become those of an account, where no person chose them: of its shop, and until it has one, of
 * the first account that says its own. What the account says and nobody knows is not taken over.
 */
export async function adoptFacts(
  ctx: TenantCtx,
  { details, connectionId, others }: { details: AccountDetails; connectionId: string; others: readonly ConnectionRow[] },
): Promise<void> {
  const decides = (said: Fact) =>
    details.shop !== undefined || !others.some((other) => other.id !== connectionId && other.status === "active" && other.details[said]);
  const said = {
    currency: decides("currency") ? details.currency : undefined,
    timezone: decides("timezone") ? details.timezone : undefined,
  };
  await follow(ctx, said, { connection: connectionId });
}

/** As `adoptFacts`, of all accounts that are connected: what nobody chooses any more is theirs again. Answers the client as it is then. */
export async function adoptAgain(ctx: TenantCtx): Promise<Tenant> {
  const active = (await listConnections(ctx)).filter(({ status }) => status === "active");
  const byShopFirst = [...active.filter(({ details }) => details.shop), ...active.filter(({ details }) => !details.shop)];
  const said = (fact: Fact) => byShopFirst.find(({ details }) => details[fact])?.details[fact];
  return follow(ctx, { currency: said("currency"), timezone: said("timezone") }, {});
}

type Fact = "currency" | "timezone";

async function follow(ctx: TenantCtx, said: Partial<Record<Fact, string | undefined>>, about: { connection?: string }): Promise<Tenant> {
  const { tenant } = ctx;
  const currency = currencies.has(said.currency ?? "") ? said.currency : undefined;
  const timezone = isTimezone(said.timezone ?? "") ? said.timezone : undefined;
  const change = {
    ...(!tenant.currencyChosen && currency !== undefined && currency !== tenant.currency && { currency }),
    ...(!tenant.timezoneChosen && timezone !== undefined && timezone !== tenant.timezone && { timezone }),
  };
  if (Object.keys(change).length === 0) return tenant;
  const unchosen = and(
    eq(tenants.id, tenant.id),
    change.currency === undefined ? undefined : eq(tenants.currencyChosen, false),
    change.timezone === undefined ? undefined : eq(tenants.timezoneChosen, false),
  );
  const [changed] = await ctx.directory
    .update(tenants)
    .set({ ...change, updatedAt: ctx.now() })
    .where(unchosen)
    .returning();
  if (!changed) return tenant;
  await commit(ctx, "client.updated", { ...change, ...about }, []);
  return changed;
}
