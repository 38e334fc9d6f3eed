import type { Change } from "#db/words/learning.ts";
import { findAutomation } from "#server/catalog/jobs.ts";
import { type Ctx, requireStaff, type TenantCtx } from "#server/ctx.ts";
import { findPolicy } from "#server/domain/actions/find-policy.ts";
import type { SetPolicy } from "#server/domain/actions/schemas.ts";
import { setPolicy } from "#server/domain/actions/set-policy.ts";
import { configureJob } from "#server/domain/schedules/configure-job.ts";
import { conflict } from "#server/errors.ts";
import { enterUndecided } from "./enter-finding.ts";
import type { AcceptFinding } from "./schemas.ts";
import { settingsOf } from "./settings-of.ts";
import { writeDecision } from "./write-decision.ts";

/**
 * Does what a finding proposes, by the verb of the form, with that verb's rights and its line in the log: where the client says that the
 * agency does not decide, it is refused as the form is. Only from what it was found at: what somebody set otherwise meanwhile stays. Done
 * twice it is done once. Throws `not_found`, `forbidden`, `invalid`, and `conflict` with why not.
 */
export async function acceptFinding(ctx: Ctx, { findingId, to }: AcceptFinding): Promise<void> {
  requireStaff(ctx);
  const { inside, row } = await enterUndecided(ctx, findingId);
  const { proposal, automation } = row;
  if (!proposal) throw conflict("finding_without_proposal");
  if (String(proposal.to) !== to) throw conflict("finding_outdated");
  await apply(inside, automation, proposal);
  await writeDecision(inside, row, "finding.accepted", { status: "accepted", accepted: proposal, acceptedAt: ctx.now() });
}

async function apply(ctx: TenantCtx, id: string, { does, field, from, to }: Change): Promise<void> {
  const automation = findAutomation(id);
  const policy = await findPolicy(ctx, { automation: id });
  if (policy.mode === "off") throw conflict("automation_off");
  if (does === "rule") {
    // Whoever was faster has done it, or somebody in the form.
    if (new Map<string, unknown>(Object.entries(policy)).get(field) === to) return;
    const change: SetPolicy = { automation: id, [field]: to };
    await setPolicy(ctx, change, { from: { [field]: from } });
    return;
  }
  const { stored, config } = await settingsOf(ctx, automation);
  if (config[field] === to) return;
  if (config[field] !== from) throw conflict("settings_changed");
  await configureJob(ctx, { job: id, config: { ...config, [field]: to } }, { before: stored });
}
