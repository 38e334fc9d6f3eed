import type { loans as english } from "../en/loans.ts";
import type { Translation } from "../shape.ts";

export const loans = {
  title: "חשבונות מושאלים",
  description: "חשבונות של הסוכנות שהמשימות של הלקוח משתמשות בהם כשאין לו חשבון משלו.",
  none: "שום חשבון לא הושאל ללקוח הזה.",
  account: "חשבון",
  lender: "משאיל",
  borrower: "שואל",
  since: "מאז",
  end: "סיום ההשאלה",
  endTitle: "לסיים את ההשאלה של {{account}}?",
  endBody: "המשימות של {{client}} יפסיקו מיד להשתמש בו. הנתונים שנאספו נשמרים.",
  ended: "ההשאלה של {{account}} הסתיימה.",
  lendLabel: "השאלת חשבון",
  choose: "בחירת חשבון",
  option: "{{provider}}: {{account}} ({{client}})",
  lend: "השאלת החשבון",
  lent: "החשבון הושאל.",
  nothing: "אין חשבון להשאלה. אפשר לחבר חשבון אצל לקוח מסוג סוכנות. חנות אי אפשר להשאיל.",
  stopped: "אי אפשר להשאיל חשבונות כל עוד הלקוח מושהה.",
  out: "מושאלים ללקוחות אחרים",
  outDescription: "חשבונות של הלקוח הזה שמשימות של אחרים משתמשות בהם.",
} satisfies Translation<typeof english>;
