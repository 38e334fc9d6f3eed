import * as z from "zod";
import { AutomationId } from "#server/domain/actions/schemas.ts";
import { Interval, Text } from "#server/domain/tenancy/schemas.ts";

export const ReadLift = z.object({ automation: AutomationId });
export type ReadLift = z.infer<typeof ReadLift>;

/** One of both groups. Each customer counts once, from the first time that they were proposed or left alone. */
const Group = z.object({
  people: z.number().describe("Customers whose days are over: those that are compared."),
  open: z.number().describe("Customers whose days are not over yet."),
  bought: z.number().describe("Of `people`, those who bought within their days."),
  share: z.number().nullable().describe("`bought` of `people`, 0 to 1; null of nobody."),
  alsoOthers: z.number().describe("Of `people`, those whom another automation contacted within their days."),
});
export type Group = z.infer<typeof Group>;

const SoldTo = z.object({
  buyers: z.number(),
  minor: z.number().describe("Orders less what was cancelled and given back, in minor units."),
  each: z.number().nullable().describe("The same by customer, also of those who bought nothing; null of nobody."),
});

/** What customers spent within their days, in one currency: amounts of two are never added. */
const Value = z.object({
  currency: z.string(),
  treated: SoldTo,
  control: SoldTo.nullable(),
  difference: Interval.nullable().describe(
    "By customer, in minor units, with Welch's bounds of 95 %. Treated less control; null without a control group, and of too few.",
  ),
  always: Interval.nullable().describe(
    "The same with bounds that hold however often somebody looks; null with fewer than 20 buyers in a group.",
  ),
  bootstrap: Interval.nullable().describe("The same by 200 to 2,000 resamples: a check on Welch's."),
  agrees: z.boolean().nullable().describe("Whether both say the same of zero. Where not, a few large orders make the difference."),
});
export type Value = z.infer<typeof Value>;

/**
 * What can be said. `not_compared`: it is about no customers. `nobody`: nobody was proposed yet. `no_control`: nobody is left alone. `too_few`: not yet. `more`, `fewer`: more, or
 * fewer, of the treated bought, as `always` says. `unclear`: there were enough, and no difference was found.
 */
export const verdicts = ["not_compared", "nobody", "no_control", "too_few", "more", "fewer", "unclear"] as const;

/** What an automation brought: customers whom it was proposed to contact beside those who were left alone, by intention to treat. */
export const Lift = z.object({
  automation: z.string(),
  title: Text,
  verdict: z.enum(verdicts),
  since: z.number().nullable().describe("When both groups were drawn; null where they never were."),
  outcomeDays: z
    .number()
    .nullable()
    .describe("How many days of a customer are looked at, from the first time on; null where nobody is compared."),
  holdout: z.number().describe("Of a hundred customers so many are left alone."),
  effectPoints: z.number().describe("The least difference that matters to the client, in points of a hundred."),
  treated: Group,
  control: Group.nullable().describe("Null without a control group."),
  difference: Interval.nullable().describe(
    "In the share that bought, with Newcombe's bounds of 95 %. Treated less control; null without a control group.",
  ),
  always: Interval.nullable().describe(
    "The same with bounds that hold however often somebody looks (asymptotic confidence sequence); null with fewer than 20 customers in a group.",
  ),
  values: z.array(Value),
  needed: z
    .object({
      treated: z.number(),
      control: z.number(),
      more: z.number().describe("Customers beyond those of now, in both groups together."),
      weeks: z
        .number()
        .nullable()
        .describe("In how many weeks they are there and their days over, at the pace until now; null where it is off."),
    })
    .nullable()
    .describe(
      "How many customers it takes to see `effectPoints` with 80 %. Null without a control group, and until 30 customers' days are over.",
    ),
  others: z
    .object({ difference: Interval, balanced: z.boolean() })
    .nullable()
    .describe("Whether other automations contacted both groups alike: the difference in the share, treated less control."),
});
export type Lift = z.infer<typeof Lift>;
