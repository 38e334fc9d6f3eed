import * as z from "zod";
import { klaviyoEvent } from "#server/catalog/actions/klaviyo-event.ts";
import type { ShopGuard } from "#server/catalog/actions/shop-guard.ts";
import { shopifyDiscount } from "#server/catalog/actions/shopify-discount.ts";
import { birthDateOf, birthField, daysOfYear, nextAnniversary } from "#server/catalog/anniversary.ts";
import { defineAutomation } from "#server/catalog/automation.ts";
import { addDays, calendarLines, calendarOf, dayOf, daysBetween, instantOf } from "#server/catalog/days.ts";
import type { Reading, Step } from "#server/catalog/job.ts";
import type { Proposal, ProposedStep } from "#server/catalog/records.ts";
import { allOrders } from "#server/catalog/sensors/shopify-all-orders.ts";
import type { Purchase } from "#server/catalog/shop-history.ts";
import { readBirthDates } from "./birth-dates.ts";
import { ownCode } from "./own-code.ts";
import { usualOf } from "./rhythm.ts";
import { channelField, discountDaysField, discountPercentField, metricField } from "./settings.ts";

const dayMs = 86_400_000;
const customersAPage = 250;
/** Whoever changes the date is not congratulated twice within a year; a leap day and the days before it move by a day. */
const yearMs = 330 * dayMs;

const Config = z.object({
  occasions: z
    .enum(["both", "birthday", "anniversary"])
    .default("both")
    .meta({
      label: { en: "Occasions", fr: "Occasions", he: "אירועים" },
      choices: {
        both: { en: "Birthday and first order", fr: "Anniversaire et première commande", he: "יום הולדת והזמנה ראשונה" },
        birthday: { en: "Birthday only", fr: "Anniversaire seulement", he: "יום הולדת בלבד" },
        anniversary: { en: "First order only", fr: "Première commande seulement", he: "הזמנה ראשונה בלבד" },
      },
    }),
  daysBefore: z
    .number()
    .int()
    .min(0)
    .max(60)
    .default(7)
    .meta({
      label: { en: "Days before", fr: "Jours avant", he: "ימים לפני" },
      hint: {
        en: "0 writes on the day itself, in your shop’s time zone.",
        fr: "0 : le jour même, dans le fuseau horaire de votre boutique.",
        he: "0: ביום עצמו, לפי אזור הזמן של החנות.",
      },
    }),
  birthField: z
    .string()
    .regex(birthField)
    .default("facts.birth_date")
    .meta({
      label: { en: "Birth date metafield", fr: "Métachamp de la date de naissance", he: "שדה תאריך הלידה" },
      hint: {
        en: "Namespace and key of the customer metafield in Shopify, such as facts.birth_date. Dates must be written like 1990-04-23.",
        fr: "Espace de nom et clé du métachamp client dans Shopify, par exemple facts.birth_date. Dates au format 1990-04-23.",
        he: "מרחב השם והמפתח של שדה הלקוח ב-Shopify, למשל facts.birth_date. תאריכים בתבנית 1990-04-23.",
      },
    }),
  discountPercent: discountPercentField,
  discountDays: discountDaysField,
  channel: channelField,
  metric: metricField("Customer occasion"),
});
type Config = z.output<typeof Config>;

const Cursor = z.object({
  phase: z.enum(["birthdays", "anniversaries"]),
  /** The last customer that was looked at. */
  after: z.string().nullable(),
  known: z.number().int(),
  unusable: z.number().int(),
});
type Cursor = z.output<typeof Cursor>;
type Looking = Reading<Config, Cursor, keyof typeof calendarLines>;

/**
 * Writes to customers ahead of their birthday, and of the day on which they first bought, by an event on which the client's own flow at
 * Klaviyo starts, and where that is wished with a code of their own.
 *
 * A date of birth is asked of the shop each time and is written down nowhere, neither in a proposal, whose key names the year of the occasion
 * alone, nor in what is sent; the year of birth cannot be told from either. When something was proposed does tell the day of the year, as
 * writing so many days before it must: to write on another day would be to write on the wrong one. It goes with all that is kept of the
 * customer. Right before something is sent the date is asked once more. The first order is only known where all
 * orders may be read. Whoever is promised a code but has bought nothing yet, so that nobody knows what they usually spend, is left alone.
 */
