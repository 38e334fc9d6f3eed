import type { Words } from "./en.ts";

export const he: Words = {
  greeting: (name) => (name ? `שלום ${name},` : "שלום,"),
  signIn: {
    subject: "הקישור שלך לכניסה ל-Atrium",
    body: "לחיצה על הכפתור פותחת דף שבו מאשרים את הכניסה.",
    button: "כניסה",
    code: "אפשר גם להקליד את הקוד הזה בדפדפן שבו ביקשת אותו:",
    lifetime: "הקישור והקוד תקפים ל-15 דקות ולשימוש אחד.",
    unasked: "לא ביקשת את ההודעה? אין צורך לעשות דבר: בלעדיה איש אינו יכול להיכנס.",
  },
  invitation: {
    subject: (tenant) => `הזמנה להצטרף אל ${tenant} ב-Atrium`,
    body: (inviter, tenant, role) => `הזמנה מאת ${inviter} להצטרף אל ${tenant} ב-Atrium. התפקיד: ${role}.`,
    purpose: "‏Atrium מראה את מצב החנות: מכירות, לקוחות, דיוור וביקורים, נמדדים בכל שעה.",
    button: "לצפייה בהזמנה",
    lifetime: "ההזמנה תקפה ל-7 ימים ולכתובת הזו בלבד.",
    unasked: "השולח אינו מוכר לך? אין צורך לעשות דבר.",
    somebody: "הסוכנות",
  },
  reconnect: {
    subject: (provider, tenant) => `צריך לחבר שוב את ${provider} עבור ${tenant}`,
    body: (provider, account) => `‏${provider} כבר אינו מאפשר לנו לקרוא את החשבון ${account}.`,
    waits: (jobs) => `עד לחיבור מחדש ממתינים: ${jobs}.`,
    nothingLost: "מה שנמדד עד כה נשמר, ומה שחסר ייקרא אחר כך ככל שהספק מאפשר.",
    button: "לחיבור מחדש",
    why: "ההודעה נשלחה אליך כי התפקיד שלך מאפשר לחבר חשבונות.",
  },
  roles: { owner: "בעלים", admin: "מנהל", developer: "מפתח", billing: "איש קשר לחיוב", member: "חבר צוות", viewer: "צופה" },
};
