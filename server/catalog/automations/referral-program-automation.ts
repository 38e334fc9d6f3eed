import * as z from "zod";
import type { Text } from "#db/words/locales.ts";
import type { RefusalReason } from "#db/words/referrals.ts";
import { klaviyoEvent } from "#server/catalog/actions/klaviyo-event.ts";
import { holdsAtShop } from "#server/catalog/actions/shop-guard.ts";
import { shopifyDiscount } from "#server/catalog/actions/shopify-discount.ts";
import { askShop } from "#server/catalog/actions/shopify-wire.ts";
import { defineAutomation } from "#server/catalog/automation.ts";
import { calendarLines, calendarOf, dayOf, instantOf } from "#server/catalog/days.ts";
import type { Reading, Step } from "#server/catalog/job.ts";
import type { Proposal } from "#server/catalog/records.ts";
import { type FriendsCode, type JudgedReferral, type OpenReferral, returnableUntil, tellsWithinMs } from "#server/catalog/referrals.ts";
import { allOrders } from "#server/catalog/sensors/shopify-all-orders.ts";
import type { Purchase } from "#server/catalog/shop-history.ts";
import { checkFriend, compared, type FriendChecks } from "./friend-checks.ts";
import { ownCode } from "./own-code.ts";
import { usualOf } from "./rhythm.ts";
import { channelField, metricField } from "./settings.ts";

const dayMs = 86_400_000;
const yearMs = 365 * dayMs;
const customersAPage = 100;
const ordersAPage = 250;
const judgedAPage = 100;
/** Each of them is four questions to the shop. */
const askedAStep = 10;
/** How long an invitation is offered to whoever decides; a reward, which was promised, as long as a code may last. */
const invitedForMs = 14 * dayMs;
const owedForMs = 90 * dayMs;

const percentOff = (label: Text) => z.number().int().min(1).max(50).default(10).meta({ label });
const count = (label: Text, { from = 1, to, usual }: { from?: number; to: number; usual: number }, hint?: Text) =>
  z
    .number()
    .int()
    .min(from)
    .max(to)
    .default(usual)
    .meta({ label, ...(hint && { hint }) });

const Config = z.object({
  minOrders: count(
    { en: "Invite from this many orders", fr: "Inviter à partir de ce nombre de commandes", he: "הזמנה להצטרף החל ממספר הזמנות" },
    { to: 20, usual: 2 },
    { en: "Orders of one day count once.", fr: "Les commandes d’un même jour comptent une fois.", he: "הזמנות מאותו יום נספרות פעם אחת." },
  ),
  boughtWithinDays: count(
    { en: "Ordered within days", fr: "Dernière commande, jours au plus", he: "הזמינו בתוך ימים" },
    { from: 30, to: 730, usual: 365 },
    {
      en: "Customers who last ordered longer ago aren’t invited.",
      fr: "Les clients dont la dernière commande est plus ancienne ne sont pas invités.",
      he: "לקוחות שהזמנתם האחרונה מוקדמת יותר לא מוזמנים.",
    },
  ),
  friendPercent: percentOff({ en: "Friends get, percent off", fr: "Remise pour les amis, en %", he: "הנחה לחברים, באחוזים" }),
  friendUses: count(
    { en: "Friends per code", fr: "Amis par code", he: "חברים לכל קוד" },
    { to: 20, usual: 5 },
    {
      en: "A code works for this many orders in all, once for each friend, from what the customer usually spends.",
      fr: "Un code vaut pour ce nombre de commandes en tout, une fois par ami, à partir de ce que le client dépense d’habitude.",
      he: "הקוד תקף למספר הזמנות זה בסך הכול, פעם אחת לכל חבר, החל מהסכום שהלקוח נוהג להוציא.",
    },
  ),
  codeDays: count(
    { en: "Friends’ code lasts, days", fr: "Durée du code d’amis, jours", he: "תוקף קוד החברים, ימים" },
    { from: 14, to: 365, usual: 90 },
  ),
  rewardPercent: percentOff({ en: "Reward, percent off", fr: "Récompense, remise en %", he: "תגמול, אחוז הנחה" }),
  rewardDays: count(
    { en: "Reward lasts, days", fr: "Durée de la récompense, jours", he: "תוקף התגמול, ימים" },
    { from: 7, to: 365, usual: 60 },
  ),
  returnDays: count(
    { en: "Return window, days", fr: "Délai de retour, jours", he: "חלון ההחזרה, ימים" },
    { to: 120, usual: 30 },
    {
      en: "A reward comes after this. Counted from delivery where your carriers report it, otherwise from the order.",
      fr: "La récompense vient après. Compté à partir de la livraison si vos transporteurs la signalent, sinon de la commande.",
      he: "התגמול ניתן לאחר מכן. נספר מהמסירה אם חברות המשלוח מדווחות עליה, אחרת מההזמנה.",
    },
  ),
  rewardsAYear: count(
    { en: "Rewards per customer in a year", fr: "Récompenses par client et par an", he: "תגמולים ללקוח בשנה" },
    { to: 100, usual: 10 },
  ),
  rewardsAMonth: count(
    { en: "Rewards in a month", fr: "Récompenses par mois", he: "תגמולים בחודש" },
    { to: 1000, usual: 50 },
    {
      en: "For all customers together. Rewards beyond it are given next month.",
      fr: "Pour tous les clients ensemble. Au-delà, les récompenses attendent le mois suivant.",
      he: "לכל הלקוחות יחד. תגמולים נוספים ממתינים לחודש הבא.",
    },
  ),
  channel: channelField,
  inviteMetric: metricField("Referral invite", {
    en: "Invitation event in Klaviyo",
    fr: "Événement d’invitation dans Klaviyo",
    he: "אירוע ההזמנה ב-Klaviyo",
  }),
  rewardMetric: metricField("Referral reward", {
    en: "Reward event in Klaviyo",
    fr: "Événement de récompense dans Klaviyo",
    he: "אירוע התגמול ב-Klaviyo",
  }),
});
type Config = z.output<typeof Config>;

