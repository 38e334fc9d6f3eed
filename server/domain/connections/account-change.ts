import type { AccountChange, AccountDetails } from "#db/words/connections.ts";

/** What an account counts in otherwise than before; null where that is the same, or it had not said it before. */
export function accountChange(before: AccountDetails, after: AccountDetails, at: number): AccountChange | null {
  const changed = (["currency", "timezone"] as const).flatMap((fact) => {
    const [from, to] = [before[fact], after[fact]];
    return from === undefined || to === undefined || from === to ? [] : [[fact, { from, to }] as const];
  });
  return changed.length === 0 ? null : { at, ...Object.fromEntries(changed) };
}
