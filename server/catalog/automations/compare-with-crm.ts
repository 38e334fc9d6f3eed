import { type CrmCompared, type CrmDue, type CrmField, crmFields } from "#db/words/crm.ts";
import type { Account } from "#server/catalog/account.ts";
import { companyKeyOf, hubspotFields } from "#server/catalog/actions/hubspot-contacts.ts";
import { dealKey, type HubspotObject, hasProperty, readObjects, readTies } from "#server/catalog/actions/hubspot-wire.ts";
import {
  type CrmConflict,
  type CrmFound,
  type CrmRecord,
  type CrmRecords,
  comparable,
  hashOfField,
  standingOf,
} from "#server/catalog/crm.ts";
import { type DealStages, mayMove } from "#server/catalog/deal-stages.ts";
import { decimalOf, exponentOf } from "#server/catalog/money.ts";
import type { Buyer } from "#server/catalog/providers/shopify-buyers.ts";
import type { ShopPurchase } from "#server/catalog/providers/shopify-purchases.ts";
import { companiesOf } from "./companies-of.ts";

type Found = Omit<CrmFound, "accountId">;

interface Comparing {
  hubspot: Account;
  crm: CrmRecords;
  now: number;
}

/** That it changed in the shop, or is new to us: what it lacks is to be seen. */
export const lookAgain: CrmDue = { isNew: false, push: {}, pull: {}, company: false };

/** Whether anything at all is missing. */
export const isDue = ({ isNew, push, pull, company, owner, stage }: CrmDue): boolean =>
  isNew || company || owner !== undefined || stage !== undefined || Object.keys(push).length > 0 || Object.keys(pull).length > 0;

/**
 * How buyers, as the shop says them now, stand beside their contacts in HubSpot. Of whom the shop knows no more nothing is missing and nothing in conflict. `buyersOf`
 * reads further buyers, whose company is in question.
 */
