import * as z from "zod";
import { type CrmDue, type CrmField, crmCompared } from "#db/words/crm.ts";
import type { Text } from "#db/words/locales.ts";
import { hubspotContacts, TaxField } from "#server/catalog/actions/hubspot-contacts.ts";
import { hubspotDeals } from "#server/catalog/actions/hubspot-deals.ts";
import { chunked, readPipelines } from "#server/catalog/actions/hubspot-wire.ts";
import { impersonal, instantText, looksPersonal } from "#server/catalog/actions/payload.ts";
import { shopifyCustomerFields } from "#server/catalog/actions/shopify-customer-fields.ts";
import { defineAutomation } from "#server/catalog/automation.ts";
import type { CrmRecord } from "#server/catalog/crm.ts";
import { type DealStages, type PurchaseState, purchaseStates, stagesOf } from "#server/catalog/deal-stages.ts";
import type { Reading, Step } from "#server/catalog/job.ts";
import { minorUnits } from "#server/catalog/money.ts";
import { pageOfBuyers, readBuyers } from "#server/catalog/providers/shopify-buyers.ts";
import { pageOfPurchases, readPurchases, type ShopPurchase } from "#server/catalog/providers/shopify-purchases.ts";
import type { Proposal } from "#server/catalog/records.ts";
import { ProviderError } from "#server/errors.ts";
import { isCompanyBuyer, ownerOf, ownerRule } from "./company-buyer.ts";
import { compareBuyers, compareDeals, currentKeyOf, isDue, lookAgain } from "./compare-with-crm.ts";

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** Half a query's cost in points is theirs. */
const shopAPage = 50;
/** As many as a batch at HubSpot; the shop is asked for half of them at a time. */
const comparedAPage = 50;
const buyersAtOnce = 100;
const mostDue = 5_000;
/** All buyers are compared again after this, since what changes in HubSpot tells nobody; in between those who changed in the shop. */
const lookAgainMs = 6 * hourMs;
/** What the shop said while the last pass began may not have been shown yet. */
const overlapMs = 10 * 60_000;
/** How long what is proposed may be done, and one whose row was refused is left alone. */
const offeredMs = 23 * hourMs;
const refusedForMs = 7 * dayMs;
/** What a provider asks for beyond this is a day's limit: the pass goes on when it is over. */
const parkedFromS = 900;

const ticked = (label: Text, usual: boolean, hint?: Text) =>
  z
    .boolean()
    .default(usual)
    .meta({ label, ...(hint && { hint }) });
const named = (label: Text, hint?: Text) =>
  z
    .string()
    .max(80)
    .refine((text) => !looksPersonal(text), "no address and no number")
    .default("")
    .meta({ label, ...(hint && { hint }) });

const stageLabels: Record<PurchaseState, Text> = {
  quote: { en: "Draft order", fr: "Commande provisoire", he: "טיוטת הזמנה" },
  ordered: { en: "Ordered, not paid or sent", fr: "Commandée, ni payée ni expédiée", he: "הוזמן, לא שולם ולא נשלח" },
  shipped: { en: "Sent, not paid", fr: "Expédiée, non payée", he: "נשלח, לא שולם" },
  paid: { en: "Paid, not sent", fr: "Payée, non expédiée", he: "שולם, לא נשלח" },
  completed: { en: "Paid and sent", fr: "Payée et expédiée", he: "שולם ונשלח" },
  cancelled: { en: "Cancelled or refunded", fr: "Annulée ou remboursée", he: "בוטל או הוחזר" },
};

const Stage = z.string().max(80).default("");

