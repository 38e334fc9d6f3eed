import type { LetterCode } from "#db/words/runs.ts";

/** Why a queue gave something up. `db/words/runs.ts` has the codes. */
export const letterWords = {
  run_dead: "The run failed permanently after all attempts.",
  mail: "The email could not be sent.",
  token: "Token renewal failed in the queue. The cron tries again.",
  task: "The queue failed to deliver this task. It’s resent while the task is open.",
  unreadable: "The message could not be read.",
} as const satisfies Record<LetterCode, string>;
