import * as z from "zod";
import { policyModes } from "#db/words/actions.ts";

/** A decision is about what was shown: the hash says what that was. */
export const DecideAction = z.object({ action: z.string(), hash: z.string().regex(/^[0-9a-f]{64}$/) });
export type DecideAction = z.infer<typeof DecideAction>;

export const RejectAction = DecideAction.extend({ reason: z.string().trim().max(500).default("") });
export type RejectAction = z.infer<typeof RejectAction>;

/** Another content for one of its steps. */
export const EditAction = DecideAction.extend({ place: z.number().int().min(0).default(0), payload: z.unknown() });
export type EditAction = z.infer<typeof EditAction>;

const count = z.number().int().min(0).max(100_000);

/** How far an automation may go, and how much of it a day. Money in minor units of the client's currency. */
export const SetPolicy = z.object({
  automation: z.string().max(100),
  mode: z.enum(policyModes).optional(),
  /** Counts when the policy is made. */
  holdout: z.number().int().min(0).max(50).optional(),
  actionsADay: count.optional(),
  peopleADay: count.optional(),
  stakeADay: z.number().int().min(0).optional(),
  largestStake: z.number().int().min(0).optional(),
});
export type SetPolicy = z.infer<typeof SetPolicy>;
