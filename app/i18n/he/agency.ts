import type { agency as english } from "../en/agency.ts";
import type { Translation } from "../shape.ts";

export const agency = {
  title: "הסוכנות",
  description: "מנהלים, הפרופיל שלך וברירות מחדל ללקוחות חדשים.",
  timezoneHint: "בשימוש בדפי הסוכנות ובאימיילים שנשלחים אליך.",
  team: {
    title: "מנהלים",
    description: "מנהלים רואים את כל הלקוחות. כל שינוי שלהם נרשם ביומן הביקורת.",
    admin: "מנהל",
    you: "זה אתה",
    lastSeen: "פעילות אחרונה",
    notYet: "עדיין לא נכנס",
    add: "הוספת מנהל",
    addHint: "הכניסה היא עם הכתובת הזאת. נשלח אליה אימייל עם הסבר, ונעדכן את שאר המנהלים.",
    added: "‏{{email}} הוא עכשיו מנהל. נשלח אימייל עם הסבר על הכניסה.",
    remove: "הסרה",
    removeTitle: "להסיר את {{name}} מהמנהלים?",
    removeBody: "החיבור ינותק בכל המכשירים והלקוחות לא יהיו גלויים יותר. מה שנעשה נשאר ביומנים.",
    removed: "‏{{name}} כבר לא מנהל.",
  },
  defaults: {
    title: "ברירות מחדל ללקוחות חדשים",
    description: "חלות כשמוסיפים לקוח בלי לבחור אחרת. לקוחות קיימים לא משתנים.",
    untilShop: "עד שהחנות שלהם מחוברת.",
    save: "שמירה",
    saved: "ברירות המחדל נשמרו.",
  },
} satisfies Translation<typeof english>;
