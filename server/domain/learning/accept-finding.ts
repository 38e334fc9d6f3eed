import type { Change } from "#db/words/learning.ts";
import { findAutomation } from "#server/catalog/jobs.ts";
import { type Ctx, requireStaff, type TenantCtx } from "#server/ctx.ts";
import { findPolicy } from "#server/domain/actions/find-policy.ts";
import type { SetPolicy } from "#server/domain/actions/schemas.ts";
import { setPolicy } from "#server/domain/actions/set-policy.ts";
import type { Along } from "#server/domain/audit/along.ts";
import { configureJob } from "#server/domain/schedules/configure-job.ts";
import { conflict } from "#server/errors.ts";
import { enterUndecided } from "./enter-finding.ts";
import type { AcceptFinding } from "./schemas.ts";
import { settingsOf } from "./settings-of.ts";
import { type Decided, decidedAlong, writeDecision } from "./write-decision.ts";

/**
 * Does what a finding proposes, by the verb of the form, with that verb's rights and its line in the log: where the client says that the
 * agency does not decide, it is refused as the form is. Only from what it was found at: what somebody set otherwise meanwhile stays. The
 * change and the decision are one batch, so that neither stands without the other. Throws `not_found`, `forbidden`, `invalid`, and
 * `conflict` with why not.
 */
export async function acceptFinding(ctx: Ctx, { findingId, to }: AcceptFinding): Promise<void> {
  requireStaff(ctx);
  const { inside, row } = await enterUndecided(ctx, findingId);
  const { proposal, automation } = row;
  if (!proposal) throw conflict("finding_without_proposal");
  if (String(proposal.to) !== to) throw conflict("finding_outdated");
  const accepted: Decided = {
    ...{ row, action: "finding.accepted" },
    decision: { status: "accepted", accepted: proposal, acceptedAt: ctx.now() },
  };
  const isDone = await apply(inside, automation, proposal, decidedAlong(inside, accepted));
  // Somebody in the form has done it.
  if (!isDone) await writeDecision(inside, accepted);
}

/** Answers whether it was done here: false where it is so already. */
async function apply(ctx: TenantCtx, id: string, { does, field, from, to }: Change, along: Along): Promise<boolean> {
  const automation = findAutomation(id);
  const policy = await findPolicy(ctx, { automation: id });
  if (policy.mode === "off") throw conflict("automation_off");
  if (does === "rule") {
    if (new Map<string, unknown>(Object.entries(policy)).get(field) === to) return false;
    const change: SetPolicy = { automation: id, [field]: to, was: { [field]: from } };
    await setPolicy(ctx, change, { along });
    return true;
  }
  const { stored, config } = await settingsOf(ctx, automation);
  if (config[field] === to) return false;
  if (config[field] !== from) throw conflict("settings_changed");
  await configureJob(ctx, { job: id, config: { ...config, [field]: to } }, { before: stored, along });
  return true;
}
