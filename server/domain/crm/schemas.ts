import * as z from "zod";
import { rowFaults } from "#db/words/actions.ts";
import { crmCompared, crmKinds, crmSides } from "#db/words/crm.ts";

const Hash = z.string().regex(/^([0-9a-f]{16})?$/);
const CustomerId = z.string().regex(/^\d{1,20}$/);

export const RevealConflicts = z.object({ customerId: CustomerId.describe("A buyer with a conflict, by the shop’s id.") });
export type RevealConflicts = z.infer<typeof RevealConflicts>;

/** What both sides say of a buyer's fields now. */
export const RevealedConflicts = z.object({
  customerId: z.string(),
  fields: z.array(z.object({ field: z.enum(crmCompared), shop: z.string().nullable(), crm: z.string().nullable() })),
});
export type RevealedConflicts = z.infer<typeof RevealedConflicts>;

export const ChooseSide = z.object({
  customerId: CustomerId,
  field: z.enum(crmCompared),
  shopHash: Hash.describe("As the conflict was shown: a choice is of what was seen."),
  crmHash: Hash,
  side: z.enum(crmSides).describe("Whose value stays."),
});
export type ChooseSide = z.infer<typeof ChooseSide>;

const Conflict = z.object({
  customerId: z.string(),
  field: z.enum(crmCompared),
  shopHash: z.string(),
  crmHash: z.string(),
  foundAt: z.number(),
  decision: z.enum(crmSides).nullable().describe("What a person chose; it is carried out with the next proposal."),
});

/** How the shop's company buyers and their orders stand in the CRM. Ids and counts alone. */
export const Crm = z.object({
  contacts: z.object({
    all: z.number().describe("Company buyers."),
    inStep: z.number(),
    due: z.number(),
    noEmail: z.number().describe("Those without an email address, by which HubSpot would know them."),
  }),
  companies: z.number().describe("Companies that they are tied to."),
  deals: z.object({
    ...{ all: z.number(), inStep: z.number(), due: z.number() },
    untied: z.number().describe("Those in HubSpot that are tied to no company, since their buyer names none or it isn’t there."),
  }),
  lastAt: z.number().nullable().describe("When both sides were last compared."),
  failed: z
    .array(
      z.object({
        kind: z.enum(crmKinds),
        why: z.enum(rowFaults),
        rows: z.number(),
        customers: z.array(z.string()).describe("The first ten."),
      }),
    )
    .describe("Rows of the last seven days that were not done and are not in step since, by reason."),
  conflicts: z.array(Conflict).describe("Fields that both sides changed, the newest 50."),
  conflictsInAll: z.number(),
});
export type Crm = z.infer<typeof Crm>;

export const CrmOwners = z.array(z.object({ id: z.string(), name: z.string() }));
