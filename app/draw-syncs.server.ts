import type { Outputs } from "#server/trpc/root.ts";
import type { SyncsView } from "./components/automations/syncs-page.tsx";
import type { Reader } from "./draw-lift.server.ts";
import { formatCount, formatDate } from "./i18n/format.ts";
import { isolate } from "./i18n/isolate.ts";
import { wordsIn } from "./i18n/translator.server.ts";

type Found = Outputs["syncs"]["get"];
type List = Found["lists"][number];
type Catalog = NonNullable<Found["catalog"]>;
type Coupon = NonNullable<Found["coupon"]>;

/** What the page of what is in step says, written on the server so that the browser gets no words for it. */
export function drawSyncs(found: Found, reader: Reader): SyncsView {
  const t = wordsIn(reader.locale);
  const { lists, catalog, coupon, account } = found;
  return {
    words: {
      title: t("syncWords:title"),
      description: account === null ? t("syncWords:descriptionBefore") : t("syncWords:description", { account: isolate(account) }),
    },
    lists: lists.length === 0 ? null : listsView(lists, reader),
    catalog: catalog && catalogView(catalog, reader),
    coupon: coupon?.isOurs ? couponView(coupon, reader) : null,
    problem:
      coupon && !coupon.isOurs
        ? { title: t("syncWords:coupon.notOurs", { coupon: isolate(coupon.coupon) }), body: t("syncWords:coupon.notOursBody") }
        : null,
    refused: catalog && catalog.rows.length > 0 ? refusedView(catalog, reader) : null,
    empty: lists.length === 0 && !catalog && !coupon ? { title: t("syncWords:empty"), body: t("syncWords:emptyBody") } : null,
  };
}

const sayer = ({ region, timeZone }: Reader) => ({
  count: (value: number) => isolate(formatCount(region, value)),
  at: (instant: number) => isolate(formatDate(region, instant, { timeZone, style: "dateTime" })),
});

function listsView(lists: readonly List[], reader: Reader): NonNullable<SyncsView["lists"]> {
  const t = wordsIn(reader.locale);
  const { count, at } = sayer(reader);
  return {
    title: t("syncWords:lists.title"),
    caption: t("syncWords:lists.caption"),
    columns: {
      list: t("syncWords:lists.list"),
      here: t("syncWords:lists.here"),
      there: t("syncWords:lists.there"),
      waiting: t("syncWords:lists.waiting"),
      notes: t("syncWords:lists.notes"),
    },
    rows: lists.map((list) => {
      const waiting = [
        ...(list.coming > 0 ? [t("syncWords:lists.coming", { many: count(list.coming) })] : []),
        ...(list.leaving > 0 ? [t("syncWords:lists.leaving", { many: count(list.leaving) })] : []),
      ];
      const notes = [
        ...(list.isDeleted ? [t("syncWords:lists.deleted")] : []),
        ...(list.unknown > 0 ? [t("syncWords:lists.unknown", { many: count(list.unknown) })] : []),
        ...(list.addedByOthers > 0 ? [t("syncWords:lists.added", { many: count(list.addedByOthers) })] : []),
        ...(list.removedByOthers > 0 ? [t("syncWords:lists.removed", { many: count(list.removedByOthers) })] : []),
      ];
      return {
        key: list.segment,
        name: list.name,
        group: `${t("syncWords:lists.group")}: ${t(`syncWords:groups.${list.segment}`)}`,
        here: count(list.here),
        there: list.there === null && !list.isDeleted ? t("syncWords:lists.none") : count(list.there ?? 0),
        waiting: waiting.length > 0 ? waiting : null,
        notes: notes.length > 0 || waiting.length > 0 ? notes : [t("syncWords:lists.inStep")],
        compared: t("syncWords:compared", { at: at(list.comparedAt) }),
      };
    }),
  };
}

function catalogView(catalog: Catalog, reader: Reader): NonNullable<SyncsView["catalog"]> {
  const t = wordsIn(reader.locale);
  const { count, at } = sayer(reader);
  const isTheirs = catalog.keptBy === "klaviyo";
  const tile = (
    key: "products" | "variants" | "items" | "ofVariants" | "matched" | "waiting" | "refused" | "hidden" | "others",
    value: number,
  ) => ({
    ...{ key, label: t(`syncWords:catalog.${key}`), value: count(value) },
  });
  return {
    title: t("syncWords:catalog.title"),
    tiles: isTheirs
      ? [tile("products", catalog.products), tile("variants", catalog.variants), tile("matched", catalog.matched)]
      : [
          tile("products", catalog.products),
          tile("items", catalog.inStep.item),
          tile("ofVariants", catalog.inStep.variant),
          tile("waiting", catalog.waiting),
          tile("refused", catalog.refused),
          tile("hidden", catalog.hidden),
          ...(catalog.others > 0 ? [tile("others", catalog.others)] : []),
        ],
    notes: [
      ...(!isTheirs && catalog.others > 0 ? [t("syncWords:catalog.othersNote")] : []),
      ...(isTheirs ? [t("syncWords:catalog.byKlaviyo")] : []),
      ...(catalog.unfit > 0 ? [t("syncWords:catalog.unfit", { many: count(catalog.unfit) })] : []),
      t("syncWords:compared", { at: at(catalog.comparedAt) }),
    ],
  };
}

function couponView(coupon: Coupon, reader: Reader): NonNullable<SyncsView["coupon"]> {
  const t = wordsIn(reader.locale);
  const { count, at } = sayer(reader);
  const tile = (key: "ready" | "assigned" | "used" | "expired" | "waiting" | "lately", value: string) => ({
    ...{ key, label: t(`syncWords:coupon.${key}`), value },
  });
  const { ready, assigned, used, expired, waiting, lately, keep, below, most, filledAt } = coupon;
  return {
    figures: {
      title: t("syncWords:coupon.title", { coupon: isolate(coupon.coupon) }),
      tiles: [
        tile("ready", count(ready)),
        tile("assigned", count(assigned)),
        tile("used", count(used)),
        tile("expired", count(expired)),
        tile("waiting", count(waiting)),
        tile("lately", t("syncWords:coupon.ofMost", { many: count(lately), most: count(most) })),
      ],
      notes: [
        t("syncWords:coupon.keeps", { keep: count(keep), below: count(below) }),
        ...(filledAt === null ? [] : [t("syncWords:coupon.filled", { at: at(filledAt) })]),
        t("syncWords:compared", { at: at(coupon.comparedAt) }),
      ],
    },
    tag: { lead: t("syncWords:coupon.tag"), text: `{% coupon_code '${coupon.coupon}' %}` },
  };
}

function refusedView({ rows, refused }: Catalog, reader: Reader): NonNullable<SyncsView["refused"]> {
  const t = wordsIn(reader.locale);
  const { count } = sayer(reader);
  return {
    title: t("syncWords:refused.title"),
    caption: t("syncWords:refused.caption"),
    columns: { what: t("syncWords:refused.what"), why: t("syncWords:refused.why") },
    rows: rows.map(({ part, id, title, why }) => ({
      key: `${part} ${id}`,
      what: title ?? t("syncWords:refused.gone", { id: isolate(id) }),
      why,
    })),
    notes: [
      t("syncWords:refused.note"),
      ...(rows.length < refused ? [t("syncWords:refused.first", { shown: count(rows.length), many: count(refused) })] : []),
    ],
  };
}