export const birthdayAnniversaryFlow = defineAutomation({
  id: "birthday-anniversary-flow",
  title: { en: "Birthdays and anniversaries", fr: "Anniversaires des clients", he: "ימי הולדת וימי שנה" },
  description: {
    en: "Writes to customers ahead of their birthday and the day of their first order.",
    fr: "Écrit aux clients avant leur anniversaire et avant la date de leur première commande.",
    he: "פונה ללקוחות לפני יום ההולדת ולפני יום השנה להזמנה הראשונה.",
  },
  needs: [
    {
      provider: "shopify",
      scopes: ["read_orders", "read_all_orders", "read_customers"],
      optionalScopes: [
        {
          scope: allOrders.scope,
          without: {
            en: "Anniversaries of the first order aren’t celebrated: only the last 60 days of orders are known.",
            fr: "L’anniversaire de la première commande n’est pas fêté : seules les commandes des 60 derniers jours sont connues.",
            he: "ימי השנה להזמנה הראשונה לא מצוינים: ידועות רק ההזמנות מ-60 הימים האחרונים.",
          },
        },
      ],
    },
  ],
  dailyAt: "07:00",
  kinds: [shopifyDiscount, klaviyoEvent],
  acts: {
    outcomeDays: 30,
    edited: { "klaviyo-event:metric": "metric", "shopify-discount:off.percent": "discountPercent" },
    feeds: ["shopify-sensor", "shopify-details-sensor"],
    reasons: {
      birthday: {
        en: "Their birthday falls within the days that you set ({{within}}). The birth date was read from Shopify; the date itself is not stored.",
        fr: "Son anniversaire tombe dans le délai que vous avez fixé ({{within}} j). La date de naissance a été lue dans Shopify ; la date elle-même n’est pas conservée.",
        he: "יום ההולדת חל בטווח הימים שקבעת ({{within}}). תאריך הלידה נקרא מ-Shopify; התאריך עצמו אינו נשמר.",
      },
      anniversary: {
        en: "First ordered on {{first}}. Anniversary number {{years}} is on {{day}}. Orders so far: {{orders}}.",
        fr: "Première commande le {{first}}. Anniversaire n° {{years}} le {{day}}. Commandes à ce jour : {{orders}}.",
        he: "ההזמנה הראשונה: {{first}}. יום השנה מספר {{years}} חל ב-{{day}}. הזמנות עד היום: {{orders}}.",
      },
    },
    never: {
      en: "It never stores the birth date itself (only when it wrote, and how many days ahead), never writes twice in a year about one occasion, never to a customer who has not agreed to hear from you, and never on a date that cannot be right. Nobody under 16 is written to.",
      fr: "Elle ne conserve jamais la date de naissance elle-même (seulement le moment de l’envoi et le délai choisi), n’écrit jamais deux fois par an pour une même occasion, jamais à un client qui n’a pas accepté de recevoir vos messages, et jamais pour une date impossible. Personne de moins de 16 ans n’est contacté.",
      he: "האוטומציה לעולם לא שומרת את תאריך הלידה עצמו (רק מתי פנתה וכמה ימים מראש), לעולם לא פונה פעמיים בשנה על אותו אירוע, לעולם לא ללקוח שלא הסכים לקבל ממך הודעות, ולעולם לא לפי תאריך בלתי אפשרי. אין פנייה למי שטרם מלאו לו 16.",
    },
  },
  config: Config,
  cursor: Cursor,
  lines: calendarLines,
  metrics: [
    {
      key: "birth_dates",
      label: { en: "Customers with a birth date", fr: "Clients avec date de naissance", he: "לקוחות עם תאריך לידה" },
      how: {
        en: "Customers in Shopify whose birth date field holds a date that can be right, at the last look.",
        fr: "Clients de Shopify dont le champ de date de naissance contient une date plausible, à la dernière lecture.",
        he: "לקוחות ב-Shopify ששדה תאריך הלידה שלהם מכיל תאריך אפשרי, בקריאה האחרונה.",
      },
      unit: "count",
      kind: "snapshot",
      better: "up",
    },
    {
      key: "birth_dates_unusable",
      label: { en: "Birth dates that can’t be right", fr: "Dates de naissance impossibles", he: "תאריכי לידה בלתי אפשריים" },
      how: {
        en: "Customers whose birth date field holds something else: another format, a date that doesn’t exist, or an age under 16 or over 110.",
        fr: "Clients dont le champ contient autre chose : un autre format, une date qui n’existe pas, ou un âge de moins de 16 ou de plus de 110 ans.",
        he: "לקוחות ששדה תאריך הלידה שלהם מכיל משהו אחר: תבנית אחרת, תאריך שאינו קיים, או גיל מתחת ל-16 או מעל 110.",
      },
      unit: "count",
      kind: "snapshot",
      better: "down",
      tile: false,
    },
  ],
  async step(reading) {
    const { config, cursor } = reading;
    const timezone = calendarOf(reading.account("shopify"), reading);
    const today = dayOf(reading.now, timezone);
    const last = addDays(today, config.daysBefore);
    const from = cursor ?? {
      ...{ after: null, known: 0, unusable: 0 },
      phase: config.occasions === "anniversary" ? "anniversaries" : "birthdays",
    };
    return from.phase === "birthdays"
      ? birthdays(reading, from, { today, last, timezone })
      : anniversaries(reading, from, { today, last, timezone });
  },
});

interface Window {
  /** YYYY-MM-DD in the shop's calendar, both inclusive. */
  today: string;
  last: string;
  timezone: string;
}

