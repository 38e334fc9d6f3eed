/** `failed`: will not be tried again by itself (the reason needs a person). `dead`: tried as often as allowed. */
export const runStatuses = ["queued", "running", "succeeded", "failed", "dead"] as const;
export type RunStatus = (typeof runStatuses)[number];

export const runTriggers = ["schedule", "manual", "replay"] as const;
export type RunTrigger = (typeof runTriggers)[number];

export const logLevels = ["debug", "info", "warn", "error"] as const;
export type LogLevel = (typeof logLevels)[number];

/** Why a run did not go well; the queue decides by it. */
export const runErrorKinds = [
  "revoked",
  "rate_limited",
  "unavailable",
  "rejected",
  "missing_scopes",
  "misconfigured",
  "not_connected",
  "choice_needed",
  "suspended",
  "not_in_plan",
  "deadline",
  "lost",
  "defect",
] as const;
export type RunErrorKind = (typeof runErrorKinds)[number];

/**
 * Why a schedule cannot run now. `choice_gone`: what was chosen is no longer there at the provider. `not_in_plan`: the
 * client's plan does not have the job. `retired`: the job is no
 * longer on the shelf.
 */
export const scheduleBlocks = [
  "suspended",
  "not_connected",
  "reconnect_needed",
  "missing_scopes",
  "choice_needed",
  "choice_gone",
  "not_in_plan",
  "retired",
] as const;
export type ScheduleBlock = (typeof scheduleBlocks)[number];

/** A job's settings: JSON, by the names that the job's own schema has. */
export type JobConfig = Record<string, unknown>;
