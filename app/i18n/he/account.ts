import type { account as english } from "../en/account.ts";
import type { Translation } from "../shape.ts";

export const account = {
  state: {
    healthy: "מחובר",
    expiring: "עומד לפוג",
    degraded: "לא מגיב",
    limited: "מואט על ידי הספק",
    reconnect_needed: "נדרש חיבור מחדש",
    revoked: "הגישה בוטלה",
    misconfigured: "תקלה בהגדרות אצלנו",
    missing_scopes: "חסרות הרשאות",
    choice_needed: "לא נבחר חשבון",
    lent: "באמצעות הסוכנות שלך",
    not_connected: "לא מחובר",
    not_configured: "עדיין לא הוגדר",
    switched_off: "כבוי",
  },
  probe: {
    ok: "תקין",
    revoked: "הגישה בוטלה",
    missing_scopes: "חסרה הרשאה",
    rate_limited: "הספק מגביל את קצב הבקשות",
    unavailable: "הספק לא מגיב",
    rejected: "הספק דחה את הבקשה",
    misconfigured: "פרטי האפליקציה שלנו נדחו",
  },
  owed: {
    retryingTitle: "הגישה אל {{account}} עדיין לא בוטלה",
    retryingBody: "אנחנו כבר לא משתמשים בה. {{provider}} עדיין לא אישר, ולכן אנחנו ממשיכים לנסות. הניסיון הבא: {{date}}.",
    givenUpTitle: "הגישה אל {{account}} לא בוטלה",
    givenUpBody: "אנחנו כבר לא משתמשים בה ומחקנו את העותק שלנו, אבל {{provider}} לא אישר. יש להסיר אותה שם: {{place}}.",
    removed: "הסרתי אותה",
    removedToast: "תודה. לא נזכיר זאת שוב.",
  },
} satisfies Translation<typeof english>;
