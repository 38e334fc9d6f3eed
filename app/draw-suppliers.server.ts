import type { Outputs } from "#server/trpc/root.ts";
import type { SuppliersView } from "./components/automations/suppliers-page.tsx";
import type { Tone } from "./components/ui/tone.ts";
import type { Reader } from "./draw-lift.server.ts";
import { formatCount, formatDate, formatMoney } from "./i18n/format.ts";
import { isolate } from "./i18n/isolate.ts";
import { wordsIn } from "./i18n/translator.server.ts";

type Orders = Outputs["supply"]["orders"];
type Order = Orders["orders"][number];
type Variants = Outputs["supply"]["variants"];
type Variant = Variants["variants"][number];
type Form = Outputs["supply"]["suggest"];

export const TABS = ["orders", "open", "mapped", "own"] as const;
export type Tab = (typeof TABS)[number];

/** So many letters of what is sought are looked for. */
export const MOST_SOUGHT = 100;

const NAMES = { cj: "CJ Dropshipping", bigbuy: "BigBuy" } as const;
const TONES: Record<Order["state"], Tone> = {
  held: "warn",
  proposed: "info",
  ordered: "info",
  shipped: "ok",
  stuck: "danger",
  over: "neutral",
};
const STATES = ["stuck", "held", "proposed", "ordered", "shipped", "over"] as const;

interface At {
  here: string;
  /** Where the client's other pages are. */
  portal: string;
  tab: Tab;
  state: Order["state"] | null;
  q: string;
  cursor: boolean;
  may: Record<"decide" | "map", boolean>;
}

/** What the page of suppliers says, written on the server so that the browser gets no words for it. */
export function drawSuppliers(
  { orders, variants, form }: { orders: Orders | null; variants: Variants | null; form: Form | null },
  reader: Reader,
  at: At,
): SuppliersView {
  const t = wordsIn(reader.locale);
  const { here, tab, state, q, cursor } = at;
  const to = (params: Record<string, string>) => `${here}?${new URLSearchParams(params)}`;
  const kept = { tab, ...(state !== null && { state }), ...(q !== "" && { q }) };
  const toMap = { to: to({ tab: "open" }), label: t("supplyWords:tabs.open") };
  const isNone = orders !== null && state === null && orders.orders.length === 0 && !cursor;
  const next = orders?.next ?? variants?.next ?? null;
  return {
    words: { title: t("supplyWords:title"), description: t("supplyWords:description") },
    tabs: TABS.map((each) => ({ to: to({ tab: each }), label: t(`supplyWords:tabs.${each}`), current: each === tab })),
    orders: orders && {
      title: t("supplyWords:orders.title"),
      caption: t("supplyWords:orders.caption"),
      columns: {
        order: t("supplyWords:orders.order"),
        status: t("supplyWords:orders.status"),
        since: t("supplyWords:orders.since"),
        actions: t("supplyWords:orders.actions"),
      },
      // Where there is none of any, there is nothing to choose from.
      filters: isNone
        ? []
        : [
            { to: to({ tab }), label: t("supplyWords:orders.all"), current: state === null },
            ...STATES.filter((each) => orders.counts[each] > 0 || each === state).map((each) => ({
              to: to({ tab, state: each }),
              label: t(`supplyWords:filters.${each}`),
              count: orders.counts[each],
              current: each === state,
            })),
          ],
      rows: orders.orders.map((order) => orderOf(order, reader, at)),
      empty:
        state === null
          ? { title: t("supplyWords:orders.empty"), body: t("supplyWords:orders.emptyBody"), next: toMap }
          : { title: t("supplyWords:orders.none"), body: "", next: null },
    },
    products: variants && {
      title: t(`supplyWords:products.${tab === "orders" ? "open" : tab}Title`),
      body: t(`supplyWords:products.${tab === "orders" ? "open" : tab}Body`),
      caption: t("supplyWords:products.caption"),
      columns: {
        product: t("supplyWords:products.product"),
        sku: t("supplyWords:products.sku"),
        sold: t("supplyWords:products.sold"),
        at: tab === "mapped" ? t("supplyWords:products.at") : null,
        actions: t("supplyWords:products.actions"),
      },
      search: { label: t("supplyWords:products.search"), find: t("supplyWords:products.find"), q, tab, most: MOST_SOUGHT },
      rows: variants.variants.map((variant) => productOf(variant, reader, { ...at, to: (variantId) => to({ ...kept, map: variantId }) })),
      empty: q === "" && !cursor ? noProducts(tab, t, toMap) : { title: t("supplyWords:products.none"), body: "", next: null },
    },
    form: form && formOf(form, reader, to(kept)),
    previousTo: cursor ? to(kept) : null,
    nextTo: next === null ? null : to({ ...kept, cursor: next }),
  };
}

type Empty = NonNullable<SuppliersView["orders"]>["empty"];

function noProducts(tab: Tab, t: ReturnType<typeof wordsIn>, toMap: NonNullable<Empty["next"]>): Empty {
  if (tab === "mapped")
    return { title: t("supplyWords:products.mappedEmpty"), body: t("supplyWords:products.mappedEmptyBody"), next: toMap };
  if (tab === "own") return { title: t("supplyWords:products.ownEmpty"), body: t("supplyWords:products.ownEmptyBody"), next: toMap };
  return { title: t("supplyWords:products.empty"), body: t("supplyWords:products.emptyBody"), next: null };
}

