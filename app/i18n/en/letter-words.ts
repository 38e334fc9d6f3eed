import type { LetterCode } from "#db/words/runs.ts";

/** Why a queue gave something up. `db/words/runs.ts` has the codes. */
export const letterWords = {
  run_dead: "The run failed as often as it may be tried.",
  run: "The queue gave up delivering this run; the sweep sends it again as long as it is open.",
  mail: "The mail could not be sent.",
  token: "A connection could not be worked on; the cron comes back to it.",
  task: "The queue gave up on this; the sweep sends it again as long as it is open.",
  unreadable: "The message could not be read.",
} as const satisfies Record<LetterCode, string>;
