/**
 * `received`: verified and kept, waits for the queue. `done`: its effect is written. `ignored`: nothing of ours wants it.
 * `failed`: every try failed. `refused`: not proven to be the provider's; nothing of it is kept but the reason.
 */
export const deliveryStatuses = ["received", "done", "ignored", "failed", "refused"] as const;
export type DeliveryStatus = (typeof deliveryStatuses)[number];

/** What was asked for a person's or a shop's privacy. */
export const privacyKinds = ["data_request", "redact_customer", "redact_shop", "delete_person"] as const;
export type PrivacyKind = (typeof privacyKinds)[number];

/**
 * Why a delivery was refused. `no_secret`: our own configuration lacks what it is verified with. `other_account`: its header names
 * another account than its body. `wrong_word`: a handshake without the word that we chose. `unreadable`: signed, but not what the
 * provider describes. `unknown_address`: it came to the address of a connection that there is not, or that has no secret of its own.
 */
export const refusalReasons = [
  "no_secret",
  "unknown_address",
  "no_signature",
  "wrong_signature",
  "stale",
  "other_account",
  "wrong_word",
  "unreadable",
  "too_large",
] as const;
export type RefusalReason = (typeof refusalReasons)[number];

/**
 * Why a delivery was not acted on. Ignored: it is about `nobody` of ours, nothing of ours wants it (`no_reader`), the account is
 * `not_connected`, or was `connected_since`, or a later event was there first (`superseded`), or the client's jobs read another one
 * (`other_account_read`), or it is a `test`.
 * Failed: `unreadable`, or every one of its `tries` failed.
 */
export const deliveryReasons = [
  ...refusalReasons,
  "nobody",
  "no_reader",
  "not_connected",
  "connected_since",
  "superseded",
  "other_account_read",
  "test",
  "tries",
] as const;
export type DeliveryReason = (typeof deliveryReasons)[number];
