import * as z from "zod";
import type { Account } from "#server/catalog/account.ts";
import { calendarLines, calendarOf, dayOf } from "#server/catalog/days.ts";
import type { Metric } from "#server/catalog/metric.ts";
import { openPlaces, type Places } from "#server/catalog/places.ts";
import { defineSensor } from "#server/catalog/sensor.ts";
import { levelOf } from "#server/catalog/thresholds.ts";
import { klaviyoHeaders, readAll } from "./klaviyo-reads.ts";

const statistics = [
  "recipients",
  "delivered",
  "opens_unique",
  "clicks_unique",
  "bounced",
  "spam_complaints",
  "unsubscribe_uniques",
] as const;
type Statistic = (typeof statistics)[number];
/** Null: the report does not say. */
type Counts = Record<Statistic, number | null>;

const Report = z.object({
  data: z.object({
    attributes: z.object({
      results: z.array(
        z.object({
          groupings: z.object({ send_channel: z.string().optional() }),
          statistics: z.partialRecord(z.enum(statistics), z.number().nullable()),
        }),
      ),
    }),
  }),
});

/**
 * The rates, of all mails together and not the mean of campaigns, with the limits that mailbox providers and the trade hold to:
 * Google's sender guidelines want spam complaints below 0.1 % and never at 0.3 %; bounces above 2 % and unsubscribes above
 * 0.5 % are commonly taken for a list in bad care, opens below 20 % and clicks below 1 % for mail that is not wanted.
 */
const rates: readonly (Metric & { of: Statistic; by: Statistic; thresholds: NonNullable<Metric["thresholds"]> })[] = [
  {
    key: "open_rate",
    of: "opens_unique",
    by: "delivered",
    label: { en: "Open rate", fr: "Taux d’ouverture", he: "שיעור פתיחה" },
    how: {
      en: "Unique opens divided by emails delivered, over all campaigns of the last 30 days together.",
      fr: "Ouvertures uniques divisées par les e-mails livrés, toutes campagnes des 30 derniers jours confondues.",
      he: "פתיחות ייחודיות חלקי הודעות שנמסרו, בכל הקמפיינים של 30 הימים האחרונים יחד.",
    },
    unit: "ratio",
    kind: "snapshot",
    better: "up",
    thresholds: { warn: 0.2, bad: 0.1, when: "below" },
  },
  {
    key: "click_rate",
    of: "clicks_unique",
    by: "delivered",
    label: { en: "Click rate", fr: "Taux de clic", he: "שיעור הקלקה" },
    how: {
      en: "Unique clicks divided by emails delivered, over all campaigns of the last 30 days together.",
      fr: "Clics uniques divisés par les e-mails livrés, toutes campagnes des 30 derniers jours confondues.",
      he: "הקלקות ייחודיות חלקי הודעות שנמסרו, בכל הקמפיינים של 30 הימים האחרונים יחד.",
    },
    unit: "ratio",
    kind: "snapshot",
    better: "up",
    thresholds: { warn: 0.01, bad: 0.003, when: "below" },
  },
  {
    key: "bounce_rate",
    of: "bounced",
    by: "recipients",
    label: { en: "Bounce rate", fr: "Taux de rebond", he: "שיעור החזרות דואר" },
    how: {
      en: "Bounced emails divided by emails sent, over all campaigns of the last 30 days together.",
      fr: "E-mails rejetés divisés par les e-mails envoyés, toutes campagnes des 30 derniers jours confondues.",
      he: "הודעות שחזרו חלקי הודעות שנשלחו, בכל הקמפיינים של 30 הימים האחרונים יחד.",
    },
    unit: "ratio",
    kind: "snapshot",
    better: "down",
    thresholds: { warn: 0.02, bad: 0.05, when: "above" },
  },
  {
    key: "spam_rate",
    of: "spam_complaints",
    by: "delivered",
    label: { en: "Spam complaints", fr: "Plaintes pour spam", he: "תלונות ספאם" },
    how: {
      en: "Spam complaints divided by emails delivered, over all campaigns of the last 30 days together.",
      fr: "Plaintes pour spam divisées par les e-mails livrés, toutes campagnes des 30 derniers jours confondues.",
      he: "תלונות ספאם חלקי הודעות שנמסרו, בכל הקמפיינים של 30 הימים האחרונים יחד.",
    },
    unit: "ratio",
    kind: "snapshot",
    better: "down",
    thresholds: { warn: 0.001, bad: 0.003, when: "above" },
  },
  {
    key: "unsubscribe_rate",
    of: "unsubscribe_uniques",
    by: "delivered",
    label: { en: "Unsubscribe rate", fr: "Taux de désinscription", he: "שיעור ביטול הרשמה" },
    how: {
      en: "People who unsubscribed divided by emails delivered, over all campaigns of the last 30 days together.",
      fr: "Désinscriptions divisées par les e-mails livrés, toutes campagnes des 30 derniers jours confondues.",
      he: "אנשים שהסירו את עצמם חלקי הודעות שנמסרו, בכל הקמפיינים של 30 הימים האחרונים יחד.",
    },
    unit: "ratio",
    kind: "snapshot",
    better: "down",
    thresholds: { warn: 0.005, bad: 0.01, when: "above" },
  },
];

