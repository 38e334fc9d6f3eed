import { z } from "zod";
import { Pasted } from "#server/domain/tenants/schemas.ts";

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
 * Why a delivery was refused. `no_secret`: our own configuration lacks what it is verified with. `other_account`: its header names
 * another account than its body. `wrong_word`: a handshake without the word that we chose. `unreadable`: signed, but not what the
 * provider describes.
 */
export const RefusalReason = z.enum([
  "no_secret",
  "no_signature",
  "wrong_signature",
  "stale",
  "other_account",
  "wrong_word",
  "unreadable",
  "too_large",
]);
export type RefusalReason = z.infer<typeof RefusalReason>;

/**
 * Why a delivery was not acted on. Ignored: it is about `nobody` of ours, nothing of ours wants it (`no_reader`), the account is
 * `not_connected`, or was `connected_since`, or a later event was there first (`superseded`), or the client's jobs read another one
 * (`other_account_read`), or it is a `test`.
 * Failed: `unreadable`, or every one of its `tries` failed.
 */
export const DeliveryReason = z.enum([
  ...RefusalReason.options,
  "nobody",
  "no_reader",
  "not_connected",
  "connected_since",
  "superseded",
  "other_account_read",
  "test",
  "tries",
]);
export type DeliveryReason = z.infer<typeof DeliveryReason>;

const Page = z.object({
  cursor: z.string().max(60).optional().describe("`next` of the page before."),
  limit: z.number().int().min(1).max(100).default(50),
  tenantId: Pasted.max(60).optional(),
});
export const ListDeliveries = Page.extend({
  provider: z.string().max(40).optional(),
  status: DeliveryStatus.optional(),
});
export type ListDeliveries = z.infer<typeof ListDeliveries>;
export const ListPrivacyRequests = Page.extend({ open: z.boolean().default(false).describe("Only those that are not met yet.") });
export type ListPrivacyRequests = z.infer<typeof ListPrivacyRequests>;

export const DeliveryRef = z.object({ deliveryId: z.string().max(60) });
export const PrivacyRequestRef = z.object({ requestId: z.string().max(60) });

/** A delivery as it goes out: never what it said. Instants are milliseconds since 1970. */
export const Delivery = z.object({
  id: z.string(),
  tenantId: z.string().describe("Empty where it is nobody's."),
  tenantName: z.string().nullable(),
  provider: z.string(),
  providerName: z.string(),
  connectionId: z.string(),
  accountName: z.string().nullable(),
  topic: z.string(),
  account: z.string().nullable().describe("The provider's id of the account."),
  eventKey: z.string().describe("The provider's id of the event."),
  receivedAt: z.number(),
  occurredAt: z.number().nullable(),
  status: DeliveryStatus,
  reason: DeliveryReason.nullable(),
  attempts: z.number(),
  workedAt: z.number().nullable(),
  replayable: z.boolean().describe("Whether what it said is still kept."),
});
export type Delivery = z.infer<typeof Delivery>;
export const DeliveryPage = z.object({
  items: z.array(Delivery),
  next: z.string().nullable(),
  providers: z.array(z.object({ id: z.string(), name: z.string() })).describe("Those that can be asked for."),
});

export const PrivacyRequest = z.object({
  id: z.string(),
  tenantId: z.string().describe("Empty where nothing of ours was meant."),
  tenantName: z.string().nullable(),
  provider: z.string(),
  providerName: z.string(),
  connectionId: z.string(),
  deliveryId: z.string(),
  kind: PrivacyKind,
  subject: z.string().describe("The provider's id of the person or shop."),
  receivedAt: z.number(),
  doneAt: z.number().nullable(),
  report: z.record(z.string(), z.number()).nullable().describe("Table: rows that were found, exported or erased."),
  dataUntil: z.number().nullable().describe("Until when what is held can be read, where that was asked for."),
});
export type PrivacyRequest = z.infer<typeof PrivacyRequest>;
export const PrivacyRequestPage = z.object({ items: z.array(PrivacyRequest), next: z.string().nullable() });

/** What is held of a customer. Instants are ISO 8601; amounts in minor units. */
export const HeldData = z.object({
  customer: z.string(),
  provider: z.string(),
  readAt: z.string(),
  orders: z.array(
    z.object({
      id: z.string(),
      placedAt: z.string(),
      day: z.string(),
      amountMinor: z.number(),
      currency: z.string(),
      updatedAt: z.string(),
    }),
  ),
  refunds: z.array(
    z.object({
      id: z.string(),
      order: z.string(),
      refundedAt: z.string(),
      day: z.string(),
      amountMinor: z.number(),
      currency: z.string(),
    }),
  ),
});
export type HeldData = z.infer<typeof HeldData>;

export const PrivacyStanding = z.object({ done: z.boolean() });
export type PrivacyStanding = z.infer<typeof PrivacyStanding>;
