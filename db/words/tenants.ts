export const verticals = ["shopify", "b2b", "agency", "custom"] as const;
export type Vertical = (typeof verticals)[number];

export const planNames = ["quickwin", "essentials", "growth"] as const;
export type Plan = (typeof planNames)[number];

export const tenantStatuses = ["onboarding", "active", "suspended"] as const;
export type TenantStatus = (typeof tenantStatuses)[number];

export const roles = ["owner", "admin", "developer", "billing", "member", "viewer"] as const;
export type Role = (typeof roles)[number];

/** What a page proposes or explains to a person until they have read it. */
export const hints = ["checklist", "role"] as const;
export type Hint = (typeof hints)[number];

/** Job id -> wanted or not. */
export type Features = Record<string, boolean>;
