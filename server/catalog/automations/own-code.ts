import { sha256 } from "@oslojs/crypto/sha2";
import { encodeBase32UpperCaseNoPadding } from "@oslojs/encoding";
import type { Money } from "#db/words/locales.ts";
import type { ShopGuard } from "#server/catalog/actions/shop-guard.ts";
import { shopifyDiscount } from "#server/catalog/actions/shopify-discount.ts";
import type { ProposedStep } from "#server/catalog/records.ts";

export interface OwnCode {
  /** What makes the code: the first step of a chain, so that it is ended where the event that carries it is not sent. */
  step: ProposedStep;
  /** What it gives away on the smallest order that it applies to, each time that it works. */
  stake: Money;
  /** What the event tells of it. */
  told: { code: string; percent: number; code_ends_at: string };
}

interface Wanted {
  customerId: string;
  /** Before the sign: what staff sees of where a code comes from. */
  prefix: string;
  /** One key has one code, however often it is proposed. */
  dedupe: string;
  /** The event that carries it. */
  metric: string;
  percent: number;
  /** What this customer usually pays: what an order must come to. */
  usual: Money;
  /** Instants between which it works. */
  from: number;
  until: number;
  onlyIf?: ShopGuard;
  /** It is for their friends: for so many orders, each friend's once. */
  friends?: { uses: number };
}

/**
 * A code of the customer's own, from what they usually pay on, with an end: theirs alone, once, or to pass on to friends. Null where it would
 * take nothing off.
 */
export function ownCode({ customerId, prefix, dedupe, metric, percent, usual, from, until, onlyIf, friends }: Wanted): OwnCode | null {
  const minor = Math.round((usual.minor * percent) / 100);
  if (minor <= 0) return null;
  const code = `${prefix}-${encodeBase32UpperCaseNoPadding(sha256(new TextEncoder().encode(dedupe))).slice(0, 10)}`;
  const endsAt = new Date(until).toISOString();
  const payload = {
    ...{ customerId, code, minimum: usual, endsAt },
    title: `${metric} ${code}`,
    off: { percent },
    startsAt: new Date(from).toISOString(),
    ...(onlyIf && { onlyIf }),
    ...(friends && { friends }),
  };
  return {
    step: { kind: shopifyDiscount.id, payload },
    stake: { minor: minor * (friends?.uses ?? 1), currency: usual.currency },
    told: { code, percent, code_ends_at: endsAt },
  };
}
