import type { AccountChange, CliffKind, ConnectionKind, EndNews } from "#db/words/connections.ts";
import type { ProviderFault } from "#db/words/incidents.ts";
import type { Locale } from "#db/words/locales.ts";
import type { ApprovalNews, NoticeKind, NoticeParams } from "#db/words/notices.ts";
import type { Role } from "#db/words/tenants.ts";
import { currencies } from "#server/catalog/currencies.ts";
import { isTimezone } from "#server/catalog/days.ts";
import { nameInMail } from "#server/domain/tenancy/name.ts";
import { type Draft, drawLetter, oneLine } from "./draw-letter.ts";
import type { Letter } from "./mail.ts";
import { en, type Words } from "./words/en.ts";
import { fr } from "./words/fr.ts";
import { he } from "./words/he.ts";

const words: Record<Locale, Words> = { en, fr, he };

/** The sign-in mail: a link to a page with a button, and six digits for another device. */
export function signInLetter(facts: { locale: Locale; name: string; url: string; code: string | null; lifetimeMs: number }): Letter {
  const { locale, name, url, code } = facts;
  const { greeting, signIn } = words[locale];
  const lifetime = lifetimeIn(locale, facts.lifetimeMs);
  return draw(locale, {
    subject: signIn.subject,
    greeting: greeting(nameInMail(name)),
    paragraphs: [signIn.body],
    button: { label: signIn.button, url },
    ...(code !== null && { code: { label: signIn.code, digits: code } }),
    notes: [code === null ? signIn.linkLifetime(lifetime) : signIn.lifetime(lifetime), signIn.unasked],
  });
}

/** "15 minutes", and from two hours on whole hours: never more than it is. */
function lifetimeIn(locale: Locale, ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  const [count, unit] = minutes < 120 ? [minutes, "minute"] : [Math.floor(minutes / 60), "hour"];
  return new Intl.NumberFormat(locale, { style: "unit", unit, unitDisplay: "long" }).format(count);
}

/** To the agency's admins: somebody tries sign-in codes at many addresses. */
export function alarmLetter({ locale, name, count, url }: { locale: Locale; name: string; count: number; url: string }): Letter {
  const { greeting, alarm } = words[locale];
  return draw(locale, {
    subject: alarm.subject,
    greeting: greeting(nameInMail(name)),
    paragraphs: [alarm.body(count), alarm.meaning],
    button: { label: alarm.button, url },
    notes: [],
  });
}

/** Whom an admin of the agency added (`email`), and who did (`by`). */
interface AddedFacts {
  locale: Locale;
  name: string;
  email: string;
  by: string;
  url: string;
}

/** To whoever became an admin of the agency: how they sign in. */
export function adminWelcomeLetter({ locale, name, email, by, url }: AddedFacts): Letter {
  const { greeting, adminWelcome } = words[locale];
  return draw(locale, {
    subject: adminWelcome.subject,
    greeting: greeting(nameInMail(name)),
    paragraphs: [adminWelcome.body(nameInMail(by)), adminWelcome.how(email)],
    button: { label: adminWelcome.button, url },
    notes: [adminWelcome.unasked],
  });
}

/** To the other admins of the agency: there is one more, who sees every client. */
export function adminAddedLetter({ locale, name, email, by, url }: AddedFacts): Letter {
  const { greeting, adminAdded, becauseStaff } = words[locale];
  return draw(locale, {
    subject: adminAdded.subject,
    greeting: greeting(nameInMail(name)),
    paragraphs: [adminAdded.body(nameInMail(by), email), adminAdded.meaning],
    button: { label: adminAdded.button, url },
    notes: [becauseStaff],
  });
}

/** The invitation to a team. `inviter` is "" for the agency. */
export function invitationLetter(facts: { locale: Locale; inviter: string; tenant: string; role: Role; url: string }): Letter {
  const { greeting, invitation, roles } = words[facts.locale];
  const tenant = nameInMail(facts.tenant);
  return draw(facts.locale, {
    subject: invitation.subject(tenant),
    greeting: greeting(""),
    paragraphs: [invitation.body(nameInMail(facts.inviter) || invitation.somebody, tenant, roles[facts.role]), invitation.purpose],
    button: { label: invitation.button, url: facts.url },
    notes: [invitation.lifetime, invitation.unasked],
  });
}

/** What every letter about one of a client's accounts says. */
interface AccountFacts {
  locale: Locale;
  name: string;
  provider: string;
  account: string;
  tenant: string;
  url: string;
}

