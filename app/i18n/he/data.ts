import type { data as english } from "../en/data.ts";
import type { Translation } from "../shape.ts";

export const data = {
  data: {
    export: "ייצוא נתונים",
    exportBody:
      "קובץ zip של כל מה שאנחנו שומרים עבור סביבת העבודה, ב־JSON וב־CSV: צוות, חיבורים, סנכרונים, נתונים, הזמנות, החזרים ויומן הביקורת. הוא אף פעם לא מכיל סודות. אנחנו מכינים אותו ברקע, ואפשר להוריד אותו במשך 7 ימים.",
    ask: "יצירת קובץ ייצוא",
    refresh: "רענון",
    asked: "קובץ הייצוא בהכנה.",
    made: "נוצר",
    by: "לבקשת",
    size: "גודל",
    rows: "שורות",
    until: "זמין עד",
    state: "מצב",
    states: {
      waiting: "בהכנה",
      ready: "מוכן",
      failed: "נכשל",
    },
    download: "הורדה",
    noneTitle: "עדיין אין קובצי ייצוא",
    noneBody: "אפשר ליצור קובץ ולהוריד אותו כאן.",
    end: "מחיקת סביבת העבודה",
    adminEnd: "מחיקת הלקוח",
    endBody:
      "כל הסנכרונים נעצרים מיד. אחרי 30 יום אנחנו מבטלים את הגישה שלנו אצל הספקים, משמידים את מפתח ההצפנה ומוחקים הכול, כולל יומן הביקורת. עד אז אפשר לבטל בלחיצה אחת.",
    confirmation: "שם סביבת העבודה",
    confirmationHint: "יש להקליד ”{{name}}“ לאישור.",
    reason: "סיבה",
    endButton: "קביעת מועד מחיקה",
    endSet: "המחיקה נקבעה ל־{{date}}.",
    cancel: "ביטול המחיקה",
    cancelTitle: "לבטל את המחיקה של {{name}}?",
    cancelBody: "הסנכרונים יימשכו כמו קודם, ושום דבר לא יימחק.",
    cancelled: "המחיקה בוטלה. שום דבר לא יימחק.",
  },
} satisfies Translation<typeof english>;
