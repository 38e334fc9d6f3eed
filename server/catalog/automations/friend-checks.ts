import * as z from "zod";
import type { RefusalReason } from "#db/words/referrals.ts";
import type { Account } from "#server/catalog/account.ts";
import { askShop } from "#server/catalog/actions/shopify-wire.ts";
import { ProviderError } from "#server/errors.ts";

/** Orders of the referrer, the latest ones, whose buyers' details are compared. */
const latestOrders = 20;

/** What two people are compared by. `unknown`: one of both sides told nothing of it, which is never taken for the same. */
export const compared = ["contact", "address", "payment"] as const;
type Compared = (typeof compared)[number];

export interface FriendChecks {
  /** Why they are one and the same; null where nothing says so. */
  refused: Extract<RefusalReason, "same_customer" | "same_address" | "same_payment"> | null;
  /** What could not be compared. */
  unknown: Compared[];
  /** Of these, what the shop's answer was refused for: the app may not read it. */
  denied: Compared[];
  /** Where the order went, as it is compared; of one that was sent nowhere its buyer's email or phone. Null where neither is known. */
  household: string | null;
}

interface Pair {
  order: string;
  referrer: string;
}

/** What each side says of one thing, as it is compared; empty: nothing. */
interface Sides {
  friend: string[];
  referrer: string[];
}

const Contact = z.object({
  defaultEmailAddress: z.object({ emailAddress: z.string() }).nullable(),
  defaultPhoneNumber: z.object({ phoneNumber: z.string() }).nullable(),
});
const OrderContact = z.object({ email: z.string().nullable(), phone: z.string().nullable() });
const Contacts = z.object({
  data: z.object({
    order: OrderContact.extend({ customer: Contact.nullable() }).nullable(),
    customer: Contact.nullable(),
    orders: z.object({ nodes: z.array(OrderContact) }),
  }),
});
const contactFields = "defaultEmailAddress { emailAddress } defaultPhoneNumber { phoneNumber }";

async function contacts(shop: Account, pair: Pair): Promise<Sides> {
  const query = `query ($order: ID!, $referrer: ID!, $search: String) {
  order(id: $order) { email phone customer { ${contactFields} } }
  customer(id: $referrer) { ${contactFields} }
  orders(first: ${latestOrders}, query: $search, sortKey: CREATED_AT, reverse: true) { nodes { email phone } }
}`;
  const { data } = await askShop(shop, { query, variables: variablesOf(pair) }, Contacts);
  const ofAccount = (of: z.output<typeof Contact> | null | undefined) => [
    mailOf(of?.defaultEmailAddress?.emailAddress),
    phoneOf(of?.defaultPhoneNumber?.phoneNumber),
  ];
  const ofOrder = (of: z.output<typeof OrderContact> | null) => [mailOf(of?.email), phoneOf(of?.phone)];
  return {
    friend: said([...ofOrder(data.order), ...ofAccount(data.order?.customer)]),
    referrer: said([...ofAccount(data.customer), ...data.orders.nodes.flatMap(ofOrder)]),
  };
}

const text = z.string().nullable();
const Address = z.object({ address1: text, address2: text, city: text, zip: text, countryCodeV2: text }).nullable();
const OrderAddresses = z.object({ shippingAddress: Address, billingAddress: Address });
const Addresses = z.object({
  data: z.object({
    order: OrderAddresses.nullable(),
    customer: z.object({ addressesV2: z.object({ nodes: z.array(Address) }) }).nullable(),
    orders: z.object({ nodes: z.array(OrderAddresses) }),
  }),
});
const addressFields = "{ address1 address2 city zip countryCodeV2 }";

async function addresses(shop: Account, pair: Pair): Promise<Sides & { household: string | null }> {
  const both = `shippingAddress ${addressFields} billingAddress ${addressFields}`;
  const query = `query ($order: ID!, $referrer: ID!, $search: String) {
  order(id: $order) { ${both} }
  customer(id: $referrer) { addressesV2(first: 20) { nodes ${addressFields} } }
  orders(first: ${latestOrders}, query: $search, sortKey: CREATED_AT, reverse: true) { nodes { ${both} } }
}`;
  const { data } = await askShop(shop, { query, variables: variablesOf(pair) }, Addresses);
  const ofOrder = (of: z.output<typeof OrderAddresses> | null) => [addressOf(of?.shippingAddress), addressOf(of?.billingAddress)];
  return {
    friend: said(ofOrder(data.order)),
    referrer: said([...(data.customer?.addressesV2.nodes ?? []).map(addressOf), ...data.orders.nodes.flatMap(ofOrder)]),
    household: addressOf(data.order?.shippingAddress),
  };
}

const Card = z.object({
  bin: text.optional(),
  number: text.optional(),
  expirationMonth: z.number().nullable().optional(),
  expirationYear: z.number().nullable().optional(),
});
const OrderCards = z.object({ transactions: z.array(z.object({ paymentDetails: Card.nullable() })) });
const Cards = z.object({
  data: z.object({ order: OrderCards.nullable(), orders: z.object({ nodes: z.array(OrderCards) }) }),
});

