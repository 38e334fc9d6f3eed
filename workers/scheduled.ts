import { allJobs } from "#server/catalog/jobs.ts";
import type { Ctx } from "#server/ctx.ts";
import { sweepActions } from "#server/domain/actions/sweep-actions.ts";
import { tellFallen } from "#server/domain/actions/tell-fallen.ts";
import { claimDigests } from "#server/domain/actions/tell-waiting.ts";
import { sweepAsked } from "#server/domain/asking/sweep-asked.ts";
import { linkWaiting } from "#server/domain/audit/link-lines.ts";
import { forgetRequests } from "#server/domain/clients/forget-requests.ts";
import { forgetOccurrences } from "#server/domain/commerce/forget-occurrences.ts";
import { claimEnds } from "#server/domain/connecting/claim-ends.ts";
import { startDeletions } from "#server/domain/custody/start-deletions.ts";
import { sweepExports } from "#server/domain/custody/sweep-exports.ts";
import { claimProbes } from "#server/domain/health/claim-probes.ts";
import { forgetRates } from "#server/domain/health/note-rates.ts";
import { noteTick } from "#server/domain/health/note-tick.ts";
import { watchProviders } from "#server/domain/incidents/watch-providers.ts";
import { refreshFindings } from "#server/domain/learning/refresh-findings.ts";
import { forgetUndelivered } from "#server/domain/mail/deliver.ts";
import { forgetNotices, sendHeld } from "#server/domain/notices/send-held.ts";
import { mailStandingLinks } from "#server/domain/people/send-standing-link.ts";
import { sweepRehearsals } from "#server/domain/rehearsals/sweep-rehearsals.ts";
import { claimDue } from "#server/domain/runs/claim-due.ts";
import { forgetRuns } from "#server/domain/runs/forget-runs.ts";
import { sweep } from "#server/domain/runs/sweep.ts";
import { alignSchedules } from "#server/domain/schedules/align-schedules.ts";
import { alignPlans } from "#server/domain/tokens/align-plans.ts";
import { claimDebts } from "#server/domain/tokens/claim-debts.ts";
import { claimRenewals } from "#server/domain/tokens/claim-renewals.ts";
import { forgetRenewals } from "#server/domain/tokens/forget-renewals.ts";
import { warnCliffs } from "#server/domain/tokens/warn-cliffs.ts";
import { sweepTurns } from "#server/domain/turns/sweep-turns.ts";
import { claimSubscriptions } from "#server/domain/webhooks/subscribe-events.ts";
import { sweepWebhooks } from "#server/domain/webhooks/sweep-webhooks.ts";
import type { Env } from "#server/env.ts";
import { jobCtx } from "./context.ts";

/** What the cron does every minute, in this order; one that fails stops none of the others. */
const chores: readonly [string, (ctx: Ctx) => Promise<unknown>][] = [
  ["links mailed", mailStandingLinks],
  ["schedules aligned", (ctx) => alignSchedules(ctx, allJobs)],
  ["mail that waited", sendHeld],
  ["renewals planned", alignPlans],
  ["renewals due", (ctx) => claimRenewals(ctx)],
  ["cliffs warned of", warnCliffs],
  ["old renewals forgotten", forgetRenewals],
  ["providers watched", (ctx) => watchProviders(ctx)],
  ["probes due", claimProbes],
  ["access owed back", claimDebts],
  ["replaced keys ended", claimEnds],
  ["runs due", claimDue],
  ["runs swept", sweep],
  ["turns swept", sweepTurns],
  ["actions swept", sweepActions],
  ["posts swept", sweepAsked],
  ["told what waits", claimDigests],
  ["told of fall-backs", tellFallen],
  ["old runs forgotten", forgetRuns],
  ["old occurrences forgotten", forgetOccurrences],
  ["findings refreshed", refreshFindings],
  ["exports swept", sweepExports],
  ["rehearsals swept", sweepRehearsals],
  ["clients ended", startDeletions],
  ["audit log linked", linkWaiting],
  ["undelivered mails forgotten", forgetUndelivered],
  ["old notices forgotten", forgetNotices],
  ["old uses of limits forgotten", forgetRates],
  ["old workspace requests forgotten", forgetRequests],
  ["webhooks swept", sweepWebhooks],
  ["events asked for", claimSubscriptions],
];

/** One tick of the cron. Throws after the last chore when any of them failed, so that the platform counts the tick as failed. */
export async function scheduledHandler(_controller: ScheduledController, env: Env): Promise<void> {
  const ctx = jobCtx(env, "cron");
  const startedAt = ctx.now();
  const failures: unknown[] = [];
  const failed: string[] = [];
  for (const [chore, work] of chores) {
    try {
      ctx.log.info(chore, { result: await work(ctx) });
    } catch (error) {
      ctx.log.error("a chore of the cron failed", { chore, error });
      failures.push(error);
      failed.push(chore);
    }
  }
  await noteTick(ctx, { tookMs: ctx.now() - startedAt, failed });
  if (failures.length > 0) throw new AggregateError(failures, "a chore of the cron failed");
}
