import * as z from "zod";
import { findingKinds, findingStates } from "#db/words/learning.ts";
import { PolicyMode } from "#server/domain/actions/schemas.ts";
import { Interval, Text } from "#server/domain/tenancy/schemas.ts";

export const FindingId = z.string().max(100);
export const InFinding = z.object({ findingId: FindingId });
export type InFinding = z.infer<typeof InFinding>;
export const FindingKind = z.enum(findingKinds);
export const FindingState = z.enum(findingStates);

export const ListFindings = z.object({
  state: FindingState.default("open"),
  kind: FindingKind.optional(),
  tenantId: z.string().max(100).optional().describe("Of one client alone."),
  limit: z.number().int().min(1).max(100).default(50),
  cursor: z.string().max(100).optional().describe("`next` of the page before."),
});
export type ListFindings = z.infer<typeof ListFindings>;

/** An acceptance is of what was shown. */
export const AcceptFinding = InFinding.extend({
  to: z.string().max(1000).describe("The proposed value as it was shown: where another one is proposed by now, it is refused."),
});
export type AcceptFinding = z.infer<typeof AcceptFinding>;

export const DeclineFinding = InFinding.extend({ reason: z.string().trim().min(3, "reason_missing").max(500).describe("Why not.") });
export type DeclineFinding = z.infer<typeof DeclineFinding>;

export const snoozeDays = ["7", "30"] as const;
export const SnoozeFinding = InFinding.extend({ days: z.coerce.number().pipe(z.literal([7, 30])) });
export type SnoozeFinding = z.infer<typeof SnoozeFinding>;

const Change = z.object({
  does: z
    .enum(["setting", "rule", "text"])
    .describe("`setting`, `text`: one of the automation's settings. `rule`: mode or a limit of its policy."),
  field: z.string(),
  label: Text.nullable().describe("What a setting is called; null for a rule, and where there is none of it any more."),
  from: z.union([z.string(), z.number()]),
  to: z.union([z.string(), z.number()]),
});
export type Change = z.infer<typeof Change>;

const Share = z.object({
  hits: z.number(),
  of: z.number(),
  share: Interval.nullable().describe("0 to 1, with Wilson's interval of 95 %; null of none."),
});

/** What was found of an automation of a client. Instants are milliseconds since 1970. */
export const Finding = Share.extend({
  id: z.string(),
  tenantId: z.string(),
  tenantName: z.string(),
  currency: z.string().describe("The client's: amounts are in its minor units."),
  automation: z.string(),
  title: Text.nullable().describe("The automation's; null for one that is no more."),
  kind: FindingKind.describe(
    "`hits` of `of`: rejected, edited or agreed with of what people decided, failed of what was carried out, full of days.",
  ),
  what: z.string().describe("Of edits `kind:field`, of failures their kind, of budgets which one; else empty."),
  label: Text.nullable().describe("What the edited field is called."),
  status: FindingState,
  proposal: Change.nullable().describe("Null where nothing can honestly be proposed."),
  foundAt: z.number(),
  measuredAt: z.number(),
  until: z.number().nullable().describe("Until when it is snoozed."),
});
export type Finding = z.infer<typeof Finding>;

export const FindingPage = z.object({
  items: z.array(Finding),
  next: z.string().nullable().describe("Cursor of the next page; null at the end."),
});
export type FindingPage = z.infer<typeof FindingPage>;

export const FindingDetails = Finding.extend({
  mode: PolicyMode.nullable().describe("How far the automation goes now; null for one that is no more."),
  staffDecides: z.boolean().describe("Whether the client lets the agency decide."),
  said: z
    .array(z.object({ words: z.string(), count: z.number() }))
    .describe(
      "What people gave as reasons or made of the field, or what the provider answered: read from the actions, grouped, the most frequent first.",
    ),
  decidedBy: z.string().nullable(),
  decidedAt: z.number().nullable(),
  note: z.string().nullable().describe("Why it was declined."),
  accepted: Change.nullable().describe("What was accepted last."),
  acceptedAt: z.number().nullable(),
  effect: z
    .object({ before: Share, since: Share, early: z.boolean().describe("Too few since then to say anything.") })
    .nullable()
    .describe("The same measure over 28 days before the acceptance, and of what was proposed since; null where nothing was accepted."),
});
export type FindingDetails = z.infer<typeof FindingDetails>;
