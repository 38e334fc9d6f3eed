import type { intake as english } from "../en/intake.ts";
import type { Translation } from "../shape.ts";

export const intake = {
  taken: "{{client}} מחובר",
  takenNext: "אפשר לחבר את החשבון הבא למטה. ‏{{provider}} משתמש בחשבון שנכנסת אליו שם, לכן יש להחליף קודם חשבון.",
  takenOpen: "פתיחת {{client}}",
  title: "לקוח חדש",
  description: "אפשר ליצור את הלקוח מחיבור של חשבון שלו, או למלא את הטופס.",
  source: "מתוך חשבון",
  sourceBody: "השם, איש הקשר, אזור הזמן והמטבע מגיעים מהחשבון. חיבור נוסף שלו מעדכן את אותו לקוח.",
  connect: "חיבור {{provider}}",
  going: "מעבר אל {{provider}}",
  goOn: "המשך אל {{provider}}",
  notConfigured: "עוד לא הוגדר: חסרים המזהה והסוד.",
  shop: "כתובת החנות",
  whoseTitle: "לאיזה לקוח שייך {{account}} עכשיו?",
  whoseBody: "לקוח אחר חיבר אותו בעבר וכבר אין לו אותו. הנתונים שסונכרנו עד אז נשארים אצל אותו לקוח.",
  whose: "לקוח",
  whoseNew: "לקוח חדש",
  whoseGo: "המשך",
  byHand: "ידנית",
  byHandBody: "נשלח לבעלים הזמנה באימייל, והם מחברים את החנות ואת שאר החשבונות.",
  owner: "האימייל של הבעלים",
  ownerHint: "נשלחת הזמנה שתפוג בעוד 7 ימים. אפשר להזמין גם אחר כך.",
  create: "יצירת לקוח",
  done: "{{client}} נוצר.",
  doneInvited: "{{client}} נוצר. ההזמנה נשלחה אל {{email}}.",
} satisfies Translation<typeof english>;
