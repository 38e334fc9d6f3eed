import * as z from "zod";
import { type CustomerSegment, customerSegments } from "#db/words/customer-base.ts";
import type { Text } from "#db/words/locales.ts";
import type { Buyer, CustomerModel } from "#server/catalog/customer-base.ts";
import { addDays, calendarLines, calendarOf, dayOf } from "#server/catalog/days.ts";
import type { Reading, Step } from "#server/catalog/job.ts";
import { defineSensor } from "#server/catalog/sensor.ts";
import { aheadDays, checkPast, chooseStep, fifthsOf, fitBuying, fitSeason, fitSpend, yearDays } from "./fit-customer-base.ts";
import { scoreCustomer } from "./score-customer.ts";
import { allOrders } from "./shopify-all-orders.ts";

/** A model is fitted anew after this. */
const fittedForDays = 7;
/** And at once where as large a share of what it was fitted on has come or gone since, such as when older orders were read. */
const otherShare = 0.1;
/** As many as a step may score and write. */
const scoredAStep = 5_000;
/** The automation that tells elsewhere what is scored. By its name: it names this sensor. */
const readsScores = "churn-prediction-resilient";
/** Of more customers D1 does not answer at once. */
const readAtOnce = 20_000;
const segmentWords: Record<CustomerSegment, Text> = {
  new: { en: "New", fr: "Nouveaux", he: "חדשים" },
  loyal: { en: "Loyal", fr: "Fidèles", he: "נאמנים" },
  promising: { en: "Promising", fr: "Prometteurs", he: "מבטיחים" },
  at_risk: { en: "At risk", fr: "À risque", he: "בסיכון" },
  quiet: { en: "Quiet", fr: "Silencieux", he: "שקטים" },
};

const Tally = z.object({
  segments: z.partialRecord(z.enum(customerSegments), z.number()),
  buyers: z.number(),
  valueMinor: z.number(),
});
/** What a fit has found so far: each part may take as long as a step. */
const Draft = z.custom<Omit<CustomerModel, "step" | "reason">>((value) => typeof value === "object" && value !== null);
const Cursor = z.discriminatedUnion("phase", [
  z.object({ phase: z.literal("rest") }),
  z.object({ phase: z.enum(["past", "season", "choose"]), asOf: z.string(), draft: Draft }),
  z.object({ phase: z.literal("score"), asOf: z.string(), after: z.string().nullable(), tally: Tally }),
]);
type Cursor = z.output<typeof Cursor>;
type Found = Step<Cursor>;
type Base = Reading<unknown, Cursor>["base"];

const none = { segments: {}, buyers: 0, valueMinor: 0 };
const daysFrom = (from: string | null, to: string): number => (from === null ? 0 : (Date.parse(to) - Date.parse(from)) / 86_400_000);

/**
 * Fits how the shop's customers buy once a week, and scores each of them once a day, by the orders that are stored: up to yesterday, since today
 * is not over. A day of a run stays that of its beginning, so that all its pages are of one day, however long it is interrupted.
 */
