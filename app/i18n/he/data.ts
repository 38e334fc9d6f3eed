import type { data as english } from "../en/data.ts";
import type { Translation } from "../shape.ts";

export const data = {
  data: {
    export: "לקחת אותם",
    exportBody:
      "קובץ zip של כל מה שנשמר עבור סביבת העבודה הזו, ב־JSON וב־CSV: צוות, חיבורים, הרצות, מדידות, הזמנות, החזרים ויומן הביקורת. לעולם לא סוד. הוא נוצר ברקע וניתן להורדה במשך שבעה ימים.",
    ask: "יצירת ייצוא",
    refresh: "לבדוק שוב",
    asked: "הייצוא נוצר כעת.",
    made: "נוצר",
    by: "לבקשת",
    size: "גודל",
    rows: "שורות",
    until: "עד",
    state: "מצב",
    states: {
      waiting: "בהכנה",
      ready: "מוכן",
      failed: "נכשל",
    },
    download: "הורדה",
    noneTitle: "עדיין אין ייצוא",
    noneBody: "אפשר ליצור אחד, והוא יעמוד כאן להורדה.",
    end: "סיום סביבת העבודה",
    adminEnd: "סיום הלקוח",
    endBody:
      "כל המשימות נעצרות מיד. אחרי שלושים יום הגישה מוחזרת לספקים, המפתח של סביבת העבודה מושמד והכול נמחק, גם יומן הביקורת. עד אז לחיצה אחת מחזירה הכול.",
    confirmation: "שם סביבת העבודה",
    confirmationHint: "יש לכתוב ”{{name}}“, כדי שאיש לא יסיים את הלא נכונה.",
    reason: "סיבה",
    endButton: "קביעת הסוף",
    endSet: "הסוף נקבע ל־{{date}}.",
    cancel: "ביטול הסוף",
    cancelTitle: "להחזיר?",
    cancelBody: "המשימות ירוצו שוב כמו קודם, ודבר לא יימחק.",
    cancelled: "דבר לא יימחק.",
  },
} satisfies Translation<typeof english>;
