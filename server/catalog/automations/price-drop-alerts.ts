import * as z from "zod";
import { klaviyoEvent } from "#server/catalog/actions/klaviyo-event.ts";
import { defineAutomation, type ReadingOfEvent } from "#server/catalog/automation.ts";
import { decimalOf } from "#server/catalog/money.ts";
import type { Proposal } from "#server/catalog/records.ts";
import type { Offer } from "#server/catalog/shop-history.ts";
import { nameOf, productOf } from "./product-of.ts";
import { type ProductViews, readProductViews, viewersOf, viewScopes } from "./product-views.ts";
import { channelField, metricField } from "./settings.ts";

const dayMs = 86_400_000;
/** A drop is measured against the lowest price of so many days before it. */
const comparedDays = 30;
/** Nobody hears of one product more than once in this time, however often its price falls. */
const restMs = 30 * dayMs;
/** A drop that nobody approved in this time is no news. */
const offeredMs = 3 * dayMs;

const Config = z.object({
  minPercent: z
    .number()
    .int()
    .min(5)
    .max(90)
    .default(20)
    .meta({
      label: { en: "Drop at least, percent", fr: "Baisse minimale, en pourcentage", he: "ירידה מינימלית, באחוזים" },
      hint: {
        en: "Below the lowest price of the 30 days before.",
        fr: "Sous le prix le plus bas des 30 jours précédents.",
        he: "מתחת למחיר הנמוך ביותר ב-30 הימים שלפני כן.",
      },
    }),
  bought: z
    .enum(["product", "kind"])
    .default("product")
    .meta({
      label: { en: "Customers who bought", fr: "Clients ayant acheté", he: "לקוחות שקנו" },
      choices: {
        product: { en: "This product", fr: "Ce produit", he: "את המוצר הזה" },
        kind: { en: "This type of product", fr: "Ce type de produit", he: "מוצר מאותו סוג" },
      },
    }),
  viewedDays: z
    .number()
    .int()
    .min(0)
    .max(30)
    .default(14)
    .meta({
      label: {
        en: "And customers who looked at it in the last, days",
        fr: "Et clients l’ayant consulté ces derniers, jours",
        he: "וגם לקוחות שצפו בו בימים האחרונים",
      },
      hint: {
        en: "As Klaviyo records it, and only where they never bought it. 0 tells buyers alone.",
        fr: "D’après Klaviyo, et seulement s’ils ne l’ont jamais acheté. 0 : acheteurs uniquement.",
        he: "לפי הרישום ב-Klaviyo, ורק מי שמעולם לא קנה אותו. 0: רק מי שקנו.",
      },
    }),
  quietDays: z
    .number()
    .int()
    .min(7)
    .max(365)
    .default(30)
    .meta({
      label: { en: "Without an order for, days", fr: "Sans commande depuis, jours", he: "ללא הזמנה במשך, ימים" },
      hint: {
        en: "Whoever ordered anything more recently is left alone.",
        fr: "Les clients qui ont commandé plus récemment, quoi que ce soit, ne sont pas contactés.",
        he: "מי שהזמין משהו לאחרונה לא מקבל פנייה.",
      },
    }),
  mostPerDrop: z
    .number()
    .int()
    .min(1)
    .max(200)
    .default(25)
    .meta({ label: { en: "Customers per drop, at most", fr: "Clients par baisse, au maximum", he: "לקוחות לכל ירידת מחיר, לכל היותר" } }),
  first: z
    .enum(["latest", "most_often"])
    .default("latest")
    .meta({
      label: { en: "Start with", fr: "Commencer par", he: "להתחיל עם" },
      choices: {
        latest: { en: "The most recent buyers", fr: "Les acheteurs les plus récents", he: "מי שקנו לאחרונה" },
        most_often: { en: "The most frequent buyers", fr: "Les acheteurs les plus fréquents", he: "מי שקנו הכי הרבה פעמים" },
      },
    }),
  channel: channelField,
  metric: metricField("Price dropped"),
});
type Config = z.output<typeof Config>;

const unviewed = {
  en: "Customers who only looked at a product aren’t told that it costs less: Klaviyo doesn’t let us read who looked at what.",
  fr: "Les clients qui ont seulement consulté un produit ne sont pas prévenus de sa baisse : Klaviyo ne nous laisse pas lire les consultations.",
  he: "לקוחות שרק צפו במוצר לא מקבלים הודעה שמחירו ירד: Klaviyo לא מאפשר לנו לקרוא מי צפה במה.",
};

