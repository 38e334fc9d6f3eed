import type { InferSelectModel } from "drizzle-orm";
import type { runs, schedules } from "#db/schema/index.ts";
import type { Account } from "#server/catalog/account.ts";
import type { ActionKind } from "#server/catalog/actions/action.ts";
import type { Job } from "#server/catalog/job.ts";
import type { TenantCtx } from "#server/ctx.ts";
import type { HeldConnection } from "#server/domain/connections/rows.ts";
import type { Share } from "#server/domain/turns/share-of.ts";
import type { FailedCall } from "#server/domain/wire/failed-call.ts";
import type { Priority } from "#server/rate-budget.ts";

export type RunRow = InferSelectModel<typeof runs>;
export type ScheduleRow = InferSelectModel<typeof schedules>;

/** What the engine runs and what it hands to a job. The door fills it from the shelves, a test from its own. */
export interface Engine {
  jobs: ReadonlyMap<string, Job>;
  /** The shelf of what can be done outside. */
  kinds(id: string): ActionKind | undefined;
  /** `signal` ends its calls under way; a renewal of tokens goes on to its end. `onFailed` hears of each try that failed. */
  openAccount(
    ctx: TenantCtx,
    held: HeldConnection,
    more: { signal: AbortSignal; onFailed?: (call: FailedCall) => void; priority?: Priority },
  ): Account;
  limits: Limits;
  /** 0 to below 1, for jitter. */
  random(): number;
}

export interface Limits {
  /** A run that is still at it after this long in one message has failed. */
  deadlineMs: number;
  /** After this long a run begins no further step here, but checkpoints and goes on in a next message. */
  budgetMs: number;
  /** How many runs a batch takes. */
  share: Share;
  /** How many of them go at the same time. */
  lanes: Share;
  /** A run that has not begun this long after its batch is given back. */
  startWithinMs: number;
}

/**
 * A lease outlasts the latest start and the deadline together, so that only a worker that died, or whose D1 hangs, loses it.
 * Lanes: a Worker has six connections at a time, and a tenant whose provider hangs must not hold them all.
 */
export const defaultLimits: Limits = {
  ...{ deadlineMs: 30_000, budgetMs: 15_000, startWithinMs: 10_000 },
  share: { atOnce: 100, floor: 2 },
  lanes: { atOnce: 6, floor: 2 },
};
export const runLeaseMs = 60_000;
/** Tries of one step, before its run is dead. */
export const maxAttempts = 6;
/** Steps of one run: more means that a job never says that it is done. */
export const maxSteps = 2_000;

export const deadMessage = (run: { id: string; tenantId: string }) =>
  ({ v: 1, type: "run.dead", tenant: run.tenantId, run: run.id }) as const;
