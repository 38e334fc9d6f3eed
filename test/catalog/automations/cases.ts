import { incidents } from "#db/schema/index.ts";
import type { Account } from "#server/catalog/account.ts";
import type { TenantCtx } from "#server/ctx.ts";
import { ProviderError } from "#server/errors.ts";
import { newId } from "#server/ids.ts";
import { scriptedAccount } from "#test/catalog/sensors/sandbox-account.ts";
import { crmAccount } from "./crm-account.ts";
import { dayMs, hourMs, iso, orderOf, type Staged, second } from "./stage.ts";
import { mapWare, supplierAccount, unpaidOrder } from "./supplied.ts";

/** What the contract tests need to know of an automation to see it propose something. */
export interface Case {
  /** A shop, as its first reading finds it. */
  shop(now: number): Staged;
  /** What happens there before it proposes (a change of the sandbox's shop); left out where it proposes at once. */
  happens?(now: number): object;
  /** What happens then, and not at the shop. */
  besides?(ctx: TenantCtx): Promise<void>;
  config?: Record<string, unknown>;
  /** Accounts at other providers that it reads. */
  others?(): Promise<Record<string, Account>>;
  /** That it goes through several steps before the one that proposes, each with its place. */
  passes?: true;
  /** What a person did in the portal before it happened. */
  prepare?(staged: { ctx: TenantCtx; account: Account }): Promise<void>;
  /** It was promised to the customer, so that nobody is compared. */
  owed?: true;
  /** How many proposals come of it. */
  proposals: number;
}

/** A Klaviyo account without lists, products and coupons, which has a profile of everybody by the shop's id. */
export const plainKlaviyo = (): Account =>
  scriptedAccount("klaviyo", ({ path }) => {
    if (path.startsWith("/api/coupons/")) throw new ProviderError("klaviyo", "rejected", "Not found.");
    const ids = [...(/filter=([^&]*)/.exec(path)?.[1] ?? "").matchAll(/%22(\w+)%22/g)].map(([, value]) => value);
    const isAsked = path.startsWith("/api/profiles") && path.includes("external_id%2C");
    return { data: isAsked ? ids.map((value) => ({ id: `P${value}`, attributes: { external_id: value } })) : [], links: { next: null } };
  });

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
  "churn-prediction-resilient": {
    shop: (now) => ({ orders: [1, 2, 3].map((id) => orderOf(id, now - id * 40 * dayMs, { customerId: 12_000 + id })) }),
    proposals: 1,
  },
  "hubspot-b2b-crm": {
    shop: (now) => ({ orders: [1, 2, 3].map((id) => orderOf(id, now - id * dayMs, { customerId: 12_000 + id, gross: 100_000 })) }),
    config: { spentFrom: 1 },
    others: async () => ({ hubspot: await crmAccount() }),
    passes: true,
    proposals: 2,
  },
  "klaviyo-segment-lists": {
    shop: (now) => ({ orders: [1, 2, 3].map((id) => orderOf(id, now - id * 40 * dayMs, { customerId: 12_000 + id })) }),
    config: { segments: { promising: true, loyal: false, at_risk: false } },
    others: async () => ({ klaviyo: plainKlaviyo() }),
    proposals: 1,
  },
  "klaviyo-catalog-sync": {
    shop: (now) => ({ orders: [orderOf(1, now - 40 * dayMs)] }),
    others: async () => ({ klaviyo: plainKlaviyo() }),
    proposals: 1,
  },
  "klaviyo-coupon-pool": {
    shop: (now) => ({ orders: [orderOf(1, now - 40 * dayMs)] }),
    others: async () => ({ klaviyo: plainKlaviyo() }),
    proposals: 1,
  },
  "price-drop-alerts": {
    shop: (now) => ({ orders: [1, 2, 3].map((id) => orderOf(id, now - (100 - id) * dayMs, { customerId: 12_000 + id })) }),
    happens: (now) => ({ products: [{ code: "A", price: "7.50", at: iso(now - hourMs) }] }),
    proposals: 3,
  },
  "birthday-anniversary-flow": {
    shop: (now) => ({
      orders: [
        orderOf(1, now - 40 * dayMs, { customerId: 12_001 }),
        orderOf(2, Date.parse(`${yearsAgo(now + 3 * dayMs, 1)}T12:00:00Z`), { customerId: 12_002 }),
      ],
      bornOn: { 12001: yearsAgo(now + 3 * dayMs, 32) },
    }),
    config: { discountPercent: 10 },
    proposals: 2,
  },
  "dropshipping-order-flow": {
    shop: () => ({ orders: [1, 2].map((id) => unpaidOrder(id)) }),
    config: { usdRate: 0.8, ratesOn: new Date().toISOString().slice(0, 10) },
    others: async () => ({ cj: (await supplierAccount("cj")).account }),
    prepare: (staged) => mapWare(staged, "cj"),
    happens: () => ({ payments: [1, 2].map((orderId) => ({ orderId })) }),
    ...{ owed: true, passes: true },
    proposals: 2,
  },
  "referral-program-automation": {
    shop: (now) => ({ orders: [1, 2, 3, 4].map((id) => orderOf(id, now - id * 20 * dayMs, { customerId: 12_000 + (id % 2) })) }),
    proposals: 2,
  },
  "shopify-flow-bridge": {
    shop: (now) => ({ orders: [orderOf(1, now - 40 * dayMs)] }),
    async besides({ directory }) {
      const now = Date.now();
      await directory.insert(incidents).values({
        ...{ id: newId("inc", now), provider: "shopify", kind: "unavailable", openedAt: now - 60_000, lastSeenAt: now, closedAt: now },
        ...{ tenantsFailing: 3, tenantsUsing: 4 },
      });
    },
    config: { incidents: { opened: false, ended: true } },
    proposals: 1,
  },
  "replenishment-reminder": {
    // Six customers who buy it every thirty days; of two of them it is time.
    shop: (now) => ({
      orders: [27, 28, 2, 3, 4, 5].flatMap((ago, customer) =>
        [0, 1, 2, 3].map((n) => orderOf(10 * customer + n + 1, now - (ago + 30 * n + (n % 2)) * dayMs, { customerId: 12_001 + customer })),
      ),
    }),
    proposals: 2,
  },
};

/** The same day of a year so many years before (YYYY-MM-DD). */
function yearsAgo(instant: number, years: number): string {
  const day = new Date(instant);
  return new Date(Date.UTC(day.getUTCFullYear() - years, day.getUTCMonth(), day.getUTCDate())).toISOString().slice(0, 10);
}
