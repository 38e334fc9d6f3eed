import { desc, eq, sql } from "drizzle-orm";
import { crmConflicts, crmRecords } from "#db/schema/index.ts";
import type { RowFault } from "#db/words/actions.ts";
import type { CrmKind } from "#db/words/crm.ts";
import { hubspotContacts } from "#server/catalog/actions/hubspot-contacts.ts";
import { hubspotDeals } from "#server/catalog/actions/hubspot-deals.ts";
import { hubspotB2bCrm } from "#server/catalog/automations/hubspot-b2b-crm.ts";
import { requirePermission, type TenantCtx } from "#server/ctx.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { crmOf } from "./crm-of.ts";
import { crmPlace } from "./crm-place.ts";
import type { Crm } from "./schemas.ts";

const listedConflicts = 50;
const namedCustomers = 10;
const failedForMs = 7 * 86_400_000;
const kinds: readonly [CrmKind, string][] = [
  ["contact", hubspotContacts.id],
  ["deal", hubspotDeals.id],
];

const nothing: Crm = {
  ...{ contacts: { all: 0, inStep: 0, due: 0, noEmail: 0 }, companies: 0, deals: { all: 0, inStep: 0, due: 0, untied: 0 }, lastAt: null },
  ...{ failed: [], conflicts: [], conflictsInAll: 0 },
};

/** What of a client's shop is in step with the CRM, what is not and why, and what both sides changed. */
export async function readCrm(ctx: TenantCtx): Promise<Crm> {
  requirePermission(ctx, "portal:read");
  const place = await crmPlace(ctx);
  if (!place) return nothing;
  const ofPlace = sql`tenant_id = ${ctx.tenant.id} and connection_id = ${place.connectionId} and account_id = ${place.accountId}`;
  const disputed = inTenant(
    ctx,
    crmConflicts,
    eq(crmConflicts.connectionId, place.connectionId),
    eq(crmConflicts.accountId, place.accountId),
  );
  const [counts, conflicts, [all], ...failed] = await Promise.all([
    ctx.db.all<{
      kind: CrmKind;
      records: number;
      inStep: number;
      due: number;
      unknowable: number;
      companies: number;
      untied: number;
      lastAt: number;
    }>(sql`
      select kind, count(*) as records, sum(in_step_at is not null and due is null) as inStep, sum(due is not null) as due,
        sum(is_unknowable) as unknowable, count(distinct company_id) as companies,
        sum(crm_id is not null and company_id is null) as untied, max(seen_at) as lastAt
      from ${crmRecords} where ${ofPlace} group by kind`),
    ctx.db.select().from(crmConflicts).where(disputed).orderBy(desc(crmConflicts.foundAt), crmConflicts.customerId).limit(listedConflicts),
    ctx.db.select({ many: sql<number>`count(*)` }).from(crmConflicts).where(disputed),
    ...kinds.map(([kind, action]) => failedRows(ctx, place, kind, action)),
  ]);
  const of = (kind: CrmKind) =>
    counts.find((each) => each.kind === kind) ?? { records: 0, inStep: 0, due: 0, unknowable: 0, companies: 0, untied: 0, lastAt: 0 };
  const [contact, deal] = [of("contact"), of("deal")];
  return {
    contacts: { all: contact.records, inStep: contact.inStep, due: contact.due, noEmail: contact.unknowable },
    companies: contact.companies,
    deals: { all: deal.records, inStep: deal.inStep, due: deal.due, untied: deal.untied },
    lastAt: Math.max(contact.lastAt, deal.lastAt) || null,
    failed: failed.flat(),
    conflicts: conflicts.map(({ customerId, field, shopHash, crmHash, foundAt, decision }) => ({
      customerId,
      field,
      shopHash,
      crmHash,
      foundAt,
      decision,
    })),
    conflictsInAll: all?.many ?? 0,
  };
}

/** Rows that were not done, but for those that are in step since. */
async function failedRows(
  ctx: TenantCtx,
  place: { connectionId: string; accountId: string },
  kind: CrmKind,
  action: string,
): Promise<Crm["failed"]> {
  const crm = crmOf(ctx, place.connectionId);
  const rows = await crm.failed({ automation: hubspotB2bCrm.id, kind: action, since: ctx.now() - failedForMs });
  const idOf = (row: (typeof rows)[number]) => row.record ?? row.customerId;
  const known = await crm.known({ accountId: place.accountId, kind, externalIds: rows.map(idOf) });
  const still = rows.filter((row) => {
    const record = known.find(({ externalId }) => externalId === idOf(row));
    return record !== undefined && (record.inStepAt === null || record.inStepAt < row.at);
  });
  const byWhy = new Map<RowFault, string[]>();
  for (const { why, customerId } of still) byWhy.set(why, [...(byWhy.get(why) ?? []), customerId]);
  return [...byWhy].map(([why, customers]) => ({
    kind,
    why,
    rows: customers.length,
    customers: [...new Set(customers)].slice(0, namedCustomers),
  }));
}
