import type { CliffKind, ConnectionKind } from "#server/domain/connections/schemas.ts";
import type { IncidentKind } from "#server/domain/incidents/schemas.ts";
import type { Locale, Role } from "#server/domain/tenants/schemas.ts";
import { type Draft, drawLetter, oneLine } from "./layout.ts";
import type { Letter } from "./mail.ts";
import { en, type Words } from "./words/en.ts";
import { fr } from "./words/fr.ts";
import { he } from "./words/he.ts";

const words: Record<Locale, Words> = { en, fr, he };

/** The sign-in mail: a link to a page with a button, and six digits for another device. */
export function signInLetter({ locale, name, url, code }: { locale: Locale; name: string; url: string; code: string }): Letter {
  const { greeting, signIn } = words[locale];
  return draw(locale, {
    subject: signIn.subject,
    greeting: greeting(oneLine(name)),
    paragraphs: [signIn.body],
    button: { label: signIn.button, url },
    code: { label: signIn.code, digits: code },
    notes: [signIn.lifetime, signIn.unasked],
  });
}

/** The invitation to a team. `inviter` is "" for the agency. */
export function invitationLetter(facts: { locale: Locale; inviter: string; tenant: string; role: Role; url: string }): Letter {
  const { greeting, invitation, roles } = words[facts.locale];
  const tenant = oneLine(facts.tenant);
  return draw(facts.locale, {
    subject: invitation.subject(tenant),
    greeting: greeting(""),
    paragraphs: [invitation.body(oneLine(facts.inviter) || invitation.somebody, tenant, roles[facts.role]), invitation.purpose],
    button: { label: invitation.button, url: facts.url },
    notes: [invitation.lifetime, invitation.unasked],
  });
}

/** A provider took access away: who, and which jobs wait for it (their titles in the reader's language). */
export function reconnectLetter(facts: {
  locale: Locale;
  name: string;
  provider: string;
  account: string;
  tenant: string;
  jobs: readonly string[];
  url: string;
}): Letter {
  const { greeting, reconnect } = words[facts.locale];
  const waits = facts.jobs.length > 0 ? [reconnect.waits(facts.jobs.join(", "))] : [];
  return draw(facts.locale, {
    subject: reconnect.subject(facts.provider, oneLine(facts.tenant)),
    greeting: greeting(oneLine(facts.name)),
    paragraphs: [reconnect.body(facts.provider, oneLine(facts.account)), ...waits, reconnect.nothingLost],
    button: { label: reconnect.button, url: facts.url },
    notes: [reconnect.why],
  });
}

/** An access will end although it works: which, when (in the client's timezone), why, and what mends it. */
export function cliffLetter(facts: {
  locale: Locale;
  name: string;
  provider: string;
  account: string;
  tenant: string;
  timeZone: string;
  /** Milliseconds since 1970. */
  at: number;
  cliff: Exclude<CliffKind, "version">;
  kind: ConnectionKind;
  url: string;
}): Letter {
  const { greeting, cliff } = words[facts.locale];
  const on = new Intl.DateTimeFormat(facts.locale, { dateStyle: "long", timeZone: facts.timeZone }).format(facts.at);
  return draw(facts.locale, {
    subject: cliff.subject(facts.provider, oneLine(facts.tenant), on),
    greeting: greeting(oneLine(facts.name)),
    paragraphs: [cliff.body(facts.provider, oneLine(facts.account), on), cliff.because[facts.cliff], cliff.mend[facts.kind]],
    button: { label: cliff.button[facts.kind], url: facts.url },
    notes: [cliff.why],
  });
}

/** A provider fails for many clients, or does so no more: for the agency's admins. `closedAfterMs` is null while it lasts. */
export function incidentLetter(facts: {
  locale: Locale;
  name: string;
  provider: string;
  kind: IncidentKind;
  tenantsFailing: number;
  tenantsUsing: number;
  jobs: readonly string[];
  closedAfterMs: number | null;
  url: string;
}): Letter {
  const { greeting, incident } = words[facts.locale];
  const { provider, kind, closedAfterMs } = facts;
  const counted = incident.counted(facts.tenantsFailing, facts.tenantsUsing);
  const waits = facts.jobs.length > 0 ? [incident.waits(facts.jobs.join(", "))] : [];
  const mend = kind === "misconfigured" ? incident.ours : incident.nothingToDo;
  return draw(facts.locale, {
    subject: closedAfterMs === null ? incident.subject[kind](provider) : incident.closedSubject(provider),
    greeting: greeting(oneLine(facts.name)),
    paragraphs: closedAfterMs === null ? [counted, ...waits, mend] : [incident.closed(Math.ceil(closedAfterMs / 60_000)), counted],
    button: { label: incident.button, url: facts.url },
    notes: [incident.why],
  });
}

const draw = (locale: Locale, draft: Omit<Draft, "locale">): Letter => drawLetter({ locale, ...draft });
