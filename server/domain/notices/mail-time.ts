import { chosenNoticeKinds, type NoticeKind } from "#db/words/notices.ts";
import { isTimezone, nextTime } from "#server/catalog/days.ts";
import type { Reader } from "./list-readers.ts";
import { quietUntil } from "./quiet-until.ts";

/** When the day's digest goes out, by the reader's own clock. */
export const digestTime = "08:00";

/**
 * When a mail about a notice goes to this person: `now`, `never`, or later, at an instant: in the day's digest, or by itself when their
 * quiet hours are over.
 */
export type MailTime = "now" | "never" | { at: number; digest: boolean };

export function mailTime({ preferences, timezone }: Pick<Reader, "preferences" | "timezone">, kind: NoticeKind, now: number): MailTime {
  const chosen = chosenNoticeKinds.find((each) => each === kind);
  if (!preferences || !chosen) return "now";
  const clock = { now, zone: isTimezone(timezone) ? timezone : "UTC" };
  const pace = preferences.choices[chosen]?.mail ?? "now";
  switch (pace) {
    case "off":
      return "never";
    case "daily": {
      const at = nextTime(digestTime, clock.zone, now);
      return { at: quietUntil({ ...clock, now: at }, preferences) ?? at, digest: true };
    }
    case "now": {
      const at = quietUntil(clock, preferences);
      return at === null ? "now" : { at, digest: false };
    }
    default:
      return pace satisfies never;
  }
}
