/** What a provider is for, in the order in which the shelf shows it. */
export const GROUPS = ["shop", "crm", "advertising", "analytics", "messaging", "sourcing", "other"] as const;
export type Group = (typeof GROUPS)[number];

const GROUP_OF: Record<string, Group> = {
  shopify: "shop",
  klaviyo: "crm",
  hubspot: "crm",
  meta: "advertising",
  tiktok: "advertising",
  linkedin: "advertising",
  google: "analytics",
  slack: "messaging",
  whatsapp: "messaging",
  twilio: "messaging",
  telnyx: "messaging",
  vapi: "messaging",
  cj: "sourcing",
  bigbuy: "sourcing",
  apify: "sourcing",
};

/** The group of a provider; one that is not named here stands at the end, so that a new one needs nothing. */
export const groupOf = (provider: string): Group => GROUP_OF[provider] ?? "other";
