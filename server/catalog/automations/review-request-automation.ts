import * as z from "zod";
import { klaviyoEvent } from "#server/catalog/actions/klaviyo-event.ts";
import { defineAutomation } from "#server/catalog/automation.ts";
import type { Proposal } from "#server/catalog/records.ts";
import type { DeliveredOrder } from "#server/catalog/shop-history.ts";
import { productOf } from "./product-of.ts";
import { channelField, metricField } from "./settings.ts";

const dayMs = 86_400_000;
/** Whoever got their parcel longer ago than this, beyond the wait, is not asked any more. */
const windowMs = 14 * dayMs;
/** A request that nobody approved in this time comes too late. */
const offeredMs = 7 * dayMs;
const ordersAPage = 200;

const Config = z.object({
  daysAfter: z
    .number()
    .int()
    .min(1)
    .max(60)
    .default(7)
    .meta({
      label: { en: "Days after delivery", fr: "Jours après la livraison", he: "ימים אחרי המסירה" },
      hint: {
        en: "Counted from when the carrier delivered the last parcel of the order.",
        fr: "Comptés à partir de la livraison du dernier colis de la commande par le transporteur.",
        he: "נספרים מרגע שחברת המשלוחים מסרה את החבילה האחרונה של ההזמנה.",
      },
    }),
  channel: channelField,
  metric: metricField("Review requested"),
});
type Config = z.output<typeof Config>;

/**
 * Asks for a review of what arrived, by an event on which the client's own flow at Klaviyo starts.
 *
 * Delivered is what the carriers say of every parcel (`deliveredAt` of the order's fulfilments), never the order's own status, which
 * does not know it (../shared/writes-and-voice.md, Shopify / fulfilment and delivery). All orders of the last two weeks are looked at each
 * time, since a carrier's word may come late; what was proposed before is not proposed again.
 */
export const reviewRequestAutomation = defineAutomation({
  id: "review-request-automation",
  title: { en: "Review requests", fr: "Demandes d’avis", he: "בקשות לביקורת" },
  description: {
    en: "Asks customers for a review some days after their order was delivered.",
    fr: "Demande un avis aux clients quelques jours après la livraison de leur commande.",
    he: "מבקש מלקוחות ביקורת כמה ימים אחרי שההזמנה שלהם נמסרה.",
  },
  needs: [{ provider: "shopify", scopes: ["read_orders", "read_customers"] }],
  everyS: 4 * 3600,
  kinds: [klaviyoEvent],
  acts: {
    rehearsable: true,
    outcomeDays: 60,
    edited: { "klaviyo-event:metric": "metric" },
    feeds: ["shopify-details-sensor"],
    reasons: {
      delivered: {
        en: "Order {{order}} for {{value}} was delivered {{days}} days ago. Nothing of it came back.",
        fr: "La commande {{order}} de {{value}} a été livrée il y a {{days}} jours. Rien n’a été retourné.",
        he: "הזמנה {{order}} בסך {{value}} נמסרה לפני {{days}} ימים. שום דבר ממנה לא הוחזר.",
      },
    },
    never: {
      en: "It never asks about an order that was cancelled, returned in part or not yet delivered, never twice about one order, and never a customer who has not agreed to hear from you.",
      fr: "Elle ne demande jamais d’avis sur une commande annulée, retournée même en partie ou pas encore livrée, jamais deux fois pour une même commande, et jamais à un client qui n’a pas accepté de recevoir vos messages.",
      he: "האוטומציה לעולם לא מבקשת ביקורת על הזמנה שבוטלה, הוחזרה אפילו בחלקה או טרם נמסרה, לעולם לא פעמיים על אותה הזמנה, ולעולם לא מלקוח שלא הסכים לקבל ממך הודעות.",
    },
  },
  config: Config,
  cursor: z.object({ deliveredAt: z.number().int(), order: z.string(), until: z.number().int() }).nullable(),
  async step({ shop, config, cursor, now }) {
    // A reading that goes over several steps keeps its end.
    const until = cursor?.until ?? now - config.daysAfter * dayMs;
    const orders = await shop.delivered({
      from: until - windowMs,
      until,
      channel: config.channel,
      after: cursor && { deliveredAt: cursor.deliveredAt, order: cursor.order },
      limit: ordersAPage,
    });
    const last = orders.at(-1);
    const done = !last || orders.length < ordersAPage;
    return {
      cursor: done ? null : { deliveredAt: last.deliveredAt, order: last.order, until },
      done,
      proposals: orders.map((order) => request(order, config, now)),
    };
  },
});

function request(order: DeliveredOrder, { channel, metric, daysAfter }: Config, now: number): Proposal {
  const days = Math.floor((now - order.deliveredAt) / dayMs);
  return {
    subject: `order:${order.order}`,
    customerId: order.customerId,
    dedupe: `order:${order.order}`,
    evidence: {
      line: "delivered",
      params: { order: order.order, days, value: { minor: order.grossMinor, currency: order.currency } },
    },
    expiresAt: order.deliveredAt + daysAfter * dayMs + windowMs + offeredMs,
    steps: [
      {
        kind: klaviyoEvent.id,
        payload: {
          customerId: order.customerId,
          metric,
          properties: {
            order_id: order.order,
            delivered_at: new Date(order.deliveredAt).toISOString(),
            // The dearest of it.
            ...(order.product && productOf(order.product)),
          },
          at: new Date(now).toISOString(),
          channel,
          onlyIf: { order: order.order },
        },
      },
    ],
  };
}
