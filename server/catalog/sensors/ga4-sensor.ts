import { z } from "zod";
import type { Account } from "#server/catalog/account.ts";
import { addDays, dayOf, daysBetween } from "#server/catalog/days.ts";
import { minorUnits } from "#server/catalog/money.ts";
import { defineSensor, type Measurement } from "#server/catalog/sensor.ts";
import { ProviderError } from "#server/errors.ts";
import { readReport } from "./ga4-report.ts";

const backfillDays = 90;
/** Google works on a day's figures for up to three days, and credits conversions later still: so far back once a day. */
const settlingDays = 3;
const creditedDays = 30;

const names = { sessions: "sessions", users: "activeUsers", conversions: "keyEvents", revenue: "totalRevenue" } as const;
const byChannel = ["sessions", "conversions", "revenue"] as const;

const channel = { en: "Channel", fr: "Canal", he: "ערוץ" };

export const ga4Sensor = defineSensor({
  id: "ga4-sensor",
  title: { en: "Website traffic", fr: "Trafic du site", he: "תנועה באתר" },
  description: {
    en: "Sessions, users, conversions and revenue by channel, from Google Analytics 4.",
    fr: "Sessions, utilisateurs, conversions et chiffre d’affaires par canal, d’après Google Analytics 4.",
    he: "ביקורים, משתמשים, המרות והכנסות לפי ערוץ, מתוך Google Analytics 4.",
  },
  needs: [{ provider: "google", scopes: ["https://www.googleapis.com/auth/analytics.readonly"], resource: "ga4_property" }],
  everyS: 6 * 3600,
  config: z.object({}),
  cursor: z.object({
    property: z.string(),
    /** The property's day on which the long way back was last read. */
    creditedOn: z.iso.date(),
    channels: z.array(z.string()),
  }),
  metrics: [
    {
      key: "sessions",
      label: { en: "Sessions", fr: "Sessions", he: "ביקורים" },
      how: {
        en: "Sessions of the property, added up over the days of its own calendar.",
        fr: "Sessions de la propriété, additionnées sur les jours de son propre calendrier.",
        he: "ביקורים בנכס, בסיכום הימים של לוח השנה שלו.",
      },
      unit: "count",
      kind: "daily",
      better: "up",
    },
    {
      key: "users",
      label: { en: "Users a day", fr: "Utilisateurs par jour", he: "משתמשים ביום" },
      how: {
        en: "The mean of each day’s active users; who comes on two days is counted on both.",
        fr: "La moyenne des utilisateurs actifs de chaque jour ; qui vient deux jours compte les deux fois.",
        he: "ממוצע המשתמשים הפעילים בכל יום; מי שבא ביומיים נספר בשניהם.",
      },
      unit: "count",
      kind: "daily",
      // Somebody who comes on two days is one user of each: days cannot be added up.
      aggregate: "mean",
      better: "up",
    },
    {
      key: "conversions",
      label: { en: "Conversions", fr: "Conversions", he: "המרות" },
      how: {
        en: "Key events of the property, added up over the days of its own calendar.",
        fr: "Événements clés de la propriété, additionnés sur les jours de son propre calendrier.",
        he: "אירועי מפתח בנכס, בסיכום הימים של לוח השנה שלו.",
      },
      unit: "count",
      kind: "daily",
      better: "up",
    },
    {
      key: "revenue",
      label: { en: "Revenue from the site", fr: "Chiffre d’affaires du site", he: "הכנסות מהאתר" },
      how: {
        en: "Total revenue as Google Analytics counts it, refunds taken off, in the currency it was asked in.",
        fr: "Revenu total selon Google Analytics, remboursements déduits, dans la devise demandée.",
        he: "סך ההכנסות לפי Google Analytics, בניכוי החזרים, במטבע שבו התבקש.",
      },
      unit: "money",
      kind: "daily",
      better: "up",
    },
    {
      key: "sessions_by_channel",
      label: { en: "Sessions by channel", fr: "Sessions par canal", he: "ביקורים לפי ערוץ" },
      how: {
        en: "Sessions of the period by the channel that Google Analytics credits.",
        fr: "Sessions de la période selon le canal attribué par Google Analytics.",
        he: "ביקורים בתקופה לפי הערוץ ש־Google Analytics מייחס.",
      },
      unit: "count",
      kind: "daily",
      dimension: channel,
      tile: false,
    },
    {
      key: "conversions_by_channel",
      label: { en: "Conversions by channel", fr: "Conversions par canal", he: "המרות לפי ערוץ" },
      how: {
        en: "Key events of the period by the channel of their session.",
        fr: "Événements clés de la période selon le canal de leur session.",
        he: "אירועי מפתח בתקופה לפי ערוץ הביקור.",
      },
      unit: "count",
      kind: "daily",
      dimension: channel,
      tile: false,
    },
    {
      key: "revenue_by_channel",
      label: { en: "Revenue by channel", fr: "Chiffre d’affaires par canal", he: "הכנסות לפי ערוץ" },
      how: {
        en: "Revenue of the period by the channel of its session.",
        fr: "Chiffre d’affaires de la période selon le canal de la session.",
        he: "הכנסות בתקופה לפי ערוץ הביקור.",
      },
      unit: "money",
      kind: "daily",
      dimension: channel,
      tile: false,
    },
  ],
  async step({ account, cursor, now, timezone, currency, log }) {
    const google = account("google");
    const property = propertyOf(google);
    // The property's own calendar is only known from its reply; a day more covers any difference.
    const known = cursor?.property === property ? cursor : null;
    const today = dayOf(now, google.timezone ?? timezone);
    const back = known === null ? backfillDays : known.creditedOn === today ? settlingDays : creditedDays;
    const range = { property, currency, startDate: addDays(today, -back), endDate: "today" };
    const totals = await readReport(google, { ...range, dimensions: ["date"], metrics: Object.values(names) });
    const split = await readReport(google, {
      ...range,
      dimensions: ["date", "sessionDefaultChannelGroup"],
      metrics: byChannel.map((key) => names[key]),
    });
    if (totals.rows.length === 0) log("info", "Google Analytics has no traffic for these days.", { property, days: back });

    const paidIn = totals.currency ?? currency;
    const read = (key: keyof typeof names, text: string | undefined) =>
      key === "revenue" ? minorUnits(text ?? "0", paidIn) : Number(text ?? 0);
    const lastDay = dayOf(now, totals.timezone ?? timezone);
    const channels = [...new Set([...(known?.channels ?? []), ...split.rows.map(({ dimensions }) => dimensions[1] ?? "")])].sort();
    // GA4 leaves empty rows out, and moves sessions between channels while it works on a day: what is absent is 0, not unknown.
    const byDay = new Map(totals.rows.map((row) => [row.dimensions[0], row.metrics]));
    const byDayAndChannel = new Map(split.rows.map((row) => [row.dimensions.join("|"), row.metrics]));
    const measurements = daysBetween(range.startDate, lastDay).flatMap((day): Measurement[] => [
      ...(Object.keys(names) as (keyof typeof names)[]).map((key, place) => ({
        metric: key,
        day,
        ...(key === "revenue" && { currency: paidIn }),
        value: read(key, byDay.get(day)?.[place]),
      })),
      ...channels.flatMap((dimension) =>
        byChannel.map((key, place) => ({
          metric: `${key}_by_channel`,
          day,
          dimension,
          ...(key === "revenue" && { currency: paidIn }),
          value: read(key, byDayAndChannel.get(`${day}|${dimension}`)?.[place]),
        })),
      ),
    ]);
    return { measurements, timezone: totals.timezone ?? timezone, cursor: { property, creditedOn: today, channels }, done: true };
  },
});

/** The number of the chosen property. */
function propertyOf({ resources }: Account): string {
  const chosen = resources.find(({ kind }) => kind === "ga4_property");
  if (chosen === undefined) throw new ProviderError("google", "rejected", "No Google Analytics 4 property is chosen.");
  return chosen.id.replace(/^properties\//, "");
}