async function payments(shop: Account, pair: Pair): Promise<Sides> {
  const fields = "transactions(first: 10) { paymentDetails { ... on CardPaymentDetails { bin number expirationMonth expirationYear } } }";
  const query = `query ($order: ID!, $search: String) {
  order(id: $order) { ${fields} }
  orders(first: ${latestOrders}, query: $search, sortKey: CREATED_AT, reverse: true) { nodes { ${fields} } }
}`;
  const { order, search } = variablesOf(pair);
  const { data } = await askShop(shop, { query, variables: { order, search } }, Cards);
  const ofOrder = (of: z.output<typeof OrderCards> | null) => (of?.transactions ?? []).map(({ paymentDetails }) => cardOf(paymentDetails));
  return { friend: said(ofOrder(data.order)), referrer: said(data.orders.nodes.flatMap(ofOrder)) };
}

const variablesOf = ({ order, referrer }: Pair) => ({
  order: `gid://shopify/Order/${order}`,
  referrer: `gid://shopify/Customer/${referrer}`,
  search: `customer_id:${referrer}`,
});

/**
 * Whether who placed an order is its code's owner under another account, by what the shop says of both at this moment. Each thing is asked for
 * by itself: an app that may not read one (protected customer data) still compares the others. Nothing of it is kept.
 */
export async function checkFriend(shop: Account, pair: Pair): Promise<FriendChecks> {
  const checks: FriendChecks = { refused: null, unknown: [], denied: [], household: null };
  const both = async <Found extends Sides>(what: Compared, ask: (shop: Account, pair: Pair) => Promise<Found>): Promise<Found | null> => {
    const sides = await ask(shop, pair).catch((error: unknown) => {
      if (!(error instanceof ProviderError) || error.kind !== "missing_scopes") throw error;
      checks.denied.push(what);
      return null;
    });
    if (!sides || sides.friend.length === 0 || sides.referrer.length === 0) checks.unknown.push(what);
    return sides;
  };
  const same = (sides: Sides | null) => sides?.friend.some((each) => sides.referrer.includes(each)) ?? false;
  const reached = await both("contact", contacts);
  if (same(reached)) return { ...checks, refused: "same_customer" };
  const at = await both("address", addresses);
  if (same(at)) return { ...checks, refused: "same_address" };
  if (same(await both("payment", payments))) return { ...checks, refused: "same_payment" };
  return { ...checks, household: at?.household ?? reached?.friend[0] ?? null };
}

const said = (all: readonly (string | null)[]): string[] => all.filter((each) => each !== null);

/** One mailbox is written in many ways: what stands behind a plus is the reader's own, and Gmail knows no dots. */
export function mailOf(address: string | null | undefined): string | null {
  const [, name = "", host = ""] = /^([^@+]+)(?:\+[^@]*)?@(.+)$/.exec(address?.trim().toLowerCase().replace(/\.$/, "") ?? "") ?? [];
  if (!name) return null;
  return host === "gmail.com" || host === "googlemail.com" ? `${name.replaceAll(".", "")}@gmail.com` : `${name}@${host}`;
}

/** The last nine digits: with or without its country a number is the same one. */
export function phoneOf(number: string | null | undefined): string | null {
  const digits = (number ?? "").replace(/\D/g, "");
  return digits.length < 9 ? null : digits.slice(-9);
}

/** What is written long or short in a street. */
const shortWords: Readonly<Record<string, string>> = {
  ...{ street: "st", saint: "st", sainte: "ste", road: "rd", avenue: "ave", av: "ave", boulevard: "blvd", bd: "blvd", bld: "blvd" },
  ...{ lane: "ln", drive: "dr", court: "ct", square: "sq", place: "pl", close: "cl", terrace: "ter", highway: "hwy", gardens: "gdns" },
  ...{ chemin: "ch", route: "rte", impasse: "imp", north: "n", south: "s", east: "e", west: "w" },
};
/** What stands before the number of a door, or is left out. */
const doorWords: readonly string[] = ["flat", "apartment", "apt", "appartement", "appt", "app", "unit", "suite", "no", "דירה"];

/** A place as it is compared: neither case, accents and signs count, nor whether a word is shortened, nor in which field or order they stand. Null without a street or a town. */
export function addressOf(address: z.output<typeof Address> | undefined): string | null {
  if (!address) return null;
  const words = (value: string | null) =>
    (value ?? "")
      .normalize("NFKD")
      .replace(/\p{M}/gu, "")
      .toLowerCase()
      .replaceAll("ß", "ss")
      .split(/[^\p{L}\p{N}]+/u)
      .filter(Boolean);
  const street = [...words(address.address1), ...words(address.address2)]
    .filter((word) => !doorWords.includes(word))
    .map((word) => shortWords[word] ?? word.replace(/strasse$/, "str"))
    .sort();
  const town = words(address.zip).join("") || words(address.city).join(" ");
  if (words(address.address1).length === 0 || !town) return null;
  return [street.join(" "), town, address.countryCodeV2 ?? ""].join("|");
}

/** A card as far as a gateway tells of it; all four together are one card's, fewer are many's. */
function cardOf(card: z.output<typeof Card> | null): string | null {
  const last = /\d{4}$/.exec(card?.number ?? "")?.[0];
  if (!card?.bin || !last || !card.expirationMonth || !card.expirationYear) return null;
  return `${card.bin} ${last} ${card.expirationMonth}/${card.expirationYear}`;
}
