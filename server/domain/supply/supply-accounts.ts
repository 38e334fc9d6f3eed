import { connections } from "#db/schema/index.ts";
import { type Supplier, suppliers } from "#db/words/supply.ts";
import type { Account } from "#server/catalog/account.ts";
import { dropshippingOrderFlow } from "#server/catalog/automations/dropshipping-order-flow.ts";
import type { TenantCtx } from "#server/ctx.ts";
import { chooseAccount } from "#server/domain/connections/choose-account.ts";
import { holdConnection } from "#server/domain/connections/hold-connection.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { openAccount } from "#server/domain/tokens/open-account.ts";

/** The shop whose orders the automation reads, as the connection's id; null where there is none. One that waits for a new sign-in is still that shop. */
export async function shopOf(ctx: TenantCtx): Promise<string | null> {
  const all = await ctx.db.select().from(connections).where(inTenant(ctx, connections));
  const chosen = chooseAccount(dropshippingOrderFlow, "shopify", all);
  if ("account" in chosen) return chosen.account.id;
  const [shop] = all.filter(({ provider, status }) => provider === "shopify" && status !== "disconnected");
  return shop?.id ?? null;
}

/** The client's accounts at suppliers, those that can be asked. */
export async function supplyAccounts(ctx: TenantCtx): Promise<Map<Supplier, Account>> {
  const all = await ctx.db.select().from(connections).where(inTenant(ctx, connections));
  const found = new Map<Supplier, Account>();
  for (const provider of suppliers) {
    const chosen = chooseAccount(dropshippingOrderFlow, provider, all);
    if ("account" in chosen) found.set(provider, openAccount(ctx, await holdConnection(ctx, chosen.account.id)));
  }
  return found;
}