const Cursor = z.discriminatedUnion("phase", [
  /** The last customer, or order, that was looked at. */
  z.object({ phase: z.enum(["invites", "found"]), after: z.string().nullable() }),
  z.object({ phase: z.literal("judged"), after: z.object({ placedAt: z.number().int(), orderId: z.string() }).nullable() }),
]);
type Cursor = z.output<typeof Cursor>;

const comparedWords: Record<(typeof compared)[number], Text> = {
  contact: { en: "email and phone", fr: "e-mail et téléphone", he: "אימייל וטלפון" },
  address: { en: "addresses", fr: "adresses", he: "כתובות" },
  payment: { en: "payment card", fr: "carte de paiement", he: "כרטיס אשראי" },
};

const earned: Text = {
  en: "A friend’s first order {{order}} of {{value}} used this customer’s code. {{days}} days have passed, it was paid, and nothing was returned.",
  fr: "La première commande {{order}} d’un ami, de {{value}}, a utilisé le code de ce client. {{days}} jours ont passé, elle a été payée et rien n’a été retourné.",
  he: "הזמנה ראשונה {{order}} של חבר בסך {{value}} נעשתה עם הקוד של לקוח זה. חלפו {{days}} ימים, היא שולמה ודבר לא הוחזר.",
};
const differs: Text = {
  en: "Compared with this customer and different:",
  fr: "Comparés à ce client et différents :",
  he: "הושוו ללקוח זה ונמצאו שונים:",
};
const notKnown: Text = {
  en: "Not known, so not compared:",
  fr: "Inconnus, donc non comparés :",
  he: "לא ידועים, ולכן לא הושוו:",
};
const ofYear: Text = {
  en: "Rewards in a year: {{rewards}} of {{most}}.",
  fr: "Récompenses sur un an : {{rewards}} sur {{most}}.",
  he: "תגמולים בשנה: {{rewards}} מתוך {{most}}.",
};

/** A reason for each way in which a comparison may be incomplete: what was compared, and what could not be, in words. */
const rewardLine = (unknown: FriendChecks["unknown"]) => ["reward", ...unknown].join("_");
const subsets = Array.from({ length: 2 ** compared.length }, (_, set) =>
  compared.filter((__, place) => Math.floor(set / 2 ** place) % 2 === 1),
);
const rewardReasons: Record<string, Text> = Object.fromEntries(subsets.map((unknown) => [rewardLine(unknown), rewardReason(unknown)]));