const Config = z.object({
  companyName: ticked({ en: "Company name in the address", fr: "Nom d’entreprise dans l’adresse", he: "שם חברה בכתובת" }, true, {
    en: "Any one of these makes a customer a company buyer.",
    fr: "Un seul de ces critères suffit pour être acheteur professionnel.",
    he: "די באחד מאלה כדי שלקוח ייחשב קונה עסקי.",
  }),
  taxId: ticked({ en: "Tax ID", fr: "Numéro fiscal", he: "מספר עוסק" }, true),
  taxField: TaxField.default("custom.tax_id").meta({
    label: { en: "Customer metafield with the tax ID", fr: "Champ méta client du numéro fiscal", he: "שדה המטא של מספר העוסק" },
  }),
  taxExempt: ticked({ en: "Tax exempt in Shopify", fr: "Exonéré de taxes dans Shopify", he: "פטור ממס ב-Shopify" }, false),
  tags: z
    .array(impersonal(80))
    .max(20)
    .default(["B2B"])
    .meta({ label: { en: "Customer tags", fr: "Tags clients", he: "תגיות לקוח" } }),
  spentFrom: z
    .number()
    .int()
    .min(0)
    .max(10_000_000)
    .default(0)
    .meta({
      label: { en: "Spent in all, from", fr: "Total dépensé, à partir de", he: "סך קניות, החל מ" },
      hint: {
        en: "In your shop’s currency. 0: not used.",
        fr: "Dans la devise de la boutique. 0 : non utilisé.",
        he: "במטבע החנות. 0: לא בשימוש.",
      },
    }),
  dealFrom: z
    .number()
    .int()
    .min(0)
    .max(10_000_000)
    .default(500)
    .meta({
      label: { en: "Deals for orders from", fr: "Transactions pour les commandes à partir de", he: "עסקאות להזמנות החל מ" },
      hint: { en: "In your shop’s currency.", fr: "Dans la devise de la boutique.", he: "במטבע החנות." },
    }),
  dealDays: z
    .number()
    .int()
    .min(1)
    .max(365)
    .default(30)
    .meta({
      label: {
        en: "Start with orders of the last, days",
        fr: "Commencer par les commandes des derniers, jours",
        he: "להתחיל בהזמנות מ, ימים אחרונים",
      },
    }),
  drafts: ticked({ en: "Deals for draft orders too", fr: "Aussi pour les commandes provisoires", he: "עסקאות גם לטיוטות הזמנה" }, true),
  pipeline: named(
    { en: "Pipeline", fr: "Pipeline", he: "צינור מכירות" },
    {
      en: "As it’s called in HubSpot. Empty: the first one.",
      fr: "Son nom dans HubSpot. Vide : le premier.",
      he: "כשמו ב-HubSpot. ריק: הראשון.",
    },
  ),
  stages: z
    .object({
      ...{ quote: Stage.meta({ label: stageLabels.quote }), ordered: Stage.meta({ label: stageLabels.ordered }) },
      ...{ shipped: Stage.meta({ label: stageLabels.shipped }), paid: Stage.meta({ label: stageLabels.paid }) },
      ...{ completed: Stage.meta({ label: stageLabels.completed }), cancelled: Stage.meta({ label: stageLabels.cancelled }) },
    })
    .prefault({})
    .meta({
      label: { en: "Deal stages", fr: "Étapes de transaction", he: "שלבי עסקה" },
      hint: {
        en: "As they’re called in HubSpot. Empty: open stages in their order, won once paid, lost once cancelled.",
        fr: "Leurs noms dans HubSpot. Vide : étapes ouvertes dans l’ordre, gagnée une fois payée, perdue si annulée.",
        he: "כשמם ב-HubSpot. ריק: השלבים הפתוחים לפי הסדר, נסגר בהצלחה בתשלום, הפסד בביטול.",
      },
    }),
  owners: z
    .array(z.string().max(120).regex(ownerRule))
    .max(50)
    .default([])
    .meta({
      label: { en: "Owner rules", fr: "Règles de propriétaire", he: "כללי אחראי" },
      hint: {
        en: "The first that fits wins: “country FR = 123”, “tag VIP = 123”, “over 5000 = 123”, “all = 123”. An owner’s name works too. Existing owners are kept.",
        fr: "La première qui convient s’applique : « country FR = 123 », « tag VIP = 123 », « over 5000 = 123 », « all = 123 ». Le nom d’un propriétaire convient aussi. Les propriétaires existants restent.",
        he: "הכלל הראשון שמתאים קובע: “country FR = 123”, “tag VIP = 123”, “over 5000 = 123”, “all = 123”. אפשר גם שם של אחראי. אחראים קיימים נשמרים.",
      },
    }),
  twoWay: z
    .object({
      firstName: ticked({ en: "First name", fr: "Prénom", he: "שם פרטי" }, false),
      lastName: ticked({ en: "Last name", fr: "Nom", he: "שם משפחה" }, false),
      phone: ticked({ en: "Phone", fr: "Téléphone", he: "טלפון" }, false),
    })
    .prefault({})
    .meta({
      label: { en: "Also from HubSpot to Shopify", fr: "Aussi de HubSpot vers Shopify", he: "גם מ-HubSpot אל Shopify" },
      hint: {
        en: "For ticked fields, a change in HubSpot updates the shop. If both sides changed, you choose.",
        fr: "Pour les champs cochés, un changement dans HubSpot met la boutique à jour. Si les deux ont changé, vous choisissez.",
        he: "בשדות המסומנים, שינוי ב-HubSpot מעדכן את החנות. אם שני הצדדים השתנו, הבחירה שלך.",
      },
    }),
  mostADay: z
    .number()
    .int()
    .min(10)
    .max(mostDue)
    .default(500)
    .meta({ label: { en: "Records per batch, at most", fr: "Fiches par lot, au maximum", he: "רשומות באצווה, לכל היותר" } }),
});
type Config = z.output<typeof Config>;

