import * as z from "zod";
import { type CustomerSegment, customerSegments } from "#db/words/customer-base.ts";
import type { Text } from "#db/words/locales.ts";
import type { ListFacts } from "#db/words/syncs.ts";
import type { Account } from "#server/catalog/account.ts";
import { klaviyoList } from "#server/catalog/actions/klaviyo-list.ts";
import { klaviyoListMembers } from "#server/catalog/actions/klaviyo-list-members.ts";
import { findList, findListByName } from "#server/catalog/actions/klaviyo-wire.ts";
import { impersonal } from "#server/catalog/actions/payload.ts";
import { defineAutomation } from "#server/catalog/automation.ts";
import { addDays, dayOf } from "#server/catalog/days.ts";
import type { Reading, Step } from "#server/catalog/job.ts";
import type { KeptEffects, KeptList, ListedProfile } from "#server/catalog/keeping.ts";
import { openPlaces } from "#server/catalog/places.ts";
import type { Proposal, ProposedStep } from "#server/catalog/records.ts";
import { profilesOf } from "./profiles-of.ts";

const id = "klaviyo-segment-lists";
const offeredMs = 3 * 86_400_000;
/** Scores of longer ago are kept in step no more: something keeps them from being made. */
const freshDays = 3;
/** A hundred members a page (openapi, get_profile_ids_for_list). */
const pagesAStep = 30;
/** Of so many customers it is known in fifteen calls which profiles are theirs. */
const customersAStep = 500;
const strangersKept = 500;

const segmentField = (on: boolean, label: Text) => z.boolean().default(on).meta({ label });
const Config = z.object({
  segments: z
    .object({
      loyal: segmentField(true, { en: "Loyal", fr: "Fidèles", he: "נאמנים" }),
      at_risk: segmentField(true, { en: "At risk", fr: "À risque", he: "בסיכון" }),
      promising: segmentField(false, { en: "Promising", fr: "Prometteurs", he: "מבטיחים" }),
      new: segmentField(false, { en: "New", fr: "Nouveaux", he: "חדשים" }),
      quiet: segmentField(false, { en: "Quiet", fr: "Silencieux", he: "שקטים" }),
    })
    .prefault({})
    .meta({ label: { en: "Groups that become lists", fr: "Groupes qui deviennent des listes", he: "קבוצות שהופכות לרשימות" } }),
  prefix: impersonal(40)
    .default("Atrium ")
    .meta({
      label: { en: "List names begin with", fr: "Les noms des listes commencent par", he: "שמות הרשימות מתחילים ב" },
      hint: {
        en: "A list of that name is used if there is one. Rename it in Klaviyo later if you like.",
        fr: "Une liste de ce nom est utilisée si elle existe. Vous pourrez la renommer ensuite dans Klaviyo.",
        he: "אם כבר יש רשימה בשם הזה, היא תשמש. אפשר לשנות את השם ב-Klaviyo מאוחר יותר.",
      },
    }),
  others: z
    .enum(["leave", "restore"])
    .default("leave")
    .meta({
      label: {
        en: "Changes others make in Klaviyo",
        fr: "Changements faits par d’autres dans Klaviyo",
        he: "שינויים שאחרים עושים ב-Klaviyo",
      },
      hint: {
        en: "Somebody adds a person to such a list, takes one off, or deletes it.",
        fr: "Quelqu’un ajoute une personne à une telle liste, en retire une, ou la supprime.",
        he: "מישהו מוסיף אדם לרשימה כזו, מסיר אותו או מוחק אותה.",
      },
      choices: {
        leave: { en: "Leave them, and show them", fr: "Les laisser, et les montrer", he: "להשאיר ולהציג" },
        restore: { en: "Put the list back as it was", fr: "Rétablir la liste", he: "להחזיר את הרשימה למצבה" },
      },
    }),
});
type Config = z.output<typeof Config>;

