import { listSessions, revokeOtherSessions, revokeSession } from "#server/domain/people/own-sessions.ts";
import { completeOnboarding, updateProfile } from "#server/domain/people/profile.ts";
import { Language, Profile, SessionRef } from "#server/domain/people/schemas.ts";
import { endView } from "#server/domain/people/view-client.ts";
import { eyesOf, permissionsOf } from "#server/domain/tenancy/permissions.ts";
import { personal, router } from "#server/trpc/init.ts";

export const me = router({
  /** Who is signed in, and the tenants that they may enter. */
  get: personal.query(({ ctx: { actor } }) => ({
    id: actor.userId,
    email: actor.email,
    name: actor.name,
    locale: actor.locale,
    timezone: actor.timezone,
    staff: actor.staff,
    onboarded: actor.onboarded,
    /** Until when an admin looks at a client as its people see it. */
    viewingUntil: actor.viewingUntil ?? null,
    tenants: actor.memberships.map(
      ({ tenant: { id, name, vertical, status, locale, timezone, currency, endsAt }, role, dismissed = [] }) => ({
        id,
        name,
        vertical,
        status,
        locale,
        timezone,
        currency,
        endsAt,
        role,
        may: permissionsOf(eyesOf(role)),
        dismissed,
      }),
    ),
  })),
  /** Back from looking at a client. */
  endView: personal.mutation(({ ctx }) => endView(ctx)),
  update: personal.input(Profile).mutation(({ ctx, input }) => updateProfile(ctx, input)),
  /** The language menu: pages, mails and every other browser follow it. */
  changeLanguage: personal.input(Language).mutation(({ ctx, input }) => updateProfile(ctx, input)),
  completeOnboarding: personal.input(Profile).mutation(({ ctx, input }) => completeOnboarding(ctx, input)),
  /** The browsers in which the person is signed in. */
  sessions: personal.query(({ ctx }) => listSessions(ctx)),
  revokeSession: personal.input(SessionRef).mutation(({ ctx, input }) => revokeSession(ctx, input)),
  revokeOtherSessions: personal.mutation(({ ctx }) => revokeOtherSessions(ctx)),
});
