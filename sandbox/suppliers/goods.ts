import { z } from "zod";
import type { SandboxState } from "#sandbox/providers/provider.ts";
import { hashOf } from "#sandbox/seed.ts";

export type Supplier = "cj" | "bigbuy";

/** Something that a supplier sells: by CJ's vid or BigBuy's reference. Amounts are cents, of dollars at CJ and of euros at BigBuy. */
export const Good = z.object({
  id: z.string(),
  sku: z.string(),
  name: z.string().default("Thing"),
  price: z.number().int(),
  stock: z.number().int(),
  /** What its factory has beside the shelf: nothing of it can be sent at once. */
  factory: z.number().int().default(0),
  warehouse: z.string().default("CN"),
});
export type Good = z.infer<typeof Good>;

/** What a test or the demo says of a supplier's account: what it sells, what is in its purse, and what became of orders. */
export const SupplierChange = z.object({
  goods: z.array(Good).default([]),
  /** Cents. */
  balance: z.number().int().optional(),
  /** A parcel's price in cents; null: nothing is sent anywhere. */
  freight: z.number().int().nullable().optional(),
  /** Why orders are kept back from then on, as CJ says it in `interceptOrderReasons`; none: they are not. */
  intercepts: z.array(z.object({ code: z.string(), message: z.string() })).optional(),
  /** How far orders are, by our number of them. */
  progress: z
    .array(z.object({ number: z.string(), status: z.string(), parcels: z.array(z.string()).default([]), at: z.number().int().optional() }))
    .default([]),
});
export type SupplierChange = z.infer<typeof SupplierChange>;

export interface Purse {
  balance: number;
  freight: number | null;
  intercepts: { code: string; message: string }[];
}

const of = (supplier: Supplier, account: string) => `${supplier} ${account}`;
const usual: Purse = { balance: 100_000, freight: 350, intercepts: [] };

export const purseOf = (state: SandboxState, supplier: Supplier, account: string): Purse =>
  state.written.met<Purse>({ kind: "supplier_purse", account: of(supplier, account), key: "purse" }) ?? usual;

export function savePurse(state: SandboxState, supplier: Supplier, account: string, changed: Partial<Purse>, now: number): void {
  const thing = { kind: "supplier_purse", account: of(supplier, account), key: "purse" } as const;
  state.written.put(thing, { ...purseOf(state, supplier, account), ...changed }, now);
}

export const saveGood = (state: SandboxState, supplier: Supplier, account: string, good: Good, now: number): void =>
  state.written.put({ kind: "supplier_goods", account: of(supplier, account), key: good.id }, good, now);

/** What was put on the shelf; else, for a demo, a good of its own behind every third SKU. */
export function goodById(state: SandboxState, supplier: Supplier, account: string, id: string): Good | undefined {
  const given = state.written.met<Good>({ kind: "supplier_goods", account: of(supplier, account), key: id });
  return given ?? (id.startsWith("SBX-") ? usualGood(supplier, id.slice(4)) : undefined);
}

export function goodBySku(state: SandboxState, supplier: Supplier, account: string, sku: string): Good | undefined {
  const given = state.written.list<Good>({ kind: "supplier_goods", account: of(supplier, account) }).find(({ body }) => body.sku === sku);
  return given?.body ?? usualGood(supplier, sku);
}

function usualGood(supplier: Supplier, sku: string): Good | undefined {
  const draw = hashOf(`${supplier} ${sku}`);
  if (sku === "" || draw % 3 !== 0) return undefined;
  return { id: `SBX-${sku}`, sku, name: `Item ${sku}`, price: 80 + (draw % 400), stock: draw % 90, factory: 500, warehouse: "CN" };
}

/** Cents as a number with two decimals. */
export const inUnits = (cents: number): number => cents / 100;