const Comparing = z.object({
  /** Which of the segments that are ticked, and how its list was found. */
  segment: z.enum(customerSegments),
  list: z.string().nullable(),
  name: z.string(),
  isOurs: z.boolean(),
  isDeleted: z.boolean(),
  /** When its comparison began. */
  since: z.number().int(),
  phase: z.enum(["compare", "change"]),
  /** The next page of its members at Klaviyo, and how many there were so far. */
  next: z.string().nullable(),
  anewAt: z.number().int().nullable(),
  there: z.number().int(),
  /** Whom others put there: how many, and the first of them. */
  added: z.number().int(),
  strangers: z.array(z.string()),
  /** The last customer of the segment that was looked up, and how many had no profile. */
  after: z.string().nullable(),
  unknown: z.number().int(),
});
type Comparing = z.output<typeof Comparing>;
/** The segment that is next, or how far the present one is. */
const Cursor = z.union([z.object({ begins: z.enum(customerSegments) }), Comparing]);
type Cursor = z.output<typeof Cursor>;

const Members = z.object({ data: z.array(z.object({ id: z.string() })), links: z.object({ next: z.string().nullish() }).nullish() });

const lines = {
  not_scored: {
    en: "Customers haven’t been scored in the last days, so no list is changed.",
    fr: "Les clients n’ont pas été évalués ces derniers jours : aucune liste n’est modifiée.",
    he: "הלקוחות לא דורגו בימים האחרונים, ולכן אף רשימה לא משתנה.",
  },
  no_segment: {
    en: "No group is ticked in the settings, so there is no list to keep.",
    fr: "Aucun groupe n’est coché dans les réglages : il n’y a aucune liste à tenir.",
    he: "לא סומנה אף קבוצה בהגדרות, ולכן אין רשימה לתחזק.",
  },
  deleted: {
    en: "The list “{{list}}” was deleted in Klaviyo.",
    fr: "La liste « {{list}} » a été supprimée dans Klaviyo.",
    he: "הרשימה “{{list}}” נמחקה ב-Klaviyo.",
  },
  drifted: {
    en: "“{{list}}” was changed by others in Klaviyo: {{added}} added, {{removed}} taken off.",
    fr: "« {{list}} » a été modifiée par d’autres dans Klaviyo : {{added}} ajoutés, {{removed}} retirés.",
    he: "“{{list}}” שונתה ב-Klaviyo על ידי אחרים: {{added}} נוספו, {{removed}} הוסרו.",
  },
};
type ListReading = Reading<Config, Cursor, keyof typeof lines>;

/**
 * Keeps a list at Klaviyo for each group of customers that the client ticks: who enters the group is put on it, who leaves it is taken off.
 *
 * Each list is compared first: its members there, by Klaviyo's ids, with those whom we put there, which are remembered by what was proposed
 * and done; whom others put there is remembered from one comparison to the next, and never taken for ours. So it is seen what others changed, and nothing has to be caught up on. Profiles are looked up as customers enter; of a customer
 * who was forgotten the profile's id alone is left, until they are off the list.
 */
