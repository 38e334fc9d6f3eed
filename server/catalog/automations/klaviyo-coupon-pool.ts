import * as z from "zod";
import type { Money } from "#db/words/locales.ts";
import type { CouponFacts } from "#db/words/syncs.ts";
import { codesABatch, markOf } from "#server/catalog/actions/code-batch.ts";
import { CouponId, findCoupon, klaviyoCouponCodes } from "#server/catalog/actions/klaviyo-coupon-codes.ts";
import { chunked } from "#server/catalog/actions/klaviyo-wire.ts";
import { shopifyDiscountCodes } from "#server/catalog/actions/shopify-discount-codes.ts";
import { askShop } from "#server/catalog/actions/shopify-wire.ts";
import { defineAutomation } from "#server/catalog/automation.ts";
import { dayOf } from "#server/catalog/days.ts";
import type { Reading, Step } from "#server/catalog/job.ts";
import { codesLately, type KeptBatch } from "#server/catalog/keeping.ts";
import { decimalOf, minorUnits } from "#server/catalog/money.ts";
import { openPlaces } from "#server/catalog/places.ts";
import type { Proposal } from "#server/catalog/records.ts";

const id = "klaviyo-coupon-pool";
const dayMs = 86_400_000;
const offeredMs = 3 * dayMs;
/** A coupon's codes are shown some time after they were sent: until then none is missed. */
const settledMs = 3_600_000;
/** A hundred codes a page (openapi, get_coupon_codes). */
const pagesAStep = 30;
/** shopify.dev, limits: an array of a query holds 250. */
const discountsAQuery = 100;
/** What stands before the sign of each code. */
const prefix = "GIFT";

const Config = z.object({
  coupon: CouponId.default("AtriumGift").meta({
    label: { en: "Coupon in Klaviyo", fr: "Coupon dans Klaviyo", he: "קופון ב-Klaviyo" },
    hint: {
      en: "Letters, digits and _. In an email: {% coupon_code 'AtriumGift' %}. For another discount choose another name.",
      fr: "Lettres, chiffres et _. Dans un e-mail : {% coupon_code 'AtriumGift' %}. Pour une autre remise, choisissez un autre nom.",
      he: "אותיות באנגלית, ספרות ו-_. באימייל: {% coupon_code 'AtriumGift' %}. להנחה אחרת יש לבחור שם אחר.",
    },
  }),
  percent: z
    .number()
    .int()
    .min(1)
    .max(50)
    .default(10)
    .meta({ label: { en: "Discount, percent", fr: "Remise, en pourcentage", he: "הנחה, באחוזים" } }),
  minimum: z
    .number()
    .int()
    .min(1)
    .max(1_000_000)
    .default(50)
    .meta({
      label: { en: "Minimum order", fr: "Commande minimale", he: "מינימום הזמנה" },
      hint: { en: "In your shop’s currency.", fr: "Dans la devise de la boutique.", he: "במטבע החנות." },
    }),
  keep: z
    .number()
    .int()
    .min(10)
    .max(codesABatch)
    .default(100)
    .meta({
      label: { en: "Codes to keep ready", fr: "Codes à tenir prêts", he: "קודים שיהיו מוכנים" },
      hint: {
        en: "Klaviyo skips an email for which no code is left.",
        fr: "Klaviyo n’envoie pas un e-mail pour lequel il ne reste aucun code.",
        he: "Klaviyo מדלג על אימייל שלא נשאר לו קוד.",
      },
    }),
  below: z
    .number()
    .int()
    .min(5)
    .max(codesABatch)
    .default(30)
    .meta({ label: { en: "Refill when fewer are left", fr: "Compléter s’il en reste moins de", he: "למלא כשנשארו פחות מ" } }),
  most: z
    .number()
    .int()
    .min(10)
    .max(10_000)
    .default(200)
    .meta({
      label: { en: "New codes in 30 days, at most", fr: "Nouveaux codes en 30 jours, au plus", he: "קודים חדשים ב-30 יום, לכל היותר" },
      hint: {
        en: "No more are ever created, however many are handed out.",
        fr: "Il n’en est jamais créé davantage, quel que soit le nombre distribué.",
        he: "לעולם לא ייווצרו יותר, לא משנה כמה חולקו.",
      },
    }),
  days: z
    .number()
    .int()
    .min(3)
    .max(90)
    .default(30)
    .meta({
      label: { en: "A code lasts at least, days", fr: "Durée minimale d’un code, jours", he: "תוקף מינימלי של קוד, ימים" },
      hint: {
        en: "Counted from when a person is given it. Each batch is handed out for as many days, then replaced.",
        fr: "À compter du jour où il est remis. Chaque lot est distribué pendant autant de jours, puis remplacé.",
        he: "נספר מהיום שבו אדם מקבל אותו. כל סדרה מחולקת במשך אותו מספר ימים ואז מוחלפת.",
      },
    }),
});
type Config = z.output<typeof Config>;

