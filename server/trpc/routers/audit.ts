import { ListAllAudit, ListAudit, listAllAudit, listAudit } from "#server/domain/audit/list-audit.ts";
import { verifyAgencyChain, verifyChain } from "#server/domain/audit/verify-chain.ts";
import { member, memberOrStaff, router, staff } from "#server/trpc/init.ts";
import { AuditPage, ChainCheck } from "#server/trpc/replies.ts";

export const audit = router({
  /** What was done in one tenant. */
  list: member("audit:read")
    .meta({ openapi: { method: "GET", path: "/audit/{tenant}", summary: "What was done in a client, newest first; for its own people" } })
    .input(ListAudit)
    .output(AuditPage)
    .query(({ ctx, input }) => listAudit(ctx, input)),
  /** Follows one tenant's log from its first line to its last. A mutation, since that is work, and nobody's prefetch should do it. */
  verify: memberOrStaff("audit:read")
    .meta({
      openapi: {
        method: "POST",
        path: "/audit/{tenant}/verify",
        summary: "Follow a client's log from its first line to its last, and name the first broken link",
      },
    })
    .output(ChainCheck)
    .mutation(({ ctx }) => verifyChain(ctx)),
  /** Follows the agency's own log. */
  verifyAgency: staff
    .meta({ openapi: { method: "POST", path: "/audit/verify", summary: "Follow the agency's own log" } })
    .output(ChainCheck)
    .mutation(({ ctx }) => verifyAgencyChain(ctx)),
  /** What was done anywhere. */
  all: staff
    .meta({ openapi: { method: "GET", path: "/audit", summary: "What was done anywhere, newest first" } })
    .input(ListAllAudit)
    .output(AuditPage)
    .query(({ ctx, input }) => listAllAudit(ctx, input)),
});