export const klaviyoSegmentLists = defineAutomation({
  id,
  title: { en: "Customer groups as Klaviyo lists", fr: "Groupes de clients en listes Klaviyo", he: "קבוצות לקוחות כרשימות ב-Klaviyo" },
  description: {
    en: "Keeps a Klaviyo list for each customer group that you choose: who enters the group is added, who leaves it is taken off.",
    fr: "Tient une liste Klaviyo pour chaque groupe de clients choisi : qui y entre est ajouté, qui en sort est retiré.",
    he: "שומרת רשימה ב-Klaviyo לכל קבוצת לקוחות שבוחרים: מי שנכנס לקבוצה מתווסף, ומי שיוצא ממנה מוסר.",
  },
  needs: [{ provider: "shopify", scopes: ["read_orders", "read_customers"] }],
  everyS: 2 * 3600,
  kinds: [klaviyoList, klaviyoListMembers],
  acts: {
    feeds: ["customer-base-sensor"],
    shows: "syncs",
    reasons: {
      entered: {
        en: "“{{list}}”: {{customers}} customers entered the group and have a Klaviyo profile.",
        fr: "« {{list}} » : {{customers}} clients sont entrés dans le groupe et ont un profil Klaviyo.",
        he: "“{{list}}”: ‏{{customers}} לקוחות נכנסו לקבוצה ויש להם פרופיל ב-Klaviyo.",
      },
      left: {
        en: "“{{list}}”: {{customers}} are no longer in the group, or asked the shop to forget them.",
        fr: "« {{list}} » : {{customers}} ne sont plus dans le groupe, ou ont demandé à la boutique d’être oubliés.",
        he: "“{{list}}”: ‏{{customers}} כבר לא בקבוצה, או ביקשו מהחנות להישכח.",
      },
      missing: {
        en: "“{{list}}”: {{customers}} of the group were taken off by others in Klaviyo.",
        fr: "« {{list}} » : {{customers}} du groupe ont été retirés par d’autres dans Klaviyo.",
        he: "“{{list}}”: ‏{{customers}} מהקבוצה הוסרו ב-Klaviyo על ידי אחרים.",
      },
      strangers: {
        en: "“{{list}}”: {{customers}} were added by others in Klaviyo.",
        fr: "« {{list}} » : {{customers}} ont été ajoutés par d’autres dans Klaviyo.",
        he: "“{{list}}”: ‏{{customers}} נוספו ב-Klaviyo על ידי אחרים.",
      },
    },
    never: {
      en: "It never subscribes or unsubscribes anybody, never creates a Klaviyo profile, and never touches a list that isn’t its own.",
      fr: "Elle n’abonne et ne désabonne jamais personne, ne crée jamais de profil Klaviyo et ne touche jamais à une autre liste.",
      he: "האוטומציה לעולם לא רושמת ולא מבטלת הרשמה, לעולם לא יוצרת פרופיל ב-Klaviyo ולא נוגעת ברשימות אחרות.",
    },
  },
  lines,
  config: Config,
  cursor: Cursor,
  async step(reading) {
    const { config, base, cursor, now, timezone, log } = reading;
    const ticked = customerSegments.filter((segment) => config.segments[segment]);
    const [first] = ticked;
    if (first === undefined) {
      log("info", "no_segment");
      return { cursor: null, done: true };
    }
    const asOf = await base.scoredUntil();
    if (asOf === null || asOf < addDays(dayOf(now, timezone), -freshDays)) {
      log("info", "not_scored");
      return { cursor: null, done: true };
    }
    const segment = cursor && ("begins" in cursor ? cursor.begins : cursor.segment);
    if (cursor && "segment" in cursor && ticked.includes(cursor.segment)) return goOn(reading, cursor);
    const begun = await begin(reading, segment !== null && ticked.includes(segment) ? segment : first);
    const compares = { accountId: reading.account("klaviyo").connectionId, segment: begun.segment };
    return { compares, ...(await goOn(reading, begun)) };
  },
});

const goOn = (reading: ListReading, cursor: Comparing): Promise<Step<Cursor>> =>
  cursor.phase === "compare" ? compare(reading, cursor) : change(reading, cursor);

const listNames: Record<CustomerSegment, string> = {
  new: "new",
  loyal: "loyal",
  promising: "promising",
  at_risk: "at risk",
  quiet: "quiet",
};
const ListName = impersonal(100);
const keptOf = (klaviyo: Account, segment: CustomerSegment): KeptList => ({ automation: id, accountId: klaviyo.connectionId, segment });

