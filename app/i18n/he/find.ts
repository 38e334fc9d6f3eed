import type { find as english } from "../en/find.ts";
import type { Translation } from "../shape.ts";

export const find = {
  title: "חיפוש",
  placeholder: "חיפוש דפים, חיבורים ופעולות",
  placeholderAdmin: "חיפוש לקוחות ודפים, או הדבקת מזהה",
  none: "אין תוצאות",
  noneBody: "אפשר לנסות מילה אחרת, או להדביק מזהה מלא של סנכרון.",
  noneId: "אפשר לנסות מילה אחרת, או להדביק מזהה מלא: של ריצה (run_…), בקשה (req_…), חיבור (con_…), אירוע (whk_…) או לקוח.",
  noneRequest:
    "הבקשה הזאת לא שינתה דבר ולא הפעילה דבר. חפשו את המזהה ביומן של ה-Worker: בשורת הבקשה מופיעים הנתיב, הסטטוס, ואם נכשלה – גם מחסנית הקריאות.",
  keys: "↑ ↓ לבחירה, Enter לפתיחה, Esc לסגירה",
  notices: "הגדרות התראות",
  groups: {
    pages: "דפים",
    connections: "חיבורים",
    metrics: "מדדים",
    actions: "פעולות",
    clients: "לקוחות",
    ids: "נמצא לפי מזהה",
  },
  actions: {
    invite: "הזמנת איש צוות",
    connect: "חיבור {{provider}}",
    export: "ייצוא נתונים",
    newClient: "יצירת לקוח",
    explore: "חקירת הנתונים",
    switchTo: "מעבר אל {{workspace}}",
    theme: "ערכת נושא: {{theme}}",
    language: "שפה: {{language}}",
  },
} satisfies Translation<typeof english>;