/** A provider took access away: who, and which jobs wait for it (their titles in the reader's language). */
export function reconnectLetter(
  facts: AccountFacts & {
    jobs: readonly string[];
    /** Whether we lost the access ourselves: nothing happened at the provider then. */
    lost?: boolean;
  },
): Letter {
  const { greeting, reconnect } = words[facts.locale];
  const happened = facts.lost ? reconnect.unreadable : reconnect.body;
  const waits = facts.jobs.length > 0 ? [reconnect.waits(facts.jobs.join(", "))] : [];
  return draw(facts.locale, {
    subject: reconnect.subject(facts.provider, nameInMail(facts.tenant)),
    greeting: greeting(nameInMail(facts.name)),
    paragraphs: [happened(facts.provider, nameInMail(facts.account)), ...waits, reconnect.nothingLost],
    button: { label: reconnect.button, url: facts.url },
    notes: [reconnect.why],
  });
}

/** An access will end although it works: which, when (in the client's timezone), why, and what mends it. */
export function cliffLetter(
  facts: AccountFacts & {
    timeZone: string;
    /** Milliseconds since 1970. */
    at: number;
    cliff: Exclude<CliffKind, "version">;
    kind: ConnectionKind;
  },
): Letter {
  const { greeting, cliff } = words[facts.locale];
  const on = longDate(facts);
  return draw(facts.locale, {
    subject: cliff.subject(facts.provider, nameInMail(facts.tenant), on),
    greeting: greeting(nameInMail(facts.name)),
    paragraphs: [cliff.body(facts.provider, nameInMail(facts.account), on), cliff.because[facts.cliff], cliff.mend[facts.kind]],
    button: { label: cliff.button[facts.kind], url: facts.url },
    notes: [cliff.why],
  });
}

/** News of the end of a key that a sign-in replaced. `at`: the day of it, in the client's timezone; null where there is none. */
export function keyEndLetter(
  facts: AccountFacts & {
    timeZone: string;
    news: EndNews;
    /** Milliseconds since 1970. */
    at: number | null;
  },
): Letter {
  const { greeting, keyEnd } = words[facts.locale];
  const { locale, provider, news, timeZone, at } = facts;
  const account = nameInMail(facts.account);
  const on = at === null ? "" : longDate({ locale, timeZone, at });
  const coming = [keyEnd.coming(provider, account, on), keyEnd.nothingStops, keyEnd.keep];
  const paragraphs: Record<EndNews, string[]> = {
    announced: coming,
    reminded: coming,
    put_off: [keyEnd.putOff(account), at === null ? keyEnd.waits : keyEnd.needed(on)],
    called_off: [keyEnd.calledOff(account)],
    ended: [keyEnd.ended(provider, account)],
  };
  return draw(locale, {
    subject: keyEnd.subject[news](provider, nameInMail(facts.tenant), on),
    greeting: greeting(nameInMail(facts.name)),
    paragraphs: paragraphs[news],
    button: { label: keyEnd.button, url: facts.url },
    notes: [keyEnd.why],
  });
}

/** An account counts in another currency or time zone than before: which, and what becomes of the figures. */
export function accountChangedLetter(
  facts: AccountFacts & {
    changed: AccountChange;
  },
): Letter {
  const { greeting, accountChanged, reconnect } = words[facts.locale];
  const { currency, timezone } = facts.changed;
  return draw(facts.locale, {
    subject: accountChanged.subject(facts.provider, nameInMail(facts.tenant)),
    greeting: greeting(nameInMail(facts.name)),
    paragraphs: [
      accountChanged.body(facts.provider, nameInMail(facts.account)),
      ...(currency ? [accountChanged.currency(asKnown(currency.from), asKnown(currency.to))] : []),
      ...(timezone ? [accountChanged.timezone(asKnown(timezone.from), asKnown(timezone.to))] : []),
      accountChanged.meaning,
      accountChanged.unintended(facts.provider),
    ],
    button: { label: accountChanged.button, url: facts.url },
    notes: [reconnect.why],
  });
}

/** A currency or a time zone as its list has it; what stands on no list is a provider's own words. */
const asKnown = (said: string): string => (currencies.has(said) || isTimezone(said) ? said : nameInMail(said));