function orderOf(order: Order, reader: Reader, { portal, may }: At): NonNullable<SuppliersView["orders"]>["rows"][number] {
  const t = wordsIn(reader.locale);
  const status = order.action?.status;
  const isOpen = order.state === "proposed" && status === "waiting";
  const word = isOpen
    ? "waiting"
    : order.state === "proposed" && status && ["approved", "executing", "unsure"].includes(status)
      ? "doing"
      : order.state;
  const offers = may.decide ? order.may : [];
  return {
    key: `${order.order} ${order.supplier} ${order.part}`,
    order: order.order,
    supplier: order.supplier,
    part: order.part,
    at:
      order.part === 0
        ? NAMES[order.supplier]
        : t("supplyWords:orders.part", { supplier: NAMES[order.supplier], part: formatCount(reader.region, order.part + 1) }),
    state: { label: t(`supplyWords:states.${word}`), tone: TONES[order.state], name: order.reason ?? order.state, stands: order.state },
    costs: order.facts.margin?.costs ?? null,
    why: whyOf(order, reader),
    message: order.facts.message ?? "",
    parcels: order.parcels.length > 0 ? t("supplyWords:orders.parcels", { parcels: isolate(order.parcels.join(", ")) }) : "",
    since: { at: order.since, text: formatDate(reader.region, order.since, { timeZone: reader.timeZone }) },
    approval: order.action ? { to: `${portal}/approvals/${order.action.id}`, label: t("supplyWords:orders.view") } : null,
    actions: offers.map((does) => ({ does, label: t(`supplyWords:orders.${does}`) })),
  };
}

type Why = Pick<Order, "state" | "reason" | "facts" | "supplier">;

function whyOf({ state, reason, facts, supplier }: Why, reader: Reader): string {
  const { locale, region } = reader;
  const t = wordsIn(locale);
  const name = NAMES[supplier];
  const money = (minor: number) => isolate(formatMoney(region, { minor, currency: facts.margin?.currency ?? "USD" }));
  const said = reason ?? (state === "ordered" || state === "shipped" ? state : null);
  if (said === null) return "";
  const short = (facts.short ?? []).map((each) =>
    t("supplyWords:why.shortOf", {
      ...{
        there: formatCount(region, each.there),
        quantity: formatCount(region, each.quantity),
        name: isolate(each.name ?? each.reference),
      },
    }),
  );
  const { was, ...rest } = facts;
  const before = said === "too_old" && was ? ` ${whyOf({ state: "held", reason: was, facts: rest, supplier }, reader)}` : "";
  const sentence = t(`supplyWords:why.${said}`, {
    ...{
      supplier: isolate(name),
      references: isolate((facts.references ?? []).join(", ")),
      short: short.join(", "),
      word: isolate(facts.word ?? ""),
      price: isolate(facts.price ?? ""),
    },
    ...{
      from: facts.rate?.from ?? "",
      to: facts.rate?.to ?? "",
      brings: money(facts.margin?.brings ?? 0),
      costs: money(facts.margin?.costs ?? 0),
    },
    ...{ percent: String(facts.margin?.percent ?? 0), least: String(facts.margin?.least ?? 0) },
  });
  return `${sentence}${before}`;
}

function productOf(
  { variant, title, sku, sold, mapping }: Variant,
  { locale, region }: Reader,
  { may, to }: At & { to(variant: string): string },
): NonNullable<SuppliersView["products"]>["rows"][number] {
  const t = wordsIn(locale);
  const name = mapping?.name ?? mapping?.reference ?? "";
  const isMapped = mapping?.state === "mapped";
  return {
    key: variant,
    title: title || variant,
    sku: sku || t("supplyWords:products.noSku"),
    sold: formatCount(region, sold),
    at:
      isMapped && mapping.supplier
        ? {
            supplier: NAMES[mapping.supplier],
            name: mapping.pack > 1 ? t("supplyWords:products.packed", { pack: String(mapping.pack), name: isolate(name) }) : name,
            reference: mapping.reference ?? "",
          }
        : null,
    map: may.map ? { to: to(variant), label: t(`supplyWords:products.${isMapped ? "change" : "map"}`) } : null,
    actions: may.map
      ? mapping === null
        ? [{ intent: "keep" as const, label: t("supplyWords:products.keep") }]
        : [{ intent: "unmap" as const, label: t("supplyWords:products.unmap") }]
      : [],
  };
}

function formOf({ variant, suppliers, suggestions, silent }: Form, { locale }: Reader, back: string): NonNullable<SuppliersView["form"]> {
  const t = wordsIn(locale);
  return {
    variant: variant.variant,
    title: t("supplyWords:form.title", { product: isolate(variant.title || variant.variant) }),
    suggestionsTitle: t("supplyWords:form.suggestions"),
    suggestions: suggestions.map(({ supplier, reference, name }) => ({
      ...{ supplier, reference },
      label: t("supplyWords:form.use", { supplier: NAMES[supplier], name: isolate(name) }),
    })),
    notes: [
      ...(suppliers.length === 0 ? [t("supplyWords:form.noSuppliers")] : []),
      ...(suppliers.length > 0 && suggestions.length === 0 && silent.length === 0 ? [t("supplyWords:form.noSuggestion")] : []),
      ...silent.map((supplier) => t("supplyWords:form.silent", { supplier: NAMES[supplier] })),
    ],
    suppliers: suppliers.map((value) => ({ value, label: NAMES[value] })),
    values: {
      supplier: variant.mapping?.supplier ?? suppliers[0] ?? "",
      reference: variant.mapping?.reference ?? "",
      pack: String(variant.mapping?.pack ?? 1),
    },
    labels: {
      supplier: t("supplyWords:form.supplier"),
      reference: t("supplyWords:form.reference"),
      referenceHint: t("supplyWords:form.referenceHint"),
      pack: t("supplyWords:form.pack"),
      packHint: t("supplyWords:form.packHint"),
      save: t("supplyWords:form.save"),
      cancel: t("supplyWords:form.cancel"),
    },
    cancelTo: back,
  };
}
