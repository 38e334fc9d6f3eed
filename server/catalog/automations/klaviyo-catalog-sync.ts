import { sha256 } from "@oslojs/crypto/sha2";
import { encodeBase32UpperCaseNoPadding } from "@oslojs/encoding";
import * as z from "zod";
import type { CatalogFacts, CatalogPart } from "#db/words/syncs.ts";
import type { Account } from "#server/catalog/account.ts";
import { catalogIds, findInCatalog, klaviyoCatalog } from "#server/catalog/actions/klaviyo-catalog.ts";
import { looksPersonal } from "#server/catalog/actions/payload.ts";
import { defineAutomation } from "#server/catalog/automation.ts";
import { dayOf } from "#server/catalog/days.ts";
import type { Reading, Step } from "#server/catalog/job.ts";
import type { CatalogProduct, KeptEffects } from "#server/catalog/keeping.ts";
import { openPlaces } from "#server/catalog/places.ts";
import type { Proposal, ProposedStep } from "#server/catalog/records.ts";
import { readAll } from "#server/catalog/sensors/klaviyo-reads.ts";

const id = "klaviyo-catalog-sync";
const offeredMs = 3 * 86_400_000;
const productsAStep = 200;
/** What one proposal sends: a first filling is many of them. */
const rowsAProposal = 500;
const goneAStep = 500;
/** How Shopify calls the variant of a product that has one alone. */
const onlyVariant = "Default Title";

const Config = z.object({
  gone: z
    .enum(["unpublish", "delete"])
    .default("unpublish")
    .meta({
      label: { en: "Products no longer sold", fr: "Produits qui ne sont plus vendus", he: "מוצרים שכבר לא נמכרים" },
      choices: {
        unpublish: { en: "Hide in Klaviyo", fr: "Masquer dans Klaviyo", he: "להסתיר ב-Klaviyo" },
        delete: { en: "Delete from Klaviyo", fr: "Supprimer de Klaviyo", he: "למחוק מ-Klaviyo" },
      },
    }),
  hideSoldOut: z
    .boolean()
    .default(true)
    .meta({
      label: { en: "Hide what is sold out", fr: "Masquer ce qui est épuisé", he: "להסתיר מה שאזל" },
      hint: {
        en: "Klaviyo’s product blocks leave it out until there is stock again.",
        fr: "Les blocs produits de Klaviyo l’omettent jusqu’au retour en stock.",
        he: "בלוקי המוצרים של Klaviyo ידלגו עליו עד שיחזור למלאי.",
      },
    }),
  besideKlaviyo: z
    .boolean()
    .default(false)
    .meta({
      label: {
        en: "Send products although Klaviyo’s Shopify integration is on",
        fr: "Envoyer les produits bien que l’intégration Shopify de Klaviyo soit active",
        he: "לשלוח מוצרים גם כשהחיבור של Klaviyo ל-Shopify פעיל",
      },
      hint: {
        en: "That integration syncs products itself. Turn this on only if it doesn’t in your account: each product would be there twice.",
        fr: "Cette intégration synchronise déjà les produits. À n’activer que si ce n’est pas le cas chez vous : chaque produit y serait en double.",
        he: "החיבור הזה מסנכרן מוצרים בעצמו. יש להפעיל רק אם זה לא קורה בחשבון שלך: אחרת כל מוצר יופיע פעמיים.",
      },
    }),
  others: z
    .boolean()
    .default(false)
    .meta({
      label: {
        en: "Also change items that another integration created",
        fr: "Modifier aussi les articles créés par une autre intégration",
        he: "לשנות גם פריטים שאינטגרציה אחרת יצרה",
      },
      hint: {
        en: "Off: an item that is already in Klaviyo’s catalog under the same ID is left as it is. On: it gets your shop’s title, page, price and stock, and is hidden or deleted once you no longer sell it.",
        fr: "Non : un article déjà présent dans le catalogue sous le même identifiant reste tel quel. Oui : il prend le titre, la page, le prix et le stock de la boutique, et il est masqué ou supprimé quand il n’est plus vendu.",
        he: "כבוי: פריט שכבר נמצא בקטלוג של Klaviyo עם אותו מזהה נשאר כפי שהוא. פעיל: הוא יקבל את השם, העמוד, המחיר והמלאי מהחנות, ויוסתר או יימחק כשהוא כבר לא נמכר.",
      },
    }),
});
type Config = z.output<typeof Config>;

const Cursor = z.object({
  keptBy: z.enum(["klaviyo", "us"]),
  /** The last product that was gone through; the rest is counted on the way. */
  after: z.string().nullable(),
  products: z.number().int(),
  variants: z.number().int(),
  matched: z.number().int(),
  unfit: z.number().int(),
});
type Cursor = z.output<typeof Cursor>;

