import * as z from "zod";
import type { ActionReason } from "#db/words/actions.ts";
import type { Account } from "#server/catalog/account.ts";
import { askShop } from "#server/catalog/actions/shopify-wire.ts";
import { Decimal, minorUnits } from "#server/catalog/money.ts";
import { idOf } from "#server/catalog/providers/shopify-api.ts";

const Money = z.object({ shopMoney: z.object({ amount: Decimal, currencyCode: z.string() }) });
const amountOf = ({ shopMoney: { amount, currencyCode } }: z.output<typeof Money>): number => minorUnits(amount, currencyCode);
/** Of more lines than these an order is left to a person. */
const mostLines = 100;

const Reply = z.object({
  data: z.object({
    order: z
      .object({
        cancelledAt: z.string().nullable(),
        test: z.boolean(),
        displayFinancialStatus: z.string().nullable(),
        displayFulfillmentStatus: z.string(),
        currencyCode: z.string(),
        taxesIncluded: z.boolean(),
        totalRefundedSet: Money,
        risk: z.object({ recommendation: z.string(), assessments: z.array(z.object({ riskLevel: z.string() })) }),
        customer: z.object({ id: z.string() }).nullable(),
        lineItems: z.object({
          pageInfo: z.object({ hasNextPage: z.boolean() }),
          nodes: z.array(
            z.object({
              id: z.string(),
              quantity: z.number().int(),
              currentQuantity: z.number().int(),
              unfulfilledQuantity: z.number().int(),
              originalTotalSet: Money,
              discountAllocations: z.array(z.object({ allocatedAmountSet: Money })),
              taxLines: z.array(z.object({ priceSet: Money })),
              variant: z.object({ id: z.string() }).nullable(),
            }),
          ),
        }),
      })
      .nullable(),
  }),
});

const query = `query ($id: ID!) { order(id: $id) {
  cancelledAt test displayFinancialStatus displayFulfillmentStatus currencyCode taxesIncluded
  totalRefundedSet { shopMoney { amount currencyCode } }
  risk { recommendation assessments { riskLevel } }
  customer { id }
  lineItems(first: ${mostLines}) { pageInfo { hasNextPage } nodes {
    id quantity currentQuantity unfulfilledQuantity
    originalTotalSet { shopMoney { amount currencyCode } }
    discountAllocations { allocatedAmountSet { shopMoney { amount currencyCode } } }
    taxLines { priceSet { shopMoney { amount currencyCode } } }
    variant { id }
  } }
} }`;

/** An order as its shop says it now, without whom it is for. Amounts in minor units of `currency`. */
export interface ShopOrder {
  customerId: string | null;
  currency: string;
  /** Why nothing of it is to be ordered; null where it may be. */
  fault: "gone" | "cancelled" | "returned" | "unpaid" | "risky" | "test" | "many_lines" | null;
  /** The shop still weighs its risk. */
  isRiskPending: boolean;
  lines: readonly ShopOrderLine[];
}

export interface ShopOrderLine {
  line: string;
  variant: string | null;
  /** How many are still wanted, sent or not; and of those how many are not sent yet. */
  wanted: number;
  open: number;
  /** What one of them brings after all discounts, those of the whole order and of codes too, without tax. */
  unitMinor: number;
}

/** Reads an order at this moment; null where the shop has none of this id, or shows none so old. Throws `ProviderError`. */
export async function readShopOrder(shop: Account, order: string): Promise<ShopOrder | null> {
  const { data } = await askShop(shop, { query, variables: { id: `gid://shopify/Order/${order}` } }, Reply);
  const found = data.order;
  if (!found) return null;
  const { risk, lineItems, currencyCode: currency } = found;
  const levels = risk.assessments.map(({ riskLevel }) => riskLevel);
  const isRisky = ["INVESTIGATE", "CANCEL"].includes(risk.recommendation) || levels.some((level) => level === "HIGH" || level === "MEDIUM");
  const faultOf = (): ShopOrder["fault"] => {
    if (found.cancelledAt !== null) return "cancelled";
    if (found.test) return "test";
    if (amountOf(found.totalRefundedSet) > 0) return "returned";
    if (found.displayFinancialStatus !== "PAID") return "unpaid";
    if (isRisky) return "risky";
    return lineItems.pageInfo.hasNextPage ? "many_lines" : null;
  };
  return {
    customerId: found.customer && idOf(found.customer.id),
    currency,
    fault: faultOf(),
    isRiskPending: levels.includes("PENDING"),
    lines: lineItems.nodes.map(({ id, variant, quantity, currentQuantity, unfulfilledQuantity, taxLines, ...line }) => {
      // `discountedTotalSet` leaves out what is taken off the whole order, and what a code takes off.
      const off = line.discountAllocations.reduce((sum, { allocatedAmountSet }) => sum + amountOf(allocatedAmountSet), 0);
      const tax = found.taxesIncluded ? taxLines.reduce((sum, { priceSet }) => sum + amountOf(priceSet), 0) : 0;
      return {
        line: idOf(id),
        variant: variant && idOf(variant.id),
        wanted: currentQuantity,
        open: Math.min(currentQuantity, unfulfilledQuantity),
        unitMinor: quantity > 0 ? Math.floor((amountOf(line.originalTotalSet) - off - tax) / quantity) : 0,
      };
    }),
  };
}