function rewardReason(unknown: FriendChecks["unknown"]): Text {
  const known = compared.filter((each) => !unknown.includes(each));
  const named = (words: Text, of: readonly (typeof compared)[number][], locale: keyof Text) =>
    of.length === 0 ? [] : [`${words[locale]} ${of.map((each) => comparedWords[each][locale]).join(", ")}.`];
  const said = (locale: keyof Text) =>
    [earned[locale], ...named(differs, known, locale), ...named(notKnown, unknown, locale), ofYear[locale]].join(" ");
  return { en: said("en"), fr: said("fr"), he: said("he") };
}

const lines = {
  ...calendarLines,
  month_full: {
    en: "This month’s {{most}} rewards are given. Further ones follow next month.",
    fr: "Les {{most}} récompenses de ce mois sont attribuées. Les suivantes attendent le mois prochain.",
    he: "ניתנו {{most}} התגמולים של החודש. הבאים ימתינו לחודש הבא.",
  },
  compared_less: {
    en: "Shopify doesn’t let the app read everything that friends are compared by. Each proposal says what wasn’t compared.",
    fr: "Shopify ne laisse pas l’application lire tout ce qui sert à comparer les amis. Chaque proposition dit ce qui n’a pas été comparé.",
    he: "Shopify לא מאפשרת לאפליקציה לקרוא את כל מה שלפיו משווים חברים. כל הצעה מציינת מה לא הושווה.",
  },
} as const;
type Looking = Reading<Config, Cursor, keyof typeof lines>;

/**
 * Gives customers a code for their friends, finds the orders that used one, and rewards the code's owner once such an order can no longer be
 * returned. A friend counts once, with their first order; so nobody is brought by whom they brought.
 *
 * Who is behind an order is compared with the code's owner by what the shop says of both at that moment: of it a keyed hash of the
 * household rests, and nothing else. What is not known is the same as nothing. A reward was promised: it is kept from nobody, is
 * proposed once for an order however often the automation begins anew, and is voided only where the order is given back before it is sent.
 */
export const referralProgramAutomation = defineAutomation({
  id: "referral-program-automation",
  title: { en: "Referral program", fr: "Programme de parrainage", he: "תוכנית חבר מביא חבר" },
  description: {
    en: "Gives customers a code for their friends, and rewards them once a friend’s first order can no longer be returned.",
    fr: "Donne aux clients un code pour leurs amis et les récompense quand la première commande d’un ami ne peut plus être retournée.",
    he: "נותנת ללקוחות קוד לחברים ומתגמלת אותם כשההזמנה הראשונה של חבר כבר לא ניתנת להחזרה.",
  },
  needs: [
    {
      provider: "shopify",
      scopes: ["read_orders", "read_all_orders", "read_customers"],
      optionalScopes: [
        {
          scope: allOrders.scope,
          without: {
            en: "Whether a friend ordered more than 60 days ago is told by Shopify’s count of their orders alone.",
            fr: "Seul le nombre de commandes compté par Shopify indique si un ami a commandé il y a plus de 60 jours.",
            he: "רק ספירת ההזמנות של Shopify מלמדת אם חבר הזמין לפני יותר מ-60 יום.",
          },
        },
      ],
    },
  ],
  dailyAt: "08:00",
  kinds: [shopifyDiscount, klaviyoEvent],
  acts: {
    outcomeDays: 60,
    shows: "referrals",
    feeds: ["shopify-sensor", "shopify-details-sensor"],
    stricter: [
      { setting: "minOrders", by: 1 },
      { setting: "returnDays", by: 5 },
    ],
    edited: { "shopify-discount:friends.uses": "friendUses" },
    reasons: {
      invited: {
        en: "Ordered on {{orders}} days, last on {{last}}, usually for {{usual}}. Up to {{uses}} friends get {{percent}}% off from that amount.",
        fr: "A commandé {{orders}} jours différents, la dernière fois le {{last}}, d’habitude pour {{usual}}. Jusqu’à {{uses}} amis ont {{percent}} % de remise à partir de ce montant.",
        he: "הזמנות ב-{{orders}} ימים שונים, האחרונה ב-{{last}}, בדרך כלל בסך {{usual}}. עד {{uses}} חברים יקבלו {{percent}}% הנחה החל מסכום זה.",
      },
      ...rewardReasons,
    },
    never: {
      en: "It never rewards customers for their own orders under another account, email, address or card that Shopify shows for them or their 20 latest orders, never twice for one order or friend, never before the return window is over, and never withholds a promised reward for the control group. It never stores an address, email, phone number or card.",
      fr: "Elle ne récompense jamais un client pour ses propres commandes sous un autre compte, e-mail, adresse ou carte que Shopify montre pour lui ou ses 20 dernières commandes, jamais deux fois pour une commande ou un ami, jamais avant la fin du délai de retour, et ne retient jamais une récompense promise pour le groupe témoin. Elle ne conserve ni adresse, ni e-mail, ni téléphone, ni carte.",
      he: "האוטומציה לעולם לא מתגמלת לקוחות על הזמנות שלהם עצמם בחשבון, אימייל, כתובת או כרטיס אחר ש-Shopify מציגה עבורו או עבור 20 ההזמנות האחרונות שלו, לעולם לא פעמיים על הזמנה או חבר, לעולם לא לפני תום חלון ההחזרה, ולעולם לא מונעת תגמול שהובטח בשל קבוצת הביקורת. היא לא שומרת כתובת, אימייל, טלפון או כרטיס.",
    },
  },
  config: Config,
  cursor: Cursor,
  lines,
  step(reading) {
    const cursor: Cursor = reading.cursor ?? { phase: "invites", after: null };
    switch (cursor.phase) {
      case "invites":
        return invites(reading, cursor.after);
      case "found":
        return found(reading, cursor.after);
      case "judged":
        return judged(reading, cursor.after);
      default:
        return cursor satisfies never;
    }
  },
});

