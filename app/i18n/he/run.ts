import type { run as english } from "../en/run.ts";
import type { Translation } from "../shape.ts";

export const run = {
  run: {
    number: "הרצה",
    again: "הרצה חוזרת",
    reload: "בדיקה נוספת",
    timeline: "ציר הזמן",
    created: {
      schedule: "הגיע זמנה לפי הלוח",
      manual: "התבקשה על ידי אדם",
      replay: "נשלחה שוב על ידי הסוכנות",
    },
    waited: "המתינה {{time}}",
    startedAt: "התחילה",
    retried: "ניסיון נכשל, יבוא אחר",
    steps_one: "שלב אחד הושלם ונשמר",
    steps_two: "שני שלבים הושלמו ונשמרו",
    steps_other: "{{count}} שלבים הושלמו ונשמרו",
    next: "ממשיכה",
    nextTry: "הניסיון הבא",
    goingOn: "רצה כעת",
    took: "{{time}} מההתחלה עד הסוף",
    ended: {
      succeeded: "הושלמה",
      failed: "נכשלה; לא תנסה שוב מעצמה",
      dead: "נזנחה אחרי כמה ניסיונות",
    },
    deadFix: "ניסינו כמה פעמים. הסוכנות רואה זאת ויכולה לשלוח שוב; אפשר גם להריץ שוב כאן.",
    logs: "יומן",
    logCaption: "מה שההרצה כתבה ביומן",
    logEmpty: "ההרצה לא כתבה דבר ביומן",
    logEmptyLevel: "לא נכתב דבר ברמה הזאת",
    levelFilter: "רמות היומן",
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