const lines = {
  no_products: {
    en: "The shop’s products haven’t been read yet.",
    fr: "Les produits de la boutique n’ont pas encore été lus.",
    he: "מוצרי החנות עדיין לא נקראו.",
  },
  kept_by_klaviyo: {
    en: "Klaviyo’s own Shopify integration keeps the products: {{matched}} of {{products}} found there. Nothing is sent beside it.",
    fr: "L’intégration Shopify de Klaviyo tient elle-même les produits : {{matched}} sur {{products}} y sont trouvés. Rien n’est envoyé en plus.",
    he: "החיבור של Klaviyo ל-Shopify מסנכרן את המוצרים בעצמו: נמצאו בו {{matched}} מתוך {{products}}. לא נשלח דבר לצידו.",
  },
  unfit: {
    en: "{{products}} products aren’t sent: their title or page looks like somebody’s address or phone number.",
    fr: "{{products}} produits ne sont pas envoyés : leur titre ou page ressemble à une adresse ou un numéro de téléphone.",
    he: "{{products}} מוצרים לא נשלחים: השם או העמוד שלהם נראים כמו כתובת או מספר טלפון של מישהו.",
  },
};
type CatalogReading = Reading<Config, Cursor, keyof typeof lines>;

/**
 * Keeps Klaviyo's catalog as the shop is: new products and variants, titles, pages, prices and stock that changed, and what is sold no more.
 *
 * What was last sent of each is remembered, and only what differs is proposed, some hundreds of rows a proposal. Whether a thing is there
 * already is looked at when it is done. Where the account's own integration with the shop is on, it keeps the products: they are looked for
 * there, and nothing is sent beside it.
 */
export const klaviyoCatalogSync = defineAutomation({
  id,
  title: { en: "Products in the Klaviyo catalog", fr: "Produits dans le catalogue Klaviyo", he: "מוצרים בקטלוג של Klaviyo" },
  description: {
    en: "Keeps Klaviyo’s catalog as your shop is: new products, changed titles, prices and stock, and what you no longer sell.",
    fr: "Tient le catalogue Klaviyo conforme à la boutique : nouveaux produits, titres, prix et stocks modifiés, et ce qui n’est plus vendu.",
    he: "שומרת שהקטלוג ב-Klaviyo יהיה כמו החנות: מוצרים חדשים, שמות, מחירים ומלאי שהשתנו, ומה שכבר לא נמכר.",
  },
  needs: [
    { provider: "shopify", scopes: ["read_products"] },
    { provider: "klaviyo", scopes: ["metrics:read"] },
  ],
  everyS: 2 * 3600,
  kinds: [klaviyoCatalog],
  acts: {
    feeds: ["shopify-details-sensor"],
    shows: "syncs",
    reasons: {
      changed: {
        en: "{{products}} products and {{variants}} variants are new in the shop or changed since they were last sent.",
        fr: "{{products}} produits et {{variants}} variantes sont nouveaux dans la boutique ou modifiés depuis le dernier envoi.",
        he: "{{products}} מוצרים ו-{{variants}} וריאנטים חדשים בחנות או השתנו מאז שנשלחו לאחרונה.",
      },
      gone: {
        en: "{{products}} products and {{variants}} variants that were sent are no longer sold.",
        fr: "{{products}} produits et {{variants}} variantes envoyés ne sont plus vendus.",
        he: "{{products}} מוצרים ו-{{variants}} וריאנטים שנשלחו כבר לא נמכרים.",
      },
    },
    never: {
      en: "It never changes your shop, never touches products that Klaviyo’s own Shopify integration keeps, and deletes nothing that it didn’t create, unless you tell it to.",
      fr: "Elle ne modifie jamais la boutique, ne touche jamais aux produits tenus par l’intégration Shopify de Klaviyo et ne supprime rien qu’elle n’ait créé, sauf si vous le demandez.",
      he: "האוטומציה לעולם לא משנה את החנות, לא נוגעת במוצרים שהחיבור של Klaviyo ל-Shopify שומר ולא מוחקת מה שלא יצרה, אלא אם ביקשת זאת.",
    },
  },
  lines,
  config: Config,
  cursor: Cursor,
  async step(reading) {
    const { catalog, config, cursor, log } = reading;
    const accountId = reading.account("klaviyo").connectionId;
    const place = cursor ?? { keptBy: await keeperOf(reading), after: null, products: 0, variants: 0, matched: 0, unfit: 0 };
    const page = await catalog.products({ automation: id, accountId, others: config.others, after: place.after, limit: productsAStep });
    if (page.length === 0 && place.after === null) {
      log("info", "no_products");
      return { cursor: null, done: true };
    }
    const walked = place.keptBy === "klaviyo" ? await match(reading, place, page) : send(reading, place, page);
    if (page.length === productsAStep || walked.isShort) return { ...walked.found, cursor: walked.next, done: false };
    return end(reading, walked.next, walked.found);
  },
});

