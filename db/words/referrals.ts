/** `found`: an order with a friends' code, not judged yet. `rewarded`: its reward was proposed. `refused`: for a reason. */
export const referralStates = ["found", "rewarded", "refused"] as const;
export type ReferralState = (typeof referralStates)[number];

/**
 * Why an order with a friends' code brings no reward. `own_code`: the code's owner placed it. `same_customer`, `same_address`,
 * `same_payment`: another account with the owner's email or phone, postal address or card. `same_household`: another friend of the owner was
 * rewarded for an order to that address, or with that email where it is sent nowhere. `not_new`: the friend had ordered before. `no_value`: it came to nothing. `guest`: without an account nobody can be told apart. `cap`: the owner
 * has had as many rewards in a year as the client gives.
 */
export const refusalReasons = [
  ...(["own_code", "same_customer", "same_address", "same_payment", "same_household", "not_new", "guest", "no_value"] as const),
  ...(["cancelled", "returned", "cap"] as const),
] as const;
export type RefusalReason = (typeof refusalReasons)[number];
