import type { intake as english } from "../en/intake.ts";
import type { Translation } from "../shape.ts";

export const intake = {
  taken: "{{client}} מחובר",
  takenNext: "אפשר לחבר את החשבון הבא למטה. ‏{{provider}} משתמש בחשבון שפתוח בו, לכן יש לעבור קודם לחשבון הבא.",
  takenOpen: "פתיחת {{client}}",
  title: "לקוח חדש",
  description: "מחברים חשבון של הלקוח והוא נוצר ממנו, או ממלאים את הטופס.",
  source: "מתוך חשבון",
  sourceBody: "השם, איש הקשר, אזור הזמן והמטבע מגיעים מהחשבון. חיבור נוסף שלו מעדכן את אותו לקוח.",
  connect: "חיבור {{provider}}",
  going: "בדרך אל {{provider}}",
  goOn: "המשך אל {{provider}}",
  notConfigured: "עוד לא הוגדר: חסרים המזהה והסוד.",
  shop: "כתובת החנות",
  whoseTitle: "למי שייך {{account}} עכשיו?",
  whoseBody: "לקוח שכבר אינו מחזיק בו חיבר אותו בעבר. מה שנקרא ממנו עד כה נשאר אצל אותו לקוח.",
  whose: "לקוח",
  whoseNew: "לקוח חדש",
  whoseGo: "המשך",
  byHand: "ידנית",
  byHandBody: "הבעלים מוזמן בדוא״ל, ומחבר את החנות ואת שאר החשבונות.",
  owner: "הדוא״ל של הבעלים",
  ownerHint: "מקבל הזמנה שתקפה 7 ימים. אפשר להזמין גם אחר כך.",
  create: "יצירת לקוח",
  done: "{{client}} נוצר.",
  doneInvited: "{{client}} נוצר. ההזמנה אל {{email}} בדרך.",
} satisfies Translation<typeof english>;