const Metric = z.object({ integration: z.object({ name: z.string().nullish() }).nullish() });

/**
 * Who keeps the shop's products there. An account whose integration with Shopify is on records its metrics under that name, and syncs its
 * products itself (help.klaviyo.com, Shopify data reference); the API may or may not show these. Where neither says so, we do.
 */
async function keeperOf(reading: CatalogReading): Promise<Cursor["keptBy"]> {
  if (reading.config.besideKlaviyo) return "us";
  const klaviyo = reading.account("klaviyo");
  const metrics = await readAll(klaviyo, { path: "/api/metrics", attributes: Metric, places: openPlaces() });
  if (metrics.some(({ attributes }) => attributes.integration?.name === "Shopify")) return "klaviyo";
  const page = { automation: id, accountId: klaviyo.connectionId, others: false, after: null, limit: 100 };
  const ids = (await reading.catalog.products(page)).map((product) => catalogIds.theirs(product.id));
  return ids.length > 0 && (await findInCatalog(klaviyo, "item", ids)).size > 0 ? "klaviyo" : "us";
}

interface Walked {
  next: Cursor;
  found: Pick<Step<Cursor>, "proposals"> & KeptEffects;
  /** The page was not gone through to its end. */
  isShort: boolean;
}

const isSold = ({ status, url }: CatalogProduct): boolean => status === "ACTIVE" && url !== null;

/** Finds the shop's products among those that the account's own integration keeps. */
async function match(reading: CatalogReading, place: Cursor, page: readonly CatalogProduct[]): Promise<Walked> {
  const ids = page.map((product) => catalogIds.theirs(product.id));
  // What a first page shows nothing of is not shown.
  const isShown = place.after === null || place.matched > 0;
  const found = isShown && ids.length > 0 ? await findInCatalog(reading.account("klaviyo"), "item", ids) : new Map();
  return { next: counted(place, page, { matched: found.size }), found: {}, isShort: false };
}

const counted = (place: Cursor, page: readonly CatalogProduct[], more: { matched?: number; unfit?: number }): Cursor => ({
  ...place,
  after: page.at(-1)?.id ?? place.after,
  products: place.products + page.filter(isSold).length,
  variants: place.variants + page.filter(isSold).reduce((sum, { variants }) => sum + variants.length, 0),
  matched: place.matched + (more.matched ?? 0),
  unfit: place.unfit + (more.unfit ?? 0),
});

type Sent = NonNullable<KeptEffects["catalogSent"]>[number]["rows"][number];
interface Rows {
  items: object[];
  variants: object[];
  gone: Record<CatalogPart, string[]>;
  sent: Sent[];
  /** What was sent of each before. */
  before: (string | null)[];
}

const noRows = (): Rows => ({ items: [], variants: [], gone: { item: [], variant: [] }, sent: [], before: [] });

/** What of a page differs from what was last sent, as far as one proposal goes. */
function send(reading: CatalogReading, place: Cursor, page: readonly CatalogProduct[]): Walked {
  const rows = noRows();
  const walked: CatalogProduct[] = [];
  let unfit = 0;
  for (const product of page) {
    if (walked.length > 0 && rows.sent.length + product.variants.length >= rowsAProposal) break;
    walked.push(product);
    if (!isSold(product)) hide(product, rows);
    else if (isUnfit(product)) unfit += 1;
    else add(product, reading.config, rows);
  }
  const currency = page[0]?.variants[0]?.currency ?? reading.currency;
  const made = rows.sent.length > 0 ? proposalOf(reading, rows, { line: "changed", currency }) : null;
  return { next: counted(place, walked, { unfit }), found: made ?? {}, isShort: walked.length < page.length };
}

/** A payload takes no text that looks like a person's address or number. */
const isUnfit = ({ title, url, variants }: CatalogProduct): boolean =>
  variants.length === 0 || [title, url ?? "", ...variants.map((each) => each.title)].some((text) => text === "" || looksPersonal(text));

