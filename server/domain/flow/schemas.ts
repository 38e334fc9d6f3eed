import * as z from "zod";
import { actionStates, policyModes } from "#db/words/actions.ts";
import { flowCallStates } from "#db/words/flow.ts";
import { flowActionHandles } from "#server/catalog/flow-actions.ts";
import { flowTriggerHandles } from "#server/catalog/flow-triggers.ts";
import { Text } from "#server/domain/tenancy/schemas.ts";

export const ReadFlow = z.object({});

/** What stands between a client and Shopify Flow. Instants are milliseconds since 1970. */
export const FlowActivity = z.object({
  mode: z.enum(policyModes),
  rules: z.array(
    z.object({
      kind: z.enum(["metric", "actions", "incidents"]),
      says: Text.describe("The rule in words."),
      over: z.boolean().nullable().describe("Of a metric: whether it is beyond its threshold; null before the rule has first looked."),
      seen: z.string().nullable().describe("Of a metric: the last day that was judged, YYYY-MM-DD."),
    }),
  ),
  sent: z.array(
    z.object({
      actionId: z.string(),
      trigger: z.enum(flowTriggerHandles),
      title: Text,
      because: Text.describe("Why, in words."),
      status: z.enum(actionStates),
      at: z.number(),
    }),
  ),
  received: z.array(
    z.object({
      id: z.string(),
      action: z.enum(flowActionHandles).nullable().describe("Null for one that there is not."),
      title: Text.nullable(),
      asked: z.string().describe("What it names, or the note."),
      status: z.enum(flowCallStates),
      answer: Text.nullable().describe("What Flow was answered, in words; null while it is under way."),
      answered: z.number().nullable().describe("The answer's HTTP status."),
      at: z.number(),
    }),
  ),
  may: z.object({ runs: z.boolean(), pauses: z.boolean(), resumes: z.boolean(), notes: z.boolean() }),
});
export type FlowActivity = z.infer<typeof FlowActivity>;
