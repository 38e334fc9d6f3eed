import * as z from "zod";
import { klaviyoProfiles } from "#server/catalog/actions/klaviyo-profiles.ts";
import { impersonal } from "#server/catalog/actions/payload.ts";
import { defineAutomation } from "#server/catalog/automation.ts";
import type { ChangedScore, CustomerModel, CustomerScore } from "#server/catalog/customer-base.ts";
import { addDays, dayOf } from "#server/catalog/days.ts";
import { decimalOf } from "#server/catalog/money.ts";
import type { Proposal } from "#server/catalog/records.ts";

const hourMs = 3_600_000;
/** What nobody approved until the next day's is over: that one has it too. */
const offeredMs = 23 * hourMs;
/** Scores of longer ago are not told any more: something keeps them from being made. */
const freshDays = 3;

const Config = z.object({
  minPoints: z
    .number()
    .int()
    .min(1)
    .max(50)
    .default(5)
    .meta({
      label: { en: "Update from a change of, points", fr: "Mettre à jour à partir de, points", he: "עדכון משינוי של, נקודות" },
      hint: {
        en: "A chance of 40% that becomes 46% has changed by 6 points. A customer who moves to another group is always updated.",
        fr: "Une probabilité de 40 % qui passe à 46 % a changé de 6 points. Un client qui change de groupe est toujours mis à jour.",
        he: "סיכוי של 40% שהופך ל-46% השתנה ב-6 נקודות. לקוח שעובר לקבוצה אחרת מתעדכן תמיד.",
      },
    }),
  minValuePercent: z
    .number()
    .int()
    .min(5)
    .max(200)
    .default(20)
    .meta({
      label: { en: "Or a change of value of, percent", fr: "Ou un changement de valeur de, pourcentage", he: "או שינוי בשווי של, אחוזים" },
    }),
  mostADay: z
    .number()
    .int()
    .min(100)
    .max(10_000)
    .default(5_000)
    .meta({
      label: { en: "Profiles per day, at most", fr: "Profils par jour, au maximum", he: "פרופילים ביום, לכל היותר" },
      hint: {
        en: "The largest changes go first, the rest follow on the next days.",
        fr: "Les plus grands changements passent en premier, le reste suit les jours suivants.",
        he: "השינויים הגדולים קודם, והיתר בימים הבאים.",
      },
    }),
  prefix: impersonal(40)
    .default("atrium_")
    .meta({
      label: { en: "Property names begin with", fr: "Les noms des propriétés commencent par", he: "שמות המאפיינים מתחילים ב" },
    }),
});
type Config = z.output<typeof Config>;

/**
 * Keeps the outlook of each customer on their Klaviyo profile: the chance to order within 30 and 90 days, what to expect of them, and their group.
 *
 * It reads stored scores alone, so that they go on without Klaviyo; what was told before is remembered by customer, and whatever differs from it is
 * proposed, so that nothing has to be caught up on in any other way. One batch a day at most, of what has changed enough to matter, and only
 * of a day as of which all customers are scored: of a scoring that is half done the other half would have no batch left that day.
 */
