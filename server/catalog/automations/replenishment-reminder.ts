import * as z from "zod";
import { klaviyoEvent } from "#server/catalog/actions/klaviyo-event.ts";
import { defineAutomation } from "#server/catalog/automation.ts";
import { calendarLines, calendarOf, dayOf } from "#server/catalog/days.ts";
import type { Proposal } from "#server/catalog/records.ts";
import type { BuyableAgain } from "#server/catalog/shop-history.ts";
import { chanceToReplenish } from "#server/models/replenishment/chance-to-replenish.ts";
import type { OpenGap } from "#server/models/replenishment/open-gap.ts";
import { nameOf, productOf } from "./product-of.ts";
import { checkMeasures, learnRhythms, openGapOf, ProductRhythm, rhythmIn, rightMetrics } from "./replenishment-rhythms.ts";
import { median } from "./rhythm.ts";
import { channelField, metricField } from "./settings.ts";

const id = "replenishment-reminder";
const dayMs = 86_400_000;
/** How products are bought again changes slowly; who is about to is looked at each day. */
const learnedMs = 7 * dayMs;
/** What nobody approved in this time is over. */
const offeredMs = 7 * dayMs;
const customersAPage = 500;

const Config = z.object({
  days: z
    .number()
    .int()
    .min(7)
    .max(60)
    .default(30)
    .meta({
      label: { en: "Days ahead", fr: "Horizon, en jours", he: "ימים קדימה" },
      hint: {
        en: "Customers are listed by how likely they are to buy again within so many days, and reminded once in that time.",
        fr: "Les clients sont listés selon leur probabilité de racheter dans ce délai, et relancés une fois pendant ce temps.",
        he: "הלקוחות מדורגים לפי הסיכוי שיקנו שוב בתוך מספר הימים הזה, ומקבלים תזכורת אחת בפרק הזמן הזה.",
      },
    }),
  leastPercent: z
    .number()
    .int()
    .min(5)
    .max(95)
    .default(30)
    .meta({
      label: { en: "Likely by at least, percent", fr: "Probabilité minimale, en pourcentage", he: "סיכוי מינימלי, באחוזים" },
      hint: {
        en: "30 means: of 100 customers like this one, 30 buy it again within the days ahead.",
        fr: "30 signifie : sur 100 clients comme celui-ci, 30 le rachètent dans le délai.",
        he: "30 פירושו: מתוך 100 לקוחות כאלה, 30 קונים שוב בתוך הימים האלה.",
      },
    }),
  minTimes: z
    .number()
    .int()
    .min(2)
    .max(20)
    .default(2)
    .meta({
      label: { en: "Bought at least, times", fr: "Achats au minimum", he: "מספר קניות מינימלי" },
      hint: {
        en: "Orders of one day count once, and only what was kept.",
        fr: "Les commandes d’un même jour comptent une fois, sans ce qui a été retourné.",
        he: "הזמנות מאותו יום נספרות פעם אחת, ורק מה שלא הוחזר.",
      },
    }),
  notBeforePercent: z
    .number()
    .int()
    .min(0)
    .max(200)
    .default(75)
    .meta({
      label: { en: "Not before, percent of the usual time", fr: "Pas avant, en % du délai habituel", he: "לא לפני, באחוזים מהזמן הרגיל" },
      hint: {
        en: "75 means: a customer who buys every 40 days hears nothing for the first 30.",
        fr: "75 signifie : un client qui achète tous les 40 jours n’est pas contacté les 30 premiers jours.",
        he: "75 פירושו: לקוח שקונה כל 40 ימים לא יקבל פנייה ב-30 הימים הראשונים.",
      },
    }),
  kinds: z
    .string()
    .max(1000)
    .default("")
    .meta({
      label: { en: "Product types or IDs", fr: "Types ou identifiants de produits", he: "סוגי מוצרים או מזהים" },
      hint: {
        en: "As they are called in Shopify, separated by commas. Leave empty for all products.",
        fr: "Tels que dans Shopify, séparés par des virgules. Laisser vide pour tous les produits.",
        he: "כפי שהם נקראים ב-Shopify, מופרדים בפסיקים. להשאיר ריק עבור כל המוצרים.",
      },
    }),
  channel: channelField,
  metric: metricField("Replenishment due"),
});
type Config = z.output<typeof Config>;