const Cursor = z.object({
  next: z.string().nullable(),
  anewAt: z.number().int().nullable(),
  counts: z.record(z.string(), z.number().int()),
});
type Cursor = z.output<typeof Cursor>;

const Codes = z.object({
  data: z.array(z.object({ attributes: z.object({ status: z.string().nullish(), expires_at: z.string().nullish() }) })),
  links: z.object({ next: z.string().nullish() }).nullish(),
});

const lines = {
  other_coupon: {
    en: "Klaviyo has a coupon “{{coupon}}” that wasn’t created here or has other terms. Choose another name in the settings.",
    fr: "Klaviyo a un coupon « {{coupon}} » qui n’a pas été créé ici ou a d’autres conditions. Choisissez un autre nom dans les réglages.",
    he: "ב-Klaviyo כבר יש קופון “{{coupon}}” שלא נוצר כאן או שתנאיו אחרים. יש לבחור שם אחר בהגדרות.",
  },
  capped: {
    en: "{{left}} codes are left in “{{coupon}}”, and the most for 30 days ({{most}}) was created. Raise it in the settings if you want more.",
    fr: "Il reste {{left}} codes dans « {{coupon}} » et le maximum sur 30 jours ({{most}}) a été créé. Augmentez-le dans les réglages si besoin.",
    he: "נשארו {{left}} קודים ב-“{{coupon}}”, והמכסה ל-30 יום ({{most}}) נוצלה. אפשר להגדיל אותה בהגדרות.",
  },
};
type PoolReading = Reading<Config, Cursor, keyof typeof lines>;

/**
 * Keeps a coupon at Klaviyo filled with codes of which each works once, so that the client's own flows can give everybody one
 * (`{% coupon_code 'NAME' %}`): Klaviyo hands out those that nobody was given, and skips an email for which there is none.
 *
 * A code of a customer's own, as other automations make them, goes to Klaviyo in the event that tells of it: in a coupon it would be handed to
 * whoever comes first. Each filling is a discount of its own with an end of its own, so that a person approves so many codes of these terms and
 * no more, and Klaviyo stops handing it out so long before its end as a code is to last. What the shop has ended before that is taken out again.
 */
export const klaviyoCouponPool = defineAutomation({
  id,
  title: { en: "Discount codes for Klaviyo flows", fr: "Codes de réduction pour les flux Klaviyo", he: "קודי הנחה לתהליכים ב-Klaviyo" },
  description: {
    en: "Keeps a Klaviyo coupon filled with single-use codes from your shop, so that your flows can give each person one.",
    fr: "Tient un coupon Klaviyo rempli de codes à usage unique de la boutique, pour que vos flux en donnent un à chacun.",
    he: "שומרת שקופון ב-Klaviyo יהיה מלא בקודים חד-פעמיים מהחנות, כדי שהתהליכים שלך יתנו לכל אדם קוד משלו.",
  },
  needs: [],
  everyS: 2 * 3600,
  kinds: [shopifyDiscountCodes, klaviyoCouponCodes],
  acts: {
    feeds: [],
    shows: "syncs",
    reasons: {
      low: {
        en: "{{left}} codes are left in “{{coupon}}”. {{codes}} more keep it filled; each takes {{percent}}% off an order of {{minimum}} or more.",
        fr: "Il reste {{left}} codes dans « {{coupon}} ». {{codes}} de plus le complètent ; chacun donne {{percent}} % de remise dès {{minimum}}.",
        he: "נשארו {{left}} קודים ב-“{{coupon}}”. עוד {{codes}} ימלאו אותו; כל קוד נותן {{percent}}% הנחה על הזמנה של {{minimum}} ומעלה.",
      },
      ended: {
        en: "The discount behind {{codes}} codes in “{{coupon}}” was ended in Shopify, so they no longer work.",
        fr: "La remise de {{codes}} codes de « {{coupon}} » a été arrêtée dans Shopify : ils ne fonctionnent plus.",
        he: "ההנחה שמאחורי {{codes}} קודים ב-“{{coupon}}” הופסקה ב-Shopify, ולכן הם כבר לא תקפים.",
      },
    },
    never: {
      en: "It never creates more codes than you allow, never emails anybody, never touches a coupon that it didn’t create, and never takes a code from a person who has it.",
      fr: "Elle ne crée jamais plus de codes que permis, n’écrit jamais à personne, ne touche jamais à un coupon qu’elle n’a pas créé et ne reprend jamais un code déjà remis.",
      he: "האוטומציה לעולם לא יוצרת יותר קודים ממה שהתרת, לא כותבת לאיש, לא נוגעת בקופון שלא יצרה ולא לוקחת קוד ממי שכבר קיבל אותו.",
    },
  },
  lines,
  config: Config,
  cursor: Cursor,
  async step(reading) {
    const { config, cursor } = reading;
    const currency = reading.account("shopify").currency ?? reading.currency;
    const minimum = { minor: minorUnits(String(config.minimum), currency), currency };
    const coupon = { id: config.coupon, description: termsOf(config, minimum) };
    if (cursor) return count(reading, cursor, { coupon, minimum });
    const owner = await findCoupon(reading.account("klaviyo"), coupon);
    const begun: Cursor = { next: null, anewAt: null, counts: {} };
    if (owner === "ours") return count(reading, begun, { coupon, minimum });
    // That there is none is told by a refusal, which is no failure.
    if (owner === null) return { ...(await decide(reading, begun, { coupon, minimum })), despite: ["rejected"] };
    reading.log("warn", "other_coupon", {}, { coupon: config.coupon });
    return { cursor: null, done: true, syncs: [syncOf(reading, begun, { isOurs: false })] };
  },
});

