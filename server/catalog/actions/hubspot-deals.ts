import * as z from "zod";
import type { FailedRow } from "#db/words/actions.ts";
import type { Text } from "#db/words/locales.ts";
import { decimalOf } from "#server/catalog/money.ts";
import { readPurchases, type ShopPurchase } from "#server/catalog/providers/shopify-purchases.ts";
import { type Doing, defineAction } from "./action.ts";
import { companyKeyOf, OwnerId, RecordId, TaxField } from "./hubspot-contacts.ts";
import {
  associate,
  chunked,
  companyKey,
  dealKey,
  ensureProperty,
  type HubspotObject,
  type HubspotRow,
  hasProperty,
  readObjects,
  readTies,
  rowsABatch,
  writeObjects,
} from "./hubspot-wire.ts";
import { impersonal, ShopId } from "./payload.ts";

const StageId = z.string().regex(/^[A-Za-z][\w-]{0,60}$|^\d{1,20}$/);
const Deal = z.strictObject({
  customerId: ShopId,
  key: z.string().regex(/^(order|draft):\d{1,20}$/),
  /** What the shop calls it now, where a draft became an order: the deal stays the draft's. */
  now: z
    .string()
    .regex(/^order:\d{1,20}$/)
    .optional(),
  /** To which stage it goes, and where it stood when that was proposed; empty: nowhere yet. Left out where it stays. */
  stage: z.strictObject({ to: StageId, from: z.union([StageId, z.literal("")]) }).optional(),
  /** What HubSpot said of its amount, as a number of the deal's currency; empty: nothing. Left out where it stays. */
  amount: z
    .string()
    .regex(/^(\d{1,12}(\.\d{1,4})?)?$/)
    .optional(),
  owner: OwnerId.optional(),
  /** The company that we made or matched for its buyer. */
  company: RecordId.optional(),
});
const Payload = z.strictObject({
  deals: z.array(Deal).min(1).max(5_000),
  pipeline: StageId,
  /** What people read of it: stages' names by their ids. */
  stages: z.record(StageId, impersonal(100)),
  taxField: TaxField,
});
type Payload = z.output<typeof Payload>;

const labels = {
  deals: { en: "Deals", fr: "Transactions", he: "עסקאות" },
  first: { en: "New", fr: "Nouvelles", he: "חדשות" },
  orders: { en: "Orders and drafts", fr: "Commandes et brouillons", he: "הזמנות וטיוטות" },
} satisfies Record<string, Text>;
const toStage = (label: string): Text => ({ en: `To “${label}”`, fr: `Vers « ${label} »`, he: `לשלב “${label}”` });
const namedOrders = 10;

/**
 * Orders and drafts as HubSpot deals, tied to the buyer's contact and company.
 *
 * Done once: a deal is upserted by a property of ours that is unique in the portal (../shared/writes-and-voice.md, HubSpot / deals). Its stage is one that the
 * portal has, and it is not moved where somebody moved it since that was proposed; nor is an amount changed that they changed.
 */
export const hubspotDeals = defineAction<Payload>({
  id: "hubspot-deals",
  title: { en: "Update HubSpot deals", fr: "Mettre à jour les transactions HubSpot", he: "עדכון עסקאות ב-HubSpot" },
  need: {
    provider: "hubspot",
    scopes: [
      ...["crm.objects.deals.read", "crm.objects.deals.write", "crm.objects.contacts.read", "crm.objects.contacts.write"],
      ...["crm.objects.companies.read", "crm.schemas.companies.read", "crm.schemas.deals.read", "crm.schemas.deals.write"],
    ],
  },
  reads: [
    {
      provider: "shopify",
      scopes: ["read_orders", "read_customers", "read_draft_orders"],
      optionalScopes: [
        {
          scope: "read_draft_orders",
          without: {
            en: "Draft orders aren’t turned into deals.",
            fr: "Les commandes provisoires ne deviennent pas des transactions.",
            he: "טיוטות הזמנה לא הופכות לעסקאות.",
          },
        },
      ],
      optional: {
        without: {
          en: "Without the shop there is nothing to write.",
          fr: "Sans la boutique, il n’y a rien à écrire.",
          he: "ללא החנות אין מה לכתוב.",
        },
      },
    },
  ],
  payload: Payload,
  touches: "internal",
  idempotency: "natural",
  describe({ deals, stages }) {
    const count = String(deals.length);
    const one = deals.length === 1;
    const first = deals.filter(({ stage }) => stage?.from === "").length;
    const into = [...new Set(deals.flatMap(({ stage }) => stage?.to ?? []))];
    const more = deals.length > namedOrders ? `, +${deals.length - namedOrders}` : "";
    return {
      sentence: {
        en: `Add or update ${count} HubSpot ${one ? "deal" : "deals"}. A deal that someone moved by hand stays where it is.`,
        fr: `Ajouter ou mettre à jour ${count} ${one ? "transaction" : "transactions"} HubSpot. Une transaction déplacée à la main reste où elle est.`,
        he: `הוספה או עדכון של ${one ? "עסקה אחת" : `${count} עסקאות`} ב-HubSpot. עסקה שהוזזה ידנית נשארת במקומה.`,
      },
      fields: [
        { label: labels.deals, value: count },
        { label: labels.first, value: String(first) },
        ...into.map((id) => ({ label: toStage(stages[id] ?? id), value: String(deals.filter(({ stage }) => stage?.to === id).length) })),
        {
          label: labels.orders,
          value:
            deals
              .slice(0, namedOrders)
              .map(({ key, now }) => (now ?? key).replace(":", " "))
              .join(", ") + more,
        },
      ],
    };
  },
  batch: "deals",
  chunks: ({ deals, ...rest }) => chunked(deals, rowsABatch).map((some) => ({ ...rest, deals: some })),
  async execute(doing, payload) {
    const shop = doing.also?.("shopify");
    if (!shop) return { did: "failed", failure: { kind: "revoked", message: "the shop is connected no more" } };
    if (payload.deals.length === 0) return { did: "done", receipt: { id: null } };
    const unmade = await ensureProperty(doing, "deals", { name: dealKey, label: "Order in the shop" });
    if (unmade) return unmade;
    const purchases = await readPurchases(
      shop,
      payload.deals.map(({ key, now }) => now ?? key),
      payload.taxField,
    );
    const keys = payload.deals.map(({ key }) => key);
    const known = await readObjects(doing.account, "deals", {
      by: dealKey,
      ids: keys,
      properties: ["dealstage", "amount", "hubspot_owner_id"],
    });
    const failed: FailedRow[] = [];
    const rows = payload.deals.flatMap((deal): HubspotRow[] => {
      const purchase = purchases.get(deal.now ?? deal.key);
      const row = purchase && rowOf(deal, purchase, { there: known.get(deal.key), payload, doing });
      if (!row) failed.push({ customerId: deal.customerId, record: deal.key, why: "gone" });
      else if (row.moved) failed.push({ customerId: deal.customerId, record: deal.key, why: "changed" });
      return row ? [{ customerId: deal.customerId, record: deal.key, id: deal.key, properties: row.properties }] : [];
    });
    const written = await writeObjects(doing, "deals", { by: dealKey, rows });
    if ("ended" in written) return written.ended;
    const tied = await tieToBuyers(doing, written.ids, payload, purchases);
    if ("ended" in tied) return tied.ended;
    const untied = payload.deals.flatMap(({ customerId, key }): FailedRow[] =>
      tied.untied.some(([deal]) => deal === written.ids.get(key)) ? [{ customerId, record: key, why: "refused" }] : [],
    );
    return {
      did: "done",
      receipt: {
        id: [...written.ids.values()][0] ?? null,
        rows: { done: written.ids.size, failed: [...failed, ...written.failed, ...untied] },
      },
    };
  },
});

