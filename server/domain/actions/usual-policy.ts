/**
 * How an automation begins, safe for a shop of a hundred orders a month. Money is in minor units of the client's currency, so that a
 * currency of small units begins with little; times are of the client's day.
 */
export const usualPolicy = {
  holdout: 10,
  effectPoints: 5,
  actionsADay: 20,
  peopleADay: 20,
  stakeADay: 10_000,
  largestStake: 2_000,
  memberStake: 0,
  staffDecides: true,
  quietFrom: "21:00",
  quietTo: "08:00",
} as const;
