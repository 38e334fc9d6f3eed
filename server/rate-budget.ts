/** A limit of an account's calls: at most so many units at once, and so many more each second. */
export interface Limit {
  name: string;
  most: number;
  perS: number;
}

/** A limit that a call counts against, and how much of it the call takes. */
export interface Charge extends Limit {
  cost: number;
}

/** What a reply told of a limit. Without `exact`, what is left of a window of the provider's own, which only lowers what we think. */
export interface Said extends Partial<Omit<Limit, "name">> {
  name: string;
  left?: number;
  exact?: boolean;
}

/** Who goes first where little is left: what a person decided or waits for, what is read each day, what is read of the past. */
export const priorities = ["decision", "sync", "backfill"] as const;
export type Priority = (typeof priorities)[number];

/** What of each limit is kept for those before. */
const keptFor: Record<Priority, number> = { decision: 0, sync: 0.2, backfill: 0.5 };

/** Calls that are asked for at once, and what was learned since the last time. */
export interface Ask {
  charges: readonly Charge[];
  /** How many calls like this. */
  calls: number;
  priority: Priority;
  /** The part of the provider that is called. */
  service: string;
  said?: readonly Said[];
  /** Whether it was asked before, and had to wait. */
  waited?: boolean;
  /** The lease that this asker had before, whose time is over: of its calls so many were not made. */
  before?: { lease: number; unspent: number };
}

/** So many calls may be made within `leaseMs`; where none, it is asked again after `waitMs`. `down`: the service failed too often. */
export interface Answer {
  calls: number;
  waitMs: number;
  down: boolean;
  /** By which the next question names these calls. */
  lease: number;
  /** Whether the service failed of late: then a call that goes well is told at once. */
  shaky: boolean;
}

/** A call that failed: with `forMs` by a limit, of which it named none; else for nobody's reason but the service's. */
export interface Failed {
  service: string;
  limits: readonly string[];
  forMs: number | null;
}

/** How much of a limit was used in the last whole minute, at most 1 of what a minute gives; how often somebody had to wait, however often that asked again. */
export interface Use {
  limit: string;
  share: number;
  waits: number;
}

/** An answer's calls are made within this, or their units are lost. */
export const leaseMs = 2_000;
/** One answer gives no more than this part of what is there, so that other workers find some. */
const part = 1 / 4;
/** Calls of a service that fail one after the other before it is left alone. */
const failuresUntilDown = 5;
const [downMs, longestDownMs] = [15_000, 300_000];
/** How long one call has to find out whether a service is up again. */
const trialMs = 10_000;
/** Failures that lie further apart are not in a row. */
const inARowMs = 60_000;
/** Nobody is believed who says to wait for longer. */
const longestBlockMs = 24 * 3_600_000;
/** Of a limit of so few calls nothing is kept for anybody: it would never be used. */
const few = 10;

interface Bucket extends Limit {
  left: number;
  at: number;
  /** What was handed out and may not have been spent yet. */
  out: { lease: number; units: number; until: number }[];
  blockedUntil: number;
  minute: number;
  used: number;
  lastUsed: number;
  waits: number;
  lastWaits: number;
}

interface Breaker {
  failedAt: number;
  failures: number;
  downs: number;
  until: number;
}

/** What an account may still call, of all limits that were ever asked for. Instants are milliseconds since 1970. */
export interface RateBudget {
  take(ask: Ask, now: number): Answer;
  fail(failed: Failed, now: number): void;
  /** A call of the service went well. */
  well(service: string): void;
  used(now: number): Use[];
}

/**
 * The budget of one account. A limit is a bucket that fills evenly. What a reply says of it counts more than what was reckoned, less
 * what was handed out meanwhile.
 */
