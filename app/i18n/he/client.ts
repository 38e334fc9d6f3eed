import type { client as english } from "../en/client.ts";
import type { Translation } from "../shape.ts";

export const client = {
  nav: {
    overview: "סקירה",
    integrations: "חיבורים",
    runs: "הרצות",
    settings: "הגדרות",
    team: "צוות",
    admin: "פורטל הניהול",
    needReconnect_one: "חיבור אחד דורש התחברות מחדש",
    needReconnect_two: "שני חיבורים דורשים התחברות מחדש",
    needReconnect_other: "{{count}} חיבורים דורשים התחברות מחדש",
  },
} satisfies Translation<typeof english>;
