import type { Account } from "#server/catalog/account.ts";
import { checkMeasurements } from "#server/catalog/check-measurements.ts";
import type { Job, Reading, Step } from "#server/catalog/job.ts";
import { type Ctx, enterTenant, type Tenant, type TenantCtx } from "#server/ctx.ts";
import { watchedAccount } from "#server/domain/connections/account-of.ts";
import { enterLender } from "#server/domain/connections/lent-accounts.ts";
import type { HeldConnection } from "#server/domain/connections/rows.ts";
import type { FailedCall } from "#server/domain/wire/failed-call.ts";
import { ProviderError } from "#server/errors.ts";
import type { Priority } from "#server/rate-budget.ts";
import { RunError } from "./after-failure.ts";
import type { Engine, RunRow } from "./engine.ts";
import type { RunLog } from "./run-log.ts";
import { ofEngine } from "./said.ts";
import { storedOf } from "./stored-of.ts";

export interface StepInput {
  job: Job;
  run: RunRow;
  tenant: Tenant;
  config: unknown;
  cursor: unknown;
  /** The one account that the job reads at each provider that it declares. */
  held: readonly HeldConnection[];
  log: RunLog;
  /** Counted up with each call to a provider. */
  spent: { calls: number };
  /** Milliseconds that the step may take. */
  leftMs: number;
}

/**
 * One step of a job, under its deadline. What it found comes back, and the connections whose provider answered it; every
 * failure throws, and so does a provider call that failed and was passed over in silence: such a step must not end as a green run.
 */
export async function takeStep(
  ctx: TenantCtx,
  engine: Engine,
  input: StepInput,
): Promise<{ found: Step<unknown>; answeredIds: readonly string[] }> {
  const { job, log } = input;
  const deadline = new AbortController();
  const calls: Calls = { failures: [], answered: new Set() };
  const accounts = new Map<string, Account>();
  const config = job.config.safeParse(input.config);
  if (!config.success) throw new RunError("settings_unfit");
  const cursor = job.cursor.safeParse(input.cursor);

  const optionalAccount = (provider: string): Account | null => {
    const own = heldOf(input, provider);
    if (!own) return null;
    const account =
      accounts.get(provider) ?? watched(open(ctx, engine, own, { run: input.run, log, signal: deadline.signal }), calls, input.spent);
    accounts.set(provider, account);
    return account;
  };
  const reading: Reading<unknown, unknown, string> = {
    account: (provider: string): Account => {
      const account = optionalAccount(provider);
      if (!account) throw new RunError("provider_not_connected", { provider });
      return account;
    },
    optionalAccount,
    config: config.data,
    cursor: cursor.success ? cursor.data : null,
    ...storedOf(ctx, input.held.find(({ connection }) => connection.provider === "shopify")?.connection.id),
    now: ctx.now(),
    timezone: ctx.tenant.timezone,
    currency: ctx.tenant.currency,
    signal: deadline.signal,
    log: (level, line, fields, params = {}) => log.write(level, { code: `${job.id}.${line}`, params }, fields),
  };

  let timer: ReturnType<typeof setTimeout> | undefined;
  const timeUp = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new RunError("took_too_long", { seconds: Math.round(engine.limits.deadlineMs / 1000) }));
      deadline.abort();
    }, input.leftMs);
  });
  try {
    const step = await Promise.race([job.step(reading), timeUp]);
    const passedOver = calls.failures.find(({ kind }) => !step.despite?.includes(kind));
    if (passedOver) throw passedOver;
    checkMeasurements(job.metrics ?? [], step.measurements);
    return { found: step, answeredIds: [...calls.answered] };
  } finally {
    clearTimeout(timer);
  }
}

/** The account that the job reads at a provider. Throws where the job does not say that it needs one there. */
function heldOf({ job, held }: StepInput, provider: string): HeldConnection | undefined {
  if (!job.needs.some((need) => need.provider === provider)) throw new Error(`${job.id} does not declare that it needs ${provider}`);
  return held.find(({ connection }) => connection.provider === provider);
}

/** A run of so many steps and more reads what is long past. */
const backfillStep = 5;
const priorityOf = ({ trigger, step }: RunRow): Priority => (trigger === "manual" ? "decision" : step < backfillStep ? "sync" : "backfill");

interface OpenStep {
  run: RunRow;
  log: RunLog;
  signal: AbortSignal;
}

const open = (ctx: TenantCtx, engine: Engine, own: HeldConnection, { run, log, signal }: OpenStep): Account =>
  engine.openAccount(own.lender ? enterLender(ctx, own.lender) : ctx, own, {
    ...{ signal, priority: priorityOf(run) },
    // Whose account it is stays with the lender: the log is the borrower's.
    onFailed: (call) => tell(log, own.lender ? {} : { connection: own.connection.id }, call),
  });

/** Each try that failed is a line of the run's log, whatever came of the call in the end. */
function tell(log: RunLog, whose: { connection?: string }, { method, path, again, ...call }: FailedCall): void {
  const { status } = call;
  const said =
    status === null
      ? ofEngine(again ? "call_silent_retried" : "call_silent", { method, path })
      : ofEngine(again ? "call_failed_retried" : "call_failed", { method, path, status });
  log.write("warn", said, { method, path, ...whose, ...call });
}

/** What became of the calls of one step: those that failed, and the connections that answered. */
interface Calls {
  failures: ProviderError[];
  answered: Set<string>;
}

/** The same account, whose calls are remembered. */
const watched = (account: Account, calls: Calls, spent: { calls: number }): Account =>
  watchedAccount(account, async (call) => {
    spent.calls += 1;
    try {
      const reply = await call;
      calls.answered.add(account.connectionId);
      return reply;
    } catch (error) {
      if (error instanceof ProviderError) calls.failures.push(error);
      throw error;
    }
  });

/** The context of one run: its tenant's, as the engine. */
export const enterRun = (ctx: Ctx, tenant: Tenant, run: RunRow): TenantCtx => {
  const inside = enterTenant({ ...ctx, actor: { type: "system", job: run.job } }, tenant, "system");
  return { ...inside, log: inside.log.with({ run: run.id, job: run.job }) };
};