/** Lines of an order that were ordered for, by the shop's ids. */
export interface OrderedLine {
  line: string;
  quantity: number;
}

/** Why these lines are not to be ordered or paid for any more: asked right before either. Null where they still are. */
export async function orderFault(shop: Account, order: string, lines: readonly OrderedLine[]): Promise<ActionReason | null> {
  const found = await readShopOrder(shop, order);
  switch (found?.fault) {
    case undefined:
    case "gone":
    case "test":
    case "many_lines":
      return "gone";
    case "cancelled":
      return "cancelled";
    case "returned":
    case "unpaid":
      return "returned";
    case "risky":
      return "risky";
    case null:
      break;
  }
  if (found.isRiskPending) return "risky";
  const open = new Map(found.lines.map((each) => [each.line, each.open]));
  return lines.every(({ line, quantity }) => (open.get(line) ?? 0) >= quantity) ? null : "fulfilled";
}

const Address = z.object({
  firstName: z.string().nullable(),
  lastName: z.string().nullable(),
  address1: z.string().nullable(),
  address2: z.string().nullable(),
  city: z.string().nullable(),
  zip: z.string().nullable(),
  province: z.string().nullable(),
  country: z.string().nullable(),
  countryCodeV2: z.string().nullable(),
  phone: z.string().nullable(),
});
const Recipient = z.object({
  data: z.object({
    order: z
      .object({
        email: z.string().nullable(),
        phone: z.string().nullable(),
        shippingAddress: Address.nullable(),
        customer: z
          .object({
            defaultEmailAddress: z.object({ emailAddress: z.string() }).nullable(),
            defaultPhoneNumber: z.object({ phoneNumber: z.string() }).nullable(),
          })
          .nullable(),
      })
      .nullable(),
  }),
});
const recipientQuery = `query ($id: ID!) { order(id: $id) {
  email phone
  shippingAddress { firstName lastName address1 address2 city zip province country countryCodeV2 phone }
  customer { defaultEmailAddress { emailAddress } defaultPhoneNumber { phoneNumber } }
} }`;

/** To whom an order goes. Not to be stored, logged or shown. */
export interface ShopRecipient {
  firstName: string;
  lastName: string;
  address: string;
  city: string;
  zip: string;
  province: string;
  country: string;
  countryCode: string;
  phone: string;
  email: string;
}

/** Where the shop sends an order, as it says it at this moment, or what of it is missing. Throws `ProviderError`. */
export async function readRecipient(
  shop: Account,
  order: string,
): Promise<ShopRecipient | { missing: "name" | "address" | "phone" | "email" }> {
  const { data } = await askShop(shop, { query: recipientQuery, variables: { id: `gid://shopify/Order/${order}` } }, Recipient);
  const to = data.order?.shippingAddress;
  if (!data.order || !to) return { missing: "address" };
  const { customer } = data.order;
  const { address1, address2, city, zip, country, countryCodeV2: countryCode } = to;
  // Of one name alone the supplier's form is given twice the same: neither may be empty.
  const [lastName, firstName] = [to.lastName || to.firstName, to.firstName || to.lastName];
  if (!lastName || !firstName) return { missing: "name" };
  if (!address1 || !city || !zip || !countryCode) return { missing: "address" };
  const phone = (to.phone || data.order.phone || customer?.defaultPhoneNumber?.phoneNumber || "").replace(/[^\d+]/g, "");
  const email = data.order.email || customer?.defaultEmailAddress?.emailAddress || "";
  if (phone === "" || phone.length > 20) return { missing: "phone" };
  if (email === "") return { missing: "email" };
  const address = [address1, address2].filter(Boolean).join(", ");
  // CJ takes no longer one, and a part of one would arrive nowhere.
  if (address.length > 200) return { missing: "address" };
  return {
    firstName,
    lastName,
    address,
    city,
    zip,
    province: to.province || city,
    country: country || countryCode,
    countryCode,
    phone,
    email,
  };
}
