import type { account as english } from "../en/account.ts";
import type { Translation } from "../shape.ts";

export const account = {
  state: {
    healthy: "מחובר",
    expiring: "עומד להסתיים",
    degraded: "לא משיב",
    reconnect_needed: "נדרש חיבור מחדש",
    revoked: "הגישה נלקחה",
    misconfigured: "ההגדרה שלנו שגויה",
    missing_scopes: "חסרה גישה",
    choice_needed: "יש לבחור מה נקרא",
    lent: "מושאל מהסוכנות שלך",
    not_connected: "לא מחובר",
    not_configured: "עדיין לא הוגדר",
    switched_off: "מושבת",
  },
  probe: {
    ok: "עובד",
    revoked: "הגישה נלקחה",
    missing_scopes: "חסרה הרשאה",
    rate_limited: "הספק מבקש שנאט",
    unavailable: "הספק אינו משיב כרגע",
    rejected: "הספק דחה את הבקשה",
    misconfigured: "פרטי הגישה שלנו שגויים",
  },
  owed: {
    retryingTitle: "הגישה אל {{account}} עדיין לא בוטלה",
    retryingBody: "איננו משתמשים בה עוד. {{provider}} עדיין לא אישר, ולכן אנו ממשיכים לנסות. הניסיון הבא: {{date}}.",
    givenUpTitle: "הגישה אל {{account}} לא בוטלה",
    givenUpBody: "איננו משתמשים בה עוד והעותק שלנו הושמד, אך {{provider}} לא אישר. יש להסיר אותה שם: {{place}}.",
    removed: "הסרתי אותה שם",
    removedToast: "רשמנו. לא נזכיר זאת שוב.",
  },
} satisfies Translation<typeof english>;
