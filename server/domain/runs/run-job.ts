import type { RunErrorCode } from "#db/words/runs.ts";
import type { Job } from "#server/catalog/job.ts";
import type { Ctx, Tenant } from "#server/ctx.ts";
import { type PreparedAction, prepareActions } from "#server/domain/actions/prepare-actions.ts";
import { activateClient } from "#server/domain/clients/activate-client.ts";
import { chooseAccount } from "#server/domain/connections/choose-account.ts";
import { jobsReading } from "#server/domain/incidents/open-incidents.ts";
import { blockOf } from "#server/domain/schedules/block-of.ts";
import { mergeConfig } from "#server/domain/schedules/merge-config.ts";
import { isStopped } from "#server/domain/tenancy/is-stopped.ts";
import { planHasJob } from "#server/domain/tenancy/plans.ts";
import { isProviderFault } from "#server/domain/wire/is-provider-fault.ts";
import { afterFailure, downMs, failureOf, RunError, type RunFailure } from "./after-failure.ts";
import { deadMessage, type Engine, maxSteps, runLeaseMs } from "./engine.ts";
import type { Commit } from "./group-commit.ts";
import type { LoadedRun } from "./load-runs.ts";
import type { StepOutcome } from "./outcome.ts";
import { createRunLog, type RunLog } from "./run-log.ts";
import { kept, ofEngine } from "./said.ts";
import { enterRun, takeStep } from "./take-step.ts";
import { writable } from "./writable.ts";

/** Of JSON: a stack with those of its causes. */
const maxDefect = 8_000;

/**
 * Runs a claimed run as far as one message may take it: step by step, each committed with its cursor before the next one
 * begins, until it is done, has failed, or its budget here is used up.
 */
export async function runJob(ctx: Ctx, engine: Engine, loaded: LoadedRun, commit: Commit): Promise<void> {
  const startedAt = ctx.now();
  let { run } = loaded;
  let cursor = loaded.schedule?.cursor ?? null;
  const runCtx = loaded.tenant ? enterRun(ctx, loaded.tenant, run) : ctx;
  const log = createRunLog({ log: runCtx.log, now: ctx.now });
  if (run.params && run.step === 0 && run.attempt === 1) log.note("info", ofEngine("own_params"), run.params);
  for (;;) {
    let outcome: StepOutcome;
    const spent = { calls: 0 };
    try {
      const step = await nextStep(
        ctx,
        engine,
        { ...loaded, run },
        { cursor, log, spent, leftMs: startedAt + engine.limits.deadlineMs - ctx.now() },
      );
      const goOn = step !== "waits" && !step.found.done && ctx.now() - startedAt < engine.limits.budgetMs;
      outcome =
        step === "waits"
          ? releaseOutcome(ctx, run, Math.ceil(ctx.now() + downMs(engine.random)))
          : afterStep(ctx, { run, log, goOn, calls: spent.calls, ...step });
    } catch (error) {
      const failure = failureOf(error);
      if (isOurFault(failure)) runCtx.log.error("a run failed by our own fault", { kind: failure.kind, error });
      outcome = afterError(ctx, engine, { loaded, run, log, failure, error, calls: spent.calls });
    }
    // Sent before it is written: a letter for a run that is not dead after all is dropped, a death without a letter is not seen.
    if (outcome.next.status === "dead") await ctx.send.dead(deadMessage(run));
    const held = await commit(outcome).catch((error: unknown) => {
      // What D1 does not take is a failure of this step like any other, as long as D1 takes anything.
      if (!outcome.found) throw error;
      runCtx.log.error("what a step found could not be written", { error });
      outcome = afterError(ctx, engine, { loaded, run, log, failure: failureOf(error), error, calls: spent.calls });
      return commit(outcome);
    });
    runCtx.log.info("run", {
      status: held ? outcome.next.status : "lost",
      attempt: run.attempt,
      step: run.step,
      kind: outcome.next.errorKind,
    });
    if (!held) return;
    // A policy that lets the automation act decides what may be done at once; a message that is lost is made up for by the next run's.
    if (outcome.proposed.length > 0) await ctx.send.actions([{ v: 1, type: "action.decide", tenant: run.tenantId, automation: run.job }]);
    if (outcome.next.status === "succeeded" && loaded.tenant?.status === "onboarding")
      await activateClient(enterRun(ctx, loaded.tenant, run));
    if (outcome.next.status !== "running") return;
    run = { ...run, step: outcome.next.step, attempt: outcome.next.attempt };
    cursor = outcome.found?.cursor ?? null;
  }
}