const Going = z.discriminatedUnion("phase", [
  z.object({
    phase: z.enum(["buyers", "drafts", "orders"]),
    after: z.string().nullable(),
    since: z.number(),
    ordersSince: z.number(),
    began: z.number(),
    allAt: z.number(),
  }),
  /** `all`: every buyer, not those alone who changed in the shop or are not in step. */
  z.object({ phase: z.enum(["contacts", "deals"]), after: z.string().nullable(), all: z.boolean(), began: z.number(), allAt: z.number() }),
  z.object({ phase: z.literal("propose"), began: z.number(), allAt: z.number() }),
]);
type Going = z.output<typeof Going>;
const Cursor = z.discriminatedUnion("phase", [
  /** Between two passes: when the last one began, when all buyers were compared, and by which rules buyers were looked for. */
  z.object({ phase: z.literal("rest"), since: z.number(), allAt: z.number(), rules: z.string() }),
  /** HubSpot's limit of the day is used up: until then nothing is asked, and it goes on there. */
  z.object({ phase: z.literal("parked"), until: z.number(), place: Going }),
  ...Going.options,
]);
type Cursor = z.output<typeof Cursor>;

const lines = {
  parked: {
    en: "HubSpot’s calls for today are used up. It continues at {{until}}.",
    fr: "Les appels HubSpot du jour sont épuisés. Reprise le {{until}}.",
    he: "הקריאות היומיות ל-HubSpot נוצלו. ההמשך ב-{{until}}.",
  },
  stages_unknown: {
    en: "HubSpot has no pipeline or stage called {{names}}, so deals are left as they are.",
    fr: "HubSpot n’a pas de pipeline ou d’étape nommés {{names}} : les transactions restent telles quelles.",
    he: "ב-HubSpot אין צינור או שלב בשם {{names}}, ולכן העסקאות נשארות כפי שהן.",
  },
  no_drafts: {
    en: "Shopify doesn’t let the app read draft orders, so only orders become deals.",
    fr: "Shopify ne laisse pas l’application lire les commandes provisoires : seules les commandes deviennent des transactions.",
    he: "Shopify לא מאפשרת לאפליקציה לקרוא טיוטות הזמנה, ולכן רק הזמנות הופכות לעסקאות.",
  },
  no_writing: {
    en: "Shopify doesn’t let the app change customers, so changes in HubSpot stay there.",
    fr: "Shopify ne laisse pas l’application modifier les clients : les changements dans HubSpot y restent.",
    he: "Shopify לא מאפשרת לאפליקציה לשנות לקוחות, ולכן שינויים ב-HubSpot נשארים שם.",
  },
  conflicts: {
    en: "{{fields}} fields changed on both sides. Nothing is overwritten until someone chooses on the CRM page.",
    fr: "{{fields}} champs ont changé des deux côtés. Rien n’est écrasé tant que personne n’a choisi sur la page CRM.",
    he: "{{fields}} שדות השתנו בשני הצדדים. דבר לא נדרס עד לבחירה בעמוד ה-CRM.",
  },
} as const;
type Looking = Reading<Config, Cursor, keyof typeof lines>;
type Pass = Omit<Looking, "cursor">;

