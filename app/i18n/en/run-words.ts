import type { RunErrorCode, RunLineCode } from "#db/words/runs.ts";

/** Why a run did not go well, and what the engine writes into its log. `db/words/runs.ts` has the codes; names in braces are their params. */
export const runWords = {
  account_not_connected: "An account that this sync reads isn’t connected.",
  choice_gone: "What this sync read no longer exists. Choose another.",
  choice_needed: "Choose the account that this sync reads.",
  client_gone: "This client is no longer here.",
  client_suspended: "This client is suspended.",
  currency_unknown: 'The currency "{{currency}}" is not known.',
  defect: "Something went wrong on our side.",
  job_gone: "This sync is no longer offered.",
  never_ends: "This sync never finishes.",
  not_in_plan: "The client’s plan doesn’t include this sync.",
  provider_not_connected: "{{provider}} is not connected.",
  reconnect_needed: "An account that this sync reads must be reconnected.",
  scopes_missing: "A connected account doesn’t allow what this sync reads.",
  settings_unfit: "The settings of this sync are invalid.",
  took_too_long: "This took longer than {{seconds}} seconds.",
  worker_lost: "The worker was lost; the run goes on.",
  worker_lost_always: "The worker was lost at every try.",
  call_failed: "{{method}} {{path}}: {{status}}",
  call_failed_retried: "{{method}} {{path}}: {{status}}, tried again",
  call_silent: "{{method}} {{path}}: no reply",
  call_silent_retried: "{{method}} {{path}}: no reply, tried again",
  done: "Done.",
  lines_left_out: "{{lines}} more lines were left out.",
  own_params: "Started with parameters of its own.",
} as const satisfies Record<RunErrorCode | RunLineCode, string>;
