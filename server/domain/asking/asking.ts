import type { actions, approvalPosts } from "#db/schema/index.ts";
import type { Locale, Money, Saying } from "#db/words/locales.ts";

/** How codes and amounts are said in a language. The sentences are the app's and the shelf's, so that a door hands it in. */
export interface Asking {
  say(locale: Locale, saying: Saying): string;
  money(locale: Locale, money: Money): string;
}

export type ActionRow = typeof actions.$inferSelect;
export type PostRow = typeof approvalPosts.$inferSelect;

/** The key under which a post is found at its provider after silence. */
export const keyOf = (actionId: string): string => `${actionId}-ask`;