/** Customers who have no code that works, and were not offered one within its life. */
async function invites(reading: Looking, after: string | null): Promise<Step<Cursor>> {
  const { shop, referrals, proposed, config, now } = reading;
  const page = await shop.buyers({
    minOrders: config.minOrders,
    ...{ lastFrom: now - config.boughtWithinDays * dayMs, lastUntil: now + 1, channel: config.channel, after, limit: customersAPage },
  });
  const customers = page.map(({ customerId }) => customerId);
  const since = now - config.codeDays * dayMs;
  const before = await proposed({ automation: referralProgramAutomation.id, prefix: "invite:", since, customers });
  const taken = new Set([...before.map(({ customerId }) => customerId), ...(await referrals.holders({ customers, at: now }))]);
  const today = dayOf(now, calendarOf(reading.account("shopify"), reading));
  const made = page.flatMap((buyer) => (taken.has(buyer.customerId) ? [] : (invite(buyer, today, reading) ?? [])));
  const end = page.length < customersAPage ? null : page.at(-1);
  return {
    cursor: end ? { phase: "invites", after: end.customerId } : { phase: "found", after: null },
    done: false,
    proposals: made.map(({ proposal }) => proposal),
    friendsCodes: made.map(({ code }) => code),
  };
}

function invite(
  { customerId, purchases }: { customerId: string; purchases: readonly Purchase[] },
  today: string,
  { config, now }: Pick<Looking, "config" | "now">,
): { proposal: Proposal; code: FriendsCode } | null {
  const usual = usualOf(purchases);
  const dedupe = `invite:${customerId}:${today}`;
  const endsAt = now + invitedForMs + config.codeDays * dayMs;
  const own =
    usual &&
    ownCode({
      ...{ customerId, dedupe, usual, prefix: "FRIEND", metric: config.inviteMetric, percent: config.friendPercent },
      ...{ from: now, until: endsAt, friends: { uses: config.friendUses } },
    });
  if (!own) return null;
  const days = purchases.map((each) => each.day).sort();
  const proposal: Proposal = {
    ...{ subject: `customer:${customerId}`, customerId, dedupe, expiresAt: now + invitedForMs, stake: own.stake },
    evidence: {
      line: "invited",
      params: { orders: new Set(days).size, last: days.at(-1) ?? today, usual, uses: config.friendUses, percent: config.friendPercent },
    },
    steps: [
      own.step,
      {
        kind: klaviyoEvent.id,
        payload: {
          ...{ customerId, metric: config.inviteMetric, channel: config.channel, at: new Date(now).toISOString() },
          properties: { ...own.told, friends: config.friendUses, reward_percent: config.rewardPercent },
        },
      },
    ],
  };
  return { proposal, code: { code: own.told.code, customerId, endsAt, dedupe } };
}

