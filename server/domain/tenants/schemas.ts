import { z } from "zod";

export const locales = ["en", "fr", "he"] as const;
export const Locale = z.enum(locales);
export type Locale = z.infer<typeof Locale>;
/** The same words in every language that we speak. */
export type Text = Record<Locale, string>;

export const Vertical = z.enum(["shopify", "b2b", "agency"]);
export type Vertical = z.infer<typeof Vertical>;
export const Plan = z.enum(["quickwin", "essentials", "growth"]);
export type Plan = z.infer<typeof Plan>;
export const TenantStatus = z.enum(["onboarding", "active", "suspended"]);
export type TenantStatus = z.infer<typeof TenantStatus>;
export const Role = z.enum(["owner", "admin", "developer", "billing", "member", "viewer"]);
export type Role = z.infer<typeof Role>;

/** Job id -> wanted or not. */
export const Features = z.record(z.string().max(60), z.boolean());
export type Features = z.infer<typeof Features>;

export const TenantId = z.string().regex(/^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/, "lower-case letters, digits and hyphens, 1 to 40");
export const Currency = z.string().regex(/^[A-Z]{3}$/, "three letters, as in ISO 4217");
export const Timezone = z.string().refine(isTimezone, "not a timezone of the IANA database");

function isTimezone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone !== "";
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}
