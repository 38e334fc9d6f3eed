import type { Text } from "./locales.ts";

/** `failed`: will not be tried again by itself (the reason needs a person). `dead`: tried as often as allowed. `cancelled`: by an admin. */
export const runStatuses = ["queued", "running", "succeeded", "failed", "dead", "cancelled"] as const;
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
 * Why a run did not go well, where that is for us to say: its kind, and the names of what its sentence names. The sentences are in
 * `app/i18n/<language>/run-words.ts`, and a code that one of them lacks does not compile.
 */
export const runErrorCodes = {
  account_not_connected: ["not_connected"],
  choice_gone: ["choice_needed"],
  choice_needed: ["choice_needed"],
  client_gone: ["suspended"],
  client_suspended: ["suspended"],
  currency_unknown: ["misconfigured", "currency"],
  defect: ["defect"],
  job_gone: ["misconfigured"],
  never_ends: ["misconfigured"],
  not_in_plan: ["not_in_plan"],
  provider_not_connected: ["not_connected", "provider"],
  reconnect_needed: ["revoked"],
  scopes_missing: ["missing_scopes"],
  settings_unfit: ["misconfigured"],
  took_too_long: ["deadline", "seconds"],
  worker_lost: ["lost"],
  worker_lost_always: ["lost"],
} as const satisfies Record<string, readonly [RunErrorKind, ...string[]]>;
export type RunErrorCode = keyof typeof runErrorCodes;

/** What the engine writes into a run's log beside why it failed, each with the names of what its sentence names. */
export const runLineCodes = {
  call_failed: ["method", "path", "status"],
  call_failed_retried: ["method", "path", "status"],
  call_silent: ["method", "path"],
  call_silent_retried: ["method", "path"],
  done: [],
  lines_left_out: ["lines"],
  own_params: [],
  proposal_kind_unknown: [],
  proposal_no_account: [],
  proposal_payload_unfit: [],
} as const satisfies Record<string, readonly string[]>;
export type RunLineCode = keyof typeof runLineCodes;

/**
 * Whose words a code names: `run.done` (of the two tables above), `shopify-sensor.page_unknown` (a line of the job on the shelf), or
 * `listing_unavailable` (of `server/errors.ts`).
 */
export interface RunSaying {
  code: string;
  params: RunParams;
}
/** What a run's sentence names. A `Text` is the catalogue's, said in the reader's language. */
export type RunParams = Readonly<Record<string, string | number | Text>>;

/** Why a queue gave something up, as its letter keeps it; what older letters have is text. */
export const letterCodes = ["run_dead", "mail", "token", "task", "unreadable"] as const;
export type LetterCode = (typeof letterCodes)[number];

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