const lines = {
  views_unread: {
    en: "Klaviyo didn’t say who looked at what, so only customers who bought are told.",
    fr: "Klaviyo n’a pas indiqué qui a consulté quoi : seuls les clients ayant acheté sont prévenus.",
    he: "Klaviyo לא מסר מי צפה במה, ולכן רק לקוחות שקנו מקבלים הודעה.",
  },
  views_untracked: {
    en: "This Klaviyo account doesn’t record who looks at products, so only customers who bought are told.",
    fr: "Ce compte Klaviyo n’enregistre pas les consultations de produits : seuls les clients ayant acheté sont prévenus.",
    he: "חשבון Klaviyo זה לא רושם צפיות במוצרים, ולכן רק לקוחות שקנו מקבלים הודעה.",
  },
  views_many: {
    en: "There were more product views than are read at once. The newest {{views}} are used.",
    fr: "Il y a plus de consultations de produits qu’on n’en lit à la fois. Les {{views}} plus récentes sont utilisées.",
    he: "היו יותר צפיות במוצרים ממה שנקרא בבת אחת. בשימוש: {{views}} החדשות ביותר.",
  },
};
type Looking = ReadingOfEvent<Config, keyof typeof lines>;

/**
 * Tells customers that something they bought or looked at before costs less now, by an event on which the client's own flow at Klaviyo
 * starts.
 *
 * A drop is one only against the lowest price of the 30 days before it, the one that held as they began among them (Directive 98/6/EC,
 * Article 6a, as amended by Directive (EU) 2019/2161, "Omnibus"): what was raised before it was lowered is none. Prices are known from
 * when the shop was first read (../shared/writes-and-voice.md, "Price history"), and of a variant of which 30 days are not known nothing
 * is said. Those who bought it, or its kind, come first; those who looked at it and never bought it fill the places that are left. Who
 * looked is asked of Klaviyo once a step (`product-views.ts`), where it may be, and rests nowhere but in what is proposed; where Klaviyo
 * does not answer, buyers are told all the same, and viewers of that drop are not told later.
 */