async function found({ referrals }: Looking, after: string | null): Promise<Step<Cursor>> {
  const page = await referrals.unseen({ after, limit: ordersAPage });
  const end = page.length < ordersAPage ? null : page.at(-1);
  return { cursor: end ? { phase: "found", after: end.orderId } : { phase: "judged", after: null }, done: false, referrals: page };
}

/** What a page of them came to so far. */
interface Judging {
  judged: JudgedReferral[];
  proposals: Proposal[];
  /** Households that were rewarded on this page, with their referrer. */
  households: Set<string>;
  denied: boolean;
  /** Rewards that may still be given this month. */
  left: number;
  /** Whether one had to wait for the next. */
  monthFull: boolean;
  asked: number;
}

async function judged(reading: Looking, after: Extract<Cursor, { phase: "judged" }>["after"]): Promise<Step<Cursor>> {
  const { shop, referrals, proposed, config, now, log } = reading;
  const page = await referrals.open({ after, limit: judgedAPage });
  const tells = await referrals.tellsDeliveries(now - tellsWithinMs);
  const referrers = [...new Set(page.map(({ referrerId }) => referrerId))];
  const reachable = new Map(
    (await shop.agreed({ customers: referrers, channel: config.channel })).map((each) => [each.customerId, each.purchases]),
  );
  const before = await proposed({ automation: referralProgramAutomation.id, prefix: "reward:", since: 0, customers: referrers });
  const known = new Set(before.map(({ dedupe }) => dedupe));
  const left = page.length === 0 ? 0 : config.rewardsAMonth - (await referrals.rewarded({ since: monthOf(reading) }));
  const judging: Judging = { judged: [], proposals: [], households: new Set(), denied: false, left, monthFull: false, asked: 0 };
  let last: OpenReferral | undefined;
  for (const each of page) {
    if (judging.asked === askedAStep) break;
    last = each;
    const of = { orderId: each.orderId, valueMinor: each.valueMinor, currency: each.currency };
    const refused = atOnce(each);
    if (refused) judging.judged.push({ ...of, refused });
    if (refused || !each.paid || now < returnableUntil(each, { ...config, tells })) continue;
    const purchases = reachable.get(each.referrerId);
    // In shadow it stays as it is and was shown already. Who agreed to nothing now may do so again: until then it waits.
    if (known.has(dedupeOf(each)) || !purchases) continue;
    if (judging.proposals.length >= judging.left) {
      judging.monthFull = true;
      continue;
    }
    const came = await judge(reading, judging, each, purchases);
    if (came) judging.judged.push({ ...of, ...came });
  }
  if (judging.denied) log("warn", "compared_less");
  if (judging.monthFull) log("info", "month_full", {}, { most: config.rewardsAMonth });
  const done = last === page.at(-1) && page.length < judgedAPage;
  return {
    cursor: done || !last ? null : { phase: "judged", after: { placedAt: last.placedAt, orderId: last.orderId } },
    done: done || !last,
    judged: judging.judged,
    proposals: judging.proposals,
    ...(judging.denied && { despite: ["missing_scopes"] }),
  };
}

const dedupeOf = ({ orderId }: Pick<OpenReferral, "orderId">) => `reward:${orderId}`;

/** What is known without asking anybody. */
function atOnce({ friendId, referrerId, valueMinor, cancelled, returned, known }: OpenReferral): RefusalReason | null {
  if (friendId === referrerId) return "own_code";
  if (friendId === null) return "guest";
  if (cancelled) return "cancelled";
  if (returned) return "returned";
  if (valueMinor <= 0) return "no_value";
  return known ? "not_new" : null;
}

type Came = { refused: RefusalReason } | { rewarded: string; household: string | null };

