import type { forms as english } from "../en/forms.ts";
import type { Translation } from "../shape.ts";

export const forms = {
  form: {
    failed: {
      forbidden: "התפקיד שלך אינו מאפשר זאת.",
      invalid: "יש לבדוק את מה שהוזן.",
      conflict: "אי אפשר לעשות זאת במצב הנוכחי. יש לטעון את הדף מחדש ולבדוק.",
      rate_limited: "יותר מדי ניסיונות. יש להמתין מעט.",
      unavailable: "זה לא אפשרי כרגע. יש לנסות שוב עוד רגע.",
      vault_closed: "איננו יכולים לפתוח כרגע את כספת המפתחות שלנו. התקלה אצלנו וקיבלנו התראה. נסו שוב מאוחר יותר.",
    },
    field: {
      other: "יש לבדוק את השדה הזה.",
      name: "יש לתת שם של 80 תווים לכל היותר.",
      email: "יש לתת כתובת דוא״ל מלאה של מי שעדיין לא בצוות.",
      role: "יש לבחור תפקיד אחר. לסביבת עבודה דרושים בעלים אחד לפחות.",
      timezone: "יש לבחור אזור זמן מהרשימה.",
      locale: "יש לבחור שפה מהרשימה.",
      id: "יש לבחור מזהה פנוי: אותיות לטיניות קטנות, ספרות ומקפים.",
      ownerEmail: "יש לתת כתובת דוא״ל מלאה.",
      currency: "יש לבחור מטבע מהרשימה.",
      contactName: "יש לתת שם של 60 תווים לכל היותר, בלי קישור.",
      contactEmail: "יש לתת כתובת דוא״ל מלאה.",
    },
  },
  probe: {
    ok: "‏{{account}}: {{words}}",
    failed: "‏{{account}} נבדק. {{words}}",
  },
} satisfies Translation<typeof english>;
