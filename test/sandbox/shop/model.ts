/** The rows that a shop is built from: from the file, or generated. Times are epoch milliseconds (UTC), money is minor units. */
export interface ShopRows {
  orders: OrderRow[];
  products: ProductRow[];
}

export interface OrderRow {
  /** The invoice number. */
  id: number;
  createdAt: number;
  /** null: a guest. */
  customerId: number | null;
  country: string;
  gross: number;
  /** `code|quantity|unit price` joined by `;`, read only when somebody asks for the lines. */
  lines: string;
  refunds: { id: number; createdAt: number; amount: number }[];
}

export interface ProductRow {
  code: string;
  title: string;
  /** Decimal string, two places. */
  price: string;
}

export interface ShopOrder extends OrderRow {
  updatedAt: number;
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
}

export interface ShopFacts {
  domain: string;
  name: string;
  currency: string;
  timezone: string;
  plan: { name: string; plus: boolean; bucket: number; restoreRate: number };
}

export interface Shop extends ShopFacts {
  orders: ShopOrder[];
  products: ShopProduct[];
  productByCode: Map<string, ShopProduct>;
  customers: ShopCustomer[];
  customerById: Map<number, ShopCustomer>;
  /** Answers of searches on this unchanging shop, by their text. */
  searches: Map<string, unknown[]>;
}
