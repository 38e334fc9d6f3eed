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
    tenants: actor.memberships.map(({ tenant, role }) => ({ id: tenant.id, name: tenant.name, status: tenant.status, role })),
  })),
});
