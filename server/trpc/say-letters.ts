import { letterCodes } from "#db/words/runs.ts";
import type { DeadLetter } from "#server/domain/runs/list-dead-letters.ts";
import { type Voice, voiceOf } from "./voice.ts";

/** Dead letters as they go out: why each was given up, in words; a letter from before the codes has its own. */
export const wordedLetters = <L extends Pick<DeadLetter, "reason">>(
  door: { voice?: Voice },
  { items, next }: { items: readonly L[]; next: string | null },
) => ({
  items: items.map((letter) => ({ ...letter, reason: isCode(letter.reason) ? sayIn(door, letter.reason) : letter.reason })),
  next,
});

const isCode = (reason: string) => letterCodes.some((code) => code === reason);
const sayIn = (door: { voice?: Voice }, code: string) => voiceOf(door).say({ code: `letter.${code}`, params: {} });