const Cursor = z.object({
  learnedAt: z.number().int(),
  /** What it was learned for. */
  days: z.number().int(),
  /** By product. */
  rhythms: z.record(z.string(), ProductRhythm),
  /** The last customer that was looked at; null between two readings. */
  after: z.string().nullable(),
});

const lines = {
  ...calendarLines,
  too_thin: {
    en: "No product has been bought again often enough to know its rhythm.",
    fr: "Aucun produit n’a été racheté assez souvent pour en connaître le rythme.",
    he: "אף מוצר לא נקנה שוב מספיק פעמים כדי להכיר את הקצב שלו.",
  },
};

/**
 * Reminds customers of what they are about to run out of, by an event on which the client's own flow at Klaviyo starts.
 *
 * Who is reminded is a list by likelihood, not a due date: the chance that a customer buys a product again within some days, by their own gaps
 * shrunk to those of the product's buyers (`models/replenishment`). How products are bought again is learned each week from all that the
 * shop has sold, and what was known `days` ago is held against what came since, beside the usual rules. One product a customer, the likeliest.
 */
export const replenishmentReminder = defineAutomation({
  id,
  title: { en: "Replenishment reminders", fr: "Rappels de rachat", he: "תזכורות לקנייה חוזרת" },
  description: {
    en: "Reminds customers of a product that they buy again and again when they are likely to need it.",
    fr: "Rappelle aux clients un produit qu’ils rachètent régulièrement, quand ils en ont sans doute besoin.",
    he: "מזכיר ללקוחות מוצר שהם קונים שוב ושוב, כשסביר שהם צריכים אותו.",
  },
  needs: [{ provider: "shopify", scopes: ["read_orders", "read_products", "read_customers"] }],
  dailyAt: "07:30",
  kinds: [klaviyoEvent],
  acts: {
    outcomeDays: 30,
    feeds: ["shopify-sensor", "shopify-details-sensor"],
    reasons: {
      likely: {
        en: "Bought “{{product}}” {{times}} times, usually every {{every}} days; last {{ago}} days ago. {{percent}} of 100 such customers buy it again within {{days}} days.",
        fr: "A acheté « {{product}} » {{times}} fois, en général tous les {{every}} jours ; dernier achat il y a {{ago}} jours. Sur 100 clients comparables, {{percent}} le rachètent dans les {{days}} jours.",
        he: "קנה “{{product}}” {{times}} פעמים, בדרך כלל כל {{every}} ימים; לאחרונה לפני {{ago}} ימים. מתוך 100 לקוחות כאלה, {{percent}} קונים אותו שוב בתוך {{days}} ימים.",
      },
    },
    never: {
      en: "It never reminds of something that the customer returned or bought again meanwhile, that is sold out or no longer on sale, never of a product whose rhythm your history cannot show, never twice in the days ahead, and never a customer who has not agreed to hear from you.",
      fr: "Elle ne rappelle jamais un produit retourné ou déjà racheté, épuisé ou retiré de la vente, jamais un produit dont votre historique ne montre pas le rythme, jamais deux fois dans le délai, et jamais à un client qui n’a pas accepté de recevoir vos messages.",
      he: "האוטומציה לעולם לא מזכירה מוצר שהוחזר או נקנה שוב בינתיים, שאזל או כבר לא נמכר, לעולם לא מוצר שההיסטוריה לא מראה את הקצב שלו, לעולם לא פעמיים באותו פרק זמן, ולעולם לא ללקוח שלא הסכים לקבל ממך הודעות.",
    },
  },
  config: Config,
  cursor: Cursor,
  lines,
  metrics: rightMetrics,
  async step(reading) {
    const { shop, config, cursor, now, proposed } = reading;
    const timezone = calendarOf(reading.account("shopify"), reading);
    const today = dayOf(now, timezone);
    const isKnown = cursor?.days === config.days && (cursor.after !== null || now - cursor.learnedAt < learnedMs);
    const learned = isKnown ? null : await learnRhythms(shop, { today, days: config.days });
    const known = learned || !cursor ? { learnedAt: now, days: config.days, rhythms: learned?.rhythms ?? {}, after: null } : cursor;
    const measured = learned && { measurements: checkMeasures(learned.check, today), timezone };
    const products = Object.keys(known.rhythms);
    if (products.length === 0) {
      reading.log("info", "too_thin");
      return { ...measured, cursor: { ...known, after: null }, done: true };
    }
    const { items, next } = await shop.buyableAgain({
      ...{ today, products, channel: config.channel, after: known.after, limit: customersAPage },
      kinds: config.kinds.split(",").flatMap((kind) => kind.trim().toLowerCase() || []),
    });
    const likely = likeliestOf(items.flatMap((item) => foretold(item, { rhythms: known.rhythms, today, config }) ?? []));
    const customers = likely.map(({ item }) => item.customerId);
    const since = now - config.days * dayMs;
    const before = customers.length > 0 ? await proposed({ automation: id, prefix: "customer:", since, customers }) : [];
    const reminded = new Set(before.map(({ customerId }) => customerId));
    return {
      ...measured,
      cursor: { ...known, after: next },
      done: next === null,
      proposals: likely.filter(({ item }) => !reminded.has(item.customerId)).map((each) => remind(each, config, now)),
    };
  },
});

