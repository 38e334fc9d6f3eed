import * as z from "zod";

/**
 * A shop's whole history in six figures. Money is integer minor units of `currency`, that of its latest day; null while nothing was
 * sold. A shop that once changed its currency has the others beside it: they are never added.
 */
export const ShopSummary = z.object({
  orders: z.number().int(),
  /** Distinct customers with an order. */
  customers: z.number().int(),
  guest_orders: z.number().int(),
  gross_minor: z.number().int(),
  refunds_minor: z.number().int(),
  currency: z.string().nullable(),
  others: z
    .array(z.object({ currency: z.string(), orders: z.number().int(), gross_minor: z.number().int(), refunds_minor: z.number().int() }))
    .optional()
    .describe("Amounts in further currencies; left out where there are none."),
});
export type ShopSummary = z.infer<typeof ShopSummary>;
