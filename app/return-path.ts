import { pagePath } from "#server/domain/people/schemas.ts";

/** Where to go back to after a form: a page of this site, or `/` for anything else, so that no link sends people away or lets them do something. */
export function safeReturnPath(value: FormDataEntryValue | null): string {
  return (typeof value === "string" ? pagePath(value) : null) ?? "/";
}