export const churnPredictionResilient = defineAutomation({
  id: "churn-prediction-resilient",
  title: { en: "Customer outlook in Klaviyo", fr: "Perspectives clients dans Klaviyo", he: "תחזית לקוחות ב-Klaviyo" },
  description: {
    en: "Keeps the chance to order again, the expected value and the group of each customer on their Klaviyo profile.",
    fr: "Tient à jour, sur le profil Klaviyo de chaque client, la probabilité de recommander, la valeur attendue et le groupe.",
    he: "שומרת בפרופיל Klaviyo של כל לקוח את הסיכוי להזמנה נוספת, השווי הצפוי והקבוצה.",
  },
  needs: [{ provider: "shopify", scopes: ["read_orders", "read_customers"] }],
  without: {
    klaviyo: {
      en: "Customers are scored, and their Klaviyo profiles aren’t updated until Klaviyo is connected.",
      fr: "Les clients sont évalués, et leurs profils Klaviyo ne sont pas mis à jour tant que Klaviyo n’est pas connecté.",
      he: "הלקוחות מדורגים, אך פרופילי Klaviyo שלהם לא מתעדכנים עד ש-Klaviyo יחובר.",
    },
  },
  everyS: 6 * 3600,
  kinds: [klaviyoProfiles],
  acts: {
    feeds: ["customer-base-sensor"],
    reasons: {
      changed: {
        en: "The outlook changed for {{customers}} customers: {{likelier}} are likelier to order again, {{unlikelier}} are less likely, {{first}} are sent for the first time. Tried on your own last 90 days, the forecast expected {{expected}} orders from known customers, and {{observed}} came.",
        fr: "Les perspectives ont changé pour {{customers}} clients : {{likelier}} ont plus de chances de recommander, {{unlikelier}} en ont moins, {{first}} sont envoyés pour la première fois. Testée sur vos 90 derniers jours, la prévision attendait {{expected}} commandes de clients connus, et {{observed}} sont arrivées.",
        he: "התחזית השתנתה עבור {{customers}} לקוחות: ל-{{likelier}} יש סיכוי גבוה יותר להזמין שוב, ל-{{unlikelier}} סיכוי נמוך יותר, ו-{{first}} נשלחים לראשונה. בבדיקה על 90 הימים האחרונים שלך, התחזית ציפתה ל-{{expected}} הזמנות מלקוחות מוכרים, והגיעו {{observed}}.",
      },
      grouped: {
        en: "{{customers}} customers moved to another group, {{first}} of them are sent for the first time. The order history is too thin for a forecast, so only groups are sent, without chances.",
        fr: "{{customers}} clients ont changé de groupe, dont {{first}} envoyés pour la première fois. L’historique de commandes est trop mince pour une prévision : seuls les groupes sont envoyés, sans probabilité.",
        he: "{{customers}} לקוחות עברו לקבוצה אחרת, {{first}} מהם נשלחים לראשונה. היסטוריית ההזמנות דלה מכדי לחזות, ולכן נשלחות רק הקבוצות, ללא סיכויים.",
      },
    },
    never: {
      en: "It never writes to a customer, never makes a Klaviyo profile, and never says that a customer has left: only how likely an order is. Who asked to be forgotten is in no update.",
      fr: "Elle n’écrit jamais à un client, ne crée jamais de profil Klaviyo et n’affirme jamais qu’un client est parti : seulement la probabilité d’une commande. Qui a demandé à être oublié ne figure dans aucune mise à jour.",
      he: "האוטומציה לעולם לא פונה ללקוח, לעולם לא יוצרת פרופיל ב-Klaviyo ולעולם לא קובעת שלקוח עזב: רק מה הסיכוי להזמנה. מי שביקש להישכח אינו נכלל בשום עדכון.",
    },
  },
  lines: {
    no_klaviyo: {
      en: "Klaviyo isn’t connected. Customers are still scored, and their profiles are updated when it is back.",
      fr: "Klaviyo n’est pas connecté. Les clients sont toujours évalués, et leurs profils seront mis à jour à son retour.",
      he: "Klaviyo אינו מחובר. הלקוחות ממשיכים לקבל דירוג, והפרופילים יתעדכנו כשיחזור.",
    },
    not_scored: {
      en: "Customers haven’t been scored in the last days, so there is nothing to update.",
      fr: "Les clients n’ont pas été évalués ces derniers jours : il n’y a rien à mettre à jour.",
      he: "הלקוחות לא דורגו בימים האחרונים, ולכן אין מה לעדכן.",
    },
    being_scored: {
      en: "Customers are being scored right now. Their profiles are updated once all of them are done.",
      fr: "Les clients sont en cours d’évaluation. Leurs profils seront mis à jour une fois tous évalués.",
      he: "הלקוחות מדורגים כעת. הפרופילים יתעדכנו כשכולם ידורגו.",
    },
    more: {
      en: "{{left}} more customers follow on the next days.",
      fr: "{{left}} autres clients suivront les prochains jours.",
      he: "{{left}} לקוחות נוספים יעודכנו בימים הבאים.",
    },
  },
  config: Config,
  cursor: z.object({}),
  async step({ base, changedScores, optionalAccount, config, now, timezone, log }) {
    const klaviyo = optionalAccount("klaviyo");
    if (!klaviyo) {
      log("warn", "no_klaviyo");
      return { cursor: null, done: true };
    }
    const [model, [any], asOf] = await Promise.all([base.model(), base.scores({ limit: 1 }), base.scoredUntil()]);
    if (model && any && asOf === null) {
      log("info", "being_scored");
      return { cursor: null, done: true };
    }
    if (!model || !any || asOf === null || asOf < addDays(dayOf(now, timezone), -freshDays)) {
      log("info", "not_scored");
      return { cursor: null, done: true };
    }
    const { scores, all } = await changedScores({
      ...{ automation: "churn-prediction-resilient", account: klaviyo.connectionId, limit: config.mostADay },
      ...{ chance: config.minPoints / 100, value: config.minValuePercent / 100 },
    });
    if (scores.length === 0) return { cursor: null, done: true };
    if (all > scores.length) log("info", "more", {}, { left: all - scores.length });
    const proposal = update(model, scores, { config, asOf, now });
    return { cursor: null, done: true, proposals: [proposal], told: { dedupe: proposal.dedupe, scores } };
  },
});

/** One batch of all that changed. Its key is the day of the scores: of one day there is one. */
function update(
  model: CustomerModel,
  scores: readonly ChangedScore[],
  { config, asOf, now }: { config: Config; asOf: string; now: number },
): Proposal {
  const moved = (sign: 1 | -1) => scores.filter(({ chance90, told }) => told && sign * ((chance90 ?? 0) - (told.chance90 ?? 0)) > 0).length;
  const counts = { customers: scores.length, first: scores.filter(({ told }) => told === null).length };
  const { past } = model;
  const evidence =
    model.step === "model" && past
      ? {
          line: "changed",
          params: {
            ...{ ...counts, likelier: moved(1), unlikelier: moved(-1) },
            ...{ expected: Math.round(past.orders.expected), observed: past.orders.observed },
          },
        }
      : { line: "grouped", params: counts };
  return {
    subject: `customers:${scores.length}`,
    dedupe: `scores:${asOf}`,
    evidence,
    expiresAt: now + offeredMs,
    steps: [
      {
        kind: klaviyoProfiles.id,
        payload: { profiles: scores.map((score) => ({ customerId: score.customerId, properties: propertiesOf(score, config) })) },
      },
    ],
  };
}

/** Chances in percent, an amount in the shop's currency, a word for the group. Where there is no forecast it is said: what stood there before cannot be cleared. */
function propertiesOf({ asOf, chance30, chance90, valueMinor, currency, segment }: CustomerScore, { prefix }: Config) {
  const percent = (chance: number) => Math.round(chance * 100);
  const all = {
    ...{ segment, forecast: chance90 !== null, scored_on: asOf },
    ...(chance30 !== null && { chance_30_days: percent(chance30) }),
    ...(chance90 !== null && { chance_90_days: percent(chance90) }),
    ...(valueMinor !== null && currency !== null && { value_90_days: Number(decimalOf(valueMinor, currency)), value_currency: currency }),
  };
  return Object.fromEntries(Object.entries(all).map(([name, value]) => [prefix + name, value]));
}
