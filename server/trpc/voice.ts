import type { Saying, Text } from "#db/words/locales.ts";
import { lineOf } from "#server/errors.ts";

/** Says the domain's codes in words. The sentences are the app's and the catalogue's, so that a door hands it in. */
export interface Voice {
  /** In the language of who reads: a page's reader's, English for programs. */
  say(saying: Saying): string;
  /** In every language, for replies that have them all. */
  text(saying: Saying): Text;
}

/** Without a door a code is said as logs say it. */
const mute: Voice = {
  say: lineOf,
  text: (saying) => ({ en: lineOf(saying), fr: lineOf(saying), he: lineOf(saying) }),
};

export const voiceOf = ({ voice = mute }: { voice?: Voice }): Voice => voice;