/**
 * Keeps a shop's company buyers, and what they order, in step with HubSpot: contacts, companies and deals.
 *
 * It goes by what it sees: both sides are read, compared with what each said when they last agreed (keyed hashes, which rest in place of the values), and
 * what differs is proposed. What was written is seen by the next look, and remembered then; a proposal that came to nothing is found again.
 */
export const hubspotB2bCrm = defineAutomation({
  id: "hubspot-b2b-crm",
  title: { en: "Company buyers in HubSpot", fr: "Acheteurs professionnels dans HubSpot", he: "קונים עסקיים ב-HubSpot" },
  description: {
    en: "Keeps company buyers as HubSpot contacts and companies, and their larger orders as deals at the right stage.",
    fr: "Tient à jour les acheteurs professionnels comme contacts et entreprises HubSpot, et leurs grosses commandes comme transactions à la bonne étape.",
    he: "שומרת קונים עסקיים כאנשי קשר וחברות ב-HubSpot, והזמנות גדולות שלהם כעסקאות בשלב הנכון.",
  },
  needs: [{ provider: "shopify", scopes: ["read_orders", "read_customers"] }],
  everyS: 3600,
  kinds: [hubspotContacts, hubspotDeals, shopifyCustomerFields],
  acts: {
    shows: "crm",
    feeds: [],
    reasons: {
      contacts: {
        en: "{{contacts}} company buyers aren’t in step with HubSpot: {{first}} aren’t contacts yet, {{changed}} changed in the shop, {{companies}} aren’t tied to their company.",
        fr: "{{contacts}} acheteurs professionnels ne sont pas à jour dans HubSpot : {{first}} n’y sont pas encore, {{changed}} ont changé dans la boutique, {{companies}} ne sont pas liés à leur entreprise.",
        he: "{{contacts}} קונים עסקיים אינם מסונכרנים עם HubSpot: {{first}} עדיין אינם אנשי קשר, {{changed}} השתנו בחנות, {{companies}} אינם משויכים לחברה שלהם.",
      },
      pulled: {
        en: "{{customers}} company buyers were changed in HubSpot, in fields that you let go both ways.",
        fr: "{{customers}} acheteurs professionnels ont été modifiés dans HubSpot, dans des champs que vous synchronisez dans les deux sens.",
        he: "{{customers}} קונים עסקיים שונו ב-HubSpot, בשדות שבחרת לסנכרן לשני הכיוונים.",
      },
      deals: {
        en: "{{deals}} orders of company buyers aren’t in step with their HubSpot deals: {{first}} have no deal yet, {{moved}} move to another stage, {{untied}} aren’t tied to their buyer or company.",
        fr: "{{deals}} commandes d’acheteurs professionnels ne sont pas à jour dans HubSpot : {{first}} n’ont pas encore de transaction, {{moved}} changent d’étape, {{untied}} ne sont pas liées à leur acheteur ou à son entreprise.",
        he: "{{deals}} הזמנות של קונים עסקיים אינן מסונכרנות עם העסקאות ב-HubSpot: ל-{{first}} אין עדיין עסקה, {{moved}} עוברות לשלב אחר, {{untied}} אינן משויכות לקונה או לחברה שלו.",
      },
    },
    never: {
      en: "It never overwrites a field that both sides changed, never moves back a deal or lifecycle stage that someone moved, never replaces an owner, and never clears a value. It never stores a name, email or phone number.",
      fr: "Elle n’écrase jamais un champ modifié des deux côtés, ne fait jamais reculer une transaction ou une étape du cycle de vie que quelqu’un a déplacée, ne remplace jamais un propriétaire et n’efface jamais une valeur. Elle ne conserve ni nom, ni e-mail, ni téléphone.",
      he: "האוטומציה לעולם לא דורסת שדה ששני הצדדים שינו, לעולם לא מחזירה לאחור עסקה או שלב במחזור חיים שמישהו הזיז, לעולם לא מחליפה אחראי ולעולם לא מוחקת ערך. היא לא שומרת שם, אימייל או טלפון.",
    },
  },
  config: Config,
  cursor: Cursor,
  lines,
  async step({ cursor, ...pass }): Promise<Step<Cursor>> {
    if (cursor?.phase === "parked" && pass.now < cursor.until) return { cursor, done: true };
    const going = cursor?.phase === "parked" ? cursor.place : cursor === null || cursor.phase === "rest" ? begin(cursor, pass) : cursor;
    try {
      return await goOn(going, pass);
    } catch (error) {
      // A day's limit: the run ends here, and none is tried until it is over.
      if (!(error instanceof ProviderError) || error.kind !== "rate_limited" || (error.retryAfterS ?? 0) < parkedFromS) throw error;
      const until = pass.now + (error.retryAfterS ?? 0) * 1000;
      pass.log("info", "parked", {}, { until: instantText(new Date(until).toISOString()) });
      return { cursor: { phase: "parked", until, place: going }, done: true, despite: ["rate_limited"] };
    }
  },
});

