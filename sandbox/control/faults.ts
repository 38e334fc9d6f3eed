import { z } from "zod";
import { keyServices, sandboxProviders } from "#sandbox/endpoints.ts";
import { seededRandom } from "#sandbox/seed.ts";

const Effect = z.discriminatedUnion("type", [
  /** 429 with Retry-After in seconds. */
  z.object({ type: z.literal("rate_limited"), retryAfter: z.number().nonnegative().default(1) }),
  z.object({ type: z.literal("error"), status: z.number().int().min(400).max(599).default(500) }),
  /** The effect happens at once, the reply comes late. */
  z.object({
    type: z.literal("slow"),
    ms: z.number().int().positive().max(600_000),
    /** Where it is there: anything between the two. */
    toMs: z.number().int().positive().max(600_000).optional(),
  }),
  /** The effect happens, the reply does not arrive: a 502 in its place, or a body that breaks off. */
  z.object({ type: z.literal("reply_lost"), how: z.enum(["502", "abort"]).default("502") }),
  /** Fields that a JSON reply lacks, such as refresh_token or expires_in. */
  z.object({ type: z.literal("omit"), fields: z.array(z.string()).min(1) }),
  z.object({ type: z.literal("error_in_200") }),
  /** A place in a list (a cursor, a page token) that was given out is known no more; strikes only calls that carry one. */
  z.object({ type: z.literal("lost_place") }),
  /** The exchange of a code grants none of these scopes. */
  z.object({ type: z.literal("fewer_scopes"), without: z.array(z.string()).min(1) }),
]);

/** One misbehaviour: it strikes where everything that it names matches. */
export const Fault = z.object({
  provider: z.enum([...sandboxProviders, ...keyServices]).optional(),
  /** A regular expression over the path behind the provider's root. */
  path: z.string().optional(),
  kind: z.enum(["authorize", "token", "introspect", "revoke", "api"]).optional(),
  /** At the token endpoint. */
  grantType: z.string().optional(),
  account: z.string().optional(),
  /** An access or refresh token that the request carries. */
  token: z.string().optional(),
  /** Only calls that change something, or only those that do not; of services that are connected by a key nobody knows. */
  writes: z.boolean().optional(),
  probability: z.number().min(0).max(1).default(1),
  /** How often it strikes; without it, until the reset. */
  count: z.number().int().positive().optional(),
  effect: Effect,
});
export type Fault = z.infer<typeof Fault>;

export interface CallFacts {
  provider: string;
  path: string;
  kind: string;
  account: string | null;
  grantType: string | null;
  tokens: string[];
  /** Whether the call goes on from a place in a list; of services that are connected by a key nobody knows. */
  place?: boolean;
  /** Whether it changes something, where that is known. */
  writes?: boolean;
  /** By what it is the same call when it comes again: its method, address and body. */
  content?: string;
}

export interface Faults {
  add(fault: Fault): void;
  /**
   * From now on what a probability decides depends on this seed, the fault, the call's content and how often that has come: whatever else
   * is asked meanwhile, and in whatever order, the same call meets the same fate.
   */
  seed(seed: string): void;
  reset(): void;
  list(): Fault[];
  /**
   * The effects that strike this call; counts down those that are limited. Of those that put something in the place of the reply
   * only the first strikes, so that none is used up by a call that another one answers.
   */
  strike(call: CallFacts): Fault["effect"][];
}

export function openFaults(): Faults {
  let faults: { number: number; fault: Fault; path: RegExp | null; left: number }[] = [];
  let added = 0;
  let seed: string | null = null;
  const times = new Map<string, number>();
  const oddsOf = ({ provider, content }: CallFacts): ((fault: number) => number) => {
    if (seed === null || content === undefined) return Math.random;
    const call = `${provider} ${content}`;
    const time = (times.get(call) ?? 0) + 1;
    times.set(call, time);
    return (fault) => seededRandom(`${seed} ${fault} ${time} ${call}`)();
  };
  return {
    add: (fault) =>
      faults.push({
        number: added++,
        fault,
        path: fault.path === undefined ? null : new RegExp(fault.path),
        left: fault.count ?? Number.POSITIVE_INFINITY,
      }),
    seed(given) {
      seed = given;
      times.clear();
    },
    reset() {
      faults = [];
      added = 0;
      seed = null;
      times.clear();
    },
    list: () => faults.map(({ fault }) => fault),
    strike(call) {
      if (faults.length === 0) return [];
      let replaced = false;
      const odds = oddsOf(call);
      const struck = faults.filter(({ number, fault, path }) => {
        const strikes = !(replaced && replaces(fault.effect)) && matches(fault, path, call) && odds(number) < fault.probability;
        replaced ||= strikes && replaces(fault.effect);
        return strikes;
      });
      for (const each of struck) each.left -= 1;
      faults = faults.filter(({ left }) => left > 0);
      return struck.map(({ fault }) => fault.effect);
    },
  };
}

const replaces = ({ type }: Fault["effect"]): boolean =>
  ["rate_limited", "error", "error_in_200", "lost_place", "reply_lost"].includes(type);

function matches(fault: Fault, path: RegExp | null, call: CallFacts): boolean {
  return (
    (fault.provider ?? call.provider) === call.provider &&
    (fault.kind ?? call.kind) === call.kind &&
    (fault.account ?? call.account) === call.account &&
    (fault.grantType ?? call.grantType) === call.grantType &&
    (fault.writes === undefined || fault.writes === call.writes) &&
    (fault.effect.type !== "lost_place" || call.place === true) &&
    (fault.token === undefined || call.tokens.includes(fault.token)) &&
    (path === null || path.test(call.path))
  );
}
