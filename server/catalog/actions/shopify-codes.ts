import * as z from "zod";
import type { Receipt } from "#db/words/actions.ts";
import type { Account } from "#server/catalog/account.ts";
import { decimalOf, minorUnits } from "#server/catalog/money.ts";
import type { Attempt, Doing } from "./action.ts";
import { type Amount, amountText } from "./payload.ts";
import { askShop, changeShop } from "./shopify-wire.ts";

/** What a discount takes off an order. */
export type Off = { percent: number } | Amount;

/** `space`: what stands before the sign in the language of the sentence. */
export const offText = (off: Off, space = ""): string => ("percent" in off ? `${off.percent}${space}%` : amountText(off));

/** A discount as it is known again: a code that works for it, its name in the shop, and its value. */
export interface KnownDiscount {
  code: string;
  title: string;
  off: Off;
}

const Found = z.object({
  data: z.object({
    codeDiscountNodeByCode: z
      .object({
        id: z.string(),
        // Discounts of other kinds (free shipping, buy one and get one) answer none of this.
        codeDiscount: z.object({
          title: z.string().optional(),
          customerGets: z
            .object({
              value: z.object({
                percentage: z.number().optional(),
                amount: z.object({ amount: z.string(), currencyCode: z.string() }).optional(),
              }),
            })
            .optional(),
        }),
      })
      .nullable(),
  }),
});
const foundQuery = `query ($code: String!) {
  codeDiscountNodeByCode(code: $code) {
    id
    codeDiscount {
      ... on DiscountCodeBasic {
        title
        customerGets { value { ... on DiscountPercentage { percentage } ... on DiscountAmount { amount { amount currencyCode } } } }
      }
    }
  }
}`;
const createQuery = `mutation ($discount: DiscountCodeBasicInput!) {
  discountCodeBasicCreate(basicCodeDiscount: $discount) { codeDiscountNode { id } userErrors { code field message } }
}`;
const endQuery = `mutation ($id: ID!) {
  discountCodeDeactivate(id: $id) { codeDiscountNode { id } userErrors { code field message } }
}`;
const Node = z.object({ codeDiscountNode: z.object({ id: z.string() }) });

/** Who has the code: this discount, another one, or nobody whom the shop's reads show. */
export async function holderOf(account: Account, { code, title, off }: KnownDiscount): Promise<Receipt | "other" | "absent"> {
  const { data } = await askShop(account, { query: foundQuery, variables: { code } }, Found);
  const found = data.codeDiscountNodeByCode;
  if (!found) return "absent";
  const { percentage, amount } = found.codeDiscount.customerGets?.value ?? {};
  const same =
    "percent" in off
      ? percentage !== undefined && Math.round(percentage * 100) === off.percent
      : amount?.currencyCode === off.currency && minorUnits(amount.amount, off.currency) === off.minor;
  return same && found.codeDiscount.title === title ? { id: found.id } : "other";
}

interface Terms {
  minimum: Amount;
  startsAt: string;
  endsAt: string;
  /** How often each of its codes works. */
  uses: number;
  /** Whose it is alone (the shop's id); without it, anybody's, each once. */
  customerId?: string;
}

/** Makes a discount with one code. A code that the same discount has was made by a try before; one that another has is a failure. */
export async function makeDiscount(doing: Doing, known: KnownDiscount, terms: Terms): Promise<Attempt> {
  const { minimum, startsAt, endsAt, uses, customerId } = terms;
  const { account } = doing;
  // Amounts go without their currency and are taken to be the shop's.
  if (account.currency !== undefined && account.currency !== minimum.currency)
    return { did: "failed", failure: { kind: "rejected", message: `the shop counts in ${account.currency}, not in ${minimum.currency}` } };
  const { code, title, off } = known;
  const discount = {
    ...{ title, code, startsAt, endsAt },
    usageLimit: uses,
    appliesOncePerCustomer: true,
    combinesWith: { orderDiscounts: false, productDiscounts: false, shippingDiscounts: true },
    context: customerId === undefined ? { all: "ALL" } : { customers: { add: [`gid://shopify/Customer/${customerId}`] } },
    minimumRequirement: { subtotal: { greaterThanOrEqualToSubtotal: decimalOf(minimum.minor, minimum.currency) } },
    customerGets: {
      value:
        "percent" in off
          ? { percentage: off.percent / 100 }
          : { discountAmount: { amount: decimalOf(off.minor, off.currency), appliesOnEachItem: false } },
      items: { all: true },
    },
  };
  return changeShop(
    doing,
    { query: createQuery, variables: { discount }, field: "discountCodeBasicCreate", shape: Node },
    {
      receiptOf: (own) => ({ id: own?.codeDiscountNode.id ?? null }),
      async refused(errors) {
        if (!errors.some((error) => error.code === "TAKEN")) return null;
        const holder = await holderOf(account, known);
        if (holder === "other") return null;
        // Taken, and not to be seen: reads lag behind writes.
        return holder === "absent" ? { did: "unsure", reason: "the code is taken and not shown yet" } : { did: "done", receipt: holder };
      },
    },
  );
}

/** Ends a discount, with all of its codes; an order that used one does not notice. */
export async function endDiscount(doing: Doing, known: KnownDiscount, receipt: Receipt): Promise<Attempt> {
  const holder = receipt.id === null ? await holderOf(doing.account, known) : receipt;
  const gone = { did: "done", receipt } as const;
  if (typeof holder === "string" || holder.id === null) {
    return holder === "other" ? gone : { did: "failed", failure: { kind: "rejected", message: "the discount is not to be found" } };
  }
  return changeShop(
    doing,
    { query: endQuery, variables: { id: holder.id }, field: "discountCodeDeactivate", shape: Node },
    {
      receiptOf: () => receipt,
      // One that was deleted in the shop has ended too.
      refused: async () => ((await holderOf(doing.account, known)) === "absent" ? gone : null),
    },
  );
}
