import type { Text } from "#db/words/locales.ts";

/** One field of an action, which the merchant fills in in Flow's editor. Its key is the property's name in the call, and stays. */
export interface FlowProperty {
  key: string;
  /** As the extension's file says both. */
  name: string;
  description: string;
  type: "single_line_text_field" | "multi_line_text_field";
}

/** Something that a workflow in Shopify Flow can ask us to do. Its extension stands in `shopify/extensions/`, and a test holds the two together. */
export interface FlowAction {
  title: Text;
  description: string;
  properties: readonly FlowProperty[];
}

const automation: FlowProperty = {
  key: "automation",
  name: "Automation",
  description: "The ID of the automation, as in the address of its page: review-request-automation.",
  type: "single_line_text_field",
};

/** The actions of our app in Shopify Flow, by their handles. A handle cannot be changed once it is deployed. */
export const flowActions = {
  "run-sync": {
    title: { en: "Run sync now", fr: "Lancer une synchronisation", he: "הפעלת סנכרון עכשיו" },
    description: "Runs a sync or an automation of the workspace now. One that is running already is not run twice.",
    properties: [
      {
        key: "sync",
        name: "Sync or automation",
        description: "Its ID: shopify-sensor, or the ID in the address of an automation's page.",
        type: "single_line_text_field",
      },
    ],
  },
  "pause-automation": {
    title: { en: "Pause automation", fr: "Mettre une automatisation en pause", he: "השהיית אוטומציה" },
    description: "Sets an automation back to shadow: it goes on proposing, and nothing of it is done.",
    properties: [automation],
  },
  "resume-automation": {
    title: { en: "Resume automation", fr: "Reprendre une automatisation", he: "חידוש אוטומציה" },
    description: "Ends a pause that a workflow began. The automation asks for approval then, also where it acted by itself before.",
    properties: [automation],
  },
  "leave-note": {
    title: { en: "Leave note", fr: "Laisser une note", he: "השארת הערה" },
    description: "Leaves a note for the workspace's people and its agency. Addresses and phone numbers are refused.",
    properties: [{ key: "note", name: "Note", description: "Up to 500 characters, without personal data.", type: "multi_line_text_field" }],
  },
} as const satisfies Record<string, FlowAction>;

export type FlowActionHandle = keyof typeof flowActions;

export const flowActionHandles = Object.keys(flowActions) as FlowActionHandle[];

export const flowActionOf = (handle: FlowActionHandle): FlowAction => flowActions[handle];

/** Where Flow calls all of them: which one is said by the signed body. */
export const flowDoor = "/webhooks/shopify/flow";
