import type { notices as english } from "../en/notices.ts";
import type { Translation } from "../shape.ts";

export const notices = {
  notice: {
    reconnectTitle: "יש להתחבר מחדש אל {{provider}} ({{account}})",
    reconnectBody: "ממתינים לכך: {{jobs}}.",
    reconnectBodyNone: "עד אז דבר לא רץ איתו.",
    reconnect: "חיבור מחדש של {{provider}}",
    changedTitle: "ההגדרות של {{provider}} ({{account}}) השתנו",
    changedHere: "המטבע או אזור הזמן השתנו",
    changedCurrency: "מטבע: {{to}} (קודם: {{from}}).",
    changedTimezone: "אזור זמן: {{to}} (קודם: {{from}}).",
    changedMeaning: "זוהה ב-{{date}}. הנתונים הקודמים נשארים לפי ההגדרה הישנה. השינוי לא היה מכוון? אפשר לבטל אותו אצל {{provider}}.",
    changedOpen: "לצפייה בחיבור",
    suspendedTitle: "סביבת העבודה מושהית",
    suspendedBody: "דבר לא נמדד בזמן הזה. אפשר לפנות לסוכנות.",
    endsTitle: "‏{{provider}} ({{account}}) מסתיים ב-{{date}}",
    endsBody: "היום הכול עובד. כניסה מחדש לפני התאריך הזה משאירה זאת כך.",
    endsBodyKey: "היום הכול עובד. מפתח חדש לפני התאריך הזה משאיר זאת כך.",
  },
  ending: {
    title: "סביבת העבודה הזו מסתיימת ב־{{date}}",
    body: "המשימות עומדות. באותו יום הכול יימחק. בעלים יכול לבטל, ולקחת את הנתונים, תחת ”הנתונים שלכם“.",
    adminTitle: "הלקוח הזה מסתיים ב־{{date}}",
    adminBody: "המשימות עומדות. באותו יום הכול יימחק.",
  },
  provider: {
    unavailable: "‏{{provider}} אינו עונה כרגע",
    rate_limited: "‏{{provider}} מבקש מאיתנו להאט כרגע",
    misconfigured: "איננו מצליחים להגיע אל {{provider}} כרגע",
    switched_off: "הסוכנות השביתה את {{provider}}",
    body: "אין צורך לעשות דבר: נמשיך ברגע שזה יפעל שוב.",
    ours: "זה שלנו לתקן, ואין צורך לעשות דבר מצידך.",
    off: "אין צורך לעשות דבר: הגישה נשמרת, והסנכרונים יימשכו כשהוא יופעל שוב.",
    asOf: "הנתונים שלך נכונים ל: {{time}}.",
    waits: "ממתינים לכך: {{jobs}}.",
  },
} satisfies Translation<typeof english>;
