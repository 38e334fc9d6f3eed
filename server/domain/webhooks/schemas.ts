import * as z from "zod";
import { actionStates, actionStepStates } from "#db/words/actions.ts";
import { consents } from "#db/words/commerce.ts";
import { crmKinds, crmSides } from "#db/words/crm.ts";
import { customerSegments } from "#db/words/customer-base.ts";
import { referralStates } from "#db/words/referrals.ts";
import { rehearsalVariants } from "#db/words/rehearsals.ts";
import { supplyStates } from "#db/words/supply.ts";
import { deliveryReasons, deliveryStatuses, privacyKinds, refusalReasons } from "#db/words/webhooks.ts";
import { Money, Pasted } from "#server/domain/tenancy/schemas.ts";

export const DeliveryStatus = z.enum(deliveryStatuses);

export const PrivacyKind = z.enum(privacyKinds);

export const RefusalReason = z.enum(refusalReasons);

export const DeliveryReason = z.enum(deliveryReasons);

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
  customers: z.array(
    z.object({
      id: z.string(),
      orders: z.number(),
      spentMinor: z.number(),
      currency: z.string(),
      mailConsent: z.enum(consents),
      smsConsent: z.enum(consents),
      createdAt: z.string(),
      updatedAt: z.string(),
    }),
  ),
  customerScores: z.array(
    z.object({
      id: z.string(),
      asOf: z.string(),
      chance30: z.number().nullable(),
      chance90: z.number().nullable(),
      orders90: z.number().nullable(),
      valueMinor: z.number().nullable(),
      currency: z.string().nullable(),
      segment: z.enum(customerSegments),
    }),
  ),
  crmRecords: z.array(
    z.object({
      kind: z.enum(crmKinds),
      id: z.string(),
      crmId: z.string().nullable(),
      stage: z.string().nullable(),
      inStepAt: z.string().nullable(),
      seenAt: z.string(),
    }),
  ),
  crmConflicts: z.array(z.object({ field: z.string(), foundAt: z.string(), decision: z.enum(crmSides).nullable() })),
  referralCodes: z.array(z.object({ code: z.string(), endsAt: z.string() })),
  referrals: z.array(
    z.object({
      order: z.string(),
      code: z.string(),
      as: z.enum(["referrer", "friend"]),
      placedAt: z.string(),
      amountMinor: z.number(),
      currency: z.string(),
      state: z.enum(referralStates),
      reason: z.string().nullable(),
    }),
  ),
  listMembers: z.array(z.object({ segment: z.enum(customerSegments), profile: z.string(), seenAt: z.string().nullable() })),
  /** Their orders that suppliers were to send. */
  supplyOrders: z.array(
    z.object({ order: z.string(), supplier: z.string(), state: z.enum(supplyStates), since: z.string(), parcels: z.array(z.string()) }),
  ),
  rehearsed: z.array(
    z.object({
      automation: z.string(),
      variant: z.enum(rehearsalVariants),
      at: z.string(),
      stake: Money.nullable(),
      orders: z.number(),
      spent: z.array(Money),
    }),
  ),
  orderContents: z.array(
    z.object({
      order: z.string(),
      lines: z.array(
        z.object({
          id: z.string(),
          product: z.string().nullable(),
          variant: z.string().nullable(),
          quantity: z.number(),
          unitMinor: z.number(),
          totalMinor: z.number(),
        }),
      ),
      codes: z.array(z.string()),
      fulfilments: z.array(z.object({ id: z.string(), createdAt: z.string(), deliveredAt: z.string().nullable() })),
      deliveredAt: z.string().nullable(),
    }),
  ),
  occurrences: z.array(z.object({ order: z.string().nullable(), kind: z.string(), at: z.string(), noticedAt: z.string() })),
  actions: z.array(
    z.object({
      id: z.string(),
      automation: z.string(),
      subject: z.string(),
      why: z.string(),
      status: z.enum(actionStates),
      createdAt: z.string(),
      decidedAt: z.string().nullable(),
      finishedAt: z.string().nullable(),
    }),
  ),
  /** What was to be written of them among many others; `content` is the JSON of it. */
  actionCustomers: z.array(z.object({ action: z.string(), content: z.string() })),
  /** `content` is the JSON of what was to be done. */
  actionSteps: z.array(z.object({ action: z.string(), kind: z.string(), content: z.string(), status: z.enum(actionStepStates) })),
  /** What people changed of it before they approved. */
  actionEdits: z.array(z.object({ action: z.string(), field: z.string(), at: z.string(), was: z.string(), becomes: z.string() })),
});
export type HeldData = z.infer<typeof HeldData>;

export const PrivacyStanding = z.object({ done: z.boolean() });
export type PrivacyStanding = z.infer<typeof PrivacyStanding>;
