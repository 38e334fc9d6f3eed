import * as z from "zod";
import type { Text } from "#db/words/locales.ts";
import type { Account } from "#server/catalog/account.ts";
import { currencies } from "#server/catalog/currencies.ts";
import { decimalOf } from "#server/catalog/money.ts";
import { idOf } from "#server/catalog/providers/shopify-api.ts";
import { type Doing, defineAction, type Tried } from "./action.ts";
import { chunked, followJobs, type Progress, progressOf, startJob, underWay } from "./klaviyo-wire.ts";
import { asIs, impersonal, labels, ShopId } from "./payload.ts";
import { askShop } from "./shopify-wire.ts";

/** openapi, bulk_create_catalog_items. */
const rowsAJob = 100;
const shownRows = 3;

const Put = {
  id: ShopId,
  title: impersonal(500),
  url: impersonal(2000).refine((url) => /^https?:\/\/\S+$/.test(url), "no address of a page"),
  /** Minor units of the payload's currency. */
  price: z.number().int().nonnegative(),
  published: z.boolean(),
};
const Item = z.strictObject(Put);
const Variant = z.strictObject({
  ...Put,
  productId: ShopId,
  sku: impersonal(255),
  stock: z.number().int(),
  /** 1: hidden in product blocks while none is left. 2: shown all the same. 0: as it is not said. */
  policy: z.union([z.literal(0), z.literal(1), z.literal(2)]),
});
const common = {
  currency: z.enum([...currencies.keys()]),
  /** What the shop sells no more, and what becomes of it. */
  gone: z.array(ShopId).max(5000),
  as: z.enum(["unpublish", "delete"]),
  /** Whether what another integration has made there is changed, or as gone hidden or deleted, too. */
  over: z.boolean(),
};
const Payload = z
  .discriminatedUnion("what", [
    z.strictObject({ what: z.literal("item"), ...common, put: z.array(Item).max(5000) }),
    z.strictObject({ what: z.literal("variant"), ...common, put: z.array(Variant).max(5000) }),
  ])
  .refine(({ put, gone }) => put.length + gone.length > 0, "nothing");
type Payload = z.output<typeof Payload>;
type Row = Payload["put"][number];

/** How Klaviyo names what we send it, and what its own integration with the shop has sent (openapi, get_catalog_items; the latter unverified). */
const ours = (id: string) => `$custom:::$default:::${id}`;
const theirs = (id: string) => `$shopify:::$default:::${id}`;
export const catalogIds = { ours, theirs };

const Found = z.object({
  data: z.array(
    z.object({
      id: z.string(),
      attributes: z.object({
        title: z.string().nullish(),
        description: z.string().nullish(),
        image_full_url: z.string().nullish(),
        url: z.string().nullish(),
        price: z.number().nullish(),
        published: z.boolean().nullish(),
        sku: z.string().nullish(),
        inventory_quantity: z.number().nullish(),
        inventory_policy: z.number().nullish(),
        custom_metadata: z.record(z.string(), z.unknown()).nullish(),
      }),
    }),
  ),
});
type There = z.output<typeof Found>["data"][number]["attributes"];

/** What we make there says so: an id is no proof of it, since other integrations name their items by the shop's ids too. */
const mark = { created_by: "Atrium" };
const isOurs = ({ custom_metadata }: There): boolean => custom_metadata?.created_by === mark.created_by;

/** What the catalog has of these ids, as Klaviyo names them. */
export async function findInCatalog(account: Account, what: Payload["what"], ids: readonly string[]): Promise<Map<string, There>> {
  const found = new Map<string, There>();
  for (const some of chunked(ids, rowsAJob)) {
    const query = new URLSearchParams({ filter: `any(ids,${JSON.stringify(some)})`, "page[size]": String(rowsAJob) });
    const { data } = await account.json({ path: `/api/catalog-${what}s?${query}`, headers: { accept: "application/vnd.api+json" } }, Found);
    for (const { id, attributes } of data) found.set(id, attributes);
  }
  return found;
}

const Shown = z.object({
  data: z.object({
    nodes: z.array(
      z
        .object({
          id: z.string().optional(),
          description: z.string().optional(),
          featuredMedia: z.object({ preview: z.object({ image: z.object({ url: z.string() }).nullable() }).nullable() }).nullish(),
        })
        .nullable(),
    ),
  }),
});
const shownQuery =
  "query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Product { id description(truncateAt: 500) featuredMedia { preview { image { url } } } } } }";
