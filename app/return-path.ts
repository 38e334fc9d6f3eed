/** Where to go back to after a form: a path of this site, or `/` for anything else, so that no link can send people away. */
export function safeReturnPath(value: FormDataEntryValue | null): string {
  if (typeof value !== "string" || !value.startsWith("/")) return "/";
  const base = "https://return.invalid";
  const url = URL.canParse(value, base) ? new URL(value, base) : null;
  // A path may still begin with two slashes once it is normalised ("/.//evil"), which a browser reads as a host.
  if (url?.origin !== base || url.pathname.startsWith("//")) return "/";
  return `${url.pathname}${url.search}${url.hash}`;
}
