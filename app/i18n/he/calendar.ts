import type { calendar as english } from "../en/calendar.ts";
import type { Translation } from "../shape.ts";

export const calendar = {
  calendar: {
    title: "גישות שעומדות לפוג",
    description: "גישות שיפוגו אף שהכול עובד היום, ומה צריך לעשות.",
    back: "אינטגרציות",
    toCalendar: "גישות שעומדות לפוג",
    emptyTitle: "שום גישה לא עומדת לפוג",
    emptyBody: "כל החיבורים מתחדשים אוטומטית. חיבור שיצטרך אותך יופיע כאן לפחות 30 יום מראש.",
    account: "חשבון",
    ends: "תפוגה",
    why: "למה",
    what: "מה לעשות",
    kinds: {
      consent: "הספק מגביל את משך הגישה.",
      unused: "החידוש נכשל, ולכן הגישה תפוג.",
      access: "הספק לא מאפשר חידוש אוטומטי.",
      version: "הספק מפסיק את גרסת ה-API הזו.",
    },
    leftToAgency: "כלום: הסוכנות תטפל בזה בזמן.",
    agency: "עלינו לעבור לגרסת API חדשה.",
    client: "הלקוח צריך להתחבר מחדש או להזין מפתח חדש.",
    warned: "נשלחה התראה {{days}} ימים מראש",
  },
} satisfies Translation<typeof english>;
