import { type Ctx, requireStaff } from "#server/ctx.ts";
import { enterUndecided } from "./enter-finding.ts";
import type { SnoozeFinding } from "./schemas.ts";
import { writeDecision } from "./write-decision.ts";

const dayMs = 86_400_000;

/** Puts a finding off by some days; its figures are kept up to date meanwhile. Throws `not_found`, and `conflict`. */
export async function snoozeFinding(ctx: Ctx, { findingId, days }: SnoozeFinding): Promise<void> {
  requireStaff(ctx);
  const { inside, row } = await enterUndecided(ctx, findingId);
  await writeDecision(inside, {
    ...{ row, action: "finding.snoozed" },
    decision: { status: "snoozed", until: ctx.now() + days * dayMs },
  });
}
