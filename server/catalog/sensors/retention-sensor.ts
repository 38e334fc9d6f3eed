import * as z from "zod";
import { calendarLines, calendarOf, dayOf } from "#server/catalog/days.ts";
import { defineSensor } from "#server/catalog/sensor.ts";
import { allOrders } from "./shopify-all-orders.ts";

const cohortMonths = 12;

/** From the orders that shopify-sensor has stored: it calls no provider, but without a shop there is nothing to say. */
export const retentionSensor = defineSensor({
  id: "retention-sensor",
  title: { en: "Retention", fr: "Fidélité", he: "שימור לקוחות" },
  description: {
    en: "How many customers come back, and how soon.",
    fr: "Combien de clients reviennent, et au bout de combien de temps.",
    he: "כמה לקוחות חוזרים, וכעבור כמה זמן.",
  },
  needs: [{ provider: "shopify", scopes: ["read_orders", "read_all_orders", "read_customers"], optionalScopes: [allOrders] }],
  everyS: 24 * 3600,
  onByDefault: true,
  config: z.object({}),
  /** Whether anything was told yet: before the shop's first orders are read, no customers are not known to be none. */
  cursor: z.enum(["told"]),
  metrics: [
    {
      key: "repeat_rate",
      label: { en: "Repeat rate", fr: "Taux de réachat", he: "שיעור רכישה חוזרת" },
      how: {
        en: "Customers with two or more orders divided by all customers with an order, since the shop’s first order; guests and cancelled orders are left out.",
        fr: "Clients ayant au moins deux commandes divisés par tous les clients ayant commandé, depuis la première commande ; invités et commandes annulées exclus.",
        he: "לקוחות עם שתי הזמנות ומעלה חלקי כל הלקוחות שהזמינו, מאז ההזמנה הראשונה בחנות; אורחים והזמנות שבוטלו אינם נכללים.",
      },
      unit: "ratio",
      kind: "snapshot",
      better: "up",
    },
    {
      key: "customers",
      label: { en: "Customers, all time", fr: "Clients depuis le début", he: "לקוחות מאז ומעולם" },
      how: {
        en: "Customers with at least one order that was not cancelled, since the shop’s first order; guests are left out.",
        fr: "Clients ayant au moins une commande non annulée, depuis la première commande ; invités exclus.",
        he: "לקוחות עם הזמנה אחת לפחות שלא בוטלה, מאז ההזמנה הראשונה בחנות; אורחים אינם נכללים.",
      },
      unit: "count",
      kind: "snapshot",
      better: "up",
    },
    {
      key: "repeat_customers",
      label: { en: "Customers who came back", fr: "Clients revenus", he: "לקוחות שחזרו" },
      how: {
        en: "Customers with two or more orders that were not cancelled, since the shop’s first order.",
        fr: "Clients ayant au moins deux commandes non annulées, depuis la première commande.",
        he: "לקוחות עם שתי הזמנות ומעלה שלא בוטלו, מאז ההזמנה הראשונה בחנות.",
      },
      unit: "count",
      kind: "snapshot",
      better: "up",
      tile: false,
    },
    {
      key: "median_gap",
      label: { en: "Median time between orders", fr: "Délai médian entre commandes", he: "זמן חציוני בין הזמנות" },
      how: {
        en: "The median gap between consecutive orders of the same customer, since the shop’s first order; cancelled orders are left out.",
        fr: "La médiane de tous les intervalles entre deux commandes successives d’un même client, depuis la première commande ; commandes annulées exclues.",
        he: "האמצעי מבין כל הפערים בין הזמנות עוקבות של אותו לקוח, מאז ההזמנה הראשונה בחנות; הזמנות שבוטלו אינן נכללות.",
      },
      unit: "days",
      kind: "snapshot",
      better: "down",
    },
    {
      key: "mean_gap",
      label: { en: "Average time between orders", fr: "Délai moyen entre commandes", he: "זמן ממוצע בין הזמנות" },
      how: {
        en: "The average gap between consecutive orders of the same customer, since the shop’s first order; cancelled orders are left out.",
        fr: "La moyenne de tous les intervalles entre deux commandes successives d’un même client, depuis la première commande ; commandes annulées exclues.",
        he: "הממוצע של כל הפערים בין הזמנות עוקבות של אותו לקוח, מאז ההזמנה הראשונה בחנות; הזמנות שבוטלו אינן נכללות.",
      },
      unit: "days",
      kind: "snapshot",
      better: "down",
    },
    {
      key: "cohorts",
      label: { en: "Customers by first purchase", fr: "Clients par premier achat", he: "לקוחות לפי רכישה ראשונה" },
      how: {
        en: "Customers by the month of their first order, and the share of them who ordered again in each later month; the current month is not over yet.",
        fr: "Clients selon le mois de leur première commande, et la part d’entre eux qui a recommandé chaque mois suivant ; le mois en cours n’est pas terminé.",
        he: "לקוחות לפי חודש ההזמנה הראשונה, והחלק מהם שהזמין שוב בכל חודש אחריו; החודש הנוכחי עוד לא הסתיים.",
      },
      unit: "count",
      kind: "snapshot",
      dimension: { en: "Month of first purchase", fr: "Mois du premier achat", he: "חודש הרכישה הראשונה" },
      table: "cohorts",
      tile: false,
    },
  ],
  lines: {
    ...calendarLines,
    recent_only: allOrders.without,
    no_orders: {
      en: "No order of a known customer has been synced yet.",
      fr: "Aucune commande d’un client connu n’a encore été synchronisée.",
      he: "עדיין לא סונכרנה הזמנה של לקוח מוכר.",
    },
  },
  async step({ shop, now, timezone: tenantTimezone, account, cursor, log }) {
    const timezone = calendarOf(account("shopify"), { timezone: tenantTimezone, log });
    const day = dayOf(now, timezone);
    if (account("shopify").scopes?.includes(allOrders.scope) === false) log("info", "recent_only");
    const { customers, repeatCustomers } = await shop.repeat(day);
    if (customers === 0 && cursor === null) {
      log("info", "no_orders");
      return { cursor: null, done: true };
    }
    const gaps = await shop.gaps(day);
    const cohorts = await shop.cohorts(cohortMonths, day);
    // On the first of the month, so that a month keeps one triangle and each day writes over it.
    const month = `${day.slice(0, 7)}-01`;
    return {
      measurements: [
        { metric: "customers", day, value: customers },
        { metric: "repeat_customers", day, value: repeatCustomers },
        { metric: "repeat_rate", day, value: customers > 0 ? repeatCustomers / customers : null },
        { metric: "median_gap", day, value: gaps?.medianDays ?? null },
        { metric: "mean_gap", day, value: gaps?.meanDays ?? null },
        { metric: "cohorts", day: month, value: null },
        ...cohorts.map(({ cohort, offset, customers: value }) => ({
          metric: "cohorts",
          day: month,
          dimension: `${cohort}|${offset}`,
          value,
        })),
      ],
      timezone,
      cursor: "told" as const,
      done: true,
    };
  },
});
