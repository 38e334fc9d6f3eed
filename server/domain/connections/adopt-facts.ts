import { and, eq } from "drizzle-orm";
import { tenants } from "#db/schema/index.ts";
import { currencies } from "#server/catalog/currencies.ts";
import { isTimezone } from "#server/catalog/days.ts";
import type { TenantCtx } from "#server/ctx.ts";
import { commit } from "#server/domain/audit/commit.ts";
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
  const { tenant } = ctx;
  const decides = (said: keyof AccountDetails) =>
    details.shop !== undefined || !others.some((other) => other.id !== connectionId && other.status === "active" && other.details[said]);
  const currency = currencies.has(details.currency ?? "") && decides("currency") ? details.currency : undefined;
  const timezone = isTimezone(details.timezone ?? "") && decides("timezone") ? details.timezone : undefined;
  const change = {
    ...(!tenant.currencyChosen && currency !== undefined && currency !== tenant.currency && { currency }),
    ...(!tenant.timezoneChosen && timezone !== undefined && timezone !== tenant.timezone && { timezone }),
  };
  if (Object.keys(change).length === 0) return;
  const unchosen = and(
    eq(tenants.id, tenant.id),
    change.currency === undefined ? undefined : eq(tenants.currencyChosen, false),
    change.timezone === undefined ? undefined : eq(tenants.timezoneChosen, false),
  );
  const [changed] = await ctx.directory
    .update(tenants)
    .set({ ...change, updatedAt: ctx.now() })
    .where(unchosen)
    .returning({ id: tenants.id });
  if (changed) await commit(ctx, "client.updated", { ...change, connection: connectionId }, []);
}
