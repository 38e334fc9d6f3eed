import type { z } from "zod";
import type { ParamsFor, Saying, Text } from "#db/words/locales.ts";
import type { RunSaying } from "#db/words/runs.ts";

/**
 * What can go wrong in a way that a caller should know. `vault_closed`: a root key of ours is missing, so that nothing can be sealed or
 * opened.
 */
export type ErrorKind =
  | "unauthenticated"
  | "forbidden"
  | "not_found"
  | "invalid"
  | "conflict"
  | "rate_limited"
  | "unavailable"
  | "vault_closed"
  | "internal";

/**
 * Everything that a verb refuses: its kind, and the names of what its sentence names. The sentences are in `app/i18n/<language>/errors.ts`,
 * and a code that one of them lacks does not compile.
 */
export const errorCodes = {
  sign_in_first: ["unauthenticated"],
  sign_in_as_invited: ["unauthenticated"],

  role_forbids: ["forbidden"],
  admins_only: ["forbidden"],
  other_site: ["forbidden"],
  asker_only: ["forbidden"],
  client_decides: ["forbidden"],
  flow_not_allowed: ["forbidden"],
  flow_off: ["forbidden"],
  client_stopped: ["forbidden"],
  stake_above_yours: ["forbidden"],
  only_looking: ["forbidden"],
  other_admin: ["forbidden"],
  invitation_of_another: ["forbidden"],
  role_not_yours_to_give: ["forbidden"],

  access_not_found: ["not_found"],
  action_not_found: ["not_found"],
  address_not_found: ["not_found"],
  client_not_found: ["not_found"],
  connection_not_found: ["not_found"],
  customer_not_found: ["not_found"],
  dead_letter_not_found: ["not_found"],
  deletion_not_found: ["not_found"],
  delivery_not_found: ["not_found"],
  export_not_found: ["not_found"],
  figures_not_found: ["not_found"],
  finding_not_found: ["not_found"],
  flow_action_not_found: ["not_found"],
  incident_not_found: ["not_found"],
  invitation_not_found: ["not_found"],
  invitation_link_not_found: ["not_found"],
  automation_not_found: ["not_found"],
  job_not_found: ["not_found"],
  loan_not_found: ["not_found"],
  member_not_found: ["not_found"],
  notice_not_found: ["not_found"],
  order_not_found: ["not_found"],
  privacy_request_not_found: ["not_found"],
  provider_not_found: ["not_found"],
  request_not_found: ["not_found"],
  run_not_found: ["not_found"],
  secret_not_found: ["not_found"],
  session_not_found: ["not_found"],
  shop_not_found: ["not_found"],
  sign_in_not_found: ["not_found"],
  sign_in_here_not_found: ["not_found"],
  sign_in_link_not_found: ["not_found"],
  variant_not_found: ["not_found"],
  waiting_account_not_found: ["not_found"],
  webhook_not_found: ["not_found"],

  input_invalid: ["invalid"],
  required: ["invalid"],
  wrong_type: ["invalid", "expected"],
  not_a_number: ["invalid"],
  wrong_format: ["invalid"],
  wrong_value: ["invalid"],
  reference_unknown: ["invalid", "provider"],
  too_short: ["invalid", "least"],
  too_long: ["invalid", "most"],
  too_few: ["invalid", "least"],
  too_many: ["invalid", "most"],
  too_low: ["invalid", "least"],
  too_high: ["invalid", "most"],
  not_an_email: ["invalid"],
  not_an_option: ["invalid", "options"],
  unknown_field: ["invalid"],
  address_too_long: ["invalid"],
  client_id_wrong: ["invalid"],
  code_not_six_digits: ["invalid"],
  currency_unknown: ["invalid"],
  link_incomplete: ["invalid"],
  name_missing: ["invalid"],
  names_a_person: ["invalid"],
  name_invisible: ["invalid"],
  name_without_letters: ["invalid"],
  name_with_link: ["invalid"],
  reason_missing: ["invalid"],
  reason_too_short: ["invalid"],
  tag_wrong: ["invalid"],
  range_wrong: ["invalid"],
  timezone_unknown: ["invalid"],
  agency_changes_this: ["invalid"],
  belongs_in_body: ["invalid"],
  body_not_json: ["invalid"],
  body_not_object: ["invalid"],
  body_too_long: ["invalid"],
  choose_one: ["invalid"],
  choice_gone: ["invalid", "provider"],
  choice_unknown: ["invalid", "provider"],
  client_needed: ["invalid"],
  code_wrong: ["invalid"],
  feature_unknown: ["invalid"],
  job_param_unknown: ["invalid", "known"],
  job_without_params: ["invalid"],
  key_fault: ["invalid", "words"],
  key_field_missing: ["invalid", "field"],
  key_field_unknown: ["invalid", "provider"],
  key_field_wrong: ["invalid", "field"],
  key_refused: ["invalid", "provider"],
  key_too_little: ["invalid", "provider"],
  key_unclear: ["invalid", "provider"],
  method_not_allowed: ["invalid"],
  name_not_repeated: ["invalid"],
  not_sent_as_json: ["invalid"],
  path_names_another: ["invalid"],
  quiet_hours_half: ["invalid"],
  time_wrong: ["invalid"],
  place_unknown: ["invalid"],
  starts_in_shadow: ["invalid"],
  told_elsewhere: ["invalid"],
  request_unreadable: ["invalid"],

  access_still_tried: ["conflict"],
  account_changing: ["conflict"],
  account_disconnected: ["conflict"],
  account_not_connected: ["conflict"],
  accounts_full: ["conflict"],
  action_changed: ["conflict"],
  action_decided: ["conflict"],
  action_expired: ["conflict"],
  action_in_shadow: ["conflict"],
  action_lasting: ["conflict"],
  admin_self: ["conflict"],
  already_admin: ["conflict"],
  already_member: ["conflict"],
  asker_no_admin: ["conflict"],
  automation_off: ["conflict"],
  budget_spent: ["conflict"],
  client_id_ended: ["conflict"],
  client_id_taken: ["conflict"],
  client_suspended: ["conflict"],
  connect_again: ["conflict"],
  deletion_set_already: ["conflict"],
  contacts_spent: ["conflict"],
  delivery_not_kept: ["conflict"],
  policy_changed: ["conflict"],
  export_underway: ["conflict"],
  finding_decided: ["conflict"],
  flow_not_paused: ["conflict"],
  finding_outdated: ["conflict"],
  finding_without_proposal: ["conflict"],
  rehearsal_underway: ["conflict"],
  rehearsal_impossible: ["conflict"],
  rehearsal_without_shop: ["conflict"],
  rehearsal_without_orders: ["conflict"],
  handover_over: ["conflict"],
  job_not_in_plan: ["conflict"],
  lender_not_agency: ["conflict"],
  lent_already: ["conflict", "provider"],
  lent_elsewhere: ["conflict"],
  lent_to_itself: ["conflict"],
  loan_over: ["conflict"],
  shop_in_several: ["conflict"],
  shop_not_lent: ["conflict", "provider"],
  key_not_needed: ["conflict", "account", "provider"],
  key_of_another: ["conflict", "account", "provider"],
  message_unknown: ["conflict"],
  no_free_name: ["conflict"],
  nothing_to_cancel: ["conflict"],
  nothing_to_hand_over: ["conflict"],
  owner_needed: ["conflict"],
  provider_not_in_plan: ["conflict", "provider"],
  provider_off: ["conflict", "provider"],
  reconnect_first: ["conflict"],
  request_waits_no_more: ["conflict"],
  request_client_made: ["conflict"],
  reveal_asked_already: ["conflict"],
  reveal_over: ["conflict"],
  root_key_missing: ["conflict", "rootKey"],
  root_key_wrong: ["conflict", "client", "rootKey"],
  root_key_wrong_for_agency: ["conflict", "rootKey"],
  run_open_already: ["conflict"],
  run_open_covereds: ["conflict"],
  secret_key_missing: ["conflict"],
  secret_lost: ["conflict"],
  secret_replaced: ["conflict"],
  settings_changed: ["conflict"],
  order_moved_on: ["conflict"],
  supplier_not_connected: ["conflict", "provider"],
  team_full: ["conflict", "members"],

  too_many_tries: ["rate_limited"],
  key_asked_too_often: ["rate_limited", "minutes", "provider"],
  keys_tried_too_often: ["rate_limited", "minutes"],

  key_misconfigured: ["unavailable", "provider"],
  customer_unavailable: ["unavailable", "provider"],
  key_provider_down: ["unavailable", "provider"],
  listing_unavailable: ["unavailable", "provider"],
  underway_already: ["unavailable"],

  vault_closed: ["vault_closed"],
  key_vault_closed: ["vault_closed"],

  internal: ["internal"],
} as const satisfies Record<string, readonly [ErrorKind, ...string[]]>;

