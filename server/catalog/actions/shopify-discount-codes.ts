import * as z from "zod";
import type { Account } from "#server/catalog/account.ts";
import { type Doing, defineAction, type Tried } from "./action.ts";
import { codeAt, codeBatch, codesABatch, codesOf, partsOf, withCodes } from "./code-batch.ts";
import { chunked } from "./klaviyo-wire.ts";
import { Amount, amountText, impersonal, instantText, labels } from "./payload.ts";
import { endDiscount, holderOf, type KnownDiscount, makeDiscount } from "./shopify-codes.ts";
import { askShop, changeShop } from "./shopify-wire.ts";

const Payload = z
  .strictObject({
    ...codeBatch,
    /** As staff see it in Shopify. */
    title: impersonal(255),
    off: z.strictObject({ percent: z.number().int().min(1).max(100) }),
    /** What an order must come to. */
    minimum: Amount,
    startsAt: z.iso.datetime(),
    endsAt: z.iso.datetime(),
  })
  .refine(({ startsAt, endsAt }) => Date.parse(startsAt) < Date.parse(endsAt), "it ends before it begins")
  .refine(({ from, count }) => from + count <= codesABatch, "more than a batch has");
type Payload = z.output<typeof Payload>;

/** ../shared/writes-and-voice.md, Shopify / discountCodeBasicCreate: 251 are refused. */
const codesACall = 250;
/** So many are looked up in one query. */
const codesAQuery = 50;
const againInS = 5;
const mostInS = 300;

const Looked = z.object({ bulk: z.string(), looks: z.number().int() });
const Added = z.object({ bulkCreation: z.object({ id: z.string() }) });
const addQuery = `mutation ($discount: ID!, $codes: [DiscountRedeemCodeInput!]!) {
  discountRedeemCodeBulkAdd(discountId: $discount, codes: $codes) { bulkCreation { id } userErrors { code field message } }
}`;
const Creation = z.object({
  data: z.object({
    discountRedeemCodeBulkCreation: z
      .object({
        done: z.boolean(),
        codes: z.object({ nodes: z.array(z.object({ code: z.string(), errors: z.array(z.object({ message: z.string() })) })) }),
      })
      .nullable(),
  }),
});
const creationQuery = `query ($id: ID!) {
  discountRedeemCodeBulkCreation(id: $id) { done codes(first: ${codesACall}) { nodes { code errors { message } } } }
}`;

const knownOf = (doing: Pick<Doing, "hashOf">, payload: Payload): KnownDiscount => ({
  ...{ code: codeAt(doing, payload, 0), title: payload.title, off: payload.off },
});

/** The discount of the batch: made by its first part, and found by every other. */
async function discountFor(doing: Doing, payload: Payload): Promise<{ id: string } | Exclude<Tried, { did: "done" | "under_way" }>> {
  const known = knownOf(doing, payload);
  const holder = await holderOf(doing.account, known);
  if (typeof holder === "object" && holder.id !== null) return { id: holder.id };
  if (holder === "other") return { did: "failed", failure: { kind: "rejected", message: "another discount has the first code" } };
  if (payload.from > 0) return { did: "limited", retryAfterS: againInS };
  const made = await makeDiscount(doing, known, { ...payload, uses: 1 });
  if (made.did !== "done") return made;
  return made.receipt.id === null ? { did: "unsure", reason: "a discount without an id" } : { id: made.receipt.id };
}

/** Of these codes those that work for the discount. */
async function heldBy(account: Account, discount: string, codes: readonly string[]): Promise<Set<string>> {
  const held = new Set<string>();
  for (const some of chunked(codes, codesAQuery)) {
    const query = `query (${some.map((_, at) => `$c${at}: String!`).join(" ")}) {
      ${some.map((_, at) => `c${at}: codeDiscountNodeByCode(code: $c${at}) { id }`).join(" ")} }`;
    const variables = Object.fromEntries(some.map((code, at) => [`c${at}`, code]));
    const { data } = await askShop(
      account,
      { query, variables },
      z.object({ data: z.record(z.string(), z.object({ id: z.string() }).nullable()) }),
    );
    for (const [at, code] of some.entries()) if (data[`c${at}`]?.id === discount) held.add(code);
  }
  return held;
}

/**
 * One discount with many codes, each for whoever is given it, once, and of them one for each customer. The usage limit of a discount counts
 * each code by itself (unverified; were it wrong, fewer would work).
 *
 * Done once: the discount is known by the batch's first code, which every try makes alike, and a code is unique in its shop. What is added
 * again is refused code by code, and each that was refused is looked up: it is done where it works for this discount. The rest is told in the
 * receipt by place, so that what comes behind in the chain leaves it out. Undone by ending the discount.
 */
