/**
 * Where a person lands who has just signed in: first of all the onboarding, then where they were going, else their
 * overview. Staff need no onboarding. `tenants` are ids, the one to open first; `returnTo` has been checked.
 */
export function landingOf(person: { staff: boolean; onboarded: boolean; tenants: readonly string[]; returnTo: string | null }): string {
  if (person.staff) return person.returnTo ?? "/admin";
  if (!person.onboarded) return "/onboarding";
  if (person.returnTo) return person.returnTo;
  const [tenant] = person.tenants;
  return tenant === undefined ? "/onboarding" : `/t/${tenant}`;
}
