import { z } from "zod";

/**
 * `received`: verified and kept, waits for the queue. `done`: its effect is written. `ignored`: nothing of ours wants it.
 * `failed`: every try failed. `refused`: not proven to be the provider's; nothing of it is kept but the reason.
 */
export const DeliveryStatus = z.enum(["received", "done", "ignored", "failed", "refused"]);
export type DeliveryStatus = z.infer<typeof DeliveryStatus>;

/** What was asked for a person's or a shop's privacy. */
export const PrivacyKind = z.enum(["data_request", "redact_customer", "redact_shop", "delete_person"]);
export type PrivacyKind = z.infer<typeof PrivacyKind>;

/**
 * Why a delivery was not acted on. Refused: from `no_secret` to `too_large`. Ignored: from `nobody` on. Failed: `unreadable`
 * where its content is not what the provider describes, `tries` where every try failed.
 */
export const DeliveryReason = z.enum([
  "no_secret",
  "no_signature",
  "wrong_signature",
  "stale",
  "other_account",
  "wrong_word",
  "unreadable",
  "too_large",
  "nobody",
  "no_reader",
  "not_connected",
  "connected_since",
  "other_account_read",
  "test",
  "tries",
]);
export type DeliveryReason = z.infer<typeof DeliveryReason>;
