import * as z from "zod";
import { actionStates, policyModes } from "#db/words/actions.ts";
import { flowCallStates } from "#db/words/flow.ts";
import { flowActionHandles } from "#server/catalog/flow-actions.ts";
import { flowTriggerHandles } from "#server/catalog/flow-triggers.ts";
import { watchedStates } from "#server/catalog/watch.ts";
import { Text } from "#server/domain/tenancy/schemas.ts";

/** What stands between a client and Shopify Flow. Instants are milliseconds since 1970. */
export const FlowActivity = z.object({
  mode: z.enum(policyModes),
  rules: z.array(
    z.discriminatedUnion("kind", [
      z.object({
        kind: z.literal("metric"),
        metric: Text,
        when: z.enum(["above", "below"]),
        threshold: z.number().describe("In whole units of money, or percent."),
        unit: z.string().describe("A currency (ISO 4217), else percent, count, days or status."),
        days: z.number().describe("So many days in a row."),
        standing: z
          .object({ seen: z.string().describe("The last day that was judged, YYYY-MM-DD."), over: z.boolean() })
          .nullable()
          .describe("Whether it is beyond the threshold; null before the rule has first looked."),
      }),
      z.object({
        kind: z.literal("actions"),
        automation: z.object({ id: z.string(), title: Text }).nullable().describe("Null: all of them."),
        states: z.array(z.enum(watchedStates)),
      }),
      z.object({ kind: z.literal("incidents"), opened: z.boolean(), ended: z.boolean() }),
    ]),
  ),
  sent: z.array(
    z.object({
      actionId: z.string(),
      trigger: z.enum(flowTriggerHandles),
      title: Text,
      because: Text.describe("Why, in words."),
      status: z.enum(actionStates),
      unclear: z.boolean().describe("Whether a person has to say what became of it."),
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
  checkouts: z
    .array(z.object({ day: z.string().describe("YYYY-MM-DD, in the client's time zone."), checkouts: z.number() }))
    .nullable()
    .describe(
      "Completed checkouts that the storefront told of on each of the last 14 days; null where they aren't counted. Anybody can send them: a hint, no figure.",
    ),
  may: z.object({ runs: z.boolean(), pauses: z.boolean(), resumes: z.boolean(), notes: z.boolean() }),
});
export type FlowActivity = z.infer<typeof FlowActivity>;