/** What the next step found; `waits` where the job cannot do without a provider that is switched off. */
async function nextStep(
  ctx: Ctx,
  engine: Engine,
  { run, tenant, schedule, held, off }: LoadedRun,
  { cursor, log, spent, leftMs }: { cursor: unknown; log: RunLog; spent: { calls: number }; leftMs: number },
) {
  const job = engine.jobs.get(run.job);
  if (!job) throw new RunError("job_gone");
  if (!tenant) throw new RunError("client_gone");
  if (run.step >= maxSteps) throw new RunError("never_ends");
  const connections = held.map(({ connection }) => connection);
  const block = blockOf(job, { suspended: isStopped(tenant), inPlan: planHasJob(tenant, job.id), connections });
  if (block) throw new RunError(blocked[block]);
  if (jobsReading([job], off).length > 0) return "waits";
  const asked = new Set(job.needs.map(({ provider }) => provider).filter((provider) => !off.includes(provider)));
  const chosen = [...asked].flatMap((provider) => {
    const found = chooseAccount(job, provider, connections);
    return "account" in found ? held.filter(({ connection }) => connection === found.account) : [];
  });
  const taken = await takeStep(enterRun(ctx, tenant, run), engine, {
    job,
    run,
    tenant,
    config: mergeConfig(schedule?.config ?? {}, run.params ?? {}),
    cursor,
    held: chosen,
    log,
    spent,
    leftMs,
  });
  const connectionIds = chosen.map(({ connection }) => connection.id);
  const proposed = await propose(ctx, engine, { run, tenant, log, found: taken.found, source: connectionIds[0] ?? "" });
  return { ...taken, proposed, connectionIds };
}

/** What the step proposes, made ready; what cannot be proposed is a line of the run's log. */
async function propose(
  ctx: Ctx,
  engine: Engine,
  { run, tenant, log, found, source }: { run: Run; tenant: Tenant; log: RunLog; found: Found["found"]; source: string },
): Promise<readonly PreparedAction[]> {
  if (!found.proposals || found.proposals.length === 0) return [];
  const { actions, not } = await prepareActions(enterRun(ctx, tenant, run), engine.kinds, {
    automation: run.job,
    source,
    proposals: found.proposals,
  });
  for (const { why, ...fields } of not) log.note("warn", ofEngine(`proposal_${why}`, {}), fields);
  return actions;
}

/** What a block is called where it keeps a run from going on. */
const blocked = {
  suspended: "client_suspended",
  not_in_plan: "not_in_plan",
  not_connected: "account_not_connected",
  reconnect_needed: "reconnect_needed",
  choice_needed: "choice_needed",
  choice_gone: "choice_gone",
  missing_scopes: "scopes_missing",
} as const satisfies Record<NonNullable<ReturnType<typeof blockOf>>, RunErrorCode>;

type Run = LoadedRun["run"];
type Found = { found: NonNullable<StepOutcome["found"]> } & Pick<StepOutcome, "proposed" | "connectionIds" | "answeredIds" | "calls">;
const idsOf = ({ id, tenantId, job }: Run) => ({ run: id, tenantId, job });
const nothing = { found: null, proposed: [], connectionIds: [], answeredIds: [], calls: 0 };
const well = { errorKind: null, errorMessage: null, errorParams: null, finishedAt: null };

