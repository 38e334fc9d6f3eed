import { type Answer, type Ask, createRateBudget, type Failed, type Limit, leaseMs, type Priority, type Said } from "./rate-budget.ts";

/** An account whose calls are counted: the same for all who are connected to it. `tenant` and `connection` are who asks. */
export interface RatedAccount {
  provider: string;
  externalId: string;
  tenant: string;
  connection: string;
}

/** Where an account's budget is kept for all isolates. Rejects where it is away. */
export interface RateKeeper {
  take(account: RatedAccount, ask: Ask): Promise<Answer>;
  fail(account: RatedAccount, failed: Failed): Promise<void>;
  /** A call of a service that failed of late went well. */
  well(account: RatedAccount, service: string): Promise<void>;
}

/** A call that is about to be sent. */
export interface RatedCall {
  account: RatedAccount;
  limits: readonly Limit[];
  /** Units that it is taken to cost until a reply told what the one before it did. */
  cost: number;
  priority: Priority;
  service: string;
}

/** Why a call is not sent now, and for how long. `down`: its service failed too often of late, and is left alone. */
export interface Held {
  retryAfterS: number;
  down: boolean;
}

/** How a call ended: what its reply said of the account's limits and of its cost, and with `forMs` or as the service's fault why it failed. */
export interface EndedCall {
  said: readonly Said[];
  cost?: number | undefined;
  failed: Pick<Failed, "forMs"> | null;
}

/** What an invocation may still call. */
export interface RateLeases {
  /** Waits until the call may be sent, `patienceMs` at most and not beyond the signal; answers why not where it may not. */
  begin(call: RatedCall, patienceMs: number, signal?: AbortSignal): Promise<Held | null>;
  /** Tells how a call that was sent ended. Never rejects. */
  end(call: RatedCall, ended: EndedCall): Promise<void>;
}

/** Longer than this nobody waits for the keeper. */
const keeperMs = 1_000;
/** The keeper was away: for so long it is not asked again. */
const awayMs = 10_000;
/** Without the keeper, each invocation takes this part of each limit for its own: others do so at the same time. */
const alonePart = 1 / 10;
const mostCalls = 10;

interface Own {
  leases: Map<string, { calls: number; until: number; given: number; lease: number }>;
  asking: Map<string, Promise<Answer>>;
  said: Map<string, { said: Said; at: number }>;
  /** Services that failed of late. */
  shaky: Set<string>;
  costs: Map<string, number>;
  awayUntil: number;
}

/**
 * The leases of an invocation. The keeper is asked for several calls at once, the more the more of them are made, so that a call does not
 * cost a round trip. Where the keeper is away a small part of each limit is kept to here: correct, and slower.
 */
export function createRateLeases(
  keeper: RateKeeper,
  { now, pause, away }: { now(): number; pause(ms: number): Promise<void>; away(error: unknown): void },
): RateLeases {
  const accounts = new Map<string, Own>();
  const alone = new Map<string, ReturnType<typeof createRateBudget>>();

  const ownOf = (name: string): Own => {
    const own = accounts.get(name) ?? {
      leases: new Map(),
      asking: new Map(),
      said: new Map(),
      shaky: new Set(),
      costs: new Map(),
      awayUntil: 0,
    };
    accounts.set(name, own);
    return own;
  };
  const aloneOf = (name: string) => {
    const budget = alone.get(name) ?? createRateBudget();
    alone.set(name, budget);
    return budget;
  };
  const withKeeper = async <T>(own: Own, ask: () => Promise<T>): Promise<T | null> => {
    if (now() < own.awayUntil) return null;
    try {
      return await inTime(ask());
    } catch (error) {
      own.awayUntil = now() + awayMs;
      away(error);
      return null;
    }
  };
  const ask = async (own: Own, key: string, { account, limits, cost, priority, service }: RatedCall, waited: boolean): Promise<Answer> => {
    const charges = limits.map((limit) => ({ ...limit, cost: own.costs.get(limit.name) ?? cost }));
    const before = own.leases.get(key);
    // Twice as many as last time, where those were all made.
    const calls = before ? Math.min(mostCalls, before.calls === 0 ? before.given * 2 : before.given) : 1;
    const fresh = [...own.said.values()].filter(({ at }) => now() - at <= leaseMs);
    const asked: Ask = {
      ...{ charges, calls, priority, service, waited, said: fresh.map(({ said }) => said) },
      ...(before && { before: { lease: before.lease, unspent: before.calls } }),
    };
    own.said.clear();
    own.leases.delete(key);
    const answer = (await withKeeper(own, () => keeper.take(account, asked))) ?? aloneOf(nameOf(account)).take(alonePartOf(asked), now());
    if (answer.shaky) own.shaky.add(service);
    if (answer.calls > 0) {
      own.leases.set(key, { calls: answer.calls, until: now() + leaseMs, given: answer.calls, lease: answer.lease });
    }
    return answer;
  };

  return {
    async begin(call, patienceMs, signal) {
      const own = ownOf(nameOf(call.account));
      const key = [call.service, call.priority, ...call.limits.map(({ name }) => name)].join(" ");
      for (let waited = 0; ; ) {
        const lease = own.leases.get(key);
        if (lease && lease.calls > 0 && lease.until > now()) {
          lease.calls--;
          return null;
        }
        const asking = own.asking.get(key) ?? ask(own, key, call, waited > 0).finally(() => own.asking.delete(key));
        own.asking.set(key, asking);
        const { calls, waitMs, down } = await asking;
        if (calls > 0) continue;
        // Those who wait for the same do not all come back in one instant.
        const wait = waitMs * (1 + Math.random() / 4);
        const held = { retryAfterS: Math.max(1, Math.ceil(waitMs / 1000)), down };
        if (down || waited + wait > patienceMs || signal?.aborted) return held;
        await pause(wait);
        if (signal?.aborted) return held;
        waited += wait;
      }
    },
    async end({ account, service, limits }, { said, cost, failed }) {
      const own = ownOf(nameOf(account));
      if (cost !== undefined && cost > 0) for (const { name } of limits) own.costs.set(name, cost);
      for (const each of said) own.said.set(each.name, { said: each, at: now() });
      if (!failed) {
        if (own.shaky.delete(service)) await withKeeper(own, () => keeper.well(account, service));
        return;
      }
      const told: Failed = { service, limits: limits.map(({ name }) => name), forMs: failed.forMs };
      if (failed.forMs !== null) own.leases.clear();
      own.shaky.add(service);
      const heard = await withKeeper(own, async () => {
        await keeper.fail(account, told);
        return true;
      });
      if (!heard) aloneOf(nameOf(account)).fail(told, now());
    },
  };
}

const nameOf = ({ provider, externalId }: RatedAccount): string => `${provider}:${externalId}`;

const alonePartOf = (ask: Ask): Ask => ({
  ...ask,
  charges: ask.charges.map((charge) => ({
    ...charge,
    most: Math.max(charge.cost, charge.most * alonePart),
    perS: charge.perS * alonePart,
  })),
  said: [],
});

function inTime<T>(answer: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error("the keeper of rates did not answer in time")), keeperMs);
  });
  return Promise.race([answer, late]).finally(() => clearTimeout(timer));
}
