import { chooseSide } from "#server/domain/crm/choose-side.ts";
import { listOwners } from "#server/domain/crm/list-owners.ts";
import { readCrm } from "#server/domain/crm/read-crm.ts";
import { revealConflicts } from "#server/domain/crm/reveal-conflicts.ts";
import { ChooseSide, Crm, CrmOwners, RevealConflicts, RevealedConflicts } from "#server/domain/crm/schemas.ts";
import { memberOrStaff, router } from "#server/trpc/init.ts";

/** Company buyers and their orders in the client's CRM. */
export const crm = router({
  get: memberOrStaff("portal:read")
    .meta({
      openapi: {
        ...{ method: "GET", path: "/crm/{tenant}", tags: ["actions"] },
        summary: "What of the shop is in step with the CRM",
        description:
          "How many company buyers, companies and deals are in step, which rows were not done and why, and which fields both sides changed. Customers by the shop's ids; values are never in it.",
      },
    })
    .output(Crm)
    .query(({ ctx }) => readCrm(ctx)),
  /** Whose value stays; what was seen is named, so that nothing else is chosen. */
  choose: memberOrStaff("actions:decide")
    .input(ChooseSide)
    .mutation(({ ctx, input }) => chooseSide(ctx, input)),
  /** Both values, fetched now; it is a mutation since each look is written down. */
  reveal: memberOrStaff("actions:reveal")
    .input(RevealConflicts)
    .output(RevealedConflicts)
    .mutation(({ ctx, input }) => revealConflicts(ctx, input)),
  /** Who may be named in a rule. */
  owners: memberOrStaff("settings:write")
    .output(CrmOwners)
    .query(({ ctx }) => listOwners(ctx)),
});
