import { z } from "zod";
import { dayOf } from "#server/catalog/days.ts";
import { defineSensor } from "#server/catalog/sensor.ts";

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
  needs: [{ provider: "shopify", scopes: ["read_orders", "read_customers"] }],
  everyS: 24 * 3600,
  config: z.object({}),
  cursor: z.null(),
  metrics: [
    {
      key: "repeat_rate",
      label: { en: "Repeat rate", fr: "Taux de réachat", he: "שיעור רכישה חוזרת" },
      unit: "ratio",
      kind: "snapshot",
      better: "up",
    },
    {
      key: "customers",
      label: { en: "Customers", fr: "Clients", he: "לקוחות" },
      unit: "count",
      kind: "snapshot",
      better: "up",
    },
    {
      key: "repeat_customers",
      label: { en: "Customers who came back", fr: "Clients revenus", he: "לקוחות שחזרו" },
      unit: "count",
      kind: "snapshot",
      better: "up",
      tile: false,
    },
    {
      key: "median_gap",
      label: { en: "Median time between orders", fr: "Délai médian entre commandes", he: "זמן חציוני בין הזמנות" },
      unit: "days",
      kind: "snapshot",
      better: "down",
    },
    {
      key: "mean_gap",
      label: { en: "Mean time between orders", fr: "Délai moyen entre commandes", he: "זמן ממוצע בין הזמנות" },
      unit: "days",
      kind: "snapshot",
      better: "down",
    },
    {
      key: "cohorts",
      label: { en: "Customers by first purchase", fr: "Clients par premier achat", he: "לקוחות לפי רכישה ראשונה" },
      unit: "count",
      kind: "snapshot",
      dimension: { en: "Month of first purchase", fr: "Mois du premier achat", he: "חודש הרכישה הראשונה" },
      table: "cohorts",
      tile: false,
    },
  ],
  async step({ shop, now, timezone, account, log }) {
    const day = dayOf(now, account("shopify").timezone ?? timezone);
    const { customers, repeatCustomers } = await shop.repeat();
    if (customers === 0) {
      log("info", "No order of a known customer has been read yet.");
      return { cursor: null, done: true };
    }
    const gaps = await shop.gaps();
    const cohorts = await shop.cohorts(cohortMonths);
    // On the first of the month, so that a month keeps one triangle and each day writes over it.
    const month = `${day.slice(0, 7)}-01`;
    return {
      measurements: [
        { metric: "customers", day, value: customers },
        { metric: "repeat_customers", day, value: repeatCustomers },
        { metric: "repeat_rate", day, value: repeatCustomers / customers },
        ...(gaps
          ? [
              { metric: "median_gap", day, value: gaps.medianDays },
              { metric: "mean_gap", day, value: gaps.meanDays },
            ]
          : []),
        ...cohorts.map(({ cohort, offset, customers: value }) => ({
          metric: "cohorts",
          day: month,
          dimension: `${cohort}|${offset}`,
          value,
        })),
      ],
      cursor: null,
      done: true,
    };
  },
});