interface Pool {
  coupon: { id: string; description: string };
  minimum: Money;
}

/** What the coupon says of itself at Klaviyo: a coupon of other words is not ours. */
const termsOf = ({ percent }: Config, { minor, currency }: Money): string =>
  `${percent}% off one order of ${decimalOf(minor, currency)} ${currency} or more (kept filled by Atrium)`;

/** What became of a code. One that nobody was given is over once Klaviyo hands it out no more. */
function standOf({ status, expires_at }: z.output<typeof Codes>["data"][number]["attributes"], now: number): string {
  if (status === "ASSIGNED_TO_PROFILE") return "assigned";
  if (status === "USED") return "used";
  if (expires_at && Date.parse(expires_at) <= now) return "expired";
  return status === "UNASSIGNED" || status === "PROCESSING" ? "ready" : "other";
}

/** Some pages of the coupon's codes. */
async function count(reading: PoolReading, cursor: Cursor, pool: Pool): Promise<Step<Cursor>> {
  const klaviyo = reading.account("klaviyo");
  const places = openPlaces({ anewAt: cursor.anewAt, now: reading.now });
  const counts = { ...cursor.counts };
  let place = cursor.next;
  for (let page = 0; page < pagesAStep; page++) {
    const filter = `equals(coupon.id,"${pool.coupon.id}")`;
    const path = place ?? `/api/coupon-codes?${new URLSearchParams({ filter, "page[size]": "100" })}`;
    const found = await places.from(place, () => klaviyo.json({ path, headers: { accept: "application/vnd.api+json" } }, Codes));
    if (found === null) return { cursor: { next: null, anewAt: places.anewAt, counts: {} }, done: false, despite: places.despite };
    for (const { attributes } of found.data) {
      const stand = standOf(attributes, reading.now);
      counts[stand] = (counts[stand] ?? 0) + 1;
    }
    place = found.links?.next ?? null;
    if (place === null) return decide(reading, { next: null, anewAt: null, counts }, pool);
  }
  return { cursor: { next: place, anewAt: places.anewAt, counts }, done: false };
}

const Discounts = z.object({
  data: z.object({
    nodes: z.array(
      z.object({ id: z.string().optional(), codeDiscount: z.object({ status: z.string().optional() }).optional() }).nullable(),
    ),
  }),
});
const discountsQuery =
  "query ($ids: [ID!]!) { nodes(ids: $ids) { ... on DiscountCodeNode { id codeDiscount { ... on DiscountCodeBasic { status } } } } }";

/** Of these batches those that the shop has ended, or has no more. */
async function endedOf({ account }: PoolReading, batches: readonly KeptBatch[]): Promise<KeptBatch[]> {
  const works = new Set<string>();
  for (const ids of chunked(
    batches.flatMap(({ discount }) => discount ?? []),
    discountsAQuery,
  )) {
    const { data } = await askShop(account("shopify"), { query: discountsQuery, variables: { ids } }, Discounts);
    // A discount that answers without a status is there, and nobody knows more.
    for (const node of data.nodes) if (node?.id !== undefined && node.codeDiscount?.status !== "EXPIRED") works.add(node.id);
  }
  return batches.filter(({ discount }) => discount !== null && !works.has(discount));
}