/** A provider fails for many clients, or does so no more: for the agency's admins. `closedAfterMs` is null while it lasts. */
export function incidentLetter(facts: {
  locale: Locale;
  name: string;
  provider: string;
  kind: ProviderFault;
  tenantsFailing: number;
  tenantsUsing: number;
  jobs: readonly string[];
  closedAfterMs: number | null;
  url: string;
}): Letter {
  const { greeting, incident, becauseStaff } = words[facts.locale];
  const { provider, kind, closedAfterMs } = facts;
  const counted = incident.counted(facts.tenantsFailing, facts.tenantsUsing);
  const waits = facts.jobs.length > 0 ? [incident.waits(facts.jobs.join(", "))] : [];
  const mend = kind === "misconfigured" ? incident.ours : incident.nothingToDo;
  return draw(facts.locale, {
    subject: closedAfterMs === null ? incident.subject[kind](provider) : incident.closedSubject(provider),
    greeting: greeting(nameInMail(facts.name)),
    paragraphs: closedAfterMs === null ? [counted, ...waits, mend] : [incident.closed(Math.ceil(closedAfterMs / 60_000)), counted],
    button: { label: incident.button, url: facts.url },
    notes: [becauseStaff],
  });
}

/** An admin of the agency looked at a client's pages, on that day (milliseconds since 1970, in UTC). */
export function viewedLetter(facts: { locale: Locale; name: string; tenant: string; at: number; url: string }): Letter {
  const { greeting, viewed } = words[facts.locale];
  const tenant = nameInMail(facts.tenant);
  return draw(facts.locale, {
    subject: viewed.subject(tenant),
    greeting: greeting(nameInMail(facts.name)),
    paragraphs: [viewed.body(tenant, longDate({ ...facts, timeZone: "UTC" })), viewed.meaning],
    button: { label: viewed.button, url: facts.url },
    notes: [viewed.why],
  });
}

/** Workflows in Shopify Flow left notes. */
export function flowNoteLetter({ locale, name, url, ...facts }: { locale: Locale; name: string; tenant: string; url: string }): Letter {
  const { greeting, flowNote } = words[locale];
  const tenant = nameInMail(facts.tenant);
  return draw(locale, {
    subject: flowNote.subject(tenant),
    greeting: greeting(nameInMail(name)),
    paragraphs: [flowNote.body(tenant)],
    button: { label: flowNote.button, url },
    notes: [flowNote.why],
  });
}

/** What waits to be approved, of each automation; `about`: the one of which there is news. */
export function approvalsLetter(facts: {
  locale: Locale;
  name: string;
  tenant: string;
  items: readonly { title: string; count: number }[];
  news: ApprovalNews;
  about: string;
  url: string;
}): Letter {
  const { greeting, approvals } = words[facts.locale];
  const tenant = nameInMail(facts.tenant);
  const fellBack = facts.news === "fell_back";
  return draw(facts.locale, {
    subject: fellBack ? approvals.fellBackSubject(facts.about, tenant) : approvals.subject(tenant),
    greeting: greeting(nameInMail(facts.name)),
    paragraphs: [
      ...(fellBack ? [approvals.fellBack(facts.about)] : []),
      ...(facts.news === "full" ? [approvals.full(facts.about)] : []),
      ...(facts.items.length > 0 ? [approvals.body(tenant)] : []),
      ...facts.items.map(({ title, count }) => approvals.item(title, new Intl.NumberFormat(facts.locale).format(count))),
    ],
    button: { label: approvals.button, url: facts.url },
    notes: [approvals.inert, approvals.why],
  });
}

/** A provider retired a version of its API that we still speak: for the agency's admins. */
export function versionLetter(facts: { locale: Locale; name: string; provider: string; version: string; url: string }): Letter {
  const { greeting, version, becauseStaff } = words[facts.locale];
  return draw(facts.locale, {
    subject: version.subject(facts.provider),
    greeting: greeting(nameInMail(facts.name)),
    paragraphs: [version.body(facts.provider, facts.version), version.mend],
    button: { label: version.button, url: facts.url },
    notes: [becauseStaff],
  });
}

/** An admin asks to see a secret: who, whose, and why. For the other admins. */
export function revealLetter(facts: {
  locale: Locale;
  name: string;
  asking: string;
  tenant: string;
  provider: string;
  account: string;
  reason: string;
  url: string;
}): Letter {
  const { greeting, reveal, becauseStaff } = words[facts.locale];
  const tenant = nameInMail(facts.tenant);
  return draw(facts.locale, {
    subject: reveal.subject(tenant),
    greeting: greeting(nameInMail(facts.name)),
    paragraphs: [
      reveal.body(nameInMail(facts.asking), nameInMail(facts.account), facts.provider, tenant),
      reveal.reason(oneLine(facts.reason)),
      reveal.decide,
    ],
    button: { label: reveal.button, url: facts.url },
    notes: [becauseStaff],
  });
}