export async function compareBuyers(
  { hubspot, crm, now }: Comparing,
  records: readonly CrmRecord[],
  {
    buyers,
    buyersOf,
    twoWay,
    ownerOf,
  }: {
    buyers: ReadonlyMap<string, Buyer>;
    buyersOf(ids: readonly string[]): Promise<ReadonlyMap<string, Buyer>>;
    twoWay: Readonly<Record<CrmField, boolean>>;
    ownerOf(buyer: Buyer): string | undefined;
  },
): Promise<Found> {
  const present = records.flatMap((record) => {
    const buyer = buyers.get(record.customerId);
    return buyer ? [{ record, buyer }] : [];
  });
  const mails = present.flatMap(({ buyer }) => buyer.email ?? []);
  const properties = [...Object.values(hubspotFields), "hubspot_owner_id"];
  const contacts = await readObjects(hubspot, "contacts", { by: "email", ids: mails, properties });
  const companies = await companiesOf({ hubspot, crm, buyersOf }, present, contacts);
  const open = await crm.conflicts({ accountId: hubspot.connectionId, customers: records.map(({ customerId }) => customerId) });
  const found: { records: CrmRecord[]; conflicts: CrmConflict[]; settled: Pick<CrmConflict, "customerId" | "field">[] } = {
    ...{ records: [], conflicts: [], settled: [] },
  };
  for (const record of records) {
    const buyer = buyers.get(record.customerId);
    if (buyer) continue;
    found.records.push({ ...record, due: null, seenAt: now });
    found.settled.push(...open.filter(({ customerId }) => customerId === record.customerId));
  }
  for (const { record, buyer } of present) {
    const { customerId, email } = buyer;
    if (email === null) {
      found.records.push({ ...record, due: null, isUnknowable: true, seenAt: now });
      continue;
    }
    const there = contacts.get(email);
    const bases = { ...record.bases };
    const due = { ...lookAgain, push: {} as Record<string, string>, pull: {} as Partial<Record<CrmField, readonly [string, string]>> };
    let isDisputed = false;
    const company = companies.get(customerId) ?? null;
    const compared: { field: CrmCompared; crmSays: string | null | undefined }[] = [
      ...crmFields.map((field) => ({ field, crmSays: there?.properties[hubspotFields[field]] })),
      ...(company?.isNamed ? [{ field: "company" as const, crmSays: company.name }] : []),
    ];
    for (const { field, crmSays } of compared) {
      const said = (value: string | null | undefined) => hashOfField((text) => crm.hashOf(text), field, comparable(field, value ?? null));
      const [shop, other] = [said(buyer[field]), said(crmSays)];
      const known = open.find((each) => each.customerId === customerId && each.field === field);
      const decision = known && known.shopHash === shop && known.crmHash === other ? known.decision : null;
      const standing = standingOf({ shop, crm: other, base: bases[field], twoWay: field !== "company" && twoWay[field], decision });
      if (standing.is === "in_step" && standing.base) bases[field] = standing.base;
      if (standing.is === "push") due.push[field] = other;
      if (standing.is === "pull" && field !== "company") due.pull[field] = [shop, other];
      if (standing.is === "conflict") {
        isDisputed = true;
        found.conflicts.push({ customerId, field, shopHash: shop, crmHash: other });
      } else if (known && standing.is === "in_step") found.settled.push({ customerId, field });
      // What a person chose stays until it is done.
      else if (known && decision === null) found.settled.push({ customerId, field });
    }
    // What their company is called is another one's to say now, or nobody's.
    if (!company?.isNamed) found.settled.push(...open.filter((each) => each.customerId === customerId && each.field === "company"));
    const owner = there?.properties.hubspot_owner_id ? undefined : ownerOf(buyer);
    const companyId = company?.id ?? null;
    const lacks: CrmDue = {
      ...due,
      isNew: !there,
      company: companyKeyOf(buyer) !== null && !company?.isByKey,
      ...(owner !== undefined && { owner }),
    };
    const inStep = !isDue(lacks) && !isDisputed;
    found.records.push({
      ...record,
      ...{ crmId: there?.id ?? null, companyId, bases, due: isDue(lacks) ? lacks : null, isUnknowable: false, seenAt: now },
      inStepAt: inStep ? now : record.inStepAt,
    });
  }
  found.records.push(...(await dealsToSee({ hubspot, crm, now }, records, found.records)));
  return found;
}

/** Deals of buyers who are another contact or of another company since: what those are tied to is to be seen. */
async function dealsToSee({ hubspot, crm }: Comparing, before: readonly CrmRecord[], after: readonly CrmRecord[]): Promise<CrmRecord[]> {
  const moved = after.filter(({ externalId, crmId, companyId }) => {
    const was = before.find((each) => each.externalId === externalId);
    return (crmId !== null && crmId !== was?.crmId) || (companyId !== null && companyId !== was?.companyId);
  });
  if (moved.length === 0) return [];
  const deals = await crm.dealsOf({ accountId: hubspot.connectionId, customers: moved.map(({ customerId }) => customerId) });
  return deals.filter(({ due }) => due === null).map((deal) => ({ ...deal, due: lookAgain }));
}

