/** The names of the IANA timezones that this runtime knows, in order, with those of `current` among them. */
export function timezonesWith(...current: string[]): string[] {
  return [...new Set(["UTC", ...current, ...Intl.supportedValuesOf("timeZone")])].sort();
}
