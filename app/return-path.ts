import { safePath } from "#server/domain/sessions/schemas.ts";

/** Where to go back to after a form: a path of this site, or `/` for anything else, so that no link can send people away. */
export function safeReturnPath(value: FormDataEntryValue | null): string {
  return (typeof value === "string" ? safePath(value) : null) ?? "/";
}
