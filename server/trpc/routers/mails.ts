import { listUndelivered } from "#server/domain/mail/list-undelivered.ts";
import { ListUndelivered } from "#server/domain/mail/schemas.ts";
import { router, staff } from "#server/trpc/init.ts";

export const mails = router({
  /** Whom our mails did not reach for certain, and why. */
  undelivered: staff.input(ListUndelivered).query(({ ctx, input }) => listUndelivered(ctx, input)),
});