/** By what buyers are looked for: where it changed, all customers are. */
const rulesOf = ({ companyName, taxId, taxField, taxExempt, tags, spentFrom, dealFrom, drafts }: Config): string =>
  JSON.stringify([companyName, taxId, taxField, taxExempt, tags, spentFrom, dealFrom, drafts]);

function begin(rest: Extract<Cursor, { phase: "rest" }> | null, { now, config }: Pass): Going {
  const isSame = rest?.rules === rulesOf(config);
  const [since, ordersSince] = rest && isSame ? [rest.since - overlapMs, rest.since - overlapMs] : [0, now - config.dealDays * dayMs];
  return { phase: "buyers", after: null, since, ordersSince, began: now, allAt: rest?.allAt ?? 0 };
}

function goOn(going: Going, pass: Pass): Promise<Step<Cursor>> {
  switch (going.phase) {
    case "buyers":
      return findBuyers(going, pass);
    case "drafts":
    case "orders":
      return findPurchases(going, pass);
    case "contacts":
      return lookAtContacts(going, pass);
    case "deals":
      return lookAtDeals(going, pass);
    case "propose":
      return propose(going, pass);
    default:
      return going satisfies never;
  }
}

type Finding = Extract<Going, { phase: "buyers" | "drafts" | "orders" }>;
type Comparing = Extract<Going, { phase: "contacts" | "deals" }>;

/** A record that is new to us: to be looked at. */
const newRecord = (kind: CrmRecord["kind"], externalId: string, customerId: string, now: number): CrmRecord => ({
  ...{ kind, externalId, customerId, orderId: null, crmId: null, companyId: null, stage: null, bases: {}, due: lookAgain, inStepAt: null },
  ...{ seenAt: now, isUnknowable: false },
});

