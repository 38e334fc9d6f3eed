import type { RunParams } from "#db/words/runs.ts";
import type { Problem, Today } from "#server/domain/health/read-today.ts";
import { reasonOf } from "./say-letters.ts";
import { said } from "./say-run.ts";
import { type Voice, voiceOf } from "./voice.ts";

interface Door {
  voice?: Voice;
}

/** The problems of today as they go out: why each is there in the reader's words. */
export const wordedToday = (door: Door, { problems, ...more }: Today) => ({
  ...more,
  problems: problems.map((problem) => worded(door, problem)),
});

function worded(door: Door, problem: Problem) {
  switch (problem.cause) {
    case "dead_letters": {
      const { letterCause, errorMessage, errorParams, ...rest } = problem;
      return { ...rest, letterCause, reason: reasonOf(door, letterCause), ...message(door, errorMessage, errorParams) };
    }
    case "failing": {
      const { errorMessage, errorParams, ...rest } = problem;
      return { ...rest, ...message(door, errorMessage, errorParams) };
    }
    case "reconnect":
    case "expiring":
      return { ...problem, accounts: problem.accounts.map((account) => spoken(door, account)) };
    case "renewal":
      return { ...problem, account: spoken(door, problem.account) };
    case "undelivered": {
      const { reason, reasonParams, ...rest } = problem;
      return { ...rest, reason: said(door, reason, reasonParams).text };
    }
    case "incident":
    case "stuck":
      return problem;
    default:
      return problem satisfies never;
  }
}

type Troubled = Extract<Problem, { cause: "renewal" }>["account"];

const spoken = (door: Door, { said: saying, ...account }: Troubled) => ({ ...account, why: saying && voiceOf(door).say(saying) });

const message = (door: Door, kept: string | null, params: RunParams | null) => ({ errorMessage: said(door, kept, params).text });
