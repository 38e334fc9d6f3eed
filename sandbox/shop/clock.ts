const weekMs = 7 * 86_400_000;

const formats = new Map<string, Intl.DateTimeFormat>();
const offsets = new Map<string, number>();

/** Milliseconds that `timezone` is ahead of UTC at an instant; kept per hour, since it changes on the hour. */
function offsetAt(instant: number, timezone: string): number {
  const hour = Math.floor(instant / 3_600_000);
  const key = `${timezone} ${hour}`;
  const known = offsets.get(key);
  if (known !== undefined) return known;
  const format = formats.get(timezone) ?? new Intl.DateTimeFormat("en-GB", { timeZone: timezone, timeZoneName: "longOffset" });
  formats.set(timezone, format);
  const name = format.formatToParts(hour * 3_600_000).find(({ type }) => type === "timeZoneName")?.value ?? "GMT";
  const match = /GMT(?:([+-])(\d\d):(\d\d))?/.exec(name);
  const minutes = match?.[1] ? (Number(match[2]) * 60 + Number(match[3])) * (match[1] === "-" ? -1 : 1) : 0;
  offsets.set(key, minutes * 60_000);
  return minutes * 60_000;
}

/** The clock time of a zone, written as if it were UTC, in milliseconds; `2011-12-09 12:50:00` or with a T, seconds optional. */
export function wallClock(text: string): number {
  return Date.parse(`${text.trim().replace(" ", "T")}${text.trim().length === 10 ? "T00:00:00" : ""}Z`);
}

/** What a clock of the zone shows at an instant, written as if it were UTC. */
export const wallClockAt = (instant: number, timezone: string): number => instant + offsetAt(instant, timezone);

/** The instant at which a clock of the zone shows `wall` (see `wallClock`). */
export function instantOf(wall: number, timezone: string): number {
  const guess = wall - offsetAt(wall, timezone);
  return wall - offsetAt(guess, timezone);
}

export function utcOf(text: string, timezone: string): number {
  return instantOf(wallClock(text), timezone);
}

/** The most whole weeks, in milliseconds of local time, by which `lastWall` can move without lying beyond `now`. */
export function weeksUntil(lastWall: number, timezone: string, now: number): number {
  let weeks = Math.floor((now - lastWall) / weekMs) + 1;
  while (instantOf(lastWall + weeks * weekMs, timezone) > now) weeks -= 1;
  return weeks * weekMs;
}