/** How orders and drafts, as the shop says them now, stand beside their deals. `now`: which order a draft has become, by the draft's key. */
export async function compareDeals(
  { hubspot, crm, now }: Comparing,
  records: readonly CrmRecord[],
  {
    purchases,
    stages,
    ownerOf,
  }: { purchases: ReadonlyMap<string, ShopPurchase>; stages: DealStages; ownerOf(purchase: ShopPurchase): string | undefined },
): Promise<Found> {
  const keys = records.map(({ externalId }) => externalId);
  const isThere = await hasProperty(hubspot, "deals", dealKey);
  const deals = isThere
    ? await readObjects(hubspot, "deals", { by: dealKey, ids: keys, properties: ["dealstage", "amount", "hubspot_owner_id"] })
    : new Map<string, HubspotObject>();
  const tiesOf = await tiesOfDeals({ hubspot, crm }, records, deals);
  const compared = records.flatMap((record): CrmRecord[] => {
    const purchase = purchases.get(currentKeyOf(record));
    // The shop shows it no more: its deal stays as it is.
    if (!purchase) return [{ ...record, due: null, seenAt: now }];
    const there = deals.get(record.externalId);
    const from = there?.properties.dealstage ?? null;
    const to = stages.of[purchase.state]?.id ?? null;
    const moves = to !== null && mayMove(stages, { from, to, ours: record.stage });
    const amounts = amountsOf(purchase, there, crm);
    const standing = standingOf({ ...amounts, base: record.bases.amount, twoWay: false, decision: null });
    // An amount that is no number of theirs stays as they wrote it.
    const isPlain = /^(\d{1,12}(\.\d{1,4})?)?$/.test(there?.properties.amount ?? "");
    const pushes = isPlain && (standing.is === "push" || !there);
    const owner = there?.properties.hubspot_owner_id ? undefined : ownerOf(purchase);
    const ties = tiesOf(record, there);
    const due: CrmDue = {
      ...lookAgain,
      isNew: !there,
      company: ties.lacks,
      push: { ...(moves && { dealstage: from ?? "" }), ...(pushes && { amount: there?.properties.amount ?? "" }) },
      ...(moves && to !== null && { stage: to }),
      ...(owner !== undefined && { owner }),
    };
    const bases = standing.is === "in_step" && standing.base ? { ...record.bases, amount: standing.base } : record.bases;
    return [
      {
        ...record,
        ...{ crmId: there?.id ?? null, companyId: ties.companyId, bases, due: isDue(due) ? due : null, seenAt: now },
        // Where it stands as the shop has it, it is ours to move on.
        stage: from !== null && from === to ? from : record.stage,
        inStepAt: isDue(due) ? record.inStepAt : now,
      },
    ];
  });
  return { records: compared, conflicts: [], settled: [] };
}

/** Whether a deal lacks its buyer or their company, and to which company of theirs it is tied. What HubSpot's people tied it to besides is theirs. */
async function tiesOfDeals(
  { hubspot, crm }: Pick<Comparing, "hubspot" | "crm">,
  records: readonly CrmRecord[],
  deals: ReadonlyMap<string, HubspotObject>,
): Promise<(record: CrmRecord, there: HubspotObject | undefined) => { lacks: boolean; companyId: string | null }> {
  const [ids, customers] = [[...deals.values()].map(({ id }) => id), records.map(({ customerId }) => customerId)];
  const buyers = await crm.known({ accountId: hubspot.connectionId, kind: "contact", externalIds: [...new Set(customers)] });
  const contacts = await readTies(hubspot, "deals/contacts", ids);
  const companies = await readTies(hubspot, "deals/companies", ids);
  return ({ customerId }, there) => {
    const buyer = buyers.find(({ externalId }) => externalId === customerId);
    const isTied = (ties: ReadonlyMap<string, string[]>, to: string) => there !== undefined && ties.get(there.id)?.includes(to) === true;
    const { crmId = null, companyId = null } = buyer ?? {};
    const lacks = (crmId !== null && !isTied(contacts, crmId)) || (companyId !== null && !isTied(companies, companyId));
    return { lacks, companyId: companyId !== null && isTied(companies, companyId) ? companyId : null };
  };
}

/** By what the shop calls it now: a draft that became an order is that order. */
export const currentKeyOf = ({ externalId, orderId }: Pick<CrmRecord, "externalId" | "orderId">): string =>
  orderId === null ? externalId : `order:${orderId}`;

function amountsOf({ amount: { minor, currency } }: ShopPurchase, there: HubspotObject | undefined, crm: CrmRecords) {
  const said = Number(there?.properties.amount || Number.NaN);
  const plain = (value: string) => hashOfField((text) => crm.hashOf(text), "amount", value);
  return {
    shop: plain(decimalOf(minor, currency)),
    crm: Number.isFinite(said) ? plain(said.toFixed(exponentOf(currency))) : "",
  };
}