export function createRateBudget(): RateBudget {
  const buckets = new Map<string, Bucket>();
  const breakers = new Map<string, Breaker>();
  let leases = 0;

  const bucketOf = ({ name, most, perS }: Limit, now: number): Bucket => {
    const bucket = buckets.get(name) ?? {
      ...{ name, most, perS, left: most, at: now, out: [], blockedUntil: 0 },
      ...{ minute: minuteOf(now), used: 0, lastUsed: 0, waits: 0, lastWaits: 0 },
    };
    buckets.set(name, bucket);
    fill(bucket, now);
    return bucket;
  };

  return {
    take({ charges, calls, priority, service, said = [], waited = false, before }, now) {
      const charged = charges.map((charge) => ({ bucket: bucketOf(charge, now), cost: charge.cost }));
      if (before) for (const each of charged) giveBack(each, before);
      for (const each of said) learn(buckets.get(each.name), each, now);
      const breaker = breakers.get(service);
      const answer = { lease: ++leases, shaky: breaker !== undefined };
      if (breaker && breaker.until > now) return { ...answer, calls: 0, waitMs: breaker.until - now, down: true };
      const waitMs = Math.max(0, ...charged.map((each) => waitFor(each, priority, now)));
      if (waitMs > 0) {
        if (!waited) for (const { bucket } of charged) bucket.waits++;
        return { ...answer, calls: 0, waitMs, down: false };
      }
      const isTrial = breaker !== undefined && breaker.until > 0;
      if (isTrial) breaker.until = now + trialMs;
      const given = Math.max(1, Math.min(isTrial ? 1 : calls, ...charged.map((each) => partOf(each, priority))));
      for (const { bucket, cost } of charged) {
        bucket.left -= given * cost;
        bucket.used += given * cost;
        bucket.out.push({ lease: answer.lease, units: given * cost, until: now + leaseMs });
      }
      return { ...answer, calls: given, waitMs: 0, down: false };
    },
    fail({ service, limits, forMs }, now) {
      if (forMs !== null) {
        for (const name of limits) {
          const bucket = buckets.get(name);
          if (bucket) bucket.blockedUntil = Math.max(bucket.blockedUntil, now + Math.min(longestBlockMs, forMs));
        }
        return;
      }
      const known = breakers.get(service);
      // What is open is told by its trial; else only what fails in a row counts.
      const inARow = known && (known.until > 0 || now - known.failedAt <= inARowMs);
      const breaker = inARow ? known : { failedAt: now, failures: 0, downs: 0, until: 0 };
      breaker.failedAt = now;
      breakers.set(service, breaker);
      if (++breaker.failures < failuresUntilDown) return;
      breaker.until = now + Math.min(longestDownMs, downMs * 2 ** breaker.downs++);
      // One more failure is enough after the trial.
      breaker.failures = failuresUntilDown - 1;
    },
    well: (service) => void breakers.delete(service),
    used: (now) =>
      [...buckets.values()].map((bucket) => {
        fill(bucket, now);
        return { limit: bucket.name, share: Math.min(1, bucket.lastUsed / (bucket.perS * 60)), waits: bucket.lastWaits };
      }),
  };
}

const minuteOf = (now: number): number => Math.floor(now / 60_000);

function fill(bucket: Bucket, now: number): void {
  bucket.left = Math.min(bucket.most, bucket.left + (Math.max(0, now - bucket.at) / 1000) * bucket.perS);
  bucket.at = now;
  bucket.out = bucket.out.filter(({ until }) => until > now);
  const minute = minuteOf(now);
  if (minute === bucket.minute) return;
  const isNext = minute === bucket.minute + 1;
  bucket.lastUsed = isNext ? bucket.used : 0;
  bucket.lastWaits = isNext ? bucket.waits : 0;
  Object.assign(bucket, { minute, used: 0, waits: 0 });
}

function learn(bucket: Bucket | undefined, { left, most, perS, exact }: Said, now: number): void {
  if (!bucket) return;
  if (most !== undefined && most > 0) bucket.most = most;
  if (perS !== undefined && perS > 0) bucket.perS = perS;
  if (left === undefined) return;
  const out = bucket.out.reduce((sum, { units, until }) => (until > now ? sum + units : sum), 0);
  const free = Math.max(0, left - out);
  bucket.left = Math.min(bucket.most, exact ? free : Math.min(bucket.left, free));
}

/** A limit and what a call takes of it. */
interface Charged {
  bucket: Bucket;
  cost: number;
}

/** What replies say from here on has the calls of this lease in it. */
function giveBack({ bucket, cost }: Charged, { lease, unspent }: NonNullable<Ask["before"]>): void {
  bucket.left = Math.min(bucket.most, bucket.left + unspent * cost);
  bucket.used = Math.max(0, bucket.used - unspent * cost);
  bucket.out = bucket.out.filter((each) => each.lease !== lease);
}

/** What stays for those before. What costs all that there can ever be keeps nothing for anybody. */
const keptOf = ({ bucket, cost }: Charged, priority: Priority): number =>
  bucket.most <= few ? 0 : Math.max(0, Math.min(bucket.most * keptFor[priority], bucket.most - cost));

/** Milliseconds until so much is there that what is kept for others stays. */
function waitFor(charged: Charged, priority: Priority, now: number): number {
  const { bucket, cost } = charged;
  const lacks = Math.min(cost, bucket.most) + keptOf(charged, priority) - bucket.left;
  return Math.max(bucket.blockedUntil - now, lacks > 1e-9 ? Math.ceil((lacks / bucket.perS) * 1000) : 0);
}

/** How many calls one answer may give of it. */
const partOf = (charged: Charged, priority: Priority): number =>
  Math.floor(((charged.bucket.left - keptOf(charged, priority)) * part) / charged.cost);
