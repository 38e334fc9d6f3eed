import { type CrmDue, type CrmField, crmFields } from "#db/words/crm.ts";
import type { Account } from "#server/catalog/account.ts";
import { companyKeyOf, hubspotFields } from "#server/catalog/actions/hubspot-contacts.ts";
import { companyKey, dealKey, type HubspotObject, hasProperty, readObjects, readTies } from "#server/catalog/actions/hubspot-wire.ts";
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

/** How buyers, as the shop says them now, stand beside their contacts in HubSpot; whoever the shop does not know any more stays as they were. */
export async function compareBuyers(
  { hubspot, crm, now }: Comparing,
  records: readonly CrmRecord[],
  {
    buyers,
    twoWay,
    ownerOf,
  }: { buyers: ReadonlyMap<string, Buyer>; twoWay: Readonly<Record<CrmField, boolean>>; ownerOf(buyer: Buyer): string | undefined },
): Promise<Found> {
  const present = records.flatMap((record) => {
    const buyer = buyers.get(record.customerId);
    return buyer ? [{ record, buyer }] : [];
  });
  const mails = present.flatMap(({ buyer }) => buyer.email ?? []);
  const properties = [...Object.values(hubspotFields), "hubspot_owner_id"];
  const contacts = await readObjects(hubspot, "contacts", { by: "email", ids: mails, properties });
  const tied = await tiedCompanies(
    hubspot,
    present.map(({ buyer }) => buyer),
    contacts,
  );
  const open = await crm.conflicts({ accountId: hubspot.connectionId, customers: present.map(({ buyer }) => buyer.customerId) });
  const found: { records: CrmRecord[]; conflicts: CrmConflict[]; settled: Pick<CrmConflict, "customerId" | "field">[] } = {
    ...{ records: [], conflicts: [], settled: [] },
  };
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
    for (const field of crmFields) {
      const said = (value: string | null | undefined) => hashOfField((text) => crm.hashOf(text), field, comparable(field, value ?? null));
      const [shop, other] = [said(buyer[field]), said(there?.properties[hubspotFields[field]])];
      const known = open.find((each) => each.customerId === customerId && each.field === field);
      const decision = known && known.shopHash === shop && known.crmHash === other ? known.decision : null;
      const standing = standingOf({ shop, crm: other, base: bases[field], twoWay: twoWay[field], decision });
      if (standing.is === "in_step" && standing.base) bases[field] = standing.base;
      if (standing.is === "push") due.push[field] = other;
      if (standing.is === "pull") due.pull[field] = [shop, other];
      if (standing.is === "conflict") {
        isDisputed = true;
        found.conflicts.push({ customerId, field, shopHash: shop, crmHash: other });
      } else if (known && standing.is === "in_step") found.settled.push({ customerId, field });
      // What a person chose stays until it is done.
      else if (known && decision === null) found.settled.push({ customerId, field });
    }
    const owner = there?.properties.hubspot_owner_id ? undefined : ownerOf(buyer);
    const key = companyKeyOf(buyer);
    const companyId = (key !== null && there && tied.get(there.id)?.get(key)) || null;
    const lacks: CrmDue = {
      ...due,
      isNew: !there,
      company: key !== null && companyId === null,
      ...(owner !== undefined && { owner }),
    };
    const inStep = !isDue(lacks) && !isDisputed;
    found.records.push({
      ...record,
      ...{ crmId: there?.id ?? null, companyId, bases, due: isDue(lacks) ? lacks : null, isUnknowable: false, seenAt: now },
      inStepAt: inStep ? now : record.inStepAt,
    });
  }
  return found;
}

/** Of each contact (by HubSpot's id) the companies that it is tied to, by their keys; before our property is there nobody has one. */
async function tiedCompanies(
  hubspot: Account,
  buyers: readonly Buyer[],
  contacts: ReadonlyMap<string, HubspotObject>,
): Promise<Map<string, Map<string, string>>> {
  const keys = [...new Set(buyers.flatMap((buyer) => companyKeyOf(buyer) ?? []))];
  if (keys.length === 0 || contacts.size === 0 || !(await hasProperty(hubspot, "companies", companyKey))) return new Map();
  const companies = await readObjects(hubspot, "companies", { by: companyKey, ids: keys, properties: [] });
  const keyOf = new Map([...companies].map(([key, { id }]) => [id, key]));
  const ties = await readTies(
    hubspot,
    "contacts/companies",
    [...contacts.values()].map(({ id }) => id),
  );
  const idOf = (to: readonly string[]) => new Map(to.flatMap((id) => (keyOf.has(id) ? [[keyOf.get(id) ?? "", id] as const] : [])));
  return new Map([...ties].map(([contact, to]) => [contact, idOf(to)]));
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
    const due: CrmDue = {
      ...lookAgain,
      isNew: !there,
      push: { ...(moves && { dealstage: from ?? "" }), ...(pushes && { amount: there?.properties.amount ?? "" }) },
      ...(moves && to !== null && { stage: to }),
      ...(owner !== undefined && { owner }),
    };
    const bases = standing.is === "in_step" && standing.base ? { ...record.bases, amount: standing.base } : record.bases;
    return [
      {
        ...record,
        ...{ crmId: there?.id ?? null, bases, due: isDue(due) ? due : null, seenAt: now },
        // Where it stands as the shop has it, it is ours to move on.
        stage: from !== null && from === to ? from : record.stage,
        inStepAt: isDue(due) ? record.inStepAt : now,
      },
    ];
  });
  return { records: compared, conflicts: [], settled: [] };
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
