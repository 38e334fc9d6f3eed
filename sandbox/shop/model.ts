import type { Currency } from "#sandbox/currencies.ts";
import type { Place } from "#sandbox/places.ts";

/** The rows that a shop is built from: from the file, or generated. Times are epoch milliseconds (UTC), money is minor units. */
export interface ShopRows {
  orders: OrderRow[];
  products: ProductRow[];
  consents?: Map<number, ConsentRow>;
  /** What stands in the field for the date of birth, by customer; null: nothing. */
  births?: Map<number, string | null>;
  /** Who customers say that they are, where it is not what belongs to them. */
  persons?: Map<number, Person>;
  drafts?: DraftRow[];
}

/** An order that the merchant writes for a customer, before it is one. Its total in minor units. */
export interface DraftRow {
  id: number;
  customerId: number;
  total: number;
  status: "OPEN" | "INVOICE_SENT" | "COMPLETED";
  /** The order that it became. */
  orderId?: number | undefined;
  createdAt: number;
  updatedAt: number;
}

/** A postal address as a buyer types it; null: a field that they left empty. */
export interface PostalAddress {
  firstName?: string | null;
  lastName?: string | null;
  provinceCode?: string | null;
  province?: string | null;
  company?: string | null;
  address1?: string | null;
  address2?: string | null;
  city?: string | null;
  zip?: string | null;
  countryCode?: string | null;
  phone?: string | null;
}

/** What a customer has in their account. Null: nothing. */
export interface Person {
  email?: string | null;
  phone?: string | null;
  addresses?: PostalAddress[];
  firstName?: string | null;
  lastName?: string | null;
  /** Of the address that they have by default. */
  company?: string | null;
  taxExempt?: boolean;
  /** What stands in the metafield `custom.tax_id`. */
  taxId?: string | null;
  /** When they typed it, where that was since their last order. */
  at?: number | undefined;
}

/** With which card an order was paid, as far as its gateway tells. */
export interface CardOfOrder {
  bin?: string | null;
  lastDigits?: string | null;
  expirationMonth?: number | null;
  expirationYear?: number | null;
}

/** What a checkout was given. Null: it was not; left out: what belongs to the customer, and of cards none. */
export interface Checkout {
  email?: string | null;
  phone?: string | null;
  shippingAddress?: PostalAddress | null;
  billingAddress?: PostalAddress | null;
  card?: CardOfOrder | null;
}

export interface OrderRow {
  /** The invoice number. */
  id: number;
  createdAt: number;
  /** null: a guest. */
  customerId: number | null;
  country: string;
  /** What it came to when it was placed. */
  gross: number;
  /** `code|quantity|unit price` joined by `;`, read only when somebody asks for the lines. */
  lines: string;
  refunds: { id: number; createdAt: number; amount: number }[];
  /** Without it the shop's when the order was placed. */
  currency?: Currency;
  cancelledAt?: number;
  /** A merchant's trial, which is no sale. */
  test?: boolean;
  /** What was changed after it was placed: all lines as they are since. */
  edit?: { at: number; lines: string };
  /** When it was paid, where that was not as it was placed; null: not yet. */
  paidAt?: number | null;
  /** Discount codes that its buyer typed. */
  codes?: string[];
  /** How many percent one of them takes off the whole order; `gross` is after it. */
  codeOff?: number;
  checkout?: Checkout;
  /** What was sent of it and when, where it is not the usual. */
  parcels?: { sentAt: number; deliveredAt?: number | undefined; cancelled?: boolean; partly?: boolean }[];
}

export interface ProductRow {
  /** Given where a product before it is gone. */
  id?: number;
  code: string;
  title: string;
  /** Decimal string with the decimals of the shop's currency. */
  price: string;
  /** The price that is shown crossed out beside it. */
  compareAt?: string | null;
  /** Units left, where it is not what belongs to the code. */
  inventory?: number;
  status?: "ACTIVE" | "ARCHIVED" | "DRAFT";
  /** What kind of thing it is, where it is no gift. */
  type?: string;
  changedAt?: number;
}

/** What a customer agreed to be sent, in Shopify's words. */
export interface ConsentRow {
  email?: string;
  sms?: string;
  at: number;
}

export interface ShopOrder extends OrderRow {
  currency: Currency;
  updatedAt: number;
  /** The total before returns: with what an edit added, and with what it took out. */
  total: number;
  /** What was taken back: refunded, cancelled, or taken out by an edit. */
  returned: number;
  /** What is left of it. */
  current: number;
  refunded: number;
}

export interface ShopProduct extends ProductRow {
  id: number;
  inventory: number;
  updatedAt: number;
}

export interface ShopCustomer {
  id: number;
  orders: number;
  spent: number;
  country: string;
  createdAt: number;
  updatedAt: number;
  consent?: ConsentRow;
  /** Where it is not what belongs to the customer. */
  birth?: string | null;
  person?: Person;
}

export interface ShopFacts {
  domain: string;
  name: string;
  currency: Currency;
  timezone: string;
  /** Where it was, the oldest first: what was sold before a move keeps its currency. */
  places: readonly [Place, ...Place[]];
  plan: { name: string; plus: boolean; bucket: number; restoreRate: number };
}

export interface Shop extends ShopFacts {
  orders: ShopOrder[];
  products: ShopProduct[];
  productByCode: Map<string, ShopProduct>;
  customers: ShopCustomer[];
  customerById: Map<number, ShopCustomer>;
  drafts: readonly DraftRow[];
  /** Answers of searches on this unchanging shop, by their text. */
  searches: Map<string, unknown[]>;
}
