import { listUndelivered } from "#server/domain/mail/list-undelivered.ts";
import { ListUndelivered } from "#server/domain/mail/schemas.ts";
import { router, staff } from "#server/trpc/init.ts";
import { said } from "#server/trpc/say-run.ts";

export const mails = router({
  /** Whom our mails did not reach for certain, and why. */
  undelivered: staff.input(ListUndelivered).query(async ({ ctx, input }) => {
    const { items, next } = await listUndelivered(ctx, input);
    return { items: items.map(({ reasonParams, ...mail }) => ({ ...mail, reason: said(ctx, mail.reason, reasonParams).text })), next };
  }),
});