type Looks = ReadonlyMap<string, Pick<There, "description" | "image_full_url">>;

/** How the shop describes these products and their first picture, at this moment: neither is stored. */
async function looksOf(shop: Account | null | undefined, products: readonly string[]): Promise<Looks> {
  if (!shop || products.length === 0) return new Map();
  const ids = [...new Set(products)].map((id) => `gid://shopify/Product/${id}`);
  const { data } = await askShop(shop, { query: shownQuery, variables: { ids } }, Shown);
  return new Map(
    data.nodes.flatMap((node) => {
      if (node?.id === undefined) return [];
      const image = node.featuredMedia?.preview?.image?.url;
      return [[idOf(node.id), { ...(node.description && { description: node.description }), ...(image && { image_full_url: image }) }]];
    }),
  );
}

/** What a row is sent as, but for what names it. */
const attributesOf = (row: Row, currency: string, looks: Looks): There => ({
  ...looks.get("productId" in row ? row.productId : row.id),
  title: row.title,
  url: row.url,
  price: Number(decimalOf(row.price, currency)),
  published: row.published,
  ...("sku" in row && { sku: row.sku, inventory_quantity: row.stock, inventory_policy: row.policy }),
});
const isSame = (wanted: There, there: There): boolean =>
  Object.entries(wanted).every(([name, value]) => there[name as keyof There] === value);

interface Todo {
  create: Row[];
  update: { id: string; attributes: There }[];
  drop: string[];
}
interface Seen {
  /** Rows by Klaviyo's ids, and of variants the items that they belong to. */
  found: ReadonlyMap<string, There>;
  items: ReadonlyMap<string, There>;
  looks: Looks;
}

/** So often it is waited for that what a job refused as being there is shown: whose it is, only that says. */
const mostLooks = 6;

const ownerIn = (found: ReadonlyMap<string, There>, id: string): "nobody" | "us" | "shop" | "other" => {
  const own = found.get(ours(id));
  if (own) return isOurs(own) ? "us" : "other";
  return found.has(theirs(id)) ? "shop" : "nobody";
};

/** Who has made a row there: we, the shop's own integration, or another one. A variant that is not there is its item's. */
function ownerOf({ found, items }: Seen, id: string, row: Row | undefined): ReturnType<typeof ownerIn> {
  const owner = ownerIn(found, id);
  return owner === "nobody" && row && "productId" in row ? ownerIn(items, row.productId) : owner;
}

/**
 * What is still to be sent, by what is there now. What is as it should be is left alone (`unseen`: it is not shown yet whose it is), and so is
 * what we did not make: what the shop's own integration keeps always, what others have made unless it is to be changed too.
 */
function todoOf(payload: Payload, seen: Seen, { over, refused, there, looks }: Progress) {
  const settled = new Set([...over, ...refused.map(({ id }) => id)]);
  const todo: Todo = { create: [], update: [], drop: [] };
  const left: Record<"kept" | "overwritten" | "unseen", string[]> = { kept: [], overwritten: [], unseen: [] };
  const put = payload.put as Row[];
  for (const { id, row } of [...put.map((row) => ({ id: row.id, row })), ...payload.gone.map((id) => ({ id, row: undefined }))]) {
    const now = seen.found.get(ours(id));
    const owner = ownerOf(seen, id, row);
    const isHidden = now === undefined && there.includes(id);
    if (isHidden && looks < mostLooks) left.unseen.push(id);
    else if (isHidden || owner === "shop" || (owner === "other" && !payload.over)) left.kept.push(id);
    else if (!settled.has(id) && add(todo, { id, row, now }, { payload, looks: seen.looks }) && now && owner === "other")
      left.overwritten.push(id);
  }
  return { todo, ...left };
}

/** Whether there is something to do about a row, which is then among what is to be done. */
function add(
  { create, update, drop }: Todo,
  { id, row, now }: { id: string; row: Row | undefined; now: There | undefined },
  { payload, looks }: { payload: Payload; looks: Looks },
): boolean {
  if (now === undefined) return row !== undefined && create.push(row) > 0;
  if (row === undefined && payload.as === "delete") return drop.push(id) > 0;
  const attributes = row ? attributesOf(row, payload.currency, looks) : { published: false };
  return !isSame(attributes, now) && update.push({ id, attributes }) > 0;
}

