/**
 * The permission to read orders older than 60 days, which Shopify approves app by app: without it what there is is read, and said to
 * be no more.
 */
export const allOrders = {
  scope: "read_all_orders",
  without: {
    en: "Orders of the last 60 days only: older ones need a permission that this connection doesn’t have. All-time metrics start with the first connection.",
    fr: "Commandes des 60 derniers jours seulement : les plus anciennes demandent une autorisation que cette connexion n’a pas. Les chiffres depuis le début commencent à la première connexion.",
    he: "הזמנות מ-60 הימים האחרונים בלבד: לישנות יותר נדרשת הרשאה שאין לחיבור הזה. נתונים ״מאז ומעולם״ מתחילים מהחיבור הראשון.",
  },
};
