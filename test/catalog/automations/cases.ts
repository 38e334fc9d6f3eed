import { dayMs, hourMs, iso, orderOf, type Staged, second } from "./stage.ts";

/** What the contract tests need to know of an automation to see it propose something. */
export interface Case {
  /** A shop, as its first reading finds it. */
  shop(now: number): Staged;
  /** What happens there before it proposes (a change of the sandbox's shop); left out where it proposes at once. */
  happens?(now: number): object;
  config?: Record<string, unknown>;
  /** How many proposals come of it. */
  proposals: number;
}

export const cases: Record<string, Case> = {
  "review-request-automation": {
    shop: (now) => ({
      orders: [1, 2].map((id) =>
        orderOf(id, now - 12 * dayMs, {
          customerId: 12_000 + id,
          parcels: [{ sentAt: second(now - 11 * dayMs), deliveredAt: second(now - 8 * dayMs) }],
        }),
      ),
    }),
    proposals: 2,
  },
  "at-risk-customer-flow": {
    shop: (now) => ({ orders: [41, 65, 89, 113].map((days, place) => orderOf(4 - place, now - days * dayMs)) }),
    config: { discountPercent: 10 },
    proposals: 1,
  },
  "price-drop-alerts": {
    shop: (now) => ({ orders: [1, 2, 3].map((id) => orderOf(id, now - (100 - id) * dayMs, { customerId: 12_000 + id })) }),
    happens: (now) => ({ products: [{ code: "A", price: "7.50", at: iso(now - hourMs) }] }),
    proposals: 3,
  },
};