/** The jobs that do it, each with the body that its address takes (openapi, bulk_create_catalog_items and its five like). */
function jobsOf({ what, currency }: Payload, { create, update, drop }: Todo, looks: Looks) {
  const type = `catalog-${what}`;
  const job = (doing: string, data: { id: string; row: object }[]) => ({
    path: `/api/${type}-bulk-${doing}-jobs`,
    rows: data.map(({ id }) => id),
    body: {
      data: { type: `${type}-bulk-${doing}-job`, attributes: { [`${what}s`]: { data: data.map(({ row }) => ({ type, ...row })) } } },
    },
  });
  const made = create.map((row) => ({
    id: row.id,
    row: {
      attributes: {
        ...{ external_id: row.id, integration_type: "$custom", catalog_type: "$default" },
        // It must have one.
        description: row.title,
        ...attributesOf(row, currency, looks),
        custom_metadata: mark,
      },
      ...("productId" in row && { relationships: { item: { data: { type: "catalog-item", id: ours(row.productId) } } } }),
    },
  }));
  const changed = update.map(({ id, attributes }) => ({ id, row: { id: ours(id), attributes } }));
  const dropped = drop.map((id) => ({ id, row: { id: ours(id) } }));
  const all: Record<string, { id: string; row: object }[]> = { create: made, update: changed, delete: dropped };
  return Object.entries(all).flatMap(([doing, data]) => chunked(data, rowsAJob).map((some) => job(doing, some)));
}

const amount = (row: Row, currency: string) => `${decimalOf(row.price, currency)} ${currency}`;

/**
 * Products or their variants in Klaviyo's catalog, as the shop has them: titles, pages, prices in the shop's currency, stock.
 *
 * The shop's description and picture are asked for at that moment, and are not stored.
 *
 * Done once: what is there is read right before, and only what differs is sent, what is there already by a job that changes and all else by
 * one that makes (openapi, bulk_create_catalog_items: there is no upsert, and a job that makes what is there fails for that row). So the same
 * sent again sends nothing. A job is followed to its end, over as many turns as it takes, and what it refused is told by row. What Klaviyo's
 * own integration with the shop keeps there is left alone, and never made a second time beside it.
 */
export const klaviyoCatalog = defineAction<Payload>({
  id: "klaviyo-catalog",
  title: { en: "Update the Klaviyo catalog", fr: "Mettre à jour le catalogue Klaviyo", he: "עדכון הקטלוג ב-Klaviyo" },
  need: { provider: "klaviyo", scopes: ["catalogs:read", "catalogs:write"] },
  reads: [
    {
      provider: "shopify",
      scopes: ["read_products"],
      optional: {
        without: {
          en: "Products are sent without the shop’s description and picture.",
          fr: "Les produits sont envoyés sans la description ni l’image de la boutique.",
          he: "המוצרים נשלחים בלי התיאור והתמונה מהחנות.",
        },
      },
    },
  ],
  payload: Payload,
  touches: "catalog",
  idempotency: "natural",
  describe({ what, put, gone, as, over, currency }) {
    const [count, left] = [put.length, gone.length];
    return {
      sentence: sentenceOf(what, { count, left, as, over }),
      fields: [
        ...(count > 0 ? [{ label: what === "item" ? labels.products : labels.variants, value: String(count) }] : []),
        ...(left > 0 ? [{ label: labels.leaving, value: String(left) }] : []),
        ...(put as Row[]).slice(0, shownRows).map((row) => ({ label: asIs(row.title), value: amount(row, currency) })),
      ],
    };
  },
  chunks(payload) {
    const parts = [
      ...chunked(payload.put as Row[], rowsAJob).map((put) => ({ ...payload, put, gone: [] })),
      ...chunked(payload.gone, rowsAJob).map((gone) => ({ ...payload, put: [], gone })),
    ];
    return parts as Payload[];
  },
  async execute(doing, payload): Promise<Tried> {
    let progress = await followJobs(doing.account, progressOf(doing));
    if (progress.jobs.length > 0) return underWay(progress);
    const seen = await see(doing, payload);
    const { todo, kept, overwritten, unseen } = todoOf(payload, seen, progress);
    // What a job refused as being there, and is found as it should be, is done: by a try whose reply was lost, or by another job.
    const open = new Set([...todo.create.map(({ id }) => id), ...todo.update.map(({ id }) => id), ...unseen]);
    const ended = progress.there.filter((id) => !progress.over.includes(id) && !open.has(id));
    progress = { ...progress, over: [...progress.over, ...ended], overwritten: [...progress.overwritten, ...overwritten] };
    for (const job of jobsOf(payload, todo, seen.looks)) {
      const started = await startJob(doing, job);
      // What was begun before it is followed first; this one is begun by the next turn.
      if ("did" in started) return progress.jobs.length > 0 ? underWay(progress) : started;
      progress = { ...progress, jobs: [...progress.jobs, started] };
    }
    progress = await followJobs(doing.account, progress);
    const settled = new Set([...progress.over, ...progress.refused.map(({ id }) => id)]);
    // A row that was to be made and is there is looked at, and changed, by the next turn.
    if (progress.jobs.length > 0 || progress.there.some((id) => !settled.has(id))) return underWay(progress);
    const { refused, created } = progress;
    const rows = { refused, created, kept, overwritten: progress.overwritten };
    return { did: "done", receipt: { id: payload.what, ...Object.fromEntries(Object.entries(rows).filter(([, all]) => all.length > 0)) } };
  },
});

