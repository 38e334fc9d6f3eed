import { sayError } from "#app/i18n/error-words.ts";
import type { OutwardError, Told } from "#server/trpc/errors.ts";

/** An error as programs and scripts are told it; of several fields at fault the first one is named. */
export function inEnglish(error: OutwardError): Told {
  const issues = error.issues.map((issue) => ({ ...issue, message: sayError("en", issue) }));
  const [first] = error.code === "input_invalid" ? issues : [];
  return { ...error, issues, message: first ? [first.field, first.message].filter(Boolean).join(": ") : sayError("en", error) };
}
