import type { notices as english } from "../en/notices.ts";
import type { Translation } from "../shape.ts";

export const notices = {
  notice: {
    reconnectTitle: "יש לחבר מחדש את {{provider}} ({{account}})",
    reconnectBody: "מושהים: {{jobs}}.",
    reconnectBodyNone: "עד אז שום דבר לא מסתנכרן ממנו.",
    changedTitle: "‏{{provider}} ({{account}}): ההגדרות השתנו",
    changedHere: "המטבע או אזור הזמן השתנו",
    changedCurrency: "מטבע: {{to}} (קודם: {{from}}).",
    changedTimezone: "אזור זמן: {{to}} (קודם: {{from}}).",
    changedMeaning: "זוהה ב-{{date}}. הנתונים הקודמים נשארים לפי ההגדרה הישנה. השינוי לא היה מכוון? אפשר לבטל אותו אצל {{provider}}.",
    changedOpen: "לצפייה בחיבור",
    suspendedTitle: "סביבת העבודה מושהית",
    suspendedBody: "שום דבר לא מסתנכרן עד שתופעל שוב. יש לפנות לסוכנות.",
    endsTitle: "‏{{provider}} ({{account}}): הגישה פגה ב-{{date}}",
    endsBody: "היום הכול עובד. כדי שזה יימשך, יש לחבר מחדש לפני התאריך הזה.",
    endsBodyKey: "היום הכול עובד. כדי שזה יימשך, יש להזין מפתח חדש לפני התאריך הזה.",
  },
  mend: { oauth: "חיבור מחדש", key: "הזנת מפתח חדש" },
  viewing: {
    title: "זו התצוגה של {{client}} כפי שהלקוח רואה אותה",
    body: "לקריאה בלבד עד {{time}}. הלקוח מקבל על כך הודעה, והצפייה נרשמת ביומן הביקורת שלו.",
    end: "סיום הצפייה",
  },
  ending: {
    title: "סביבת העבודה תימחק ב־{{date}}",
    body: "כל הסנכרונים נעצרו, ובאותו יום הכול יימחק. בעלים יכולים לבטל או לייצא את הנתונים תחת ”הנתונים שלכם“.",
  },
  provider: {
    unavailable: "‏{{provider}} לא מגיב",
    rate_limited: "‏{{provider}} מגביל את הבקשות שלנו",
    misconfigured: "אין לנו כרגע גישה אל {{provider}}",
    switched_off: "הסוכנות כיבתה את {{provider}}",
    body: "אין צורך לעשות דבר. הסנכרונים יימשכו כשהכול יחזור לעבוד.",
    ours: "זו תקלה אצלנו ואנחנו מטפלים בה. אין צורך לעשות דבר.",
    off: "אין צורך לעשות דבר. הגישה נשמרת, והסנכרונים יימשכו כשיופעל שוב.",
    asOf: "הנתונים שלך נכונים ל: {{time}}.",
    waits: "מושהים: {{jobs}}.",
  },
} satisfies Translation<typeof english>;
