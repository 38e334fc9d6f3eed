import type { Outputs } from "#server/trpc/root.ts";
import type { ReferralNode, ReferralsView } from "./components/automations/referrals-page.tsx";
import type { Tone } from "./components/ui/tone.ts";
import type { Reader } from "./draw-lift.server.ts";
import { formatCount, formatDate, formatMoney } from "./i18n/format.ts";
import { isolate } from "./i18n/isolate.ts";
import { wordsIn } from "./i18n/translator.server.ts";

type Found = Outputs["referrals"]["get"];
type Referral = Found["referrals"][number];
type Referrer = Found["referrers"][number];

const TONES: Record<Referral["state"], Tone> = {
  ...{ waiting: "neutral", held: "warn", proposed: "info", rewarded: "ok", lapsed: "warn", refused: "danger" },
};

/** What the page of referrals says, written on the server so that the browser gets no words for it. `here`: the page's own address; `of`: whom was asked for. */
export function drawReferrals(
  found: Found,
  reader: Reader,
  { here, of, cursor }: { here: string; of: string | null; cursor: boolean },
): ReferralsView {
  const t = wordsIn(reader.locale);
  const shown = sayer(reader);
  const isEmpty = found.referrers.length === 0 && found.codes === 0;
  return {
    words: { title: t("referralWords:title"), description: t("referralWords:description") },
    figures: isEmpty ? null : { title: t("referralWords:figures.title"), tiles: tilesOf(found, reader), notes: notesOf(found, reader) },
    refused:
      found.refused.length === 0
        ? null
        : {
            title: t("referralWords:refused.title"),
            caption: t("referralWords:refused.caption"),
            columns: { reason: t("referralWords:refused.reason"), orders: t("referralWords:refused.orders") },
            rows: found.refused.map(({ reason, orders }) => ({
              key: reason,
              reason: t(`referralWords:reasons.${reason}`),
              orders: shown.count(orders),
            })),
          },
    tree: {
      title: of === null ? t("referralWords:tree.title") : t("referralWords:tree.of", { customer: isolate(of) }),
      roots: found.referrers.filter(({ root }) => root).map((root) => nodeOf(found, root, { reader, here, path: [], of })),
      all: of === null ? null : { label: t("referralWords:tree.all"), to: here },
    },
    empty: {
      title: t(of === null ? "referralWords:empty" : "referralWords:nobody"),
      body: of === null ? t("referralWords:emptyBody") : "",
    },
    previousTo: cursor ? here : null,
    nextTo: found.next === null ? null : `${here}?${new URLSearchParams({ cursor: found.next })}`,
  };
}

const sayer = ({ region, timeZone }: Reader) => ({
  count: (value: number) => formatCount(region, value),
  day: (at: number) => isolate(formatDate(region, at, { timeZone })),
  money: (amounts: readonly { minor: number; currency: string }[]) =>
    amounts.map((amount) => isolate(formatMoney(region, amount))).join(" · "),
});

function tilesOf({ codes, friends, bought, standing }: Found, reader: Reader) {
  const t = wordsIn(reader.locale);
  const { count, money } = sayer(reader);
  return [
    { key: "codes", label: t("referralWords:figures.codes"), value: count(codes) },
    { key: "friends", label: t("referralWords:figures.friends"), value: count(friends) },
    { key: "bought", label: t("referralWords:figures.bought"), value: money(bought) || t("referralWords:figures.nothing") },
    { key: "rewarded", label: t("referralWords:figures.rewarded"), value: count(standing.rewarded) },
    { key: "proposed", label: t("referralWords:figures.proposed"), value: count(standing.proposed) },
    { key: "waiting", label: t("referralWords:figures.waiting"), value: count(standing.waiting) },
  ];
}

function notesOf({ waits, standing: { waiting, held, lapsed } }: Found, reader: Reader): string[] {
  const t = wordsIn(reader.locale);
  const { count, day } = sayer(reader);
  const window = waits && { from: day(waits.from), until: day(waits.until) };
  return [
    ...(window
      ? [waiting === 1 || window.from === window.until ? t("referralWords:waitsUntil", window) : t("referralWords:waits", window)]
      : []),
    ...(held > 0 ? [t("referralWords:held", { orders: count(held) })] : []),
    ...(lapsed > 0 ? [t("referralWords:lapsed", { orders: count(lapsed) })] : []),
  ];
}

interface Within {
  reader: Reader;
  here: string;
  /** Whose friends this is among, from the root on. */
  path: readonly string[];
  of: string | null;
}

function nodeOf(found: Found, referrer: Referrer, within: Within): ReferralNode {
  const t = wordsIn(within.reader.locale);
  const { count, money } = sayer(within.reader);
  const { customer, orders, friends, bought } = referrer;
  const own = found.referrals.filter((each) => each.referrer === customer);
  const refused = orders - friends;
  const words = { friends: count(friends), refused: count(refused) };
  const isAskedFor = within.of === customer;
  const isRoot = within.path.length === 0;
  const ofRoot = refused > 0 ? "referralWords:tree.refusedToo" : "referralWords:tree.friends";
  const said = isRoot ? ofRoot : "referralWords:tree.also";
  return {
    key: customer,
    customer,
    isRoot,
    summary: [t(said, words), money(bought)].filter(Boolean).join(" · "),
    friends: own.map((each) => friendOf(found, each, { ...within, path: [...within.path, customer] })),
    more:
      orders > own.length && !isAskedFor
        ? { label: t("referralWords:tree.more", { orders: count(orders) }), to: `${within.here}?${new URLSearchParams({ of: customer })}` }
        : null,
  };
}

function friendOf(found: Found, each: Referral, within: Within): ReferralNode["friends"][number] {
  const t = wordsIn(within.reader.locale);
  const { day, money, count } = sayer(within.reader);
  const { friend, order, placedAt, value, state, reason, until } = each;
  const theirs =
    state === "refused" || friend === null || within.path.includes(friend)
      ? undefined
      : found.referrers.find(({ customer }) => customer === friend);
  const isListed = theirs !== undefined && found.referrals.some(({ referrer }) => referrer === friend);
  const below = theirs && isListed ? nodeOf(found, theirs, within) : null;
  const deeper =
    theirs && !isListed
      ? {
          label: t("referralWords:tree.more", { orders: count(theirs.orders) }),
          to: `${within.here}?${new URLSearchParams({ of: theirs.customer })}`,
        }
      : null;
  return {
    key: order,
    customer: friend ?? t("referralWords:tree.guest"),
    line: t("referralWords:tree.order", { order: isolate(order), value: money([value]), day: day(placedAt) }),
    state: { label: t(`referralWords:states.${state}`), tone: TONES[state], name: state },
    why: reason !== null ? t(`referralWords:reasons.${reason}`) : until !== null ? t("referralWords:tree.until", { day: day(until) }) : "",
    below,
    deeper,
  };
}
