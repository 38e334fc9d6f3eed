import { z } from "zod";
import { keyServices, sandboxProviders } from "#sandbox/endpoints.ts";

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
}

export interface Faults {
  add(fault: Fault): void;
  reset(): void;
  list(): Fault[];
  /**
   * The effects that strike this call; counts down those that are limited. Of those that put something in the place of the reply
   * only the first strikes, so that none is used up by a call that another one answers.
   */
  strike(call: CallFacts): Fault["effect"][];
}

export function openFaults(): Faults {
  let faults: { fault: Fault; path: RegExp | null; left: number }[] = [];
  return {
    add: (fault) =>
      faults.push({ fault, path: fault.path === undefined ? null : new RegExp(fault.path), left: fault.count ?? Number.POSITIVE_INFINITY }),
    reset() {
      faults = [];
    },
    list: () => faults.map(({ fault }) => fault),
    strike(call) {
      if (faults.length === 0) return [];
      let replaced = false;
      const struck = faults.filter(({ fault, path }) => {
        const strikes = !(replaced && replaces(fault.effect)) && matches(fault, path, call) && Math.random() < fault.probability;
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
    (fault.effect.type !== "lost_place" || call.place === true) &&
    (fault.token === undefined || call.tokens.includes(fault.token)) &&
    (path === null || path.test(call.path))
  );
}
