/**
 * The version of Shopify's Admin API that every request names: a version lives a year at least (shopify.dev, API versioning). All
 * queries here were checked against its schema (../shared/writes-and-voice.md, 0.1).
 */
export const shopifyVersion = "2026-10";
export const shopifyGraphql = `/admin/api/${shopifyVersion}/graphql.json`;

/** `gid://shopify/Order/5678` -> `5678`. */
export const idOf = (gid: string): string => gid.slice(gid.lastIndexOf("/") + 1);

/** The search for what changed from an instant on; null for 0, which is all. */
export const changedSince = (since: number): string | null => (since > 0 ? `updated_at:>='${new Date(since).toISOString()}'` : null);
