import * as z from "zod";
import type { Text } from "#db/words/locales.ts";
import type { OccurrenceKind } from "#db/words/occurrences.ts";
import type { ProviderFailureKind } from "#server/errors.ts";
import type { ActionKind } from "./actions/action.ts";
import { type Acts, type Job, type Need, type Proposed, type Reading, type RunLines, requiredScopes, type Step } from "./job.ts";
import type { Occurrence } from "./occurrences.ts";
import type { Proposal } from "./records.ts";

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
  /** Providers of its kinds that it runs without, and what is missing then: it proposes nothing to be done there. */
  without?: Readonly<Record<string, Text>>;
};

type WrittenToHear<Config extends z.ZodType, Kind extends OccurrenceKind, Lines extends RunLines> = Omit<
  Written<Config, typeof Heard, Lines>,
  "everyS" | "dailyAt" | "cursor" | "hears" | "step"
> & {
  mode: "event";
  everyS: number;
  hears: readonly Kind[];
  /**
   * Begins a step; what it answers says what is proposed because of one thing that happened. That is handed each once; one that fails is
   * handed again. What is found for one of them may serve the others of the step.
   */
  react(reading: ReadingOfEvent<z.output<Config>, keyof Lines & string>): (occurrence: Occurrence<Kind>) => Promise<Reaction>;
};

/** What comes of one thing that happened. */
export type Reaction = Pick<Step<never>, "proposals" | "despite">;

/** What an automation is handed beside what happened. */
export type ReadingOfEvent<Config, Line extends string = never> = Omit<
  Reading<Config, never, Line>,
  "cursor" | "occurrences" | "proposed"
> & {
  /** What it proposed itself at or after an instant, whatever became of it, under keys that begin with this; also a moment ago. */
  proposed(input: { prefix: string; since: number }): Promise<Proposed[]>;
};

/**
 * Keeps the types of one automation's own config and cursor while it is written; the registry sees all as one type. What its kinds of
 * action need to be done with is added to what it needs itself, so that a client is asked for all of it before anything is proposed.
 *
 * With `mode: "event"` it is handed one thing after the other that happened (`hears`) from when it was turned on, in order, and keeps its
 * place: with what it proposes, in one batch, so that each is handed once. Else it looks by itself, at its pace.
 */
export function defineAutomation<Config extends z.ZodType, const Kind extends OccurrenceKind, Lines extends RunLines = Record<never, Text>>(
  written: WrittenToHear<Config, Kind, Lines>,
): Automation;
export function defineAutomation<Config extends z.ZodType, Cursor extends z.ZodType, Lines extends RunLines = Record<never, Text>>(
  written: Written<Config, Cursor, Lines> & { mode?: "scheduled" },
): Automation;
export function defineAutomation(
  written: Written<z.ZodType, z.ZodType, RunLines> | WrittenToHear<z.ZodType, OccurrenceKind, RunLines>,
): Automation {
  const job = "react" in written ? { ...written, cursor: Heard, step: hearing(written) } : written;
  const { kinds, without = {} } = job;
  const needOf = ({ need }: ActionKind): Need => {
    const says = without[need.provider];
    return says ? { ...need, optional: { without: says } } : need;
  };
  const automation = {
    ...job,
    needs: [...job.needs, ...kinds.flatMap((kind) => [needOf(kind), ...(kind.reads ?? [])])].reduce(withNeed, []),
    kinds: kinds.map(({ id }) => id),
  };
  return automation as unknown as Automation;
}

/** Up to which place of what happened it was told. */
const Heard = z.object({ seq: z.number().int() });
/** Each may ask the history for a second, where a shop is large. */
const heardAStep = 10;
/** What was found longer ago than this is not handed any more: it was off, or its provider away for days. */
const staleMs = 3 * 86_400_000;

/** The step of an automation that hears. What happened before its first run is not its to act on. */
const hearing =
  ({ id, hears, react }: Pick<WrittenToHear<z.ZodType, OccurrenceKind, RunLines>, "id" | "hears" | "react">) =>
  async ({
    cursor,
    occurrences,
    proposed,
    ...reading
  }: Reading<unknown, z.output<typeof Heard>, string>): Promise<Step<z.output<typeof Heard>>> => {
    const since = reading.now - staleMs;
    const seq = cursor?.seq ?? Number.MAX_SAFE_INTEGER;
    const { items, newest } = await occurrences.behind({ seq, kinds: hears, since, limit: heardAStep });
    const made: Proposal[] = [];
    const borne = new Set<ProviderFailureKind>();
    const own: ReadingOfEvent<unknown, string>["proposed"] = async (of) => [
      ...(await proposed({ automation: id, ...of })),
      ...made.filter(({ dedupe }) => dedupe.startsWith(of.prefix)),
    ];
    const reacting = react({ ...reading, proposed: own });
    for (const item of items) {
      const { proposals = [], despite = [] } = await reacting(item);
      made.push(...proposals);
      for (const kind of despite) borne.add(kind);
    }
    const more = items.length === heardAStep ? items.at(-1) : undefined;
    return { cursor: { seq: more?.seq ?? Math.max(cursor?.seq ?? 0, newest) }, done: !more, proposals: made, despite: [...borne] };
  };

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
