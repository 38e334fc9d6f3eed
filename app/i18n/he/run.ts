import type { run as english } from "../en/run.ts";
import type { Translation } from "../shape.ts";

export const run = {
  run: {
    number: "מזהה",
    again: "הרצה חוזרת",
    reload: "רענון",
    timeline: "ציר הזמן",
    created: {
      schedule: "נכנס לתור אוטומטית",
      manual: "נכנס לתור ידנית",
      replay: "הופעל שוב על ידי הסוכנות",
    },
    waited: "המתין {{time}}",
    startedAt: "התחיל",
    retried: "ניסיון נכשל, ננסה שוב",
    steps_one: "שלב אחד הושלם",
    steps_two: "שני שלבים הושלמו",
    steps_other: "{{count}} שלבים הושלמו",
    starts: "יתחיל",
    next: "ימשיך",
    nextTry: "הניסיון הבא",
    goingOn: "רץ כעת",
    took: "משך: {{time}}",
    ended: {
      succeeded: "הושלם",
      failed: "נכשל, בלי ניסיון נוסף",
      dead: "נכשל סופית אחרי כמה ניסיונות",
      cancelled: "בוטלה על ידי מנהל",
    },
    deadFix: "ניסינו כמה פעמים. אפשר להריץ שוב כאן, או לבקש מהסוכנות.",
    logs: "יומן",
    logCaption: "היומן של ההרצה הזו",
    logEmpty: "היומן עדיין ריק",
    logEmptyLevel: "אין רישומים ברמה הזו",
    levelFilter: "רמות",
    levelAll: "הכול",
    levelNames: {
      debug: "פירוט",
      info: "מידע",
      warn: "אזהרה",
      error: "שגיאה",
    },
    fields_one: "שדה אחד",
    fields_two: "שני שדות",
    fields_other: "{{count}} שדות",
  },
} satisfies Translation<typeof english>;
