/**
 * What a client costs, and in which unit: each a whole number of these. `tokens`, `minutes` and `provider_fees` (minor units of their
 * currency) are written by what buys them.
 */
export const costKinds = [
  "runs",
  "steps",
  "provider_calls",
  "queue_operations",
  "rows_written",
  "mails",
  "tokens",
  "minutes",
  "provider_fees",
] as const;
export type CostKind = (typeof costKinds)[number];