/** Customers who changed in the shop, as far as they buy for a company. */
async function findBuyers(going: Finding, { account, crm, config, now }: Pass): Promise<Step<Cursor>> {
  const accountId = account("hubspot").connectionId;
  const { buyers, next } = await pageOfBuyers(account("shopify"), { ...going, taxField: config.taxField, limit: shopAPage });
  const ids = buyers.filter((buyer) => isCompanyBuyer(buyer, config)).map(({ customerId }) => customerId);
  const known = new Map((await crm.known({ accountId, kind: "contact", externalIds: ids })).map((record) => [record.externalId, record]));
  const records = ids.map((id): CrmRecord => {
    const before = known.get(id);
    return before ? { ...before, due: before.due ?? lookAgain } : newRecord("contact", id, id, now);
  });
  return {
    cursor: next === null ? { ...going, phase: "drafts", after: null } : { ...going, after: next },
    done: false,
    crm: { accountId, records, conflicts: [], settled: [] },
  };
}

/** Drafts, then orders, of company buyers from the client's threshold on. A draft that became an order stays one deal. */
async function findPurchases(going: Finding, pass: Pass): Promise<Step<Cursor>> {
  const { account, crm, config, now } = pass;
  const shop = account("shopify");
  const accountId = account("hubspot").connectionId;
  const after = (): Going =>
    going.phase === "drafts"
      ? { ...going, phase: "orders", after: null }
      : { phase: "contacts", after: null, all: going.began - going.allAt >= lookAgainMs, began: going.began, allAt: going.allAt };
  if (going.phase === "drafts" && !readsDrafts(pass)) return { cursor: after(), done: false };
  const of = going.phase === "drafts" ? "draftOrders" : "orders";
  const asked = { after: going.after, since: going.ordersSince, taxField: config.taxField, limit: shopAPage };
  const { purchases, next } = await pageOfPurchases(shop, of, asked);
  const large = purchases.filter(({ buyer, amount }) => {
    return isCompanyBuyer(buyer, config) && amount.minor >= minorUnits(String(config.dealFrom), amount.currency);
  });
  const known = await crm.known({
    ...{ accountId, kind: "deal", externalIds: large.map(({ key }) => key) },
    orderIds: large.flatMap(({ orderId }) => orderId ?? []),
  });
  const records = large.map((purchase): CrmRecord => {
    const { key, orderId, became, buyer } = purchase;
    const before =
      known.find((each) => orderId !== null && each.orderId === orderId && each.externalId.startsWith("draft:")) ??
      known.find(({ externalId }) => externalId === key) ??
      newRecord("deal", key, buyer.customerId, now);
    return { ...before, orderId: orderId ?? became ?? before.orderId, due: before.due ?? lookAgain };
  });
  return {
    cursor: next === null ? after() : { ...going, after: next },
    done: false,
    crm: { accountId, records, conflicts: [], settled: [] },
  };
}

function readsDrafts({ account, config, log }: Pass): boolean {
  if (!config.drafts) return false;
  const may = account("shopify").scopes?.some((scope) => /^(read|write)_draft_orders$/.test(scope)) ?? true;
  if (!may) log("info", "no_drafts");
  return may;
}

/** Buyers beside their contacts: all of them now and then, else those who are not in step or changed in the shop. */
async function lookAtContacts(going: Comparing, { account, crm, config, now, log }: Pass): Promise<Step<Cursor>> {
  const hubspot = account("hubspot");
  const page = await crm.list({
    ...{ accountId: hubspot.connectionId, kind: "contact", after: going.after, limit: comparedAPage },
    ...(!going.all && { due: true }),
  });
  const buyersOf = async (ids: readonly string[]) => {
    const read = await Promise.all(chunked(ids, buyersAtOnce).map((some) => readBuyers(account("shopify"), some, config.taxField)));
    return new Map(read.flatMap((some) => [...some]));
  };
  const buyers = await buyersOf(page.map(({ customerId }) => customerId));
  const found = await compareBuyers({ hubspot, crm, now }, page, {
    ...{ buyers, buyersOf, twoWay: config.twoWay },
    ownerOf: (buyer) => ownerOf(buyer, config.owners),
  });
  if (found.conflicts.length > 0) log("info", "conflicts", {}, { fields: found.conflicts.length });
  const last = page.length < comparedAPage ? undefined : page.at(-1);
  return {
    cursor: last ? { ...going, after: last.externalId } : { ...going, phase: "deals", after: null },
    done: false,
    crm: { accountId: hubspot.connectionId, ...found },
  };
}

