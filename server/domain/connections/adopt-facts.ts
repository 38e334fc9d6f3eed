import { and, eq, sql } from "drizzle-orm";
import { tenants } from "#db/schema/index.ts";
import { currencies } from "#server/catalog/currencies.ts";
import { isTimezone } from "#server/catalog/days.ts";
import type { Tenant, TenantCtx } from "#server/ctx.ts";
import { commitIf } from "#server/domain/audit/commit-if.ts";
import { atDirectory } from "#server/domain/tenancy/at-directory.ts";
import { inOrder } from "./choose-account.ts";
import { listConnections } from "./list-connections.ts";
import type { ConnectionRow } from "./rows.ts";

/**
 * The client's currency and time zone become those of its accounts, where no person chose them: of the shop that its jobs read or
 * wait for, and until it ever has one, of the first account that says its own. What nobody knows is not taken over. Answers the client as it is then.
 */
export async function adoptFacts(
  ctx: TenantCtx,
  about: { connection?: string } = {},
  listed: Promise<ConnectionRow[]> = listConnections(ctx),
): Promise<Tenant> {
  const all = await listed;
  const shops = all.filter(({ details }) => details.shop !== undefined);
  const deciding =
    shops.length > 0 ? inOrder(shops.filter(({ status }) => status !== "disconnected")) : all.filter(({ status }) => status === "active");
  const said = (fact: "currency" | "timezone") => deciding.find(({ details }) => details[fact])?.details[fact];
  const { tenant } = ctx;
  const [currency = tenant.currency, timezone = tenant.timezone] = [said("currency"), said("timezone")];
  const change = {
    ...(!tenant.currencyChosen && currency !== tenant.currency && currencies.has(currency) && { currency }),
    // Whether a zone is one takes a while to say.
    ...(!tenant.timezoneChosen && timezone !== tenant.timezone && isTimezone(timezone) && { timezone }),
  };
  if (Object.keys(change).length === 0) return tenant;
  const unchosen = and(
    eq(tenants.id, tenant.id),
    change.currency === undefined ? undefined : eq(tenants.currencyChosen, false),
    change.timezone === undefined ? undefined : eq(tenants.timezoneChosen, false),
  );
  const directory = atDirectory(ctx);
  const [changed] = (await commitIf(
    directory,
    sql`exists (select 1 from ${tenants} where ${unchosen})`,
    "client.updated",
    { ...change, ...about },
    [
      directory.db
        .update(tenants)
        // Jobs that run at a time of day run by its clock: the next tick writes their schedules anew.
        .set({ ...change, ...(change.timezone !== undefined && { catalog: "" }), updatedAt: ctx.now() })
        .where(unchosen)
        .returning(),
    ],
  )) as [Tenant[]];
  return changed[0] ?? tenant;
}
