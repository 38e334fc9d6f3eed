import { looksPersonal } from "#server/catalog/actions/payload.ts";
import { type Ctx, requireStaff } from "#server/ctx.ts";
import { invalid } from "#server/errors.ts";
import { enterUndecided } from "./enter-finding.ts";
import type { DeclineFinding } from "./schemas.ts";
import { writeDecision } from "./write-decision.ts";

/** Says no to a finding, and why: it comes back only where it gets surely worse than it is now. Throws `not_found`, `invalid` for a reason that holds an address, and `conflict`. */
export async function declineFinding(ctx: Ctx, { findingId, reason }: DeclineFinding): Promise<void> {
  requireStaff(ctx);
  if (looksPersonal(reason)) throw invalid("reason", "wrong_value");
  const { inside, row } = await enterUndecided(ctx, findingId);
  // Of nothing there is no share, and whatever is found later is worse.
  const declinedShare = row.of === 0 ? null : row.hits / row.of;
  await writeDecision(inside, { row, action: "finding.declined", decision: { status: "declined", note: reason, declinedShare } });
}
