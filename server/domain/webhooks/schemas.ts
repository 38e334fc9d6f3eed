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