export const emailHealthSensor = defineSensor({
  id: "email-health-sensor",
  title: { en: "Email health", fr: "Santé des e-mails", he: "בריאות הדיוור" },
  description: {
    en: "How the campaigns of the last 30 days did against the limits set by mailbox providers.",
    fr: "L’accueil des campagnes des 30 derniers jours, face aux limites que fixent les messageries.",
    he: "כיצד התקבלו הקמפיינים של 30 הימים האחרונים, מול הספים של ספקי הדואר.",
  },
  needs: [{ provider: "klaviyo", scopes: ["campaigns:read", "metrics:read"] }],
  everyS: 6 * 3600,
  onByDefault: true,
  config: z.object({
    fewestDelivered: z
      .number()
      .int()
      .min(1)
      .default(200)
      .meta({
        label: { en: "Minimum emails to rate", fr: "Minimum d’e-mails pour évaluer", he: "מספר ההודעות המזערי להערכה" },
        hint: {
          en: "With fewer emails delivered, rates are shown but not rated.",
          fr: "Avec moins d’e-mails livrés, les taux sont affichés mais pas jugés.",
          he: "כשנמסרו פחות הודעות מזה, השיעורים מוצגים ללא שיפוט.",
        },
      }),
  }),
  /** The metric that a report of this account must be asked with; found once. */
  cursor: z.object({
    account: z.string(),
    conversionMetricId: z.string(),
    /** When Klaviyo last refused the metric that was known. */
    anewAt: z.number().int().nullable().default(null),
  }),
  metrics: [
    {
      key: "status",
      label: { en: "Email health", fr: "Santé des e-mails", he: "בריאות הדיוור" },
      how: {
        en: "The worst of the rates below against its limit, over all campaigns of the last 30 days; not rated when few emails were delivered.",
        fr: "Le pire des taux ci-dessous face à son seuil, toutes campagnes des 30 derniers jours confondues ; pas de jugement si peu d’e-mails ont été livrés.",
        he: "הגרוע מבין השיעורים שלמטה מול הסף שלו, בכל הקמפיינים של 30 הימים האחרונים; ללא שיפוט כשנמסרו מעט הודעות.",
      },
      unit: "status",
      kind: "snapshot",
    },
    ...rates.map(({ of: _of, by: _by, ...metric }) => metric),
    {
      key: "delivered",
      label: { en: "Emails delivered", fr: "E-mails livrés", he: "הודעות שנמסרו" },
      how: {
        en: "Emails delivered by all campaigns of the last 30 days.",
        fr: "E-mails livrés par toutes les campagnes des 30 derniers jours.",
        he: "הודעות שנמסרו בכל הקמפיינים של 30 הימים האחרונים.",
      },
      unit: "count",
      kind: "snapshot",
    },
  ],
  lines: {
    ...calendarLines,
    no_metric: {
      en: "This Klaviyo account has no metrics yet, so there’s no report.",
      fr: "Ce compte Klaviyo n’a encore aucune métrique : il n’y a pas de rapport à demander.",
      he: "בחשבון Klaviyo הזה אין עדיין מדדים, ולכן אין דוח לבקש.",
    },
    figures_lacking: {
      en: "Klaviyo’s report is incomplete, so email health isn’t rated.",
      fr: "Il manque des chiffres dans le rapport de Klaviyo : les e-mails ne sont pas évalués.",
      he: "בדוח של Klaviyo חסרים נתונים, ולכן הדיוור לא נשפט.",
    },
    too_few: {
      en: "Too few emails were delivered in the last 30 days to rate.",
      fr: "Trop peu d’e-mails ont été livrés ces 30 derniers jours pour les évaluer.",
      he: "ב־30 הימים האחרונים נמסרו מעט מדי הודעות כדי לשפוט.",
    },
    rate_above: { en: "{{rate}} is above its limit.", fr: "{{rate}} : au-dessus du seuil.", he: "{{rate}}: מעל הסף." },
    rate_below: { en: "{{rate}} is below its limit.", fr: "{{rate}} : en dessous du seuil.", he: "{{rate}}: מתחת לסף." },
    all_within: {
      en: "All rates are within their limits.",
      fr: "Tous les taux respectent leur seuil.",
      he: "כל השיעורים בתוך הסף שלהם.",
    },
  },
  async step({ account, cursor, config, now, timezone: tenantTimezone, log }) {
    const klaviyo = account("klaviyo");
    const timezone = calendarOf(klaviyo, { timezone: tenantTimezone, log });
    const day = dayOf(now, timezone);
    const mine = cursor?.account === klaviyo.externalId ? cursor : null;
    const places = openPlaces({ anewAt: mine?.anewAt ?? null, now });
    const report = await readReport(klaviyo, mine?.conversionMetricId ?? null, places);
    const { despite } = places;
    if (report === null) {
      log("info", "no_metric");
      return { measurements: [{ metric: "delivered", day, value: 0 }], timezone, cursor: null, done: true, despite };
    }
    const { counts, conversionMetricId } = report;
    const next = { account: klaviyo.externalId, conversionMetricId, anewAt: places.anewAt };
    const found = rates.map((rate) => {
      const [of, by] = [counts[rate.of], counts[rate.by]];
      return { rate, value: of !== null && by !== null && by > 0 ? of / by : null };
    });
    const { delivered } = counts;
    const measurements = [
      ...(delivered === null ? [] : [{ metric: "delivered", day, value: delivered }]),
      ...found.map(({ rate, value }) => ({ metric: rate.key, day, value })),
    ];
    const unjudged = {
      measurements: [...measurements, { metric: "status", day, value: null }],
      timezone,
      cursor: next,
      done: true,
      despite,
    };
    if (delivered === null || Object.values(counts).includes(null)) {
      log("warn", "figures_lacking", {
        lacking: statistics.filter((name) => counts[name] === null),
      });
      return unjudged;
    }
    if (delivered < config.fewestDelivered) {
      log("info", "too_few", { delivered });
      return unjudged;
    }
    let status = 0;
    for (const { rate, value } of found) {
      if (value === null) continue;
      const level = levelOf(value, rate.thresholds);
      status = Math.max(status, level);
      const { warn, bad, when } = rate.thresholds;
      if (level > 0) log("warn", `rate_${when}`, { rate: value, limit: level === 2 ? bad : warn }, { rate: rate.label });
    }
    if (status === 0) log("info", "all_within", { delivered });
    return { measurements: [...measurements, { metric: "status", day, value: status }], timezone, cursor: next, done: true, despite };
  },
});

