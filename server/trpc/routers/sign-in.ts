import { landingOf } from "#server/domain/people/landing-of.ts";
import { lastOpenedFirst } from "#server/domain/people/last-tenant.ts";
import { findLink, redeemCode, redeemLink } from "#server/domain/people/redeem-sign-in.ts";
import { findWaiting, requestSignIn, resendSignIn } from "#server/domain/people/request-sign-in.ts";
import { RedeemCode, RedeemLink, RequestSignIn } from "#server/domain/people/schemas.ts";
import { signOut } from "#server/domain/people/sign-out.ts";
import { personal, publicProcedure, router } from "#server/trpc/init.ts";

export const signIn = router({
  /** Sends a mail to the address if it has an account; the answer does not tell. */
  request: publicProcedure.input(RequestSignIn).mutation(({ ctx, input }) => requestSignIn(ctx, input)),
  /** The address that this browser waits to prove, or null. */
  waiting: publicProcedure.query(async ({ ctx }) => {
    const link = await findWaiting(ctx);
    return link && { email: link.email, expiresAt: link.expiresAt };
  }),
  resend: publicProcedure.mutation(({ ctx }) => resendSignIn(ctx)),
  /** Whose sign-in a link is; does not use it up. */
  link: publicProcedure.input(RedeemLink).query(({ ctx, input }) => findLink(ctx, input)),
  redeemLink: publicProcedure.input(RedeemLink).mutation(({ ctx, input }) => redeemLink(ctx, input)),
  redeemCode: publicProcedure.input(RedeemCode).mutation(({ ctx, input }) => redeemCode(ctx, input)),
  /** Where a signed-in person belongs who asks for nothing in particular. */
  landing: personal.query(({ ctx }) => {
    const tenants = ctx.actor.memberships.map(({ tenant }) => tenant.id);
    return landingOf({ ...ctx.actor, tenants: lastOpenedFirst(ctx, tenants), returnTo: null });
  }),
  out: publicProcedure.mutation(({ ctx }) => signOut(ctx)),
});
