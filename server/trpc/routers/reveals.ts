import * as z from "zod";
import { approveReveal, denyReveal } from "#server/domain/custody/decide-reveal.ts";
import { countWaitingReveals, listReveals } from "#server/domain/custody/list-reveals.ts";
import { requestReveal } from "#server/domain/custody/request-reveal.ts";
import { RequestReveal, RevealRef } from "#server/domain/custody/schemas.ts";
import { showReveal } from "#server/domain/custody/show-reveal.ts";
import { router, staff, staffIn } from "#server/trpc/init.ts";
import { Done, RequestedReveal, Reveals, whenDone } from "#server/trpc/replies.ts";

/** One admin asks to see a secret, another one allows it, the first one looks for five minutes. */
export const reveals = router({
  list: staff
    .meta({ openapi: { method: "GET", path: "/reveals", summary: "Who asked to see which secret, and who decided" } })
    .input(z.object({ cursor: z.string().max(60).optional() }))
    .output(Reveals)
    .query(({ ctx, input }) => listReveals(ctx, input)),
  /** How many wait for this admin's answer. */
  waiting: staff.query(({ ctx }) => countWaitingReveals(ctx)),
  request: staffIn
    .meta({
      openapi: {
        method: "POST",
        path: "/reveals/{tenant}",
        summary: "Ask to see one secret of a client; another admin decides",
        status: 201,
      },
    })
    .input(RequestReveal)
    .output(RequestedReveal)
    .mutation(({ ctx, input }) => requestReveal(ctx, input)),
  approve: staffIn
    .meta({
      openapi: {
        method: "POST",
        path: "/reveals/{tenant}/{revealId}/approve",
        summary: "Allow another admin to see a secret for five minutes",
      },
    })
    .input(RevealRef)
    .output(Done)
    .mutation(({ ctx, input }) => whenDone(approveReveal(ctx, input))),
  deny: staffIn
    .meta({ openapi: { method: "POST", path: "/reveals/{tenant}/{revealId}/deny", summary: "Refuse another admin's request" } })
    .input(RevealRef)
    .output(Done)
    .mutation(({ ctx, input }) => whenDone(denyReveal(ctx, input))),
  /** The only answer of the portal that holds a secret. A mutation, since each look is written down. */
  show: staffIn.input(RevealRef).mutation(({ ctx, input }) => showReveal(ctx, input)),
});
