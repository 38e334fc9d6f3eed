import * as z from "zod";
import { klaviyoEvent } from "#server/catalog/actions/klaviyo-event.ts";
import { shopifyDiscount } from "#server/catalog/actions/shopify-discount.ts";
import { defineAutomation } from "#server/catalog/automation.ts";
import type { Proposal, ProposedStep } from "#server/catalog/records.ts";
import { ownCode } from "./own-code.ts";
import { type Rhythm, rhythmOf } from "./rhythm.ts";
import { channelField, discountDaysField, discountPercentField, metricField } from "./settings.ts";

const dayMs = 86_400_000;
/** What nobody approved in this time is over: of one absence it is not asked twice. */
const offeredMs = 7 * dayMs;
const customersAPage = 200;

const Config = z.object({
  minOrders: z
    .number()
    .int()
    .min(3)
    .max(20)
    .default(3)
    .meta({
      label: { en: "Orders at least", fr: "Commandes au minimum", he: "מספר הזמנות מינימלי" },
      hint: {
        en: "Orders of one day count once. With fewer there is no rhythm to be late against.",
        fr: "Les commandes d’un même jour comptent une fois. Avec moins, il n’y a pas de rythme auquel se comparer.",
        he: "הזמנות מאותו יום נספרות פעם אחת. עם פחות אין קצב להשוות אליו.",
      },
    }),
  lateBy: z
    .number()
    .min(1.1)
    .max(10)
    .default(1.5)
    .meta({
      label: { en: "Late by a factor of", fr: "Retard, en multiple du rythme", he: "איחור, כפולה של הקצב" },
      hint: {
        en: "1.5 means: half as long again as this customer usually takes between two orders.",
        fr: "1,5 signifie : une fois et demie le délai habituel de ce client entre deux commandes.",
        he: "1.5 פירושו: פי אחד וחצי מהזמן שעובר בדרך כלל אצל הלקוח בין שתי הזמנות.",
      },
    }),
  notBeforeDays: z
    .number()
    .int()
    .min(1)
    .max(365)
    .default(14)
    .meta({ label: { en: "Not before, days", fr: "Pas avant, jours", he: "לא לפני, ימים" } }),
  notAfterDays: z
    .number()
    .int()
    .min(30)
    .max(730)
    .default(365)
    .meta({
      label: { en: "Not after, days", fr: "Pas après, jours", he: "לא אחרי, ימים" },
      hint: {
        en: "Whoever stayed away longer is left alone.",
        fr: "Les clients absents depuis plus longtemps ne sont pas contactés.",
        he: "מי שנעדר זמן רב יותר לא מקבל פנייה.",
      },
    }),
  discountPercent: discountPercentField,
  discountDays: discountDaysField,
  channel: channelField,
  metric: metricField("Customer at risk"),
});
type Config = z.output<typeof Config>;

/**
 * Writes to regular customers who are late by their own rhythm, by an event on which the client's own flow at Klaviyo starts, and where
 * that is wished with a code of their own.
 *
 * Late is measured against the customer's own gaps between two orders, never against an average of the shop (../shared/automations.md,
 * traps). Of those who are late the shop's model says how likely each is to order by themselves; that ranks them, and keeps nobody out or in. A code and the event that carries it are one chain: where the event is not sent, the code is ended.
 */
