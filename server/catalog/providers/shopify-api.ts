/**
 * The version of Shopify's Admin API that every request names: a version lives a year at least (shopify.dev, API versioning). All
 * queries here were checked against its schema (../shared/writes-and-voice.md, 0.1).
 */
export const shopifyVersion = "2026-10";
export const shopifyGraphql = `/admin/api/${shopifyVersion}/graphql.json`;
