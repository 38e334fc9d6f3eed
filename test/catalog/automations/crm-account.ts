import { hubspotB2bCrm } from "#server/catalog/automations/hubspot-b2b-crm.ts";
import { freshAccount } from "#test/catalog/actions/doing.ts";
import { type CountedAccount, sandboxAccount } from "#test/catalog/sensors/sandbox-account.ts";

/** A portal that no other test meets, as the automation reads it. */
export function crmAccount(portal = freshAccount.hubspot(), more: { timezone?: string } = {}): Promise<CountedAccount> {
  const scopes = hubspotB2bCrm.needs.find(({ provider }) => provider === "hubspot")?.scopes ?? [];
  return sandboxAccount("hubspot", portal, { scopes: [...scopes], ...more });
}