export const atRiskCustomerFlow = defineAutomation({
  id: "at-risk-customer-flow",
  title: { en: "Customers at risk", fr: "Clients à risque", he: "לקוחות בסיכון" },
  description: {
    en: "Writes to regular customers who haven’t ordered for longer than they usually do.",
    fr: "Écrit aux clients réguliers qui n’ont pas commandé depuis plus longtemps que d’habitude.",
    he: "פונה ללקוחות קבועים שלא הזמינו זמן רב מהרגיל אצלם.",
  },
  needs: [{ provider: "shopify", scopes: ["read_orders", "read_customers"] }],
  everyS: 12 * 3600,
  kinds: [shopifyDiscount, klaviyoEvent],
  acts: {
    rehearsable: true,
    outcomeDays: 30,
    stricter: [
      { setting: "lateBy", by: 0.25 },
      { setting: "minOrders", by: 1 },
    ],
    edited: { "klaviyo-event:metric": "metric", "shopify-discount:off.percent": "discountPercent" },
    feeds: ["shopify-details-sensor", "customer-base-sensor"],
    reasons: {
      late_scored: {
        en: "Ordered {{orders}} times, usually every {{every}} days and for {{usual}}. The last order was {{ago}} days ago. Left alone, the chance of an order within 30 days is {{chance}}%.",
        fr: "A commandé {{orders}} fois, en général tous les {{every}} jours et pour {{usual}}. Dernière commande il y a {{ago}} jours. Sans relance, la probabilité d’une commande sous 30 jours est de {{chance}} %.",
        he: "הזמין {{orders}} פעמים, בדרך כלל כל {{every}} ימים ובסכום של {{usual}}. ההזמנה האחרונה הייתה לפני {{ago}} ימים. ללא פנייה, הסיכוי להזמנה בתוך 30 יום הוא {{chance}}%.",
      },
      late: {
        en: "Ordered {{orders}} times, usually every {{every}} days and for {{usual}}. The last order was {{ago}} days ago.",
        fr: "A commandé {{orders}} fois, en général tous les {{every}} jours et pour {{usual}}. Dernière commande il y a {{ago}} jours.",
        he: "הזמין {{orders}} פעמים, בדרך כלל כל {{every}} ימים ובסכום של {{usual}}. ההזמנה האחרונה הייתה לפני {{ago}} ימים.",
      },
    },
    never: {
      en: "It never writes to a customer who unsubscribed, who has ordered meanwhile or who has too few orders to have a rhythm, and never twice about one absence. Its codes are never shared: each is for one customer, once, with an end.",
      fr: "Elle n’écrit jamais à un client désabonné, qui a commandé entre-temps ou qui a trop peu de commandes pour avoir un rythme, et jamais deux fois pour une même absence. Ses codes ne sont jamais partagés : chacun est pour un client, une fois, avec une fin.",
      he: "האוטומציה לעולם לא פונה ללקוח שביטל את הרישום, שהזמין בינתיים או שיש לו מעט מדי הזמנות כדי לקבוע קצב, ולעולם לא פעמיים על אותה היעדרות. הקודים שלה לעולם אינם משותפים: כל קוד הוא ללקוח אחד, פעם אחת, עם תאריך סיום.",
    },
  },
  lines: {
    no_forecast: {
      en: "There is no forecast for these customers yet, so they aren’t ranked. Who is late is told by their own rhythm as before.",
      fr: "Il n’y a pas encore de prévision pour ces clients : ils ne sont pas classés. Le retard se mesure comme avant à leur propre rythme.",
      he: "אין עדיין תחזית ללקוחות האלה, ולכן הם לא מדורגים. האיחור נמדד כמו קודם לפי הקצב של כל לקוח.",
    },
  },
  config: Config,
  cursor: z.object({ customer: z.string() }),
  async step({ shop, base, config, cursor, now, log }) {
    const buyers = await shop.buyers({
      minOrders: config.minOrders,
      lastFrom: now - config.notAfterDays * dayMs,
      lastUntil: now - config.notBeforeDays * dayMs,
      channel: config.channel,
      after: cursor?.customer ?? null,
      limit: customersAPage,
    });
    const last = buyers.at(-1);
    const done = !last || buyers.length < customersAPage;
    const late = buyers.flatMap(({ customerId, purchases }) => {
      const rhythm = rhythmOf(purchases);
      const isLate = rhythm !== null && rhythm.orders >= config.minOrders && now - rhythm.lastAt > rhythm.gapMs * config.lateBy;
      return isLate ? [{ customerId, rhythm }] : [];
    });
    const scores = await base.scores({ among: late.map(({ customerId }) => customerId), limit: customersAPage });
    const chances = new Map(scores.flatMap(({ customerId, chance30 }) => (chance30 === null ? [] : [[customerId, chance30]])));
    if (late.some(({ customerId }) => !chances.has(customerId))) log("info", "no_forecast");
    const proposals = late.map(({ customerId, rhythm }) => ranked(writeTo(customerId, rhythm, config, now), chances.get(customerId)));
    return {
      cursor: done ? null : { customer: last.customerId },
      done,
      proposals: proposals.sort((a, b) => (b.score ?? 0) - (a.score ?? 0)),
    };
  },
});

/** The less likely it is that they order by themselves (`chance`, within 30 days), the surer that writing to them is not for nothing. */
function ranked(proposal: Proposal, chance: number | undefined): Proposal {
  if (chance === undefined) return proposal;
  const { params } = proposal.evidence;
  return { ...proposal, score: 1 - chance, evidence: { line: "late_scored", params: { ...params, chance: Math.round(chance * 100) } } };
}

function writeTo(customerId: string, rhythm: Rhythm, config: Config, now: number): Proposal {
  const dedupe = `customer:${customerId}:${rhythm.lastAt}`;
  const expiresAt = now + offeredMs;
  const onlyIf = { boughtSince: new Date(rhythm.lastAt + 1000).toISOString() };
  const code = ownCode({
    ...{ customerId, dedupe, onlyIf, usual: rhythm.usual, prefix: "BACK", metric: config.metric },
    ...{ percent: config.discountPercent, from: now, until: expiresAt + config.discountDays * dayMs },
  });
  const event: ProposedStep = {
    kind: klaviyoEvent.id,
    payload: {
      customerId,
      metric: config.metric,
      properties: {
        days_since_order: daysIn(now - rhythm.lastAt),
        usual_days_between_orders: daysIn(rhythm.gapMs),
        ...code?.told,
      },
      at: new Date(now).toISOString(),
      channel: config.channel,
      onlyIf,
    },
  };
  return {
    subject: `customer:${customerId}`,
    customerId,
    dedupe,
    evidence: {
      line: "late",
      params: { orders: rhythm.orders, every: daysIn(rhythm.gapMs), usual: rhythm.usual, ago: daysIn(now - rhythm.lastAt) },
    },
    expiresAt,
    ...(code && { stake: code.stake }),
    steps: code ? [code.step, event] : [event],
  };
}

const daysIn = (ms: number): number => Math.round(ms / dayMs);