export const customerBaseSensor = defineSensor({
  id: "customer-base-sensor",
  title: { en: "Customer base", fr: "Base de clients", he: "בסיס הלקוחות" },
  description: {
    en: "How likely each customer is to order again, and how much to expect of them.",
    fr: "La probabilité que chaque client recommande, et ce qu’on peut en attendre.",
    he: "הסיכוי שכל לקוח יזמין שוב, וכמה אפשר לצפות ממנו.",
  },
  needs: [{ provider: "shopify", scopes: ["read_orders", "read_all_orders", "read_customers"], optionalScopes: [allOrders] }],
  everyS: 24 * 3600,
  config: z.object({}),
  cursor: Cursor,
  metrics: [
    {
      key: "segments",
      label: { en: "Customers by outlook", fr: "Clients selon leurs perspectives", he: "לקוחות לפי תחזית" },
      how: {
        en: "Customers with an order that was not cancelled, by what is expected of them in the next 90 days; guests are left out.",
        fr: "Clients ayant au moins une commande non annulée, selon ce qu’on attend d’eux dans les 90 prochains jours ; invités exclus.",
        he: "לקוחות עם הזמנה אחת לפחות שלא בוטלה, לפי מה שצפוי מהם ב-90 הימים הקרובים; אורחים אינם נכללים.",
      },
      unit: "count",
      kind: "snapshot",
      dimension: { en: "Outlook", fr: "Perspective", he: "תחזית" },
      dimensionLabels: segmentWords,
      tile: false,
    },
    {
      key: "expected_buyers",
      label: { en: "Customers expected to return", fr: "Clients attendus de retour", he: "לקוחות שצפויים לחזור" },
      how: {
        en: "The sum over all customers of the chance that they order within 90 days. Empty while the order history is too short for a forecast.",
        fr: "La somme, sur tous les clients, de la probabilité d’une commande dans les 90 jours. Vide tant que l’historique est trop court pour une prévision.",
        he: "סכום הסיכויים של כל הלקוחות להזמין בתוך 90 יום. ריק כל עוד היסטוריית ההזמנות קצרה מכדי לחזות.",
      },
      unit: "count",
      kind: "snapshot",
      better: "up",
    },
    {
      key: "expected_value",
      label: { en: "Expected from known customers", fr: "Attendu des clients connus", he: "צפוי מלקוחות מוכרים" },
      how: {
        en: "Orders expected of all known customers within 90 days, times what an order of each is expected to be worth, in the shop’s currency.",
        fr: "Les commandes attendues de tous les clients connus dans les 90 jours, multipliées par la valeur attendue d’une commande de chacun, dans la devise de la boutique.",
        he: "ההזמנות הצפויות מכל הלקוחות המוכרים בתוך 90 יום, כפול השווי הצפוי של הזמנה של כל אחד, במטבע החנות.",
      },
      unit: "money",
      kind: "snapshot",
      better: "up",
    },
  ],
  lines: {
    ...calendarLines,
    recent_only: allOrders.without,
    fitted: {
      en: "Forecast updated from {{bought}} customers, of whom {{again}} ordered on more than one day.",
      fr: "Prévision mise à jour à partir de {{bought}} clients, dont {{again}} ont commandé sur plus d’une journée.",
      he: "התחזית עודכנה לפי {{bought}} לקוחות, מתוכם {{again}} הזמינו ביותר מיום אחד.",
    },
    fell_back: {
      en: "The order history is too thin for a forecast, so customers are only grouped, without chances.",
      fr: "L’historique de commandes est trop mince pour une prévision : les clients sont seulement groupés, sans probabilité.",
      he: "היסטוריית ההזמנות דלה מכדי לחזות, ולכן הלקוחות רק מחולקים לקבוצות, ללא סיכויים.",
    },
  },
  async step({ base, now, timezone: own, account, cursor, log }): Promise<Found> {
    const timezone = calendarOf(account("shopify"), { timezone: own, log });
    const place = cursor ?? { phase: "rest" };
    switch (place.phase) {
      case "rest": {
        if (account("shopify").scopes?.includes(allOrders.scope) === false) log("info", "recent_only");
        const asOf = addDays(dayOf(now, timezone), -1);
        return { ...(await begin(base, asOf, now)), timezone };
      }
      case "past": {
        const from = addDays(place.asOf, -aheadDays);
        const watched = await pastOf(base, { from, until: place.asOf, currency: place.draft.currency });
        return { cursor: { ...place, phase: "season", draft: { ...place.draft, past: checkPast(from, watched) } }, done: false };
      }
      case "season":
        return { cursor: { ...place, phase: "choose", draft: { ...place.draft, season: await seasonOf(base, place) } }, done: false };
      case "choose": {
        const customerModel = await choose(base, place);
        const { step, bought, boughtAgain } = customerModel;
        log("info", "fitted", { step }, { bought, again: boughtAgain });
        if (step !== "model") log("info", "fell_back", { reason: customerModel.reason });
        return { customerModel, cursor: { phase: "score", asOf: place.asOf, after: null, tally: none }, done: false };
      }
      case "score":
        return { ...(await scorePage(base, place)), timezone };
      default:
        return place satisfies never;
    }
  },
});