/** One that can no longer be returned: asked of the shop, counted, and rewarded; null where it waits. */
async function judge(reading: Looking, judging: Judging, of: OpenReferral, purchases: readonly Purchase[]): Promise<Came | null> {
  const { account, referrals, config, now } = reading;
  const shop = account("shopify");
  judging.asked += 1;
  const stands = await holdsAtShop(shop, { order: of.orderId }, { customerId: of.referrerId, now });
  if (!stands.valid) return { refused: stands.why === "returned" ? "returned" : "cancelled" };
  if (await orderedLongAgo(shop, of)) return { refused: "not_new" };
  const checks = await checkFriend(shop, { order: of.orderId, referrer: of.referrerId });
  judging.denied ||= checks.denied.length > 0;
  if (checks.refused) return { refused: checks.refused };
  const household = checks.household === null ? null : referrals.hashOf(checks.household);
  const place = `${of.referrerId} ${household}`;
  if (household !== null && (judging.households.has(place) || (await referrals.isHousehold({ referrer: of.referrerId, household }))))
    return { refused: "same_household" };
  // What this page has rewarded already is not written yet.
  const here = judging.proposals.filter(({ customerId }) => customerId === of.referrerId).length;
  const inYear = (await referrals.rewarded({ referrer: of.referrerId, since: now - yearMs })) + here;
  if (inYear >= config.rewardsAYear) return { refused: "cap" };
  const proposal = reward(of, { config, now, purchases, unknown: checks.unknown, inYear });
  if (!proposal) return null;
  judging.proposals.push(proposal);
  if (household !== null) judging.households.add(place);
  return { rewarded: proposal.dedupe, household };
}

/** When the shop's month began. */
function monthOf({ account, now, ...reading }: Looking): number {
  const timezone = calendarOf(account("shopify"), reading);
  return instantOf(`${dayOf(now, timezone).slice(0, 7)}-01`, "00:00", timezone);
}

const Counted = z.object({
  data: z.object({
    customer: z.object({ numberOfOrders: z.coerce.number() }).nullable(),
    ordersCount: z.object({ count: z.number() }).nullable(),
  }),
});

/** Of an app that is shown the last 60 days alone: whether the shop counts more orders of the friend than it shows. */
async function orderedLongAgo(shop: ReturnType<Looking["account"]>, { friendId }: OpenReferral): Promise<boolean> {
  if (friendId === null || (shop.scopes?.includes(allOrders.scope) ?? true)) return false;
  const query =
    "query ($id: ID!, $search: String) { customer(id: $id) { numberOfOrders } ordersCount(query: $search, limit: null) { count } }";
  const variables = { id: `gid://shopify/Customer/${friendId}`, search: `customer_id:${friendId}` };
  const { data } = await askShop(shop, { query, variables }, Counted);
  return (data.customer?.numberOfOrders ?? 0) > (data.ordersCount?.count ?? 0);
}

function reward(
  { orderId, referrerId, placedAt, valueMinor, currency }: OpenReferral,
  {
    config,
    now,
    purchases,
    unknown,
    inYear,
  }: { config: Config; now: number; purchases: readonly Purchase[]; unknown: FriendChecks["unknown"]; inYear: number },
): Proposal | null {
  const usual = usualOf(purchases);
  const dedupe = dedupeOf({ orderId });
  const onlyIf = { order: orderId };
  const own =
    usual &&
    ownCode({
      ...{ customerId: referrerId, dedupe, usual, prefix: "THANKS", metric: config.rewardMetric, percent: config.rewardPercent },
      ...{ from: now, until: now + owedForMs + config.rewardDays * dayMs, onlyIf },
    });
  if (!own) return null;
  return {
    ...{ subject: `customer:${referrerId}`, customerId: referrerId, dedupe, expiresAt: now + owedForMs, stake: own.stake, owed: true },
    evidence: {
      line: rewardLine(unknown),
      params: {
        ...{ order: orderId, value: { minor: valueMinor, currency }, days: Math.floor((now - placedAt) / dayMs) },
        ...{ rewards: inYear + 1, most: config.rewardsAYear },
      },
    },
    score: (compared.length - unknown.length) / compared.length,
    steps: [
      own.step,
      {
        kind: klaviyoEvent.id,
        payload: {
          ...{ customerId: referrerId, metric: config.rewardMetric, channel: config.channel, at: new Date(now).toISOString(), onlyIf },
          properties: own.told,
        },
      },
    ],
  };
}
