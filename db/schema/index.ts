export * from "./audit.ts";
export * from "./commerce.ts";
export * from "./connections.ts";
export * from "./people.ts";
export * from "./runs.ts";
export * from "./tenants.ts";