/** What is there of all that a step names, and how the shop shows it. */
async function see({ account, also }: Doing, { what, put, gone }: Payload): Promise<Seen> {
  const named = (ids: readonly string[]) => [...ids.map(ours), ...ids.map(theirs)];
  const found = await findInCatalog(account, what, named([...put.map(({ id }) => id), ...gone]));
  const products = [...new Set((put as Row[]).map((row) => ("productId" in row ? row.productId : row.id)))];
  const items = what === "variant" ? await findInCatalog(account, "item", named(products)) : found;
  return { found, items, looks: await looksOf(also?.("shopify"), products) };
}

type Told = Pick<Payload, "as" | "over"> & { count: number; left: number };
function sentenceOf(what: Payload["what"], { count, left, as, over }: Told): Text {
  const n = String(count);
  const items = what === "item";
  const put: Text = {
    en: `Bring ${n} ${items ? (count === 1 ? "product" : "products") : count === 1 ? "variant" : "variants"} in step in Klaviyo’s catalog: title, page, price${items ? "" : " and stock"} as in the shop.`,
    fr: `Aligner ${n} ${items ? (count === 1 ? "produit" : "produits") : count === 1 ? "variante" : "variantes"} dans le catalogue Klaviyo : titre, page, prix${items ? "" : " et stock"} comme dans la boutique.`,
    he: `עדכון ${n} ${items ? "מוצרים" : "וריאנטים"} בקטלוג של Klaviyo: שם, עמוד, מחיר${items ? "" : " ומלאי"} כמו בחנות.`,
  };
  const many = String(left);
  const gone: Text =
    as === "delete"
      ? {
          en: `Delete ${many} from Klaviyo’s catalog that the shop no longer sells.`,
          fr: `Supprimer du catalogue Klaviyo ${many} article(s) que la boutique ne vend plus.`,
          he: `מחיקת ${many} פריטים שהחנות כבר לא מוכרת מהקטלוג של Klaviyo.`,
        }
      : {
          en: `Hide ${many} in Klaviyo’s catalog that the shop no longer sells.`,
          fr: `Masquer dans le catalogue Klaviyo ${many} article(s) que la boutique ne vend plus.`,
          he: `הסתרת ${many} פריטים שהחנות כבר לא מוכרת בקטלוג של Klaviyo.`,
        };
  const others: Text = {
    en: "Items that another integration created are changed too.",
    fr: "Les articles créés par une autre intégration sont modifiés aussi.",
    he: "גם פריטים שאינטגרציה אחרת יצרה ישתנו.",
  };
  const said = [...(count > 0 ? [put] : []), ...(left > 0 ? [gone] : []), ...(over ? [others] : [])];
  const inLocale = (locale: keyof Text) => said.map((text) => text[locale]).join(" ");
  return { en: inLocale("en"), fr: inLocale("fr"), he: inLocale("he") };
}