async function birthdays(reading: Looking, from: Cursor, { today, last, timezone }: Window): Promise<Step<Cursor>> {
  const { config } = reading;
  const page = await readBirthDates(reading.account("shopify"), { field: config.birthField, after: from.after, first: customersAPage });
  const dated = page.flatMap(({ customerId, value }) => {
    const born = birthDateOf(value, today);
    return born === null ? [] : [{ customerId, day: nextAnniversary(born, today) }];
  });
  const known = from.known + dated.length;
  const unusable = from.unusable + page.filter(({ value }) => value !== null && value !== "").length - dated.length;
  const proposals = await proposalsFor(
    reading,
    { line: "birthday", timezone },
    dated.flatMap((each) => (each.day <= last ? [{ ...each, params: { within: config.daysBefore } }] : [])),
  );
  const end = page.length < customersAPage ? null : page.at(-1);
  if (end) return { cursor: { ...from, known, unusable, after: end.customerId }, done: false, proposals };
  const isLast = config.occasions === "birthday";
  return {
    cursor: isLast ? null : { phase: "anniversaries", after: null, known, unusable },
    done: isLast,
    proposals,
    measurements: [
      { metric: "birth_dates", day: today, value: known },
      { metric: "birth_dates_unusable", day: today, value: unusable },
    ],
    timezone,
  };
}

async function anniversaries(reading: Looking, from: Cursor, { today, last, timezone }: Window): Promise<Step<Cursor>> {
  const { shop, account } = reading;
  if (!(account("shopify").scopes?.includes(allOrders.scope) ?? true)) return { cursor: null, done: true };
  const days = daysOfYear(daysBetween(today, last));
  const page = await shop.firstBought({ days, after: from.after, limit: customersAPage });
  const proposals = await proposalsFor(
    reading,
    { line: "anniversary", timezone },
    page.flatMap(({ customerId, day: first }) => {
      const day = nextAnniversary(first, today);
      const years = Number(day.slice(0, 4)) - Number(first.slice(0, 4));
      return years > 0 && day <= last ? [{ customerId, day, params: { first, day, years } }] : [];
    }),
  );
  const end = page.length < customersAPage ? null : page.at(-1);
  return { cursor: end ? { ...from, after: end.customerId } : null, done: !end, proposals };
}

type Line = "birthday" | "anniversary";

interface Occasion {
  customerId: string;
  /** YYYY-MM-DD on which it falls. */
  day: string;
  params: Proposal["evidence"]["params"];
}

/** For those of them who agreed to be written to, and were not about the same within a year. */
async function proposalsFor(
  { shop, proposed, config, now }: Looking,
  { line, timezone }: { line: Line; timezone: string },
  occasions: readonly Occasion[],
): Promise<Proposal[]> {
  if (occasions.length === 0) return [];
  const agreed = await shop.agreed({ customers: occasions.map(({ customerId }) => customerId), channel: config.channel });
  const about = new Map(occasions.map((occasion) => [occasion.customerId, occasion]));
  const customers = agreed.map(({ customerId }) => customerId);
  const before = await proposed({ automation: birthdayAnniversaryFlow.id, prefix: `${line}:`, since: now - yearMs, customers });
  const written = new Set(before.map(({ customerId }) => customerId));
  return agreed.flatMap(({ customerId, purchases }) => {
    const occasion = about.get(customerId);
    if (!occasion || written.has(customerId)) return [];
    return proposalOf({ ...occasion, line, purchases }, { config, now, timezone }) ?? [];
  });
}

function proposalOf(
  { customerId, line, day, params, purchases }: Occasion & { line: Line; purchases: readonly Purchase[] },
  { config, now, timezone }: { config: Config; now: number; timezone: string },
): Proposal | null {
  const usual = usualOf(purchases);
  const dedupe = `${line}:${customerId}:${day.slice(0, 4)}`;
  // Of a birthday it is counted from now, so that no date is written down that is the day itself.
  const expiresAt = line === "birthday" ? now + (config.daysBefore + 1) * dayMs : instantOf(addDays(day, 1), "00:00", timezone);
  const onlyIf: ShopGuard | undefined =
    line === "birthday" ? { birthday: { field: config.birthField, within: config.daysBefore } } : undefined;
  const code =
    usual &&
    ownCode({
      ...{ customerId, dedupe, usual, prefix: line === "birthday" ? "BDAY" : "YEAR", metric: config.metric },
      ...{ percent: config.discountPercent, from: now, until: expiresAt + config.discountDays * dayMs },
      ...(onlyIf && { onlyIf }),
    });
  // A code was promised, and there is none to give.
  if (config.discountPercent > 0 && !code) return null;
  const event: ProposedStep = {
    kind: klaviyoEvent.id,
    payload: {
      ...{ customerId, metric: config.metric, channel: config.channel },
      properties: { occasion: line, days_before: config.daysBefore, ...(line === "anniversary" && { years: params.years }), ...code?.told },
      at: new Date(now).toISOString(),
      ...(onlyIf && { onlyIf }),
    },
  };
  return {
    ...{ subject: `customer:${customerId}`, customerId, dedupe, expiresAt },
    evidence: { line, params: line === "anniversary" ? { ...params, orders: purchases.length } : params },
    ...(code && { stake: code.stake }),
    steps: code ? [code.step, event] : [event],
  };
}
