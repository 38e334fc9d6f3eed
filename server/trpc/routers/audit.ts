import { ListAllAudit, ListAudit, listAllAudit, listAudit } from "#server/domain/audit/list-audit.ts";
import { verifyAgencyChain, verifyChain } from "#server/domain/audit/verify-chain.ts";
import { member, memberOrStaff, router, staff } from "#server/trpc/init.ts";

export const audit = router({
  /** What was done in one tenant. */
  list: member("audit:read")
    .input(ListAudit)
    .query(({ ctx, input }) => listAudit(ctx, input)),
  /** Follows one tenant's log from its first line to its last. A mutation, since that is work, and nobody's prefetch should do it. */
  verify: memberOrStaff("audit:read").mutation(({ ctx }) => verifyChain(ctx)),
  /** Follows the agency's own log. */
  verifyAgency: staff.mutation(({ ctx }) => verifyAgencyChain(ctx)),
  /** What was done anywhere. */
  all: staff.input(ListAllAudit).query(({ ctx, input }) => listAllAudit(ctx, input)),
});