/** Somebody asks for a workspace: for the agency's admins. */
export function workspaceRequestLetter(facts: { locale: Locale; name: string; asking: string; company: string; url: string }): Letter {
  const { greeting, workspaceRequest, becauseStaff } = words[facts.locale];
  return draw(facts.locale, {
    subject: workspaceRequest.subject,
    greeting: greeting(nameInMail(facts.name)),
    paragraphs: [workspaceRequest.body(facts.asking, nameInMail(facts.company)), workspaceRequest.decide],
    button: { label: workspaceRequest.button, url: facts.url },
    notes: [becauseStaff],
  });
}

/** The end of a client is set: by whom ("" for the agency), and for when (in the client's timezone). */
export function endingLetter(facts: {
  locale: Locale;
  name: string;
  by: string;
  tenant: string;
  timeZone: string;
  /** Milliseconds since 1970. */
  at: number;
  /** Whether the reader is an admin of the agency. */
  staff: boolean;
  url: string;
}): Letter {
  const { greeting, ending, invitation, becauseStaff } = words[facts.locale];
  const tenant = nameInMail(facts.tenant);
  const on = longDate(facts);
  return draw(facts.locale, {
    subject: ending.subject(tenant, on),
    greeting: greeting(nameInMail(facts.name)),
    paragraphs: [ending.body(nameInMail(facts.by) || invitation.somebody, tenant, on), ending.back],
    button: { label: ending.button, url: facts.url },
    notes: [facts.staff ? becauseStaff : ending.why],
  });
}

/** What was told since the last one, a line each, as the subject of its own letter says it. `tenant` is null for the agency's. */
export function digestLetter(facts: {
  locale: Locale;
  name: string;
  tenant: string | null;
  timeZone: string;
  items: readonly { kind: NoticeKind; provider: string; params: NoticeParams }[];
  url: string;
}): Letter {
  const { locale, items } = facts;
  const { greeting, digest } = words[locale];
  const tenant = facts.tenant === null ? null : nameInMail(facts.tenant);
  return draw(locale, {
    subject: digest.subject(items.length, tenant),
    greeting: greeting(nameInMail(facts.name)),
    paragraphs: [digest.body, ...items.map((item) => subjectFor({ ...facts, tenant: tenant ?? "" }, item))],
    button: { label: digest.button, url: facts.url },
    notes: [digest.why],
  });
}

function subjectFor(
  { locale, timeZone, tenant }: { locale: Locale; timeZone: string; tenant: string },
  { kind, provider, params }: { kind: NoticeKind; provider: string; params: NoticeParams },
): string {
  const say = words[locale];
  const on = typeof params.at === "number" ? longDate({ locale, timeZone, at: params.at }) : "";
  switch (kind) {
    case "reconnect":
      return say.reconnect.subject(provider, tenant);
    case "cliff":
      return say.cliff.subject(provider, tenant, on);
    case "key_end":
      return say.keyEnd.subject[params.news ?? "announced"](provider, tenant, on);
    case "account_changed":
      return say.accountChanged.subject(provider, tenant);
    case "viewed":
      return say.viewed.subject(tenant);
    case "approvals":
      return say.approvals.subject(tenant);
    case "flow_note":
      return say.flowNote.subject(tenant);
    case "incident":
      return params.over ? say.incident.closedSubject(provider) : say.incident.subject[params.fails ?? "unavailable"](provider);
    case "version":
      return say.version.subject(provider);
    case "workspace_request":
      return say.workspaceRequest.subject;
    case "admin_added":
      return say.adminAdded.subject;
    case "reveal":
      return say.reveal.subject(params.client ?? "");
    default:
      return kind satisfies never;
  }
}

/** A day in words, as it is where the client is. */
const longDate = ({ locale, timeZone, at }: { locale: Locale; timeZone: string; at: number }): string =>
  new Intl.DateTimeFormat(locale, { dateStyle: "long", timeZone }).format(at);

const draw = (locale: Locale, draft: Omit<Draft, "locale">): Letter => drawLetter({ locale, ...draft });