export const priceDropAlerts = defineAutomation({
  id: "price-drop-alerts",
  title: { en: "Price drop alerts", fr: "Alertes de baisse de prix", he: "התראות על ירידת מחיר" },
  description: {
    en: "Tells customers when something they bought, or looked at, costs less than in the last 30 days.",
    fr: "Prévient les clients quand un article acheté ou consulté coûte moins cher que ces 30 derniers jours.",
    he: "מודיע ללקוחות כשמשהו שקנו או צפו בו עולה פחות מאשר ב-30 הימים האחרונים.",
  },
  needs: [
    { provider: "shopify", scopes: ["read_orders", "read_products", "read_customers"] },
    { provider: "klaviyo", scopes: viewScopes, optionalScopes: viewScopes.map((scope) => ({ scope, without: unviewed })) },
  ],
  mode: "event",
  hears: ["price_changed"],
  everyS: 3600,
  kinds: [klaviyoEvent],
  acts: {
    outcomeDays: 14,
    stricter: [
      { setting: "minPercent", by: 5 },
      { setting: "quietDays", by: 15 },
    ],
    edited: { "klaviyo-event:metric": "metric" },
    feeds: ["shopify-sensor", "shopify-details-sensor"],
    reasons: {
      bought: {
        en: "“{{product}}” now costs {{price}}, {{percent}}% less than its lowest price of the 30 days before ({{lowest}}). This customer last bought it {{days}} days ago.",
        fr: "« {{product}} » coûte maintenant {{price}}, soit {{percent}} % de moins que son prix le plus bas des 30 jours précédents ({{lowest}}). Dernier achat de ce client il y a {{days}} jours.",
        he: "“{{product}}” עולה עכשיו {{price}}, ירידה של {{percent}}% לעומת המחיר הנמוך ביותר ב-30 הימים שלפני כן ({{lowest}}). הלקוח קנה אותו לאחרונה לפני {{days}} ימים.",
      },
      bought_kind: {
        en: "“{{product}}” now costs {{price}}, {{percent}}% less than its lowest price of the 30 days before ({{lowest}}). This customer last bought this type of product {{days}} days ago.",
        fr: "« {{product}} » coûte maintenant {{price}}, soit {{percent}} % de moins que son prix le plus bas des 30 jours précédents ({{lowest}}). Dernier achat d’un produit de ce type par ce client il y a {{days}} jours.",
        he: "“{{product}}” עולה עכשיו {{price}}, ירידה של {{percent}}% לעומת המחיר הנמוך ביותר ב-30 הימים שלפני כן ({{lowest}}). הלקוח קנה מוצר מהסוג הזה לאחרונה לפני {{days}} ימים.",
      },
      viewed: {
        en: "“{{product}}” now costs {{price}}, {{percent}}% less than its lowest price of the 30 days before ({{lowest}}). This customer looked at it {{days}} days ago and hasn’t bought it.",
        fr: "« {{product}} » coûte maintenant {{price}}, soit {{percent}} % de moins que son prix le plus bas des 30 jours précédents ({{lowest}}). Ce client l’a consulté il y a {{days}} jours et ne l’a pas acheté.",
        he: "“{{product}}” עולה עכשיו {{price}}, ירידה של {{percent}}% לעומת המחיר הנמוך ביותר ב-30 הימים שלפני כן ({{lowest}}). הלקוח צפה בו לפני {{days}} ימים ולא קנה אותו.",
      },
      viewed_lately: {
        en: "“{{product}}” now costs {{price}}, {{percent}}% less than its lowest price of the 30 days before ({{lowest}}). This customer looked at it within the last two days and hasn’t bought it.",
        fr: "« {{product}} » coûte maintenant {{price}}, soit {{percent}} % de moins que son prix le plus bas des 30 jours précédents ({{lowest}}). Ce client l’a consulté ces deux derniers jours et ne l’a pas acheté.",
        he: "“{{product}}” עולה עכשיו {{price}}, ירידה של {{percent}}% לעומת המחיר הנמוך ביותר ב-30 הימים שלפני כן ({{lowest}}). הלקוח צפה בו ביומיים האחרונים ולא קנה אותו.",
      },
    },
    never: {
      en: "It never calls a price reduced that was raised before, or whose last 30 days it doesn’t know. It never writes about what is sold out or no longer for sale, never to a customer who has not agreed to hear from you or who ordered recently, and never more than once in 30 days about one product.",
      fr: "Elle n’annonce jamais comme baisse un prix augmenté juste avant, ou dont elle ne connaît pas les 30 derniers jours. Elle n’écrit jamais pour un article épuisé ou retiré de la vente, jamais à un client qui n’a pas accepté de recevoir vos messages ou qui a commandé récemment, et jamais plus d’une fois en 30 jours pour un même produit.",
      he: "האוטומציה לעולם לא מציגה כירידה מחיר שהועלה לפני כן, או מחיר ש-30 הימים האחרונים שלו אינם ידועים. היא לעולם לא פונה בנוגע למוצר שאזל או שכבר לא נמכר, לעולם לא ללקוח שלא הסכים לקבל ממך הודעות או שהזמין לאחרונה, ולעולם לא יותר מפעם אחת ב-30 יום על אותו מוצר.",
    },
  },
  config: Config,
  lines,
  react(reading) {
    const { shop, config, now, proposed } = reading;
    let views: Promise<ProductViews> | undefined;
    return async ({ subject, at, noticedAt, facts }) => {
      if (facts.isMinor >= facts.wasMinor || facts.isMinor === 0) return {};
      const variant = subject.slice("variant:".length);
      const offer = await shop.offer({ variant, before: at, days: comparedDays });
      // Another price since is another occurrence.
      if (!offer || offer.priceMinor !== facts.isMinor || !isOnSale(offer)) return {};
      if (offer.lowestMinor === null || offer.priceMinor * 100 > offer.lowestMinor * (100 - config.minPercent)) return {};
      const drop: Dropped = { ...offer, variant, at, noticedAt, lowestMinor: offer.lowestMinor };
      const told = await proposed({ prefix: `product:${offer.product.id}:`, since: now - restMs });
      // Variants of one product that fall together are one drop.
      const left = config.mostPerDrop - told.filter(({ dedupe }) => dedupe.endsWith(dropOf(drop))).length;
      if (left <= 0) return {};
      const without = told.flatMap(({ customerId }) => customerId ?? []);
      const about = { product: offer.product.id, quietSince: now - config.quietDays * dayMs, channel: config.channel };
      const buyers = await shop.boughtBefore({ ...about, kind: config.bought === "kind", first: config.first, without, limit: left });
      const proposals = buyers.map(({ customerId, lastAt }) =>
        alert({ customerId, at: lastAt, line: config.bought === "kind" ? "bought_kind" : "bought" }, drop, config, now),
      );
      if (buyers.length === left || config.viewedDays === 0) return { proposals };
      views ??= viewsAt(reading);
      const found = await views;
      const viewers = viewersOf(found, offer.product.id);
      for (const customerId of [...without, ...buyers.map((buyer) => buyer.customerId)]) viewers.delete(customerId);
      if (viewers.size > 0) {
        const customers = await shop.neverBought({ ...about, customers: [...viewers.keys()], limit: left - buyers.length });
        proposals.push(
          ...customers.map((customerId) => {
            const viewedAt = viewers.get(customerId) ?? now;
            return alert({ customerId, at: viewedAt, line: now - viewedAt < 2 * dayMs ? "viewed_lately" : "viewed" }, drop, config, now);
          }),
        );
      }
      return { proposals, despite: found.despite };
    };
  },
});

