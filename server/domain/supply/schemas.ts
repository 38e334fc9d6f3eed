import * as z from "zod";
import { actionStates } from "#db/words/actions.ts";
import { mappingStates, suppliers, supplyReasons, supplyStates } from "#db/words/supply.ts";

/**
 * `again`: look at it now, and propose it anew. `anyway`: the same whatever it earns, at what it costs now. `partly`: the same with what there is of it.
 * `close`: a person takes care of it.
 */
const decisions = ["again", "anyway", "partly", "close"] as const;
const ShopId = z.string().regex(/^\d{1,20}$/);
const Provider = z.enum(suppliers);

export const ListSupplyOrders = z.object({
  state: z.enum(supplyStates).optional().describe("Those that stand so alone."),
  cursor: z
    .string()
    .regex(/^\d{1,15}~\d{1,20}~\w{1,20}~\d{1,3}$/)
    .optional()
    .describe("`next` of the page before."),
  limit: z.number().int().min(1).max(100).default(50),
});
export type ListSupplyOrders = z.infer<typeof ListSupplyOrders>;

/** Where an order stands at one supplier. Ids are the shop's; instants are milliseconds, amounts minor units. */
const SupplyOrder = z.object({
  order: z.string(),
  supplier: Provider,
  part: z
    .number()
    .describe("Which of several goes at that supplier: what there was too little of at first, or lines that were added later."),
  state: z.enum(supplyStates),
  reason: z.enum(supplyReasons).nullable().describe("Why it stands there; null where the state says it."),
  facts: z
    .object({
      short: z.array(z.object({ reference: z.string(), name: z.string().optional(), quantity: z.number(), there: z.number() })).optional(),
      references: z.array(z.string()).optional(),
      margin: z.object({ brings: z.number(), costs: z.number(), percent: z.number(), least: z.number(), currency: z.string() }).optional(),
      rate: z.object({ from: z.string(), to: z.string() }).optional(),
      word: z.string().optional(),
      message: z.string().optional(),
      price: z.string().optional(),
      was: z.enum(supplyReasons).optional(),
    })
    .describe("What the reason names."),
  since: z.number(),
  createdAt: z.number(),
  nextAt: z.number().nullable().describe("When it is looked at again; null where nobody does."),
  parcels: z.array(z.string()),
  action: z
    .object({ id: z.string(), status: z.enum(actionStates) })
    .nullable()
    .describe("What was proposed last to order it."),
  may: z.array(z.enum(decisions)).describe("What a person can do about it."),
});
export type SupplyOrderShown = z.infer<typeof SupplyOrder>;

export const SupplyOrders = z.object({
  orders: z.array(SupplyOrder),
  counts: z.record(z.enum(supplyStates), z.number()),
  next: z.string().nullable(),
});
export type SupplyOrders = z.infer<typeof SupplyOrders>;

/** Beside what `decisions` are: which of several goes at the supplier it is about, usually the first. */
export const DecideSupply = z.object({
  order: ShopId,
  supplier: Provider,
  part: z.number().int().min(0).max(99).default(0).describe("`part` of the order."),
  does: z.enum(decisions),
  state: z.enum(supplyStates).optional().describe("Where it stood as it was shown: what stands elsewhere by now is refused."),
  costs: z
    .number()
    .int()
    .optional()
    .describe("What `anyway` was shown to cost, in minor units: what costs something else by now is refused."),
});
export type DecideSupply = z.input<typeof DecideSupply>;

export const ListSupplyVariants = z.object({
  show: z
    .enum(["open", "mapped", "own"])
    .default("open")
    .describe("Variants that nobody mapped, those sold most in 90 days first; or those that somebody did."),
  q: z.string().trim().max(100).default("").describe("Part of a name or SKU."),
  cursor: z
    .string()
    .regex(/^\d{1,12}~\d{1,20}$/)
    .optional()
    .describe("`next` of the page before."),
  limit: z.number().int().min(1).max(100).default(50),
});
export type ListSupplyVariants = z.input<typeof ListSupplyVariants>;

const SupplyVariant = z.object({
  variant: z.string(),
  title: z.string(),
  sku: z.string().nullable(),
  sold: z.number().describe("Units of the last 90 days, of the newest 5,000 orders."),
  mapping: z
    .object({
      state: z.enum(mappingStates),
      supplier: Provider.nullable(),
      reference: z.string().nullable(),
      name: z.string().nullable(),
      pack: z.number(),
    })
    .nullable(),
});
export type SupplyVariant = z.infer<typeof SupplyVariant>;
export const SupplyVariants = z.object({ variants: z.array(SupplyVariant), next: z.string().nullable() });
export type SupplyVariants = z.infer<typeof SupplyVariants>;

export const InVariant = z.object({ variant: ShopId });

/** What connected suppliers sell under exactly the variant's SKU. A suggestion: nothing is mapped by it. */
export const SupplySuggestions = z.object({
  variant: SupplyVariant,
  suppliers: z.array(Provider).describe("Those that are connected."),
  suggestions: z.array(z.object({ supplier: Provider, reference: z.string(), name: z.string() })),
  silent: z.array(Provider).describe("Suppliers that did not answer."),
});
export type SupplySuggestions = z.infer<typeof SupplySuggestions>;

export const MapVariant = z.object({
  variant: ShopId,
  supplier: Provider,
  reference: z
    .string()
    .trim()
    .regex(/^[\w-]{1,64}$/)
    .describe("CJ's vid, or BigBuy's reference."),
  pack: z.number().int().min(1).max(1000).default(1).describe("How many of it make one of the shop's."),
});
export type MapVariant = z.input<typeof MapVariant>;
