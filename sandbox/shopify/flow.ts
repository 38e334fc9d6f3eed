import type { SandboxState } from "#sandbox/providers/provider.ts";
import type { Shop } from "#sandbox/shop/model.ts";
import type { Demand } from "./views.ts";

export interface FlowArgs {
  handle?: string | null;
  payload?: unknown;
}

/** A trigger as its extension declares it: a reference by what it is of, the other fields by their keys. */
interface Deployed {
  reference: "customer" | "order" | "product" | null;
  fields: Readonly<Record<string, "text" | "number">>;
}

const action = {
  Automation: "text",
  State: "text",
  Subject: "text",
  "Happened at": "text",
  "Action ID": "text",
  "Event ID": "text",
} as const;

/** What `shopify app deploy` has brought to Shopify of our app's `shopify/extensions`; a test holds this list against those files. */
export const deployedTriggers: Readonly<Record<string, Deployed>> = {
  "metric-crossed": {
    reference: null,
    fields: {
      ...{ Metric: "text", "Metric name": "text", Direction: "text", Threshold: "number", Value: "number", Unit: "text" },
      ...{ "Days in a row": "number", Day: "text", "Event ID": "text" },
    },
  },
  "action-changed": { reference: null, fields: action },
  "customer-action-changed": { reference: "customer", fields: action },
  "order-action-changed": { reference: "order", fields: action },
  "product-action-changed": { reference: "product", fields: action },
  "incident-changed": {
    reference: null,
    fields: { Provider: "text", State: "text", Kind: "text", "Happened at": "text", "Event ID": "text" },
  },
};

const mostBytes = 50_000;
const refusal = (message: string) => ({ userErrors: [{ field: ["body"], message: `Errors validating schema:\n  ${message}` }] });

/**
 * Takes a trigger, as often as it is sent: nothing tells two alike apart (../shared/writes-and-voice.md, Shopify / Flow trigger). The words
 * of its refusals are a guess but for those of an unknown handle. A shop that lacks the app's extensions is one whose domain begins with
 * `undeployed-`.
 */
export function receiveFlowTrigger(
  state: SandboxState,
  { shop, handle, payload, demand, now }: FlowArgs & { shop: Shop; demand: Demand; now: number },
) {
  const trigger = shop.domain.startsWith("undeployed-") ? undefined : deployedTriggers[handle ?? ""];
  if (!trigger) return refusal(`Invalid handle '${handle ?? ""}'`);
  if (typeof payload !== "object" || payload === null || Array.isArray(payload)) return refusal("Invalid payload");
  if (new TextEncoder().encode(JSON.stringify(payload)).length > mostBytes) return refusal("Payload exceeds 50000 bytes");
  const { reference, fields } = trigger;
  const given: Record<string, unknown> = { ...payload };
  if (reference !== null) {
    demand(`read_${reference}s`, "flowTriggerReceive");
    if (!Number.isSafeInteger(given[`${reference}_id`])) return refusal(`Required field missing: '${reference}_id'`);
    delete given[`${reference}_id`];
  }
  for (const [key, type] of Object.entries(fields)) {
    if (given[key] === undefined) return refusal(`Required field missing: '${key}'`);
    if (typeof given[key] !== (type === "number" ? "number" : "string")) return refusal(`Invalid value for '${key}'`);
    delete given[key];
  }
  const [stray] = Object.keys(given);
  if (stray !== undefined) return refusal(`Invalid field '${stray}'`);
  const { "Event ID": id } = payload as { "Event ID"?: string };
  state.effects.record({ provider: "shopify", kind: "flow_triggered", key: `${handle} ${id}`, account: shop.domain, at: now }, false);
  return { userErrors: [] };
}