/** Who looked at what, where Klaviyo may be asked and answers; what there is to know of it is a line of the run. */
async function viewsAt({ account, config, now, log }: Looking): Promise<ProductViews> {
  const klaviyo = account("klaviyo");
  const { scopes } = klaviyo;
  if (scopes && !viewScopes.every((scope) => scopes.includes(scope))) return { views: [], complete: true, despite: [], tracked: null };
  const found = await readProductViews(klaviyo, { since: now - config.viewedDays * dayMs });
  if (found.tracked === null) log("warn", "views_unread");
  else if (!found.tracked) log("info", "views_untracked");
  else if (!found.complete) log("info", "views_many", undefined, { views: found.views.length });
  return found;
}

const isOnSale = ({ product, stock }: Offer): boolean => product.status === "ACTIVE" && (stock === null || stock > 0);

interface Dropped extends Offer {
  variant: string;
  at: number;
  noticedAt: number;
  lowestMinor: number;
}

const dropOf = ({ at }: Pick<Dropped, "at">): string => `:${at}`;

/** `at`: when they last bought it, or looked at it. */
interface Told {
  customerId: string;
  at: number;
  line: "bought" | "bought_kind" | "viewed" | "viewed_lately";
}

function alert({ customerId, at, line }: Told, drop: Dropped, config: Config, now: number): Proposal {
  const { product, variant, priceMinor, lowestMinor, currency } = drop;
  const percent = Math.floor(((lowestMinor - priceMinor) * 100) / lowestMinor);
  const price = { minor: priceMinor, currency };
  return {
    subject: `customer:${customerId}`,
    customerId,
    dedupe: `product:${product.id}:customer:${customerId}${dropOf(drop)}`,
    evidence: {
      line,
      params: {
        product: nameOfDropped(drop),
        price,
        percent,
        lowest: { minor: lowestMinor, currency },
        ...(line !== "viewed_lately" && { days: Math.floor((now - at) / dayMs) }),
      },
    },
    expiresAt: drop.noticedAt + offeredMs,
    steps: [
      {
        kind: klaviyoEvent.id,
        payload: {
          customerId,
          metric: config.metric,
          properties: {
            ...productOf(product),
            variant_id: variant,
            price: decimalOf(priceMinor, currency),
            lowest_price: decimalOf(lowestMinor, currency),
            currency,
            percent,
          },
          at: new Date(now).toISOString(),
          channel: config.channel,
          onlyIf: {
            boughtSince: new Date(now - config.quietDays * dayMs).toISOString(),
            price: { product: product.id, variant, atMost: price },
          },
        },
      },
    ],
  };
}

/** With the variant that fell, where it has a name of its own. */
function nameOfDropped({ product: { id, title }, variantTitle }: Dropped): string {
  const isPlain = title === "" || variantTitle === "" || variantTitle === "Default Title";
  return nameOf({ id, title: isPlain ? title : `${title}, ${variantTitle}` });
}