type Table = typeof errorCodes;
export type ErrorCode = keyof Table;
type CodeOf<Kind extends ErrorKind> = { [C in ErrorCode]: Table[C][0] extends Kind ? C : never }[ErrorCode];
type Missing = { [C in ErrorCode]: C extends `${infer What}_not_found` ? What : never }[ErrorCode];
/** What a sentence names: the asker may see it, so that it never is a secret. A `Text` is the catalogue's, said in the reader's language. */
export type Params = Readonly<Record<string, string | number | Text>>;
export type ParamsOf<C extends ErrorCode> = Table[C] extends readonly [ErrorKind, ...infer Names extends string[]]
  ? { readonly [Name in Names[number]]: Params[string] }
  : never;
/** A code with what its sentence names. */
export interface Coded {
  code: ErrorCode;
  params: Params;
}
interface More {
  /** The input that is at fault. */
  field?: string;
  /** Seconds, for `rate_limited` and `unavailable`. */
  retryAfterS?: number;
  cause?: unknown;
}
/** Codes whose sentence names nothing need no params. */
type Said<C extends ErrorCode> = Table[C]["length"] extends 1
  ? [params?: Record<never, never>, more?: More]
  : [params: ParamsOf<C>, more?: More];

/** Made by the functions below, which check the params of each code. Its message is for logs, not for people. */
export class DomainError extends Error {
  override name = "DomainError";
  readonly kind: ErrorKind;
  readonly code: ErrorCode;
  readonly params: Params;
  readonly field: string | undefined;
  readonly retryAfterS: number | undefined;