/** Orders and drafts that changed, or are not in step, beside their deals. */
async function lookAtDeals(going: Comparing, { account, crm, config, now, log }: Pass): Promise<Step<Cursor>> {
  const hubspot = account("hubspot");
  const over: Going = { phase: "propose", began: going.began, allAt: going.all ? going.began : going.allAt };
  const page = await crm.list({ accountId: hubspot.connectionId, kind: "deal", after: going.after, limit: comparedAPage, due: true });
  if (page.length === 0) return { cursor: over, done: false };
  const stages = stagesOf(await readPipelines(hubspot), { pipeline: config.pipeline, ...config.stages });
  if ("unknown" in stages) {
    const { pipeline, stages: names } = stages.unknown;
    log("warn", "stages_unknown", {}, { names: [...(pipeline === null ? [] : [pipeline]), ...names].join(", ") });
    return { cursor: over, done: false };
  }
  const shop = account("shopify");
  const found = await readPurchases(shop, page.map(currentKeyOf), config.taxField);
  const records = await compareDeals({ hubspot, crm, now }, page, {
    ...{ purchases: found, stages: stages.stages },
    ownerOf: ({ buyer, amount }: ShopPurchase) => ownerOf(buyer, config.owners, amount),
  });
  const last = page.length < comparedAPage ? undefined : page.at(-1);
  return {
    cursor: last ? { ...going, after: last.externalId } : over,
    done: false,
    crm: { accountId: hubspot.connectionId, ...records },
  };
}

type Lacking = CrmRecord & { due: CrmDue };

/** One batch each of contacts, of what comes back, and of deals; while one waits to be decided or done there is no second of its kind. */
async function propose(going: Extract<Going, { phase: "propose" }>, pass: Pass): Promise<Step<Cursor>> {
  const { account, config, log } = pass;
  const mayWrite = account("shopify").scopes?.includes("write_customers") ?? true;
  const contacts = await lacking(pass, "contact");
  const pulled = contacts.filter(({ due }) => Object.keys(due.pull).length > 0);
  if (pulled.length > 0 && !mayWrite) log("info", "no_writing");
  const proposals = [
    ...(await batchOf(
      pass,
      "contacts",
      hubspotContacts.id,
      contacts.filter(({ due }) => isPushed(due)),
      contactsBatch,
    )),
    ...(mayWrite ? await batchOf(pass, "pulled", shopifyCustomerFields.id, pulled, pulledBatch) : []),
    ...(await dealProposals(pass)),
  ];
  return { cursor: { phase: "rest", since: going.began, allAt: going.allAt, rules: rulesOf(config) }, done: true, proposals };
}

const isPushed = ({ isNew, push, company, owner }: CrmDue): boolean =>
  isNew || company || owner !== undefined || Object.keys(push).length > 0;

async function lacking({ account, crm }: Pass, kind: CrmRecord["kind"]): Promise<Lacking[]> {
  const all = await crm.list({ accountId: account("hubspot").connectionId, kind, after: null, limit: mostDue, due: true });
  return all.flatMap((record) => (record.due && isDue(record.due) ? [{ ...record, due: record.due }] : []));
}

/** Of these the ones whose row was not refused lately, as one proposal; none while another of the kind is open. */
async function batchOf(
  pass: Pass,
  prefix: string,
  kind: string,
  records: readonly Lacking[],
  batch: (records: readonly Lacking[], config: Config) => Pick<Proposal, "evidence"> & { payload: unknown },
): Promise<Proposal[]> {
  const { crm, config, now } = pass;
  const automation = hubspotB2bCrm.id;
  if (records.length === 0 || (await crm.isPending({ automation, prefix: `${prefix}:`, since: now - offeredMs }))) return [];
  const refused = await crm.failed({ automation, kind, since: now - refusedForMs });
  const some = records
    .filter(
      ({ customerId, externalId }) =>
        !refused.some((row) => row.why !== "changed" && (row.record ?? row.customerId) === (row.record ? externalId : customerId)),
    )
    .slice(0, config.mostADay);
  if (some.length === 0) return [];
  const { evidence, payload } = batch(some, config);
  const dedupe = `${prefix}:${new Date(now).toISOString()}`;
  return [{ subject: `customers:${some.length}`, dedupe, evidence, expiresAt: now + offeredMs, steps: [{ kind, payload }] }];
}

