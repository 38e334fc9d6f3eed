import type { requests as english } from "../en/requests.ts";
import type { Translation } from "../shape.ts";

export const requests = {
  title: "בקשות לסביבת עבודה",
  description: "מי שרוצים להיות לקוחות. פרטי הבקשה נמחקים 30 יום אחרי ההחלטה.",
  waiting: "ממתינות",
  decided: "טופלו",
  company: "עסק",
  email: "אימייל",
  at: "התקבלה",
  decision: "החלטה",
  approved: "אושרה",
  declined: "נדחתה",
  by: "על ידי {{name}}",
  id: "מזהה הלקוח",
  idHint: "מופיע בכתובות ולא ניתן לשינוי.",
  name: "שם הלקוח",
  plan: "מסלול",
  approve: "אישור",
  decline: "דחייה",
  declineTitle: "לדחות את הבקשה של {{company}}?",
  declineBody: "לא נשלח אימייל. הפרטים יימחקו כעבור 30 יום.",
  approvedToast: "{{name}} נוצר. הזמנה נשלחה אל {{email}}.",
  declinedToast: "הבקשה נדחתה.",
  emptyTitle: "אין בקשות ממתינות",
  emptyBody: "בקשות חדשות יופיעו כאן, ותקבלו על כך התראה.",
} satisfies Translation<typeof english>;