  constructor({ code, params }: Coded, { field, retryAfterS, cause }: More) {
    super(lineOf({ code, params }), cause === undefined ? undefined : { cause });
    this.kind = errorCodes[code][0];
    this.code = code;
    this.params = params;
    this.field = field;
    this.retryAfterS = retryAfterS;
  }
}

/** A code as logs say it. */
export const lineOf = ({ code, params }: Saying): string => (Object.keys(params).length === 0 ? code : `${code} ${JSON.stringify(params)}`);

export const domainError = <C extends ErrorCode>(code: C, ...[params = {}, more = {}]: Said<C>): DomainError =>
  new DomainError({ code, params }, more);

export const unauthenticated = (code: CodeOf<"unauthenticated"> = "sign_in_first") => domainError(code);
export const forbidden = (code: CodeOf<"forbidden"> = "role_forbids") => domainError(code);
/** Also for what exists but belongs to somebody else: the answer must not tell them apart. */
export const notFound = (what: Missing) => domainError(`${what}_not_found`);

/** What a `find*` finds, or null where it throws `not_found`: for jobs about what may have been erased since they were sent. */
export async function ifFound<T>(finding: Promise<T>): Promise<T | null> {
  try {
    return await finding;
  } catch (error) {
    if (error instanceof DomainError && error.kind === "not_found") return null;
    throw error;
  }
}

export const invalid = <C extends CodeOf<"invalid">>(field: string, code: C, ...[params = {}]: Said<C>) =>
  new DomainError({ code, params }, { field });
export const conflict = <C extends CodeOf<"conflict">>(code: C, ...said: Said<C>) => domainError(code, ...said);
export const rateLimited = (retryAfterS: number) => domainError("too_many_tries", {}, { retryAfterS });

/** What a schema refused, as the domain refuses it. `field`: where the issue names none. */
export const refusedInput = (issue: z.core.$ZodIssue | undefined, field = "") =>
  new DomainError(issue ? codeOfIssue(issue) : { code: "input_invalid", params: {} }, { field: issue?.path.join(".") || field });

/** What a schema has against a value. A schema of ours says a code as its message; what zod says itself has one of these. */
export function codeOfIssue(issue: z.core.$ZodIssue): Coded {
  if (isErrorCode(issue.message)) return { code: issue.message, params: (issue.code === "custom" && issue.params) || {} };
  switch (issue.code) {
    case "invalid_type":
      // zod does not hand out the value itself, which may be a secret.
      if (issue.message.endsWith("received undefined")) return coded("required");
      // A field that was emptied, in a form, is one.
      return ["number", "int"].includes(issue.expected) ? coded("not_a_number") : coded("wrong_type", { expected: issue.expected });
    case "too_small":
      return tooSmall(issue);
    case "too_big":
      return coded(bound(issue.origin, "too_long", "too_many", "too_high"), { most: Number(issue.maximum) });
    case "invalid_format":
      return coded(issue.format === "email" ? "not_an_email" : "wrong_format");
    case "invalid_value":
      return coded("not_an_option", { options: issue.values.map(String).join(", ") });
    case "unrecognized_keys":
      return coded("unknown_field");
    default:
      return coded("wrong_value");
  }
}

