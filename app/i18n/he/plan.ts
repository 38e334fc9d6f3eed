import type { plan as english } from "../en/plan.ts";
import type { Translation } from "../shape.ts";

export const plan = {
  title: "מסלול {{plan}}",
  description: "מה הוא כולל וכמה ממנו בשימוש.",
  connections: "חיבורים",
  members: "אנשים, כולל הזמנות",
  use: "{{used}} מתוך {{of}}",
  full: "המסלול מלא: כדי להוסיף צריך מסלול גדול יותר.",
  over: "יותר ממה שהמסלול כולל. הכול ממשיך לפעול; כדי להוסיף צריך מסלול גדול יותר.",
  providers: "שירותים",
  jobs: "סנכרונים",
  everything: "הכול",
  exports: "ייצוא נתונים",
  exportsPerDay_one: "פעם ביום",
  exportsPerDay_two: "פעמיים ביום",
  exportsPerDay_other: "{{count}} פעמים ביום",
  runs: "ההרצות נשמרות",
  logs: "יומני ההרצות נשמרים",
  audit: "יומן הביקורת מוצג",
  days_one: "יום אחד",
  days_two: "יומיים",
  days_other: "{{count}} ימים",
  always: "מההתחלה",
} satisfies Translation<typeof english>;
