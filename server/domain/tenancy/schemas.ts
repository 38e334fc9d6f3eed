import * as z from "zod";
import { type Locale as Language, locales } from "#db/words/locales.ts";
import type * as words from "#db/words/tenants.ts";
import { planNames, roles, tenantStatuses, verticals } from "#db/words/tenants.ts";
import { currencies } from "#server/catalog/currencies.ts";
import { isTimezone } from "#server/catalog/days.ts";
import type { ErrorCode } from "#server/errors.ts";

export const Locale = z.enum(locales);
export const Text = z.object({ en: z.string(), fr: z.string(), he: z.string() } satisfies Record<Language, z.ZodString>);

/** An amount in minor units of its currency (ISO 4217). */
export const Money = z.object({ minor: z.number(), currency: z.string() });
/** A share or a difference, and the bounds between which it lies. */
export const Interval = z.object({ estimate: z.number(), low: z.number(), high: z.number() });

export const Vertical = z.enum(verticals);
export const Plan = z.enum(planNames);

const OnShelf = z.union([z.literal("all"), z.array(z.string())]);
/** What a plan gives; the table is planNames.ts. */
export const PlanTerms = z.object({
  jobs: OnShelf.describe("Ids of the jobs that run, or `all`."),
  turnsOn: z.array(z.string()).describe("Ids of the jobs that are on without a word of the client, beside those that are for everybody."),
  providers: OnShelf.describe("Ids of the providers that can be connected, or `all`."),
  members: z.number().describe("People of the team, with those who are invited."),
  connections: z.number().describe("Accounts that are connected at once."),
  exportsPerDay: z.number(),
  runDays: z.number().describe("Days for which runs are kept."),
  logDays: z.number().describe("Days for which the logs of runs are kept."),
  auditDays: z.number().nullable().describe("How many days of the audit log the client's own people read; null: all of it."),
});
export type PlanTerms = z.infer<typeof PlanTerms>;

/** A client's own plan. `used`: how much of it is taken. */
export const OwnPlan = PlanTerms.extend({ plan: Plan, used: z.object({ members: z.number(), connections: z.number() }) });
export type OwnPlan = z.infer<typeof OwnPlan>;
export const TenantStatus = z.enum(tenantStatuses);
export const Role = z.enum(roles);

export const Features = z.record(z.string().max(60), z.boolean()) satisfies z.ZodType<words.Features>;

/** One word or code as it is typed, or pasted out of a page or a message: without the space around it and the characters that nobody sees. */
export const Pasted = z.string().overwrite((pasted) => pasted.replace(/\p{Cf}/gu, "").trim());
export const TenantId = Pasted.regex(/^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/, "client_id_wrong" satisfies ErrorCode);
export const Currency = Pasted.toUpperCase().refine((code) => currencies.has(code), "currency_unknown" satisfies ErrorCode);
export const Timezone = Pasted.refine(isTimezone, "timezone_unknown" satisfies ErrorCode);
