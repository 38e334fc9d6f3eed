import { type ActionFunctionArgs, data, redirect } from "@remix-run/cloudflare";
import type { OutwardError } from "#server/trpc/errors.ts";
import { sayError } from "./i18n/error-words.ts";
import type { Locale } from "./i18n/locale.ts";
import { signInPath } from "./sign-in-path.ts";

/** Why a form was not done, as its page shows it. */
export interface FormFailure {
  /** Which of the page's forms it was: its `intent` field, or "" where it has none. */
  intent: string;
  /** For the whole form; null where the fields say it all. */
  message: string | null;
  /** By field name, in the reader's language. */
  fields: Readonly<Record<string, string>>;
  /** What was typed, so that a page without JavaScript does not lose it. */
  values: Readonly<Record<string, string>>;
}

const STATUS = { forbidden: 403, invalid: 422, conflict: 409, rate_limited: 429, unavailable: 503, vault_closed: 503 } as const;

/**
 * Turns what the in-process caller threw into what the form shows. `typed`: the fields that say themselves what is wrong with them, where not all
 * of them do; what is wrong with another one is said of the whole. An ended session leads to the sign-in, and what a page
 * cannot mend (not found, a defect) is thrown on.
 */
export function formFailure(
  error: unknown,
  { context, request }: Pick<ActionFunctionArgs, "context" | "request">,
  form: FormData,
  typed?: readonly string[],
) {
  const described = context.describe(error);
  const { kind } = described;
  if (kind === "unauthenticated") throw redirect(signInPath(request));
  if (kind === "not_found" || kind === "internal") throw error;
  const values = Object.fromEntries([...form].filter((entry): entry is [string, string] => typeof entry[1] === "string"));
  const failure: FormFailure = { intent: values.intent ?? "", values, ...saidOf(described, context.locale, typed) };
  const headers = described.retryAfterS === null ? undefined : { "Retry-After": String(described.retryAfterS) };
  return data(failure, { status: STATUS[kind], headers });
}

/** Of a form what says which one it is, where what was typed in it is out of date. */
export function onlyOf(form: FormData, ...names: readonly string[]): FormData {
  const kept = new FormData();
  for (const name of names) for (const value of form.getAll(name)) kept.append(name, value);
  return kept;
}

/** In the reader's language: each field by itself, else the whole. */
function saidOf(error: OutwardError, locale: Locale, typed?: readonly string[]): Pick<FormFailure, "fields" | "message"> {
  const named = error.issues.filter(({ field }) => field !== "");
  if (named.length === 0) return { fields: {}, message: sayError(locale, error) };
  const unseen = named.find(({ field }) => typed?.includes(field) === false);
  return {
    fields: Object.fromEntries(named.map((issue) => [issue.field, sayError(locale, issue)])),
    message: unseen ? sayError(locale, unseen) : null,
  };
}
