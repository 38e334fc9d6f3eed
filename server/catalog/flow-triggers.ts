import type { Text } from "#db/words/locales.ts";

/** One field of a trigger, as the merchant finds it in Flow's editor, which has it in English. */
export interface FlowField {
  /** Letters and spaces alone, as Shopify's CLI demands of a trigger. It is the key in the payload too, and stays: workflows name it. */
  key: string;
  type: "text" | "number";
  label: Text;
  /** As the extension's file says it. */
  description: string;
}

/** Something that a workflow in Shopify Flow can start on. Its extension stands in `shopify/extensions/`, and a test holds the two together. */
export interface FlowTrigger {
  /** As Flow's editor calls it: object and past tense, without punctuation (shopify.dev, "Create a Flow trigger"). */
  title: Text;
  description: string;
  /** What of the shop it is about, so that the workflow can go on with it. */
  reference: "customer" | "order" | "product" | null;
  fields: readonly FlowField[];
}

const eventId: FlowField = {
  key: "Event ID",
  type: "text",
  label: { en: "Event ID", fr: "ID de l’événement", he: "מזהה האירוע" },
  description: "The same for the same event. Shopify does not drop a repeated event: a workflow that must not run twice compares this.",
};
const at: FlowField = {
  key: "Happened at",
  type: "text",
  label: { en: "Happened at", fr: "Survenu le", he: "התרחש ב" },
  description: "When it happened, in ISO 8601 and UTC.",
};

const actionFields: readonly FlowField[] = [
  {
    key: "Automation",
    type: "text",
    label: { en: "Automation", fr: "Automatisation", he: "אוטומציה" },
    description: "The ID of the automation that proposed it.",
  },
  {
    key: "State",
    type: "text",
    label: { en: "State", fr: "État", he: "מצב" },
    description: "waiting (for approval), done, failed, or unsure (nobody knows whether it was done).",
  },
  { key: "Subject", type: "text", label: { en: "About", fr: "Concerne", he: "לגבי" }, description: "What it is about, by the shop's ID." },
  at,
  {
    key: "Action ID",
    type: "text",
    label: { en: "Action ID", fr: "ID de l’action", he: "מזהה הפעולה" },
    description: "Its ID, as in the address of its page.",
  },
  eventId,
];

const actionTrigger = (reference: FlowTrigger["reference"], title: Text, whose: string): FlowTrigger => ({
  title,
  description: `Starts when an action of an automation ${whose} waits for approval, is done, fails or ends unclear, as the rules in the portal say.`,
  reference,
  fields: actionFields,
});

/** The triggers of our app in Shopify Flow, by their handles. A handle cannot be changed once it is deployed. */
export const flowTriggers = {
  "metric-crossed": {
    title: { en: "Metric crossed threshold", fr: "Seuil franchi par un chiffre", he: "מדד חצה סף" },
    description: "Starts when a metric has been above or below a threshold for as many days in a row as its rule in the portal says.",
    reference: null,
    fields: [
      {
        key: "Metric",
        type: "text",
        label: { en: "Metric", fr: "Chiffre", he: "מדד" },
        description: "Its ID, as in shopify-sensor.revenue.",
      },
      {
        key: "Metric name",
        type: "text",
        label: { en: "Metric name", fr: "Nom du chiffre", he: "שם המדד" },
        description: "Its name in English.",
      },
      {
        key: "Direction",
        type: "text",
        label: { en: "Direction", fr: "Sens", he: "כיוון" },
        description: "above or below.",
      },
      { key: "Threshold", type: "number", label: { en: "Threshold", fr: "Seuil", he: "סף" }, description: "The threshold of the rule." },
      {
        key: "Value",
        type: "number",
        label: { en: "Value", fr: "Valeur", he: "ערך" },
        description: "The metric's value on the day, in the unit.",
      },
      {
        key: "Unit",
        type: "text",
        label: { en: "Unit", fr: "Unité", he: "יחידה" },
        description: "The currency of an amount (ISO 4217), else percent, count, days or status.",
      },
      {
        key: "Days in a row",
        type: "number",
        label: { en: "Days in a row", fr: "Jours d’affilée", he: "ימים ברצף" },
        description: "How many days the rule waits for.",
      },
      {
        key: "Day",
        type: "text",
        label: { en: "Day", fr: "Jour", he: "יום" },
        description: "The last of those days (YYYY-MM-DD), in the account's time zone.",
      },
      eventId,
    ],
  },
  "action-changed": actionTrigger(
    null,
    { en: "Action changed", fr: "Action modifiée", he: "פעולה השתנתה" },
    "that is about no single customer, order or product",
  ),
  "customer-action-changed": actionTrigger(
    "customer",
    { en: "Customer action changed", fr: "Action client modifiée", he: "פעולה על לקוח השתנתה" },
    "on a customer",
  ),
  "order-action-changed": actionTrigger(
    "order",
    { en: "Order action changed", fr: "Action commande modifiée", he: "פעולה על הזמנה השתנתה" },
    "on an order",
  ),
  "product-action-changed": actionTrigger(
    "product",
    { en: "Product action changed", fr: "Action produit modifiée", he: "פעולה על מוצר השתנתה" },
    "on a product",
  ),
  "incident-changed": {
    title: { en: "Provider incident changed", fr: "Incident fournisseur modifié", he: "תקלה אצל ספק השתנתה" },
    description: "Starts when a provider that the shop's workspace uses begins to fail for many at once, and when that is over.",
    reference: null,
    fields: [
      { key: "Provider", type: "text", label: { en: "Provider", fr: "Fournisseur", he: "ספק" }, description: "Its ID, as in klaviyo." },
      { key: "State", type: "text", label: { en: "State", fr: "État", he: "מצב" }, description: "opened or ended." },
      {
        key: "Kind",
        type: "text",
        label: { en: "Kind", fr: "Type", he: "סוג" },
        description: "unavailable, rate_limited, misconfigured or switched_off.",
      },
      at,
      eventId,
    ],
  },
} as const satisfies Record<string, FlowTrigger>;

export type FlowTriggerHandle = keyof typeof flowTriggers;

export const flowTriggerHandles = Object.keys(flowTriggers) as FlowTriggerHandle[];

export const flowTriggerOf = (handle: FlowTriggerHandle): FlowTrigger => flowTriggers[handle];

/** The longest payload that Shopify takes, in bytes of its JSON (shopify.dev, flowTriggerReceive). */
export const flowPayloadBytes = 50_000;