function afterStep(ctx: Ctx, { run, log, goOn, ...taken }: Found & { run: Run; log: RunLog; goOn: boolean }): StepOutcome {
  const now = ctx.now();
  const step = run.step + 1;
  const base = { ...idsOf(run), ...taken, failing: null, defect: null };
  if (taken.found.done) {
    log.note("info", ofEngine("done"));
    return {
      ...base,
      logs: log.take(),
      next: { ...well, status: "succeeded", attempt: run.attempt, step, availableAt: now, finishedAt: now },
    };
  }
  // The next step is a new one, with all its tries before it: here its first has begun, in a next message none has.
  if (goOn) return { ...base, logs: log.take(), next: { ...well, status: "running", attempt: 1, step, availableAt: now + runLeaseMs } };
  return { ...base, logs: log.take(), next: { ...well, status: "queued", attempt: 0, step, availableAt: now } };
}

function afterError(
  ctx: Ctx,
  engine: Engine,
  {
    loaded,
    run,
    log,
    failure,
    error,
    calls,
  }: { loaded: LoadedRun; run: Run; log: RunLog; failure: RunFailure; error: unknown; calls: number },
): StepOutcome {
  const now = ctx.now();
  const incident = isOfIncident(failure, loaded.down);
  const verdict = afterFailure(failure, {
    ...{ attempt: run.attempt, now, random: engine.random, incident },
    // The one that was held back is counted, too.
    sent: failure.unsent ? calls - 1 : calls,
  });
  const queued = verdict.status === "queued" || verdict.status === "waiting";
  const fields = {
    kind: failure.kind,
    attempt: run.attempt,
    request: ctx.request.id,
    ...(queued ? { againAt: new Date(verdict.availableAt).toISOString() } : {}),
  };
  log.note(queued ? "warn" : "error", failure.said, fields);
  const { message, params } = kept(ctx.log, failure.said);
  return {
    ...idsOf(run),
    ...nothing,
    calls,
    failing: failingOf(failure, loaded, engine.jobs.get(run.job)),
    defect: isOurFault(failure) ? writable(ctx.log, { error }, maxDefect) : null,
    logs: log.take(),
    next: {
      status: verdict.status === "waiting" ? "queued" : verdict.status,
      attempt: verdict.status === "waiting" ? run.attempt - 1 : run.attempt,
      step: run.step,
      availableAt: queued ? verdict.availableAt : now,
      errorKind: failure.kind,
      errorMessage: message,
      errorParams: params,
      finishedAt: queued ? null : now,
    },
  };
}

const isOurFault = ({ kind }: RunFailure): boolean => kind === "defect" || kind === "misconfigured";

/** Whether a provider that is down for many is what failed. One that hangs may also use up all of a step's time. */
const isOfIncident = ({ kind, provider }: RunFailure, down: readonly string[]): boolean =>
  kind === "deadline" ? down.length > 0 : provider !== undefined && down.includes(provider) && isProviderFault(kind);

/** The connection that the job reads at the provider that failed. What is wrong with one tenant's access is none. */
function failingOf({ kind, provider, isRetired, unsent }: RunFailure, { held }: LoadedRun, job: Job | undefined): StepOutcome["failing"] {
  if (provider === undefined || isRetired || unsent || !job || !isProviderFault(kind)) return null;
  const connections = held.map(({ connection }) => connection);
  const read = chooseAccount(job, provider, connections);
  return "account" in read ? { connectionId: read.account.id, kind } : null;
}

/** A claimed run that did not get its turn here: it waits again, until `availableAt`, and this was no try. */
export const releaseOutcome = (ctx: Ctx, run: Run, availableAt = ctx.now()): StepOutcome => ({
  ...idsOf(run),
  ...nothing,
  failing: null,
  defect: null,
  logs: [],
  next: { ...well, status: "queued", attempt: run.attempt - 1, step: run.step, availableAt },
});