export const shopifyDiscountCodes = defineAction<Payload>({
  id: "shopify-discount-codes",
  title: { en: "Create many discount codes", fr: "Créer de nombreux codes de réduction", he: "יצירת קודי הנחה רבים" },
  need: { provider: "shopify", scopes: ["read_discounts", "write_discounts"] },
  payload: Payload,
  touches: "money",
  idempotency: "natural",
  describe({ count, off, minimum, startsAt, endsAt, title, prefix }) {
    const [percent, one] = [String(off.percent), count === 1];
    return {
      sentence: {
        en: `Create ${count} ${one ? "code" : "codes"} in Shopify: ${percent}% off one order of ${amountText(minimum)} or more, for whoever is given ${one ? "it" : "one"}. Each works once.`,
        fr: `Créer ${count} ${one ? "code" : "codes"} dans Shopify : ${percent} % de remise sur une commande d’au moins ${amountText(minimum)}, pour qui en reçoit un. Chacun ne sert qu’une fois.`,
        he: `יצירת ${one ? "קוד אחד" : `${count} קודים`} ב-Shopify: הנחה של ${percent}% על הזמנה אחת של ${amountText(minimum)} לפחות, למי שמקבל קוד. כל קוד תקף פעם אחת.`,
      },
      fields: [
        { label: labels.codes, value: `${count} × ${prefix}-…` },
        { label: labels.discount, value: `${percent}%` },
        { label: labels.minimum, value: amountText(minimum) },
        { label: labels.starts, value: instantText(startsAt) },
        { label: labels.ends, value: instantText(endsAt) },
        { label: labels.title, value: title },
      ],
    };
  },
  chunks: (payload) => partsOf(payload, codesACall),
  execute: (doing, payload): Promise<Tried> => withCodes(doing, payload, () => make(doing, payload)),
  async undo(doing, payload, receipt) {
    // The discount is the first part's: with it end the codes of all others. It is known by its id, whatever key made its codes.
    return payload.from > 0 ? { did: "done", receipt } : endDiscount(doing, knownOf(doing, payload), receipt);
  },
});

async function make(doing: Doing, payload: Payload): Promise<Tried> {
  const discount = await discountFor(doing, payload);
  if ("did" in discount) return discount;
  const codes = codesOf(doing, payload);
  // The discount came with it.
  codes.delete(0);
  if (codes.size === 0) return { did: "done", receipt: { id: discount.id } };
  const looked = doing.looked === undefined ? null : Looked.parse(JSON.parse(doing.looked));
  const begun = looked ?? (await addTo(doing, discount.id, [...codes.values()]));
  // What is given up here is taken back by nobody: the discount is not left working.
  if ("did" in begun && begun.did === "failed" && payload.from === 0) {
    const ended = await endDiscount(doing, knownOf(doing, payload), { id: discount.id });
    return ended.did === "done" || ended.did === "failed" ? begun : ended;
  }
  if ("did" in begun) return begun;
  const { data } = await askShop(doing.account, { query: creationQuery, variables: { id: begun.bulk } }, Creation);
  const creation = data.discountRedeemCodeBulkCreation;
  if (creation && !creation.done) {
    const again = { bulk: begun.bulk, looks: begun.looks + 1 };
    return { did: "under_way", looked: JSON.stringify(again), inS: Math.min(againInS * 2 ** begun.looks, mostInS) };
  }
  // Where nobody knows what came of it, each is looked up.
  const doubtful = creation ? creation.codes.nodes.filter(({ errors }) => errors.length > 0).map(({ code }) => code) : [...codes.values()];
  const held = await heldBy(doing.account, discount.id, doubtful);
  const why = new Map(creation?.codes.nodes.map(({ code, errors }) => [code, errors[0]?.message]));
  const refused = [...codes]
    .filter(([, code]) => doubtful.includes(code) && !held.has(code))
    .map(([place, code]) => ({ id: String(place), why: (why.get(code) ?? "not there").slice(0, 300) }));
  if (refused.length === payload.count)
    return { did: "failed", failure: { kind: "rejected", message: `no code was taken: ${refused[0]?.why}` } };
  return { did: "done", receipt: { id: discount.id, ...(refused.length > 0 && { refused }) } };
}

async function addTo(doing: Doing, discount: string, codes: readonly string[]) {
  const variables = { discount, codes: codes.map((code) => ({ code })) };
  const added = await changeShop(
    doing,
    { query: addQuery, variables, field: "discountRedeemCodeBulkAdd", shape: Added, repeatable: true },
    { receiptOf: (own) => ({ id: own?.bulkCreation.id ?? null }) },
  );
  if (added.did !== "done") return added;
  return added.receipt.id === null
    ? ({ did: "unsure", reason: "an addition without an id" } as const)
    : { bulk: added.receipt.id, looks: 0 };
}
