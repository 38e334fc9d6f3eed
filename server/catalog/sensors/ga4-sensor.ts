import * as z from "zod";
import type { Account } from "#server/catalog/account.ts";
import { currencies } from "#server/catalog/currencies.ts";
import { addDays, calendarLines, calendarOf, dayOf, daysBetween } from "#server/catalog/days.ts";
import type { Metric } from "#server/catalog/metric.ts";
import { minorUnits } from "#server/catalog/money.ts";
import type { Measurement } from "#server/catalog/records.ts";
import { defineSensor } from "#server/catalog/sensor.ts";
import { ofCall, ProviderError } from "#server/errors.ts";
import { type ReportRow, readReport } from "./ga4-report.ts";

const backfillDays = 90;
/** Google works on a day's figures for up to three days, and credits conversions later still: so far back once a day. */
const settlingDays = 3;
const creditedDays = 30;

const names = { sessions: "sessions", users: "activeUsers", conversions: "keyEvents", revenue: "totalRevenue" } as const;
type Name = keyof typeof names;
const all = Object.keys(names) as Name[];
const byChannel = ["sessions", "conversions", "revenue"] as const;

const channel = { en: "Channel", fr: "Canal", he: "ערוץ" };
/** What Google calls a session that it credits to nothing; it says it with an empty text too. */
const notSet = "(not set)";

/** Spans of days, counted back from today, whose users the figure is held against; whole days, and the same weekdays in the last two. */
const spans = [
  {
    key: "users_before",
    from: 59,
    to: 30,
    label: { en: "Users, 30 days before", fr: "Utilisateurs, 30 jours précédents", he: "משתמשים, 30 הימים הקודמים" },
    how: {
      en: "Active users of the 30 days before the last 30, each person counted once.",
      fr: "Utilisateurs actifs des 30 jours précédant les 30 derniers, chaque personne comptée une fois.",
      he: "משתמשים פעילים ב־30 הימים שלפני 30 הימים האחרונים, כל אדם נספר פעם אחת.",
    },
  },
  {
    key: "users_in_weeks",
    from: 29,
    to: 2,
    label: { en: "Users, 28 whole days", fr: "Utilisateurs, 28 jours complets", he: "משתמשים, 28 ימים שלמים" },
    how: {
      en: "Active users of the first 28 of the last 30 days, each person counted once.",
      fr: "Utilisateurs actifs des 28 premiers des 30 derniers jours, chaque personne comptée une fois.",
      he: "משתמשים פעילים ב־28 הראשונים מתוך 30 הימים האחרונים, כל אדם נספר פעם אחת.",
    },
  },
  {
    key: "users_in_weeks_before",
    from: 57,
    to: 30,
    label: { en: "Users, the 28 days before", fr: "Utilisateurs, 28 jours précédents", he: "משתמשים, 28 הימים הקודמים" },
    how: {
      en: "Active users of the 28 days before those, each person counted once.",
      fr: "Utilisateurs actifs des 28 jours qui les précèdent, chaque personne comptée une fois.",
      he: "משתמשים פעילים ב־28 הימים שלפניהם, כל אדם נספר פעם אחת.",
    },
  },
] as const;

