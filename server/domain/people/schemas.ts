import * as z from "zod";
import { hints } from "#db/words/tenants.ts";
import { PersonName } from "#server/domain/tenancy/name.ts";
import { Locale, Role, Timezone } from "#server/domain/tenancy/schemas.ts";
import type { ErrorCode } from "#server/errors.ts";
import { asciiAddress } from "./ascii-address.ts";

/** An address as we keep and compare it: trimmed, lower case, its domain in ASCII (punycode), at most 254 characters (RFC 5321). */
export const EmailAddress = z
  .string()
  .trim()
  .toLowerCase()
  .overwrite((text) => (text.length > 254 ? text : asciiAddress(text)))
  .max(254, "address_too_long" satisfies ErrorCode)
  .pipe(z.email("not_an_email" satisfies ErrorCode));

const control = /\p{Cc}/u;
/** In a path: what a browser, or a careless reader of it, could take for the start of a host or for a login before one. */
const leadsAway = /^[^/]|\/\/|[\\@]|\p{Cc}/u;

/**
 * A path of this site, normalised, or null for anything that could lead elsewhere: other schemes and hosts, `//`, `/\`,
 * the same once or more often percent-encoded, logins, control characters. Query and fragment are kept.
 */
export function safePath(value: string): string | null {
  if (!value.startsWith("/") || value.length > 1000 || control.test(value)) return null;
  const base = "https://return.invalid";
  const url = URL.canParse(value, base) ? new URL(value, base) : null;
  if (url?.origin !== base || url.username || url.password) return null;
  for (const path of [value.split(/[?#]/, 1)[0] ?? "", url.pathname]) {
    for (const reading of readings(path)) if (reading === null || leadsAway.test(reading)) return null;
  }
  return `${url.pathname}${url.search}${url.hash}`;
}

/** The path as it stands, and as it reads decoded once, twice, thrice; null where it does not decode or never ends. */
function readings(path: string): (string | null)[] {
  const found: (string | null)[] = [path];
  for (let text = path; text.includes("%"); ) {
    try {
      text = decodeURIComponent(text);
    } catch (error) {
      if (error instanceof URIError) return [null];
      throw error;
    }
    found.push(text);
    if (found.length > 4) return [null];
  }
  return found;
}

/** Where our pages are. Whatever else answers at an address does something, or is for programs. */
const pages = /^\/(?:$|(?:t|admin|onboarding|invitation|privacy|docs|sign-in)(?:\/|$))/;
/** Among them: steps that go on to a provider by themselves, and what is a file. */
const actingSteps = /^\/(?:t\/[^/]+\/(?:connect|exports)|admin\/new-client|admin\/clients\/[^/]+\/exports)\/[^/]/;

/**
 * A path of a page of ours that only shows something, or null: the one judge of every address that somebody is sent to because it was
 * written down before (after signing in or out, after a consent, a choice or a form). Judged as the router reads it: decoded, and
 * folded, so that no spelling of a step that acts (`/%61pi/`, `/T/acme/Connect/`) passes for a page.
 */
export function pagePath(value: string): string | null {
  const path = safePath(value);
  if (path === null) return null;
  const { pathname, searchParams } = new URL(path, "https://return.invalid");
  const read = (readings(pathname).at(-1) ?? "").toLowerCase();
  // At these Remix answers a page's data and no page.
  const isData = read.endsWith(".data") || searchParams.has("_data");
  return pages.test(read) && !actingSteps.test(read) && !isData ? path : null;
}

/** Pages that only make sense before signing in. */
const beforeSignIn = /^\/sign-in(?:\/|$|\?)/i;

/** Where to go after signing in. What is no page of ours is dropped, since a bad link must not keep anybody out. */
export const ReturnPath = z
  .string()
  .nullish()
  .transform((value) => {
    const path = value ? pagePath(value) : null;
    return path === null || path === "/" || beforeSignIn.test(path) ? null : path;
  });

export const RequestSignIn = z.object({ email: EmailAddress, returnTo: ReturnPath, locale: Locale.default("en") });
export type RequestSignIn = z.infer<typeof RequestSignIn>;

const LinkToken = z.string().regex(/^[\w-]{43}$/, "link_incomplete" satisfies ErrorCode);
export const RedeemLink = z.object({ token: LinkToken });
export type RedeemLink = z.infer<typeof RedeemLink>;

/** People copy codes with spaces in them. */
export const RedeemCode = z.object({
  code: z
    .string()
    .transform((text) => text.replace(/[\s\p{Cf}-]/gu, ""))
    .pipe(z.string().regex(/^\d{6}$/, "code_not_six_digits" satisfies ErrorCode)),
});
export type RedeemCode = z.infer<typeof RedeemCode>;

export const SessionRef = z.object({ sessionId: z.string().max(60) });
export type SessionRef = z.infer<typeof SessionRef>;

export const Profile = z.object({
  name: PersonName,
  locale: Locale,
  timezone: Timezone,
});
export type Profile = z.infer<typeof Profile>;

export const Language = Profile.pick({ locale: true });
export type Language = z.infer<typeof Language>;

export const DismissHint = z.object({ hint: z.enum(hints) });
export type DismissHint = z.infer<typeof DismissHint>;

export const MemberRef = z.object({ userId: z.string().max(60) });
export type MemberRef = z.infer<typeof MemberRef>;

export const AddAdmin = z.object({ email: EmailAddress });
export type AddAdmin = z.infer<typeof AddAdmin>;
export const AdminRef = z.object({ userId: z.string().max(60) });
export type AdminRef = z.infer<typeof AdminRef>;
/** An admin of the agency. `self`: who asks. */
export interface Admin {
  userId: string;
  name: string;
  email: string;
  lastSeenAt: number | null;
  self: boolean;
}

export const ChangeRole = MemberRef.extend({ role: Role });
export type ChangeRole = z.infer<typeof ChangeRole>;

export const Invite = z.object({
  email: EmailAddress,
  role: Role,
  locale: Locale.optional().describe(
    "The language of the mail and of the page that its link opens; that of who invites where it is left out.",
  ),
});
export type Invite = z.infer<typeof Invite>;

export const InvitationRef = z.object({ invitationId: z.string().max(60) });
export type InvitationRef = z.infer<typeof InvitationRef>;

/** What stands in an invitation's link; for a signed-in person of that address, the invitation's id is enough. */
export const InvitationToken = z.object({ token: z.string().max(120) });
export type InvitationToken = z.infer<typeof InvitationToken>;

/** With the language of the page on which it is accepted: a new person goes on reading in it. */
export const AcceptInvitation = InvitationToken.extend({ locale: Locale.optional() });
export type AcceptInvitation = z.infer<typeof AcceptInvitation>;
