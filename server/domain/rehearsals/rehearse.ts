import type { Money } from "#db/words/locales.ts";
import type { Spent } from "#db/words/rehearsals.ts";
import type { Automation } from "#server/catalog/automation.ts";
import type { CrmRecords } from "#server/catalog/crm.ts";
import type { CustomerBase } from "#server/catalog/customer-base.ts";
import { daysBetween, instantOf } from "#server/catalog/days.ts";
import type { Reading } from "#server/catalog/job.ts";
import type { KeptCatalog, KeptCoupons, KeptLists } from "#server/catalog/keeping.ts";
import type { Referrals } from "#server/catalog/referrals.ts";
import type { ShopHistory } from "#server/catalog/shop-history.ts";
import type { Supply } from "#server/catalog/supply.ts";
import type { Watch } from "#server/catalog/watch.ts";
import { type PastCustomer, shopAt } from "./past-shop.ts";

const dayMs = 86_400_000;
/** By the client's clock: when a day's proposals are made. */
const dailyAt = "09:00";

export interface Rehearse {
  automation: Automation;
  config: unknown;
  /** Days of the client's calendar (YYYY-MM-DD), both included. */
  fromDay: string;
  toDay: string;
  timezone: string;
  currency: string;
  /** Until when orders are known. */
  ordersReadAt: number;
}

/** Somebody whom it would have touched. */
export interface Touched {
  dedupe: string;
  customerId: string | null;
  at: number;
  stake: Money | null;
  over: boolean;
  orders: number;
  spent: Spent;
}

/**
 * What an automation would have proposed of these customers, had it run once a day with these settings, and what they bought in the days
 * in which its outcome is counted. What was proposed on an earlier day is not proposed again. Nothing is written and nobody is asked.
 */
export async function rehearse(past: readonly PastCustomer[], asked: Rehearse): Promise<Touched[]> {
  const { automation, fromDay, toDay, timezone } = asked;
  const customers = new Map(past.map((each) => [each.customerId, each]));
  const touched = new Map<string, Touched>();
  for (const day of daysBetween(fromDay, toDay)) {
    const at = instantOf(day, dailyAt, timezone);
    for (const { dedupe, customerId = null, stake = null } of await proposedAt(past, asked, at)) {
      if (touched.has(dedupe)) continue;
      const customer = customerId === null ? undefined : customers.get(customerId);
      touched.set(dedupe, {
        dedupe,
        customerId,
        at,
        stake,
        ...boughtAfter(customer, { at, days: automation.acts.outcomeDays ?? 0, ordersReadAt: asked.ordersReadAt }),
      });
    }
  }
  return [...touched.values()];
}

async function proposedAt(past: readonly PastCustomer[], { automation, config, timezone, currency }: Rehearse, at: number) {
  const reading = readingAt(past, { config, timezone, currency, at });
  const made = [];
  let cursor: unknown = null;
  do {
    const step = await automation.step({ ...reading, cursor });
    made.push(...(step.proposals ?? []));
    cursor = step.done ? null : step.cursor;
  } while (cursor !== null);
  return made;
}

/** What a step is handed of a day that is past: the shop as it was then, and nothing else. */
function readingAt(
  past: readonly PastCustomer[],
  { config, timezone, currency, at }: { config: unknown; timezone: string; currency: string; at: number },
): Omit<Reading<unknown, unknown, string>, "cursor"> {
  return {
    shop: only<ShopHistory>(shopAt(past, at)),
    occurrences: { behind: () => unknownThen("what happened") },
    proposed: async () => [],
    doneUnder: async () => 0,
    changedScores: () => unknownThen("what was told of customers"),
    // How likely somebody was to buy was not fitted then.
    referrals: only<Referrals>({}),
    watch: only<Watch>({}),
    crm: only<CrmRecords>({}),
    lists: only<KeptLists>({}),
    catalog: only<KeptCatalog>({}),
    coupons: only<KeptCoupons>({}),
    supply: only<Supply>({}),
    base: only<CustomerBase>({ model: async () => null, scores: async () => [] }),
    account: () => unknownThen("an account"),
    optionalAccount: () => null,
    ...{ config, timezone, currency, now: at },
    signal: AbortSignal.timeout(60_000),
    log: () => undefined,
  };
}

/** What is known of a past day, of all that might be asked. */
const only = <All extends object>(known: Partial<All>): All =>
  new Proxy(known, { get: (those, name) => Reflect.get(those, name) ?? (() => unknownThen(String(name))) }) as All;

function unknownThen(what: string): never {
  throw new Error(`a rehearsal does not know ${what} of a day that is past`);
}

/**
 * What a customer bought in the days after an instant, as `readCompared` counts it of both groups: what was cancelled since is none, what was given
 * back is taken off, and an order counts where something is left of it. Their days are over once the orders were read after them.
 */
function boughtAfter(
  customer: PastCustomer | undefined,
  { at, days, ordersReadAt }: { at: number; days: number; ordersReadAt: number },
): Pick<Touched, "over" | "orders" | "spent"> {
  const until = at + days * dayMs;
  const own = (customer?.orders ?? []).filter((each) => each.placedAt > at && each.placedAt <= until && each.cancelledAt === null);
  const spent = new Map<string, number>();
  const add = (currency: string, minor: number) => spent.set(currency, (spent.get(currency) ?? 0) + minor);
  for (const { currency, leftMinor, givenBack } of own) {
    add(currency, leftMinor);
    for (const back of givenBack) add(back.currency, -back.minor);
  }
  return {
    over: until <= ordersReadAt,
    orders: own.filter(({ leftMinor }) => leftMinor > 0).length,
    spent: [...spent].flatMap(([currency, minor]) => (minor === 0 ? [] : [{ currency, minor }])),
  };
}