const count = (records: readonly Lacking[], has: (due: CrmDue) => boolean): number => records.filter(({ due }) => has(due)).length;

function contactsBatch(records: readonly Lacking[], { taxField }: Config) {
  const fieldsOf = ({ push }: CrmDue) =>
    Object.fromEntries(crmCompared.flatMap((field) => (push[field] === undefined ? [] : [[field, push[field]]])));
  return {
    evidence: {
      line: "contacts",
      params: {
        ...{ contacts: records.length, first: count(records, ({ isNew }) => isNew), companies: count(records, ({ company }) => company) },
        changed: count(records, ({ isNew, push }) => !isNew && Object.keys(push).length > 0),
      },
    },
    payload: {
      taxField,
      contacts: records.map(({ customerId, companyId, due }) => ({
        customerId,
        fields: fieldsOf(due),
        ...(due.company && companyId !== null && { company: companyId }),
        ...(due.owner !== undefined && { owner: due.owner }),
      })),
    },
  };
}

function pulledBatch(records: readonly Lacking[], { taxField }: Config) {
  const fieldsOf = ({ pull }: CrmDue) =>
    Object.fromEntries(Object.entries(pull).map(([field, [shop, crm]]): [CrmField, object] => [field as CrmField, { shop, crm }]));
  return {
    evidence: { line: "pulled", params: { customers: records.length } },
    payload: { taxField, customers: records.map(({ customerId, due }) => ({ customerId, fields: fieldsOf(due) })) },
  };
}

async function dealProposals(pass: Pass): Promise<Proposal[]> {
  const { account, config } = pass;
  const records = await lacking(pass, "deal");
  if (records.length === 0) return [];
  const stages = stagesOf(await readPipelines(account("hubspot")), { pipeline: config.pipeline, ...config.stages });
  if ("unknown" in stages) return [];
  const customers = [...new Set(records.map(({ customerId }) => customerId))];
  const buyers = await pass.crm.known({ accountId: account("hubspot").connectionId, kind: "contact", externalIds: customers });
  const companies = new Map(buyers.map(({ externalId, companyId }) => [externalId, companyId]));
  return batchOf(pass, "deals", hubspotDeals.id, records, dealsBatch(stages.stages, companies));
}

const dealsBatch =
  ({ pipeline, of }: DealStages, companies: ReadonlyMap<string, string | null>) =>
  (records: readonly Lacking[], { taxField }: Config) => ({
    evidence: {
      line: "deals",
      params: {
        ...{ deals: records.length, first: count(records, ({ isNew }) => isNew) },
        moved: count(records, ({ isNew, stage }) => !isNew && stage !== undefined),
        untied: count(records, ({ isNew, company }) => !isNew && company),
      },
    },
    payload: {
      ...{ taxField, pipeline: pipeline.id },
      stages: Object.fromEntries(
        purchaseStates.flatMap((state) => (of[state] ? [[of[state].id, of[state].label.slice(0, 100) || of[state].id]] : [])),
      ),
      deals: records.map(({ customerId, externalId, due, ...record }) => {
        const now = currentKeyOf({ externalId, ...record });
        const company = companies.get(customerId) ?? null;
        return {
          ...{ customerId, key: externalId, ...(now !== externalId && { now }), ...(company !== null && { company }) },
          ...(due.stage !== undefined && { stage: { to: due.stage, from: due.push.dealstage ?? "" } }),
          ...(due.push.amount !== undefined && { amount: due.push.amount }),
          ...(due.owner !== undefined && { owner: due.owner }),
        };
      }),
    },
  });
