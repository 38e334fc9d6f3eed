import { and, eq } from "drizzle-orm";
import { crmConflicts, crmRecords } from "#db/schema/index.ts";
import type { Account } from "#server/catalog/account.ts";
import { hubspotFields } from "#server/catalog/actions/hubspot-contacts.ts";
import { readObjects } from "#server/catalog/actions/hubspot-wire.ts";
import { hubspotB2bCrm } from "#server/catalog/automations/hubspot-b2b-crm.ts";
import { providerName } from "#server/catalog/providers/registry.ts";
import { readBuyers } from "#server/catalog/providers/shopify-buyers.ts";
import { requirePermission, type TenantCtx } from "#server/ctx.ts";
import { commit } from "#server/domain/audit/commit.ts";
import { holdConnection } from "#server/domain/connections/hold-connection.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { openAccount } from "#server/domain/tokens/open-account.ts";
import { domainError, notFound, ProviderError } from "#server/errors.ts";
import type { RevealConflicts, RevealedConflicts } from "./schemas.ts";

const usualTaxField = String((hubspotB2bCrm.config.parse({}) as { taxField: string }).taxField);

/**
 * What shop and CRM say of the fields of a buyer that both changed, read now for one page and nowhere else. Each look is a line of the audit log, written before
 * anything is fetched. Throws `forbidden`, `not_found` where nothing of theirs is in conflict or one side knows them no more, and `unavailable`.
 */
export async function revealConflicts(ctx: TenantCtx, { customerId }: RevealConflicts): Promise<RevealedConflicts> {
  requirePermission(ctx, "actions:reveal");
  const found = await ctx.db
    .select()
    .from(crmConflicts)
    .where(inTenant(ctx, crmConflicts, eq(crmConflicts.customerId, customerId)));
  const [first] = found;
  if (!first) throw notFound("customer");
  await commit(ctx, "crm.revealed", { customer: customerId }, []);
  try {
    const shop = openAccount(ctx, await holdConnection(ctx, first.connectionId));
    const buyer = (await readBuyers(shop, [customerId], usualTaxField)).get(customerId);
    if (!buyer?.email) throw notFound("customer");
    const crm = openAccount(ctx, await holdConnection(ctx, first.accountId));
    const contacts = await readObjects(crm, "contacts", { by: "email", ids: [buyer.email], properties: Object.values(hubspotFields) });
    const contact = contacts.get(buyer.email);
    const company = found.some(({ field }) => field === "company") ? await companyOf(ctx, crm, first) : null;
    const fields = found.map(({ field }) => ({
      ...{ field, shop: buyer[field] },
      crm: (field === "company" ? company : contact?.properties[hubspotFields[field]]) ?? null,
    }));
    return { customerId, fields };
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    throw domainError("customer_unavailable", { provider: providerName(error.provider) }, { cause: error });
  }
}

/** What the CRM calls the company that a buyer is tied to. */
async function companyOf(ctx: TenantCtx, crm: Account, { connectionId, customerId }: typeof crmConflicts.$inferSelect) {
  const [record] = await ctx.db
    .select({ id: crmRecords.companyId })
    .from(crmRecords)
    .where(
      inTenant(
        ctx,
        crmRecords,
        and(eq(crmRecords.connectionId, connectionId), eq(crmRecords.kind, "contact"), eq(crmRecords.externalId, customerId)),
      ),
    );
  if (!record?.id) return null;
  return (await readObjects(crm, "companies", { ids: [record.id], properties: ["name"] })).get(record.id)?.properties.name ?? null;
}
