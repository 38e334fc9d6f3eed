import { ListAllAudit, ListAudit, listAllAudit, listAudit } from "#server/domain/audit/list-audit.ts";
import { member, router, staff } from "#server/trpc/init.ts";

export const audit = router({
  /** What was done in one tenant. */
  list: member("audit:read")
    .input(ListAudit)
    .query(({ ctx, input }) => listAudit(ctx, input)),
  /** What was done anywhere. */
  all: staff.input(ListAllAudit).query(({ ctx, input }) => listAllAudit(ctx, input)),
});
