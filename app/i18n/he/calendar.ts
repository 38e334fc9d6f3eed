import type { calendar as english } from "../en/calendar.ts";
import type { Translation } from "../shape.ts";

export const calendar = {
  calendar: {
    title: "מה מסתיים ומתי",
    description: "גישות שמסתיימות אף שהכול עובד, ומה לעשות לפני כן.",
    back: "חיבורים",
    toCalendar: "מה מסתיים ומתי",
    emptyTitle: "דבר אינו מסתיים",
    emptyBody: "כל מה שמחובר כאן מתחדש מעצמו. מה שיזדקק לך יופיע כאן, לכל המאוחר 30 יום מראש.",
    account: "חשבון",
    ends: "מסתיים",
    why: "מדוע",
    what: "מה לעשות",
    kinds: {
      consent: "הספק מסיים כל הסכמה אחרי זמן קבוע.",
      unused: "החידוש נכשל, ומה שאינו מתחדש מסתיים.",
      access: "הספק לא נתן דבר לחדש בו.",
      version: "הספק מסיים את הגרסה הזו של הממשק שלו.",
    },
    mend: {
      oauth: "כניסה מחדש",
      key: "הזנת מפתח חדש",
      agency: "דבר: הסוכנות שלך עוברת בזמן.",
    },
    agency: "עלינו לעבור.",
    client: "על הלקוח: כניסה או מפתח חדשים.",
    warned: "נשלחה אזהרה {{days}} ימים מראש",
  },
} satisfies Translation<typeof english>;
