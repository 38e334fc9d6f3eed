import { z } from "zod";

/** A shop's whole history in six figures. Money is integer minor units of `currency`; null while nothing was sold. */
export const ShopSummary = z.object({
  orders: z.number().int(),
  /** Distinct customers with an order. */
  customers: z.number().int(),
  guest_orders: z.number().int(),
  gross_minor: z.number().int(),
  refunds_minor: z.number().int(),
  currency: z.string().nullable(),
});
export type ShopSummary = z.infer<typeof ShopSummary>;
