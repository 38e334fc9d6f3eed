import type { RunErrorCode, RunLineCode } from "#db/words/runs.ts";

/** Why a run did not go well, and what the engine writes into its log. `db/words/runs.ts` has the codes; names in braces are their params. */
export const runWords = {
  account_not_connected: "An account this sync needs isn’t connected.",
  choice_gone: "What this sync used no longer exists. Choose another one.",
  choice_needed: "Choose an account for this sync.",
  client_gone: "This client no longer exists.",
  client_suspended: "This client is paused.",
  currency_unknown: "Unknown currency: {{currency}}.",
  defect: "Something went wrong on our side.",
  job_gone: "This sync is no longer offered.",
  never_ends: "This sync never finishes.",
  not_in_plan: "The client’s plan doesn’t include this sync.",
  provider_not_connected: "{{provider}} isn’t connected.",
  reconnect_needed: "An account this sync needs must be reconnected.",
  scopes_missing: "A connected account is missing permissions that this sync needs.",
  settings_unfit: "The settings of this sync are invalid.",
  took_too_long: "Took longer than {{seconds}} seconds.",
  worker_lost: "The worker stopped. Resuming.",
  worker_lost_always: "The worker stopped at every attempt.",
  call_failed: "{{method}} {{path}}: {{status}}",
  call_failed_retried: "{{method}} {{path}}: {{status}}, retrying",
  call_silent: "{{method}} {{path}}: no response",
  call_silent_retried: "{{method}} {{path}}: no response, retrying",
  done: "Done.",
  lines_left_out: "{{lines}} more lines not shown.",
  own_params: "Started with custom parameters.",
} as const satisfies Record<RunErrorCode | RunLineCode, string>;