/** Finds a segment's list: by the id that it had, else by its name. */
async function begin(reading: ListReading, segment: CustomerSegment): Promise<Comparing> {
  const { config, now, lists, log } = reading;
  const klaviyo = reading.account("klaviyo");
  const of = keptOf(klaviyo, segment);
  const facts = await lists.facts(of);
  const before = facts?.of === "list" ? facts : null;
  const own = `${config.prefix}${listNames[segment]}`;
  // What was made since the last comparison may have another name already.
  const last = before?.list ?? (before && (await lists.madeAs(of, before.name)));
  const known = last ? await findList(klaviyo, last) : null;
  const list = known ? last : await findListByName(klaviyo, own);
  const isDeleted = list === null && (last !== null || before?.isDeleted === true);
  // What others call it may be somebody's address, which rests nowhere, or too long: then it goes by its own name.
  const name = ListName.safeParse(known?.name).data ?? (list === null ? (before?.name ?? own) : own);
  if (isDeleted) log("warn", "deleted", {}, { list: name });
  return {
    ...{ segment, list, name, isDeleted, since: now, next: null, anewAt: null, there: 0, added: 0, strangers: [], after: null, unknown: 0 },
    isOurs: list !== null && (await lists.made(of, list)),
    phase: list === null ? "change" : "compare",
  };
}

/** Some pages of who is on the list at Klaviyo. */
async function compare(reading: ListReading, cursor: Comparing): Promise<Step<Cursor>> {
  const klaviyo = reading.account("klaviyo");
  const of = keptOf(klaviyo, cursor.segment);
  const places = openPlaces({ anewAt: cursor.anewAt, now: reading.now });
  const ids: string[] = [];
  let place = cursor.next;
  let isOver = false;
  for (let page = 0; page < pagesAStep && !isOver; page++) {
    const path = place ?? `/api/lists/${cursor.list}/relationships/profiles?${new URLSearchParams({ "page[size]": "100" })}`;
    const found = await places.from(place, () => klaviyo.json({ path, headers: { accept: "application/vnd.api+json" } }, Members));
    if (found === null) {
      const anew = { ...cursor, next: null, there: 0, added: 0, strangers: [], anewAt: places.anewAt };
      return { cursor: anew, done: false, despite: places.despite };
    }
    ids.push(...found.data.map((member) => member.id));
    place = found.links?.next ?? null;
    isOver = place === null;
  }
  const known = new Set(await reading.lists.known(of, ids));
  const strangers = ids.filter((member) => !known.has(member));
  return {
    cursor: {
      ...cursor,
      ...{ next: place, anewAt: places.anewAt, there: cursor.there + ids.length, added: cursor.added + strangers.length },
      strangers: [...cursor.strangers, ...strangers].slice(0, strangersKept),
      phase: isOver ? "change" : "compare",
    },
    done: false,
    seen: { accountId: of.accountId, segment: of.segment, profileIds: [...known], others: strangers },
  };
}

/** Whether a list that others deleted is left so. */
const isLeft = ({ config }: ListReading, { isDeleted }: Comparing) => isDeleted && config.others === "leave";

