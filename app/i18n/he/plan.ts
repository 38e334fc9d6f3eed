import type { plan as english } from "../en/plan.ts";
import type { Translation } from "../shape.ts";

export const plan = {
  title: "מסלול {{plan}}",
  description: "מה הוא כולל וכמה ממנו בשימוש.",
  connections: "חיבורים",
  members: "אנשים, כולל הזמנות",
  use: "{{used}} מתוך {{of}}",
  full: "הגעת למגבלה. כדי להוסיף צריך מסלול גדול יותר.",
  over: "מעל מגבלת המסלול. הכול ממשיך לפעול, אבל כדי להוסיף צריך מסלול גדול יותר.",
  providers: "אינטגרציות",
  jobs: "סנכרונים",
  everything: "הכול",
  exports: "ייצוא נתונים",
  exportsPerDay_one: "פעם ביום",
  exportsPerDay_two: "פעמיים ביום",
  exportsPerDay_other: "{{count}} פעמים ביום",
  runs: "היסטוריית סנכרונים",
  logs: "יומני סנכרון",
  audit: "היסטוריית יומן הביקורת",
  days_one: "יום אחד",
  days_two: "יומיים",
  days_other: "{{count}} ימים",
  always: "ללא הגבלה",
} satisfies Translation<typeof english>;
