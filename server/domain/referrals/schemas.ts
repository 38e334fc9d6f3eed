import * as z from "zod";
import { refusalReasons } from "#db/words/referrals.ts";
import { Money } from "#server/domain/tenancy/schemas.ts";

export const ReadReferrals = z.object({
  cursor: z
    .string()
    .regex(/^\d{1,9}~\d{1,20}$/)
    .optional()
    .describe("`next` of the page before."),
  of: z
    .string()
    .regex(/^\d{1,20}$/)
    .optional()
    .describe("A customer by the shop’s id: whom they brought, and nobody else."),
  limit: z.number().int().min(1).max(50).default(20),
});
export type ReadReferrals = z.infer<typeof ReadReferrals>;

/**
 * `waiting`: it can still be returned. `held`: it cannot, and its reward is still to be proposed. `proposed`: the reward waits for a decision or its turn. `rewarded`: it was
 * sent. `lapsed`: it was proposed and came to nothing. `refused`: there is none.
 */
export const referralStandings = ["waiting", "held", "proposed", "rewarded", "lapsed", "refused"] as const;
export type ReferralStanding = (typeof referralStandings)[number];

export const lapseReasons = ["rejected", "expired", "failed", "undone", "unsubscribed", "void"] as const;

const Referral = z.object({
  referrer: z.string().describe("The code’s owner, by the shop’s id."),
  friend: z.string().nullable().describe("The buyer, by the shop’s id; null for a guest."),
  order: z.string(),
  placedAt: z.number(),
  value: Money,
  state: z.enum(referralStandings),
  reason: z
    .enum([...refusalReasons, ...lapseReasons])
    .nullable()
    .describe("Why it brings no reward; null where it does or may."),
  until: z.number().nullable().describe("Until when it can be returned, where it waits for that."),
});
export type Referral = z.infer<typeof Referral>;

const Referrer = z.object({
  customer: z.string(),
  root: z.boolean().describe("Whether nobody brought them, or they were asked for."),
  orders: z.number().describe("Orders with their code, the refused ones too."),
  friends: z.number().describe("Of these, those that were not refused."),
  bought: z.array(Money).describe("What these come to, each currency by itself."),
});
export type Referrer = z.infer<typeof Referrer>;

/** Who brought whom to the shop, and what came of it. Of customers ids alone; amounts in minor units. */
export const Referrals = z.object({
  codes: z.number().describe("Codes for friends that were made."),
  friends: z.number().describe("Friends who ordered with one, without those refused."),
  bought: z.array(Money),
  standing: z.record(z.enum(referralStandings), z.number()),
  waits: z
    .object({ from: z.number(), until: z.number() })
    .nullable()
    .describe("When the first and the last that wait can no longer be returned."),
  refused: z.array(z.object({ reason: z.enum(refusalReasons), orders: z.number() })),
  referrers: z.array(Referrer).describe("Those who brought most first, and under them whoever of their friends brought others."),
  referrals: z.array(Referral).describe("The latest orders of each of them. Where `orders` is more, ask for that customer (`of`)."),
  next: z.string().nullable(),
});
export type Referrals = z.infer<typeof Referrals>;