/**
 * The report, asked for with the metric that is known, or with one that is found now: Klaviyo refuses a metric that is gone. Null
 * where the account has none.
 */
async function readReport(
  account: Account,
  known: string | null,
  places: Places,
): Promise<{ counts: Counts; conversionMetricId: string } | null> {
  const counts = known === null ? null : await places.from(known, () => readCounts(account, known));
  if (counts !== null && known !== null) return { counts, conversionMetricId: known };
  const conversionMetricId = await findConversionMetric(account, places);
  return conversionMetricId === null ? null : { counts: await readCounts(account, conversionMetricId), conversionMetricId };
}

/** A report must name a metric whose conversions it would count; which one does not matter to the rates. */
async function findConversionMetric(account: Account, places: Places): Promise<string | null> {
  const metrics = await readAll(account, { path: "/api/metrics", attributes: z.object({ name: z.string() }), places });
  const placedOrder = metrics.find(({ attributes }) => attributes.name === "Placed Order");
  return (placedOrder ?? metrics[0])?.id ?? null;
}

/** One request: reports are limited to 2 a minute and 225 a day (developers.klaviyo.com, campaign values report). */
async function readCounts(account: Account, conversion_metric_id: string): Promise<Counts> {
  const attributes = { statistics, timeframe: { key: "last_30_days" }, conversion_metric_id };
  const { data } = await account.json(
    {
      method: "POST",
      reads: true,
      path: "/api/campaign-values-reports",
      headers: { ...klaviyoHeaders, "content-type": "application/vnd.api+json" },
      body: { data: { type: "campaign-values-report", attributes } },
    },
    Report,
  );
  const mails = data.attributes.results.filter(({ groupings }) => (groupings.send_channel ?? "email") === "email");
  const sum = (name: Statistic) =>
    mails.reduce<number | null>((total, { statistics: counted }) => {
      const value = counted[name] ?? null;
      // What one campaign does not say cannot be 0: the sum is not known either.
      return total === null || value === null ? null : total + value;
    }, 0);
  return Object.fromEntries(statistics.map((name) => [name, sum(name)])) as Counts;
}