/** Proposes to take out what works no more, and to fill up what is low. */
async function decide(reading: PoolReading, cursor: Cursor, pool: Pool): Promise<Step<Cursor>> {
  const { coupons, config, now } = reading;
  const { connectionId: accountId } = reading.account("klaviyo");
  const all = await coupons.batches({ automation: id });
  const batches = all.filter((each) => each.accountId === accountId && each.coupon === pool.coupon.id);
  const ended = await endedOf(
    reading,
    batches.filter(({ stands, isWithdrawn, handOutUntil }) => stands === "done" && !isWithdrawn && Date.parse(handOutUntil) > now),
  );
  const proposals: Proposal[] = ended.map((batch) => withdrawalOf(reading, batch, pool));
  const ready = cursor.counts.ready ?? 0;
  const isComing = batches.some(({ stands }) => stands === "coming");
  const isUnsettled = batches.some(({ finishedAt }) => finishedAt !== null && finishedAt > now - settledMs);
  const isLow = ready < Math.min(config.below, config.keep);
  // What works no more is counted until it is taken out: it is filled up then.
  if (isLow && !isComing && !isUnsettled && ended.length === 0) {
    const left = config.most - codesLately(all, now);
    const codes = Math.min(config.keep - ready, left, codesABatch);
    if (codes > 0) proposals.push(await fillingOf(reading, { codes, ready }, pool));
    else reading.log("warn", "capped", {}, { left: ready, coupon: pool.coupon.id, most: config.most });
  }
  return { cursor: null, done: true, proposals, syncs: [syncOf(reading, cursor, { isOurs: true })] };
}

function syncOf({ account, config }: PoolReading, { counts }: Cursor, { isOurs }: { isOurs: boolean }) {
  const { ready = 0, assigned = 0, used = 0, expired = 0 } = counts;
  const { coupon, keep, below, most } = config;
  const facts: CouponFacts = { of: "coupon", coupon, isOurs, ready, assigned, used, expired, keep, below, most };
  return { accountId: account("klaviyo").connectionId, what: "coupon", facts };
}

async function fillingOf(
  { config, now, timezone, doneUnder, coupons }: PoolReading,
  { codes, ready }: { codes: number; ready: number },
  { coupon, minimum }: Pool,
): Promise<Proposal> {
  const key = `${coupon.id}:${dayOf(now, timezone)}`;
  // What was done is over, and more may be needed on the same day; what a person declined, or what failed, is not asked twice on it.
  const before = await doneUnder({ automation: id, key });
  const dedupe = before > 0 ? `${key}:${before}` : key;
  const expiresAt = now + offeredMs;
  const lastsMs = config.days * dayMs;
  const part = { batch: dedupe, mark: markOf(coupons, dedupe), prefix, from: 0, count: codes };
  const iso = (instant: number) => new Date(instant).toISOString();
  const off = { percent: config.percent };
  const ends = { startsAt: iso(now), endsAt: iso(expiresAt + 2 * lastsMs) };
  return {
    ...{ subject: `codes:${codes}`, dedupe, expiresAt },
    evidence: { line: "low", params: { left: ready, coupon: coupon.id, codes, percent: config.percent, minimum } },
    // All that they take off at the minimum.
    stake: { minor: codes * Math.ceil((minimum.minor * config.percent) / 100), currency: minimum.currency },
    steps: [
      {
        kind: shopifyDiscountCodes.id,
        payload: { ...part, title: `${coupon.id} ${dedupe.slice(coupon.id.length + 1)}`, off, minimum, ...ends },
      },
      { kind: klaviyoCouponCodes.id, payload: { way: "add", coupon, ...part, handOutUntil: iso(expiresAt + lastsMs) } },
    ],
  };
}

function withdrawalOf({ now, timezone }: PoolReading, { batch, mark, codes, size }: KeptBatch, { coupon }: Pool): Proposal {
  const payload = { way: "withdraw", coupon, batch, mark, prefix, from: 0, count: size };
  return {
    ...{ subject: `codes:${codes}`, dedupe: `withdraw:${batch}:${dayOf(now, timezone)}`, expiresAt: now + offeredMs },
    evidence: { line: "ended", params: { coupon: coupon.id, codes } },
    steps: [{ kind: klaviyoCouponCodes.id, payload }],
  };
}