function add({ id: productId, title, url, sent, variants }: CatalogProduct, { hideSoldOut }: Config, rows: Rows): void {
  const page = url ?? "";
  const price = Math.min(...variants.map(({ priceMinor }) => priceMinor));
  const item = { id: productId, title: title.slice(0, 500), url: page, price, published: true };
  note(rows, { part: "item", id: productId, productId }, { before: sent, row: item, into: rows.items });
  for (const each of variants) {
    const row = {
      ...{ id: each.id, productId, price: each.priceMinor, published: true },
      title: (each.title === onlyVariant ? title : `${title} – ${each.title}`).slice(0, 500),
      url: `${page}${page.includes("?") ? "&" : "?"}variant=${each.id}`,
      sku: !each.sku || looksPersonal(each.sku) ? each.id : each.sku.slice(0, 255),
      stock: Math.max(0, each.stock ?? 0),
      // What the shop doesn't count is never sold out.
      policy: hideSoldOut && each.stock !== null ? 1 : 2,
    };
    note(rows, { part: "variant", id: each.id, productId }, { before: each.sent, row, into: rows.variants });
  }
}

function note(
  rows: Rows,
  of: Pick<Sent, "part" | "id" | "productId">,
  { before, row, into }: { before: string | null; row: object; into: object[] },
): void {
  const sent = JSON.stringify(Object.values(row));
  if (sent === before) return;
  into.push(row);
  rows.sent.push({ ...of, sent, isGone: false });
  rows.before.push(before);
}

/** What was sent and is not sold any more. */
function hide({ id: productId, sent, variants }: CatalogProduct, rows: Rows): void {
  if (sent) {
    rows.gone.item.push(productId);
    rows.sent.push({ part: "item", id: productId, productId, sent: "", isGone: true });
    rows.before.push(sent);
  }
  for (const each of variants) {
    if (!each.sent) continue;
    rows.gone.variant.push(each.id);
    rows.sent.push({ part: "variant", id: each.id, productId, sent: "", isGone: true });
    rows.before.push(each.sent);
  }
}

/** A chain: products before the variants that name them, and the other way round for what is gone. */
function proposalOf(
  { config, now, timezone, account }: CatalogReading,
  { items, variants, gone, sent, before }: Rows,
  { line, currency }: { line: "changed" | "gone"; currency: string },
): Pick<Step<Cursor>, "proposals"> & KeptEffects {
  const step = (what: CatalogPart, put: object[], left: string[]): ProposedStep[] =>
    put.length + left.length === 0
      ? []
      : [{ kind: klaviyoCatalog.id, payload: { what, currency, put, gone: left, as: config.gone, over: config.others } }];
  const [first, ...more] = [...step("item", items, []), ...step("variant", variants, gone.variant), ...step("item", [], gone.item)];
  if (!first) throw new Error("a proposal sends something");
  const of = (part: CatalogPart) => sent.filter((row) => row.part === part).length;
  const [products, ofVariants] = [of("item"), of("variant")];
  // Of one day the same change is proposed once; from what to what it changes is in the key.
  const digest = encodeBase32UpperCaseNoPadding(sha256(new TextEncoder().encode(JSON.stringify([sent, before])))).slice(0, 16);
  const dedupe = `${dayOf(now, timezone)}:${digest}`;
  const proposal: Proposal = {
    ...{ subject: `products:${new Set(sent.map(({ productId }) => productId)).size}`, dedupe, expiresAt: now + offeredMs },
    evidence: { line, params: { products, variants: ofVariants } },
    steps: [first, ...more],
  };
  return { proposals: [proposal], catalogSent: [{ dedupe, accountId: account("klaviyo").connectionId, rows: sent }] };
}

/** Behind the last product: what the shop has no more, and how all of it stands. */
async function end(reading: CatalogReading, place: Cursor, found: Walked["found"]): Promise<Step<Cursor>> {
  const klaviyo: Account = reading.account("klaviyo");
  const accountId = klaviyo.connectionId;
  const { keptBy, products, variants, matched, unfit } = place;
  const rows = noRows();
  const gone = keptBy === "us" ? await reading.catalog.gone({ automation: id, accountId, limit: goneAStep }) : [];
  for (const row of gone) {
    rows.gone[row.part].push(row.id);
    rows.sent.push({ ...row, sent: "", isGone: true });
  }
  if (keptBy === "klaviyo") reading.log("info", "kept_by_klaviyo", {}, { matched, products });
  if (unfit > 0) reading.log("info", "unfit", {}, { products: unfit });
  const made = gone.length > 0 ? proposalOf(reading, rows, { line: "gone", currency: reading.currency }) : null;
  const facts: CatalogFacts = { of: "catalog", keptBy, products, variants, matched, unfit };
  return {
    cursor: null,
    done: true,
    proposals: [...(found.proposals ?? []), ...(made?.proposals ?? [])],
    catalogSent: [...(found.catalogSent ?? []), ...(made?.catalogSent ?? [])],
    syncs: [{ accountId, what: "catalog", facts }],
  };
}