/** Proposes what of a list is to change, a page of customers at a time, and says how it is once all were gone through. */
async function change(reading: ListReading, cursor: Comparing): Promise<Step<Cursor>> {
  const { lists, config } = reading;
  const klaviyo = reading.account("klaviyo");
  const of = keptOf(klaviyo, cursor.segment);
  const made: Made[] = [];
  // A list that is still to be made is made once: what else is to be on it waits for that.
  const waits = cursor.list === null && (await lists.waits(of));
  const isFirst = cursor.after === null;
  const missing = await lists.missing(of, { since: cursor.since, limit: customersAStep });
  if (isFirst && cursor.list !== null) {
    const leaving = await lists.leaving(of, { limit: 1000 });
    if (leaving.length > 0) made.push(await proposalOf(reading, cursor, { way: "remove", line: "left", profiles: leaving }));
    if (config.others === "restore" && cursor.isOurs && cursor.strangers.length > 0) {
      const profiles = cursor.strangers.map((profileId) => ({ profileId, customerId: null }));
      made.push(await proposalOf(reading, cursor, { way: "remove", line: "strangers", profiles }));
    }
  }
  if (isFirst && config.others === "restore" && !waits && missing.profiles.length > 0)
    made.push(await proposalOf(reading, cursor, { way: "add", line: "missing", profiles: missing.profiles }));

  const isStill = waits || isLeft(reading, cursor) || (cursor.list === null && made.length > 0);
  const customers = isStill ? [] : await lists.entering(of, { after: cursor.after, limit: customersAStep });
  const found = customers.length > 0 ? await profilesOf({ klaviyo, shop: reading.account("shopify") }, customers) : [];
  // Who is there without us stays so: taken for put there by us, they would be taken off as they leave the group.
  const there = new Set(await lists.others(of, { since: cursor.since, profileIds: found.map(({ profileId }) => profileId) }));
  const entering = found.filter(({ profileId }) => !there.has(profileId));
  if (entering.length > 0) made.push(await proposalOf(reading, cursor, { way: "add", line: "entered", profiles: entering }));
  const next = { ...cursor, after: customers.at(-1) ?? cursor.after, unknown: cursor.unknown + customers.length - found.length };
  const proposed = { proposals: made.map(({ proposal }) => proposal), listing: made.map(({ listing }) => listing) };
  const isMore = customers.length === customersAStep && (cursor.list !== null || entering.length === 0);
  if (isMore) return { cursor: next, done: false, ...proposed };

  const removed = cursor.list === null ? 0 : missing.all;
  if (cursor.added + removed > 0) reading.log("info", "drifted", {}, { list: cursor.name, added: cursor.added, removed });
  const facts: ListFacts = {
    ...{ of: "list", segment: cursor.segment, name: cursor.name, list: cursor.list, isOurs: cursor.isOurs, isDeleted: cursor.isDeleted },
    ...{ there: cursor.list === null ? null : cursor.there, addedByOthers: cursor.added, removedByOthers: removed, unknown: next.unknown },
  };
  const ticked = customerSegments.filter((segment) => config.segments[segment]);
  const following = ticked[ticked.indexOf(cursor.segment) + 1];
  const syncs = [{ accountId: of.accountId, what: cursor.segment, facts }];
  return { cursor: following === undefined ? null : { begins: following }, done: following === undefined, syncs, ...proposed };
}

interface Made {
  proposal: Proposal;
  listing: NonNullable<KeptEffects["listing"]>[number];
}

/** Such proposals follow the group alone, which customers may leave and enter again within a day. */
const followsGroup = new Set(["entered", "left"]);

async function proposalOf(
  { now, timezone, account, doneUnder }: ListReading,
  { segment, list, name }: Comparing,
  { way, line, profiles }: { way: "add" | "remove"; line: string; profiles: readonly ListedProfile[] },
): Promise<Made> {
  const members = profiles.flatMap(({ customerId, profileId }) => (customerId === null ? [] : [{ customerId, profileId }]));
  const others = profiles.flatMap(({ customerId, profileId }) => (customerId === null ? [profileId] : []));
  const key = `${segment}:${line}:${dayOf(now, timezone)}:${profiles[0]?.profileId}`;
  // What was done is over, and may come about again on the same day; what a person declined, or what failed, is not asked twice on it.
  const before = followsGroup.has(line) ? await doneUnder({ automation: id, key }) : 0;
  const dedupe = before > 0 ? `${key}:${before}` : key;
  const step: ProposedStep = {
    kind: klaviyoListMembers.id,
    payload: { list: { ...(list !== null && { id: list }), name }, way, members, others },
  };
  const making: ProposedStep = { kind: klaviyoList.id, payload: { name, optIn: "double_opt_in" } };
  return {
    proposal: {
      ...{ subject: `customers:${profiles.length}`, dedupe, expiresAt: now + offeredMs },
      evidence: { line, params: { list: name, customers: profiles.length } },
      steps: list === null ? [making, step] : [step],
    },
    listing: { dedupe, accountId: account("klaviyo").connectionId, segment, way: way === "add" ? "put" : "taken", profiles },
  };
}
