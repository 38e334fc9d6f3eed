import * as z from "zod";
import { rehearsalStates } from "#db/words/rehearsals.ts";
import { AutomationId } from "#server/domain/actions/schemas.ts";
import { Money } from "#server/domain/tenancy/schemas.ts";

/** So many days are past at most: what consent and shop were longer ago is another matter. */
export const longestDays = 180;

export const RequestRehearsal = z.object({
  automation: AutomationId,
  days: z.number().int().min(7).max(longestDays).default(90).describe("How many days back, today left out."),
  config: z.record(z.string(), z.unknown()).describe("The settings to try; what is left out is as it is set today."),
});
export type RequestRehearsal = z.infer<typeof RequestRehearsal>;

/** What an automation would have come to. Amounts in minor units, each currency by itself. */
export const RehearsedTotals = z.object({
  proposals: z.number(),
  customers: z.number(),
  only: z.number().describe("Customers whom the other settings would not have touched."),
  stake: z.array(Money),
  over: z.number().describe("Customers whose days of counting are over: only they are counted in what follows."),
  bought: z.number().describe("Of those, how many ordered in their days something of which there is something left."),
  spent: z.array(Money).describe("What they spent in them, less what was cancelled and given back."),
  weeks: z.array(z.object({ from: z.string(), proposals: z.number() })).describe("By the week that begins on this day, those of none too."),
});
export type RehearsedTotals = z.infer<typeof RehearsedTotals>;

export const Rehearsal = z.object({
  id: z.string(),
  automation: z.string(),
  fromDay: z.string(),
  toDay: z.string(),
  outcomeDays: z.number().describe("Days after a proposal in which orders are counted."),
  status: z.enum(rehearsalStates),
  requestedAt: z.number(),
  ordersReadAt: z.number().describe("Until when the shop's orders were known."),
  doneAt: z.number().nullable(),
  done: z.number().describe("Customers looked at so far,"),
  of: z.number().describe("and how many there are."),
  tookMs: z.number().describe("Milliseconds of Workers until now."),
  tried: z.record(z.string(), z.unknown()).describe("The settings that were tried."),
  results: z.object({ today: RehearsedTotals, tried: RehearsedTotals }).nullable().describe("Null until it is done."),
  /** The first ten each of those whom one of both would have touched, and not the other. */
  differing: z.array(
    z.object({
      variant: z.enum(["today", "tried"]),
      customerId: z.string().nullable(),
      at: z.number(),
      stake: Money.nullable(),
      over: z.boolean(),
      orders: z.number().describe("Ordered in their days; final once they are over."),
    }),
  ),
});
export type Rehearsal = z.infer<typeof Rehearsal>;
