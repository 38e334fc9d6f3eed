/**
 * The permission to hear of parcels (shopify.dev, WebhookSubscriptionTopic: FULFILLMENTS_CREATE, FULFILLMENTS_UPDATE and
 * FULFILLMENT_EVENTS_CREATE want it). To read where they are takes none but that of orders, so without it they are asked in turn.
 */
export const deliveries = {
  scope: "read_fulfillments",
  without: {
    en: "Deliveries can show up hours late: real-time updates need a permission that this connection doesn’t have.",
    fr: "Les livraisons peuvent apparaître avec des heures de retard : en être informé aussitôt demande une autorisation que cette connexion n’a pas.",
    he: "משלוחים עשויים להופיע באיחור של שעות: כדי לקבל עליהם עדכון מיידי נדרשת הרשאה שאין לחיבור הזה.",
  },
};
