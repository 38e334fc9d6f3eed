import { ReturnPath } from "./schemas.ts";

/**
 * Where a person lands who has just signed in: first of all the onboarding, then where they were going, else their
 * overview. Staff need no onboarding. `tenants` are ids, the one to open first; `returnTo` was checked when it
 * was written down, and is once more by the rules of today.
 */
export function landingOf(person: { staff: boolean; onboarded: boolean; tenants: readonly string[]; returnTo: string | null }): string {
  const returnTo = ReturnPath.parse(person.returnTo);
  if (person.staff) return returnTo ?? "/admin";
  if (!person.onboarded) return "/onboarding";
  if (returnTo) return returnTo;
  const [tenant] = person.tenants;
  return tenant === undefined ? "/onboarding" : `/t/${tenant}`;
}
