import * as z from "zod";
import { findDelivery, listDeliveries } from "#server/domain/webhooks/list-deliveries.ts";
import { listPrivacyRequests, privacyStanding, readHeldData } from "#server/domain/webhooks/privacy-requests.ts";
import { reprocessDelivery } from "#server/domain/webhooks/reprocess-delivery.ts";
import {
  Delivery,
  DeliveryPage,
  DeliveryRef,
  HeldData,
  ListDeliveries,
  ListPrivacyRequests,
  PrivacyRequestPage,
  PrivacyRequestRef,
  PrivacyStanding,
} from "#server/domain/webhooks/schemas.ts";
import { publicProcedure, router, staff } from "#server/trpc/init.ts";

/** What the providers sent us, and what people asked of us through them. No answer here holds what an event said. */
export const webhooks = router({
  list: staff
    .meta({ openapi: { method: "GET", path: "/webhooks", summary: "What the providers sent, with what became of it." } })
    .input(ListDeliveries)
    .output(DeliveryPage)
    .query(({ ctx, input }) => listDeliveries(ctx, input)),
  get: staff
    .meta({ openapi: { method: "GET", path: "/webhooks/{deliveryId}", summary: "One delivery." } })
    .input(DeliveryRef)
    .output(Delivery)
    .query(({ ctx, input }) => findDelivery(ctx, input)),
  // Its path and its fields are what callers know.
  reprocess: staff
    .meta({ openapi: { method: "POST", path: "/webhooks/{deliveryId}/replay", summary: "Process one delivery again" } })
    .input(DeliveryRef)
    .output(z.object({ replayed: z.boolean() }))
    .mutation(({ ctx, input }) => reprocessDelivery(ctx, input)),
  privacyRequests: staff
    .meta({
      openapi: { method: "GET", path: "/privacy-requests", summary: "What people and shops asked for, with the proof of what was done." },
    })
    .input(ListPrivacyRequests)
    .output(PrivacyRequestPage)
    .query(({ ctx, input }) => listPrivacyRequests(ctx, input)),
  heldData: staff
    .meta({
      openapi: { method: "GET", path: "/privacy-requests/{requestId}/data", summary: "What is held of the customer who asked for it." },
    })
    .input(PrivacyRequestRef)
    .output(HeldData)
    .query(({ ctx, input }) => readHeldData(ctx, input)),
  /** For whoever holds the code that the provider gave them. */
  privacyStanding: publicProcedure
    .input(z.object({ code: z.string().max(100) }))
    .output(PrivacyStanding)
    .query(({ ctx, input }) => privacyStanding(ctx, input)),
});