export const ga4Sensor = defineSensor({
  id: "ga4-sensor",
  title: { en: "Website traffic", fr: "Trafic du site", he: "תנועה באתר" },
  description: {
    en: "Sessions, users, conversions and revenue by channel, from Google Analytics 4. Google finalizes each day within three days.",
    fr: "Sessions, utilisateurs, conversions et chiffre d’affaires par canal, d’après Google Analytics 4. Google finalise chaque journée sous trois jours.",
    he: "ביקורים, משתמשים, המרות והכנסות לפי ערוץ, מתוך Google Analytics 4. Google משלימה את נתוני כל יום בתוך שלושה ימים.",
  },
  needs: [{ provider: "google", scopes: ["https://www.googleapis.com/auth/analytics.readonly"], resource: "ga4_property" }],
  everyS: 6 * 3600,
  onByDefault: true,
  config: z.object({}),
  cursor: z.object({
    property: z.string(),
    /** The property's day on which the long way back was last read. */
    creditedOn: z.iso.date(),
    channels: z.array(z.string()),
    /** The first day with traffic, or the day of the first reading: of earlier days there are no figures. */
    firstDay: z.iso.date().nullable().default(null),
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
      label: { en: "Users", fr: "Utilisateurs", he: "משתמשים" },
      how: {
        en: "Active users of the last 30 days, each person counted once; the change compares two periods of 28 full days.",
        fr: "Utilisateurs actifs des 30 derniers jours, chaque personne comptée une fois quel que soit le nombre de visites ; l’évolution compare deux périodes de 28 jours complets.",
        he: "משתמשים פעילים ב־30 הימים האחרונים, כל אדם נספר פעם אחת גם אם ביקר שוב ושוב; השינוי משווה שתי תקופות של 28 ימים שלמים.",
      },
      unit: "count",
      kind: "snapshot",
      against: { previous: "users_before", compared: { value: "users_in_weeks", previous: "users_in_weeks_before" } },
      better: "up",
    },
    ...spans.map(({ key, label, how }): Metric => ({ key, label, how, unit: "count", kind: "snapshot", tile: false })),
    {
      key: "daily_users",
      label: { en: "Users per day", fr: "Utilisateurs par jour", he: "משתמשים ביום" },
      how: {
        en: "Active users of each day; someone who comes on two days counts on both, so the days don’t add up to the users of the period.",
        fr: "Utilisateurs actifs de chaque jour ; qui vient deux jours compte les deux fois, et la somme des jours dépasse donc le total de la période.",
        he: "משתמשים פעילים בכל יום; מי שביקר ביומיים נספר בשניהם, ולכן סכום הימים אינו מספר המשתמשים בתקופה.",
      },
      unit: "count",
      kind: "daily",
      aggregate: "mean",
      better: "up",
      tile: false,
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
        en: "Total revenue as Google Analytics counts it, minus refunds, in the property’s own currency.",
        fr: "Revenu total selon Google Analytics, remboursements déduits, dans la devise de la propriété.",
        he: "סך ההכנסות לפי Google Analytics, בניכוי החזרים, במטבע של הנכס.",
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
  lines: {
    ...calendarLines,
    no_traffic: {
      en: "Google Analytics has no traffic for these days.",
      fr: "Google Analytics n’a pas de trafic pour ces jours.",
      he: "ב־Google Analytics אין תנועה בימים האלה.",
    },
    few_people: {
      en: "Google Analytics hides metrics based on too few people.",
      fr: "Google Analytics masque les chiffres qui concernent peu de personnes.",
      he: "Google Analytics מסתירה נתונים שנוגעים למעט אנשים.",
    },
    no_revenue: {
      en: "Google Analytics didn’t report this property’s revenue or its currency.",
      fr: "Google Analytics n’indique pas le chiffre d’affaires de cette propriété, ou pas sa devise.",
      he: "Google Analytics אינה מציינת את ההכנסות של הנכס הזה, או לא את המטבע שלהן.",
    },
    currency_unknown: {
      en: "Google Analytics reports revenue in an unknown currency, so it’s left out.",
      fr: "Google Analytics indique le chiffre d’affaires dans une devise inconnue ; il n’est pas compté.",
      he: "Google Analytics מציינת את ההכנסות במטבע לא מוכר, ולכן הן אינן נכללות.",
    },
  },
  async step({ account, cursor, now, timezone: tenantTimezone, log }) {
    const google = account("google");
    const property = propertyOf(google);
    const known = cursor?.property === property && cursor.firstDay !== null ? cursor : null;
    // The property's own calendar is only known from its reply; a day more covers any difference.
    const today = dayOf(now, tenantTimezone);
    const back = known === null ? backfillDays : known.creditedOn === today ? settlingDays : creditedDays;
    const range = { property, startDate: addDays(today, -back), endDate: "today" };
    const totals = await readReport(google, { ...range, dimensions: ["date"], metrics: all.map((key) => names[key]) });
    const split = await readReport(google, {
      ...range,
      dimensions: ["date", "sessionDefaultChannelGroup"],
      metrics: byChannel.map((key) => names[key]),
    });
    if (totals.rows.length === 0) log("info", "no_traffic", { property, days: back });
    if (totals.thresholded || split.thresholded) log("info", "few_people", { property });
    const said = totals.hidden.includes(names.revenue) ? undefined : totals.currency;
    const currency = said !== undefined && currencies.has(said) ? said : undefined;
    if (said === undefined) log("warn", "no_revenue", { property });
    else if (currency === undefined) log("warn", "currency_unknown", { property, currency: said });

    const timezone = calendarOf({ name: `Analytics ${property}`, timezone: totals.timezone }, { timezone: tenantTimezone, log });
    const lastDay = dayOf(now, timezone);
    const firstDay = earliest([known?.firstDay ?? lastDay, ...totals.rows.map(({ dimensions: [day = lastDay] }) => day)]);
    const channels = [...new Set([...(known?.channels ?? []), ...split.rows.map(channelOf)])].sort();
    // GA4 leaves empty rows out, and moves sessions between channels while it works on a day: what is absent is 0, not unknown.
    const byDay = new Map(totals.rows.map((row) => [row.dimensions[0], row.metrics]));
    const byDayAndChannel = new Map(split.rows.map((row) => [`${row.dimensions[0]}|${channelOf(row)}`, row.metrics]));
    const read = (key: Name, text = "0") => (key === "revenue" ? minorUnits(text, currency ?? "") : Number(text));
    // Without its currency, or in one that nobody knows, an amount is none.
    const label = (key: Name) => (key !== "revenue" ? {} : currency === undefined ? null : { currency });
    const figure = (key: Name, place: number, { day, values, ...more }: Figure): Measurement[] => {
      const labelled = label(key);
      return labelled === null ? [] : [{ day, ...more, ...labelled, value: read(key, values?.[place]) }];
    };
    const measurements = daysBetween(later(range.startDate, firstDay), lastDay).flatMap((day) => [
      ...all.flatMap((key, place) => figure(key, place, { metric: key === "users" ? "daily_users" : key, day, values: byDay.get(day) })),
      ...channels.flatMap((dimension) =>
        byChannel.flatMap((key, place) =>
          figure(key, place, { metric: `${key}_by_channel`, day, dimension, values: byDayAndChannel.get(`${day}|${dimension}`) }),
        ),
      ),
    ]);
    const users = await countUsers(google, { property, firstDay, lastDay });
    return { measurements: [...measurements, ...users], timezone, cursor: { property, creditedOn: today, channels, firstDay }, done: true };
  },
});

/** What a measurement is read from. */
interface Figure {
  metric: string;
  day: string;
  dimension?: string;
  values: readonly string[] | undefined;
}

/**
 * Distinct people of the 30 days up to today, and of the spans that these are held against. They are asked for without the date:
 * the users of days cannot be added, and their mean is nobody's number. A span that began before there were figures is left out.
 */
async function countUsers(
  google: Account,
  { property, firstDay, lastDay }: { property: string; firstDay: string; lastDay: string },
): Promise<Measurement[]> {
  const measurements: Measurement[] = [];
  for (const { key, from, to } of [{ key: "users", from: 29, to: 0 }, ...spans]) {
    const startDate = addDays(lastDay, -from);
    if (key !== "users" && startDate < firstDay) continue;
    const request = { property, startDate, endDate: addDays(lastDay, -to), dimensions: [], metrics: all.map((name) => names[name]) };
    const { rows } = await readReport(google, request);
    measurements.push({ metric: key, day: lastDay, value: Number(rows[0]?.metrics[all.indexOf("users")] ?? 0) });
  }
  return measurements;
}

const channelOf = ({ dimensions: [, channel] }: ReportRow): string => channel || notSet;
const earliest = (days: readonly string[]): string => days.reduce((a, b) => (a < b ? a : b));
const later = (a: string, b: string): string => (a > b ? a : b);

/** The number of the chosen property. */
function propertyOf({ resources }: Account): string {
  const chosen = resources.find(({ kind }) => kind === "ga4_property");
  if (chosen === undefined) throw new ProviderError("google", "rejected", "no property is chosen", { said: ofCall("nothing_chosen") });
  return chosen.id.replace(/^properties\//, "");
}
