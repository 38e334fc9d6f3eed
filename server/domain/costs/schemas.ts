import * as z from "zod";
import { costKinds } from "#db/words/costs.ts";

const Day = z.iso.date();

/** Days in UTC, both included. */
export const ReadCosts = z.object({
  from: Day.optional().describe("Without it the first of this month."),
  to: Day.optional().describe("Without it today."),
});
export type ReadCosts = z.infer<typeof ReadCosts>;

export const Cost = z.object({
  kind: z.enum(costKinds),
  currency: z.string().describe('ISO 4217 where the kind is money, else "".'),
  quantity: z.number().describe("Whole units of the kind; minor units where it is money."),
});
export type Cost = z.infer<typeof Cost>;
