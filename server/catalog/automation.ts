import type { z } from "zod";
import type { Text } from "#db/words/locales.ts";
import type { ActionKind } from "./actions/action.ts";
import { type Acts, type Job, type Need, type RunLines, requiredScopes } from "./job.ts";

/** A job that proposes. Off until a person gives it a policy, which begins in shadow. */
export type Automation<Config extends z.ZodType = z.ZodType, Cursor extends z.ZodType = z.ZodType, Lines extends RunLines = RunLines> = Job<
  Config,
  Cursor,
  Lines
> & {
  acts: Acts;
  /** The kinds of action (ids) that its proposals name. */
  kinds: readonly string[];
};

type Written<Config extends z.ZodType, Cursor extends z.ZodType, Lines extends RunLines> = Job<Config, Cursor, Lines> & {
  acts: Acts;
  kinds: readonly ActionKind[];
};

/**
 * Keeps the types of one automation's own config and cursor while it is written; the registry sees all as one type. What its kinds of
 * action need to be done with is added to what it needs itself, so that a client is asked for all of it before anything is proposed.
 */
export function defineAutomation<Config extends z.ZodType, Cursor extends z.ZodType, Lines extends RunLines = Record<never, Text>>(
  written: Written<Config, Cursor, Lines>,
): Automation {
  const { kinds } = written;
  const automation = {
    ...written,
    needs: [...written.needs, ...kinds.flatMap(({ need, reads = [] }) => [need, ...reads])].reduce(withNeed, []),
    kinds: kinds.map(({ id }) => id),
  };
  return automation as unknown as Automation;
}

/** One need a provider: of all permissions that are asked for there, those that nobody requires stay what can be done without. */
function withNeed(all: readonly Need[], more: Need): Need[] {
  const at = all.findIndex(({ provider }) => provider === more.provider);
  const own = all[at];
  if (!own) return [...all, more];
  const optional = own.optional && more.optional;
  const required = new Set([own, more].filter((need) => optional || !need.optional).flatMap(requiredScopes));
  const optionalScopes = [...(own.optionalScopes ?? []), ...(more.optionalScopes ?? [])].filter(({ scope }) => !required.has(scope));
  const { optional: _, optionalScopes: __, ...rest } = { ...more, ...own };
  const merged: Need = {
    ...rest,
    scopes: [...new Set([...own.scopes, ...more.scopes])],
    ...(optionalScopes.length > 0 && { optionalScopes }),
    ...(optional && { optional }),
  };
  return all.map((need, place) => (place === at ? merged : need));
}