/** Whether the model is fitted anew; else it scores at once. */
async function begin(base: Base, asOf: string, now: number): Promise<Found> {
  const model = await base.model();
  const size = await base.size(asOf);
  const isDue =
    !model || model.fittedUntil <= addDays(asOf, -fittedForDays) || model.currency !== size.currency || (await isOther(base, model));
  if (!isDue) return { cursor: { phase: "score", asOf, after: null, tally: none }, done: false };
  const buying = fitBuying(await base.histories(asOf));
  const draft = { ...size, fittedUntil: asOf, fittedAt: now, buying, spend: null, season: null, past: null, fifths: null };
  return { cursor: { phase: "past", asOf, draft }, done: false };
}

/** Whether what the model was fitted on has become something else since. */
async function isOther(base: Base, { fittedUntil, bought }: CustomerModel): Promise<boolean> {
  const { bought: now } = await base.size(fittedUntil);
  return Math.abs(now - bought) > otherShare * bought;
}

async function seasonOf(base: Base, { asOf, draft }: { asOf: string; draft: z.output<typeof Draft> }) {
  const historyDays = daysFrom(draft.firstDay, asOf);
  if (historyDays < 2 * yearDays) return null;
  const from = addDays(asOf, -yearDays);
  return fitSeason(await pastOf(base, { from, until: addDays(from, aheadDays), currency: draft.currency }), historyDays);
}

const pastOf = (base: Base, input: { from: string; until: string; currency: string | null }) =>
  readWhole((page) => base.past({ ...input, ...page }));

/**
 * All customers of a list, page by page: a fit has them all before it. Measured with 100,000 customers of 227,000 orders on two busy cores:
 * a page of `past` is 1.9 MB, all of it 8.6 MB and read in 6 s, well within what D1 answers and the 128 MB of an invocation.
 */
async function readWhole<T extends { customerId: string }>(
  read: (page: { after: string | null; limit: number }) => Promise<T[]>,
): Promise<T[]> {
  const all: T[] = [];
  for (let more = true; more; ) {
    const page = await read({ after: all.at(-1)?.customerId ?? null, limit: readAtOnce });
    for (const each of page) all.push(each);
    more = page.length === readAtOnce;
  }
  return all;
}

async function choose(base: Base, { asOf, draft }: { asOf: string; draft: z.output<typeof Draft> }): Promise<CustomerModel> {
  const buyers: Buyer[] = await readWhole((page) => base.buyers({ until: asOf, currency: draft.currency, ...page }));
  const choice = chooseStep(draft, daysFrom(draft.firstDay, asOf));
  const fifths = choice.step === "rfm" ? fifthsOf(buyers) : null;
  return { ...draft, ...choice, fifths, spend: fitSpend(buyers) };
}

/** The next customers. After the last of them what is left of an earlier day is of nobody who bought. */
async function scorePage(base: Base, { asOf, after, tally }: Extract<Cursor, { phase: "score" }>): Promise<Found> {
  const model = await base.model();
  // Erased meanwhile, with all that it was fitted on.
  if (!model) return { cursor: { phase: "rest" }, done: true };
  const buyers = await base.buyers({ until: asOf, currency: model.currency, after, limit: scoredAStep });
  const customerScores = buyers.map((buyer) => scoreCustomer(model, buyer, asOf));
  const segments = { ...tally.segments };
  let { buyers: expected, valueMinor } = tally;
  for (const { segment, chance90, valueMinor: value } of customerScores) {
    segments[segment] = (segments[segment] ?? 0) + 1;
    expected += chance90 ?? 0;
    valueMinor += value ?? 0;
  }
  const next = { segments, buyers: expected, valueMinor };
  const last = buyers.at(-1);
  if (last && buyers.length === scoredAStep)
    return { customerScores, cursor: { phase: "score", asOf, after: last.customerId, tally: next }, done: false };
  const isModel = model.step === "model";
  const { currency } = model;
  return {
    customerScores,
    scoredAll: { asOf },
    measurements: [
      ...customerSegments.map((dimension) => ({ metric: "segments", day: asOf, dimension, value: segments[dimension] ?? 0 })),
      { metric: "expected_buyers", day: asOf, value: isModel ? Math.round(next.buyers) : null },
      ...(isModel && currency ? [{ metric: "expected_value", day: asOf, currency, value: next.valueMinor }] : []),
    ],
    cursor: { phase: "rest" },
    done: true,
    wake: [readsScores],
  };
}
