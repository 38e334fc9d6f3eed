import { letterCodes } from "#db/words/runs.ts";
import type { ListedLetter } from "#server/domain/runs/list-dead-letters.ts";
import { said } from "./say-run.ts";
import { type Voice, voiceOf } from "./voice.ts";

interface Door {
  voice?: Voice;
}

/** Dead letters as they go out: why each was given up and why its run failed, in words. */
export const wordedLetters = (door: Door, { items, next }: { items: readonly ListedLetter[]; next: string | null }) => ({
  items: items.map(({ run, ...letter }) => ({
    ...letter,
    reason: reasonOf(door, letter.reason),
    job: run?.job ?? null,
    errorKind: run?.errorKind ?? null,
    errorMessage: run && said(door, run.errorMessage, run.errorParams).text,
  })),
  next,
});

/** Why a queue gave a message up; a letter from before the codes has its own words. */
export const reasonOf = (door: Door, reason: string): string =>
  letterCodes.some((code) => code === reason) ? voiceOf(door).say({ code: `letter.${reason}`, params: {} }) : reason;