interface Foretold {
  item: BuyableAgain;
  gap: OpenGap;
  /** Days between two purchases, as this customer usually has it. */
  every: number;
  chance: number;
}

/** How likely a customer buys a product again; null where that is not likely, not known, or too soon to be asked. */
function foretold(
  item: BuyableAgain,
  { rhythms, today, config }: { rhythms: Readonly<Record<string, ProductRhythm>>; today: string; config: Config },
): Foretold | null {
  const rhythm = rhythms[item.product];
  const gap = openGapOf(item.days, today);
  if (!rhythm || !gap || item.days.length < config.minTimes) return null;
  const every = median(gap.gaps);
  const chance = chanceToReplenish(rhythmIn(rhythm), gap, config.days);
  const isDue = gap.elapsed * 100 >= every * config.notBeforePercent && chance * 100 >= config.leastPercent;
  return isDue ? { item, gap, every, chance } : null;
}

/** One a customer: of equal chances the product whose id comes first. */
function likeliestOf(all: readonly Foretold[]): Foretold[] {
  const likeliest = new Map<string, Foretold>();
  for (const each of all) {
    const other = likeliest.get(each.item.customerId);
    if (!other || each.chance > other.chance) likeliest.set(each.item.customerId, each);
  }
  return [...likeliest.values()];
}

function remind({ item, gap, every, chance }: Foretold, config: Config, now: number): Proposal {
  const { customerId, product, variant, title, url, days, lastAt } = item;
  const rounded = Math.round(every);
  return {
    subject: `customer:${customerId}`,
    customerId,
    // One purchase is asked about once.
    dedupe: `customer:${customerId}:product:${product}:${days.at(-1)}`,
    evidence: {
      line: "likely",
      params: {
        ...{ product: nameOf({ id: product, title }), times: days.length, every: rounded, ago: gap.elapsed },
        ...{ percent: Math.min(99, Math.round(chance * 100)), days: config.days },
      },
    },
    expiresAt: now + offeredMs,
    score: chance,
    steps: [
      {
        kind: klaviyoEvent.id,
        payload: {
          ...{ customerId, metric: config.metric, channel: config.channel },
          properties: {
            ...productOf({ id: product, title, url }),
            ...{ times_bought: days.length, usual_days_between: rounded, days_since: gap.elapsed },
          },
          at: new Date(now).toISOString(),
          onlyIf: { boughtSince: new Date(lastAt + 1000).toISOString(), sold: { product, variant } },
        },
      },
    ],
  };
}