function tooSmall({ origin, minimum }: z.core.$ZodIssueTooSmall): Coded {
  if (origin === "string" && Number(minimum) === 1) return coded("required");
  return coded(bound(origin, "too_short", "too_few", "too_low"), { least: Number(minimum) });
}

const coded = <C extends ErrorCode>(code: C, ...[params = {}]: Said<C>): Coded => ({ code, params });

export const isErrorCode = (text: string): text is ErrorCode => Object.hasOwn(errorCodes, text);

function bound<T>(origin: string, text: T, list: T, number: T): T {
  if (origin === "string") return text;
  return origin === "array" || origin === "set" || origin === "map" ? list : number;
}

/** HTTP status of each kind: the one table that maps errors outward. */
export const statusOf: Record<ErrorKind, number> = {
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  invalid: 400,
  conflict: 409,
  rate_limited: 429,
  unavailable: 503,
  vault_closed: 503,
  internal: 500,
};

/**
 * How a call to a provider failed; the runner decides by `kind` what happens next.
 * - `revoked`: the provider no longer accepts the tokens; the client must reconnect.
 * - `missing_scopes`: the grant lacks a permission (named in `scopes` where known).
 * - `rate_limited`: come back after `retryAfterS`.
 * - `unavailable`: a timeout, a 5xx, a broken reply: nothing is known to be wrong with the grant.
 * - `rejected`: the provider understood and refused; the same request will be refused again.
 * - `misconfigured`: our own client id or secret, or a version of the API that we speak and that ended; never the tenant's fault.
 */
export type ProviderFailureKind = "revoked" | "missing_scopes" | "rate_limited" | "unavailable" | "rejected" | "misconfigured";

/**
 * Why a call to a provider failed where that is ours to say and not in the provider's words, each with what its sentence names. The
 * sentences are in `app/i18n/<language>/call-words.ts`.
 */
export const callCodes = {
  address_foreign: [],
  budget_spent: ["provider"],
  connect_again: [],
  failed_elsewhere: ["status"],
  header_unsendable: [],
  left_alone: ["provider"],
  no_reply: [],
  not_set: ["variable"],
  nothing_chosen: [],
  nothing_opened: [],
  nothing_to_renew: [],
  redirect_refused: ["status"],
  renewal_later: [],
  renewal_underway: [],
  reply_broke_off: [],
  reply_misshapen: ["faults"],
  reply_too_long: [],
  time_up: [],
  token_unreadable: [],
  vault_closed: [],
  version_retired: ["provider", "version", "words"],
  way_gone: ["provider"],
} as const satisfies Record<string, readonly string[]>;
export type CallCode = keyof typeof callCodes;

export const ofCall = <C extends CallCode>(code: C, ...[params = {}]: ParamsFor<(typeof callCodes)[C], string | number>): RunSaying => ({
  code: `call.${code}`,
  params,
});

/** Its message is the provider's own words or, with `said`, for logs alone. */
export class ProviderError extends Error {
  override name = "ProviderError";
  readonly kind: ProviderFailureKind;
  readonly provider: string;
  readonly retryAfterS: number | undefined;
  readonly scopes: readonly string[];
  /** What people are told, where the words are not the provider's. */
  readonly said: RunSaying | undefined;
  /** The version of its API that we speak and that it has retired: nothing is wrong with any account then. */
  readonly retired: string | undefined;
  /** What was answered, where that was no reply to read (a redirect): for who writes the call down. */
  readonly answered: { status: number; headers: Headers } | undefined;
  /** That nothing was sent. */
  readonly unsent: boolean;

  constructor(
    provider: string,
    kind: ProviderFailureKind,
    message: string,
    more: {
      retryAfterS?: number;
      scopes?: string[];
      said?: RunSaying | undefined;
      retired?: string;
      answered?: { status: number; headers: Headers };
      unsent?: boolean;
      cause?: unknown;
    } = {},
  ) {
    super(message, more.cause === undefined ? undefined : { cause: more.cause });
    this.kind = kind;
    this.provider = provider;
    this.retryAfterS = more.retryAfterS;
    this.scopes = more.scopes ?? [];
    this.said = more.said;
    this.retired = more.retired;
    this.answered = more.answered;
    this.unsent = more.unsent ?? false;
  }
}