/** What is written of one deal; `moved`: somebody moved it since, so that its stage is left out. */
function rowOf(
  { stage, amount, owner }: Payload["deals"][number],
  purchase: ShopPurchase,
  { there, payload, doing }: { there: HubspotObject | undefined; payload: Payload; doing: Doing },
): { properties: Record<string, string>; moved: boolean } {
  const moved = stage !== undefined && (there?.properties.dealstage ?? "") !== stage.from;
  const { minor, currency } = purchase.amount;
  const isAmountTheirs = amount !== undefined && Number(there?.properties.amount ?? 0) !== Number(amount);
  const name = [purchase.buyer.company, purchase.name].filter(Boolean).join(" ");
  return {
    moved,
    properties: {
      ...(!there && { dealname: name, closedate: purchase.createdAt }),
      ...(stage !== undefined && !moved && { pipeline: payload.pipeline, dealstage: stage.to }),
      ...(amount !== undefined &&
        !isAmountTheirs && { amount: decimalOf(minor, currency), ...currencyOf(currency, doing.account.currency) }),
      ...(owner !== undefined && !there?.properties.hubspot_owner_id && { hubspot_owner_id: owner }),
    },
  };
}

/** A portal that counts in one currency knows no such property: it is named only where the two differ. */
const currencyOf = (currency: string, portal: string | undefined): Record<string, string> =>
  portal === undefined || portal === currency ? {} : { deal_currency_code: currency };

/** Ties deals to the contacts of who bought, and to the company that is the buyer's in the shop: whatever else their contact is tied to is none of the order. */
async function tieToBuyers(
  doing: Doing,
  ids: ReadonlyMap<string, string>,
  { deals }: Payload,
  purchases: ReadonlyMap<string, ShopPurchase>,
): ReturnType<typeof associate> {
  const bought = deals.flatMap((deal) => {
    const [id, buyer] = [ids.get(deal.key), purchases.get(deal.now ?? deal.key)?.buyer];
    return id === undefined || !buyer ? [] : [{ id, email: buyer.email ?? "", key: companyKeyOf(buyer), company: deal.company }];
  });
  const mails = [...new Set(bought.map(({ email }) => email).filter(Boolean))];
  const contacts = await readObjects(doing.account, "contacts", { by: "email", ids: mails, properties: [] });
  const companies = await companiesBy(
    doing,
    bought.flatMap(({ key }) => key ?? []),
  );
  const ties = await readTies(
    doing.account,
    "contacts/companies",
    [...contacts.values()].map(({ id }) => id),
  );
  const tied = bought.map(({ id, email, key, company }) => {
    const contact = contacts.get(email)?.id;
    const isTheirs = contact !== undefined && company !== undefined && ties.get(contact)?.includes(company);
    return { id, contact, company: key === null ? undefined : (companies.get(key)?.id ?? (isTheirs ? company : undefined)) };
  });
  const pairs = (to: "contact" | "company") => tied.flatMap(({ id, ...each }) => (each[to] === undefined ? [] : [[id, each[to]] as const]));
  const toContacts = await associate(doing, "deals/contacts", pairs("contact"));
  if ("ended" in toContacts) return toContacts;
  const toCompanies = await associate(doing, "deals/companies", pairs("company"));
  return "ended" in toCompanies ? toCompanies : { untied: [...toContacts.untied, ...toCompanies.untied] };
}

/** Companies by our key; none before the first was made. */
async function companiesBy({ account }: Doing, keys: readonly string[]): Promise<Map<string, HubspotObject>> {
  if (keys.length === 0 || !(await hasProperty(account, "companies", companyKey))) return new Map();
  return readObjects(account, "companies", { by: companyKey, ids: keys, properties: [] });
}
