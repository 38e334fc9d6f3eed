import { z } from "zod";
import { realShop } from "#sandbox/endpoints.ts";
import type { SandboxState } from "#sandbox/providers/provider.ts";
import { hashOf } from "#sandbox/seed.ts";
import type { ShopCustomer } from "#sandbox/shop/model.ts";
import { addressOf, emailConsentOf } from "#sandbox/shopify/views.ts";
import { profilesOf, shortId } from "./figures.ts";

export type Identifiers = z.output<typeof Identifiers>;
/** What a profile is found by. */
export const Identifiers = z.object({
  email: z.string().nullish(),
  phone_number: z.string().nullish(),
  external_id: z.string().nullish(),
});

export interface Profile {
  id: string;
  email: string | null;
  phone_number: string | null;
  external_id: string | null;
  created: string;
  updated: string;
  properties: Record<string, unknown>;
  /** What it agreed to, in Klaviyo's words. */
  consent: { email: string; sms: string };
}

/** A profile that an account is to have, however it came by it. */
export const GivenProfile = Identifiers.extend({
  email_consent: z.enum(["SUBSCRIBED", "UNSUBSCRIBED", "NEVER_SUBSCRIBED"]).default("SUBSCRIBED"),
  sms_consent: z.enum(["SUBSCRIBED", "UNSUBSCRIBED", "NEVER_SUBSCRIBED"]).default("NEVER_SUBSCRIBED"),
  properties: z.record(z.string(), z.unknown()).default({}),
});
type GivenProfile = z.output<typeof GivenProfile>;

/** The shops that these accounts take their profiles from. Every fifth one was never told the shop's id. */
export const shops: Readonly<Record<string, string>> = { AcmeG1: realShop, BetaB2: "beta.myshopify.com", GammC3: "gamma.myshopify.com" };
const stamp = (instant: number) => `${new Date(instant).toISOString().slice(0, 19)}+00:00`;

/** All profiles of an account as a read at `now` sees them; without `seen`, as a write meets them. */
export function profilesAt(state: SandboxState, account: string, { now, seen }: { now: number; seen: boolean }): Profile[] {
  const written = state.written.list<Profile>({ kind: "klaviyo_profile", account }, seen ? now : undefined);
  const latest = new Map(written.map(({ key, body }) => [key, body]));
  const shop = shops[account];
  const customers = shop === undefined ? [] : state.shops.find(shop, now).customers;
  const thoughtOut = profilesOf(account).map(({ id, attributes }, index): Profile => {
    const known = latest.get(id);
    latest.delete(id);
    return known ?? { id, ...attributes, properties: {}, ...identityOf(id, attributes, { index, customer: customers[index] }) };
  });
  return [...thoughtOut.filter(({ created }) => Date.parse(created) <= now), ...latest.values()];
}

function identityOf(id: string, { email }: { email: string }, { index, customer }: { index: number; customer: ShopCustomer | undefined }) {
  const sms = "NEVER_SUBSCRIBED";
  if (!customer) return { email, external_id: null, consent: { email: hashOf(id) % 3 === 0 ? "NEVER_SUBSCRIBED" : "SUBSCRIBED", sms } };
  const agreed = emailConsentOf(customer);
  return {
    email: addressOf(customer),
    external_id: index % 5 === 4 ? null : String(customer.id),
    consent: { email: agreed === "NOT_SUBSCRIBED" ? "NEVER_SUBSCRIBED" : agreed, sms },
  };
}

/** The profile that is meant: by Klaviyo's id, else by whichever identifier one has. */
export function findProfile(profiles: readonly Profile[], id: string | null | undefined, by: Identifiers): Profile | undefined {
  if (id) return profiles.find((each) => each.id === id);
  return profiles.find((each) =>
    (["email", "phone_number", "external_id"] as const).some((name) => by[name] && each[name]?.toLowerCase() === by[name].toLowerCase()),
  );
}

/** A new profile, never subscribed to anything. */
export function newProfile(state: SandboxState, account: string, by: Identifiers, now: number): Profile {
  const { email = null, phone_number = null, external_id = null } = by;
  const id = `01SBX${shortId(`${account} ${JSON.stringify(by)} ${now}`)}${String(now).slice(-9)}`;
  const consent = { email: "NEVER_SUBSCRIBED", sms: "NEVER_SUBSCRIBED" };
  const profile = { id, email, phone_number, external_id, created: stamp(now), updated: stamp(now), properties: {}, consent };
  saveProfile(state, account, profile, now);
  state.effects.record({ provider: "klaviyo", kind: "profile_created", key: external_id ?? email ?? id, account, at: now }, false);
  return profile;
}

export function saveProfile(state: SandboxState, account: string, profile: Profile, now: number): void {
  state.written.put({ kind: "klaviyo_profile", account, key: profile.id }, profile, now);
}

/** Puts a profile into an account behind its back, long ago: what lags behind writes shows it at once. */
export function giveProfile(state: SandboxState, account: string, given: GivenProfile, now: number): { id: string } {
  const { email = null, phone_number = null, external_id = null, email_consent, sms_consent, properties } = given;
  const id = `01SBX${shortId(`${account} ${external_id} ${email}`)}GIVEN`;
  const created = stamp(now - 86_400_000);
  const consent = { email: email_consent, sms: sms_consent };
  saveProfile(state, account, { id, email, phone_number, external_id, created, updated: created, properties, consent }, now - 86_400_000);
  return { id };
}

/** As the API shows it; what it agreed to only where that is asked for. */
export function profileResource({ id, consent, ...attributes }: Profile, query: URLSearchParams) {
  const asked = (query.get("additional-fields[profile]") ?? "").split(",").includes("subscriptions");
  const subscriptions = {
    email: { marketing: { can_receive_email_marketing: consent.email !== "UNSUBSCRIBED", consent: consent.email } },
    sms: { marketing: { can_receive_sms_marketing: consent.sms === "SUBSCRIBED", consent: consent.sms } },
  };
  return { type: "profile", id, attributes: { ...attributes, ...(asked && { subscriptions }) } };
}
