import type { client as english } from "../en/client.ts";
import type { Translation } from "../shape.ts";

export const client = {
  nav: {
    overview: "סקירה",
    integrations: "אינטגרציות",
    approvals: "אישורים",
    automations: "אוטומציות",
    runs: "סנכרונים",
    settings: "הגדרות",
    team: "צוות",
    admin: "פורטל הניהול",
    needReconnect_one: "חיבור אחד דורש חיבור מחדש",
    needReconnect_two: "שני חיבורים דורשים חיבור מחדש",
    needReconnect_other: "{{count}} חיבורים דורשים חיבור מחדש",
    toApprove_one: "פעולה אחת ממתינה לאישור",
    toApprove_two: "שתי פעולות ממתינות לאישור",
    toApprove_other: "{{count}} פעולות ממתינות לאישור",
  },
} satisfies Translation<typeof english>;
