import type { CallCode } from "#server/errors.ts";

export const callWords = {
  address_foreign: "הבקשה הופנתה לכתובת שאינה של הספק.",
  budget_spent: "{{provider}} מאפשר מספר מוגבל של בקשות בכל פעם, וכולן בשימוש. נמשיך בקרוב.",
  connect_again: "יש לחבר את החשבון מחדש.",
  failed_elsewhere: "הספק הפנה אותנו לכתובת אחרת, שהשיבה בסטטוס {{status}}.",
  header_unsendable: "הבקשה מכילה כותרת שאי אפשר לשלוח.",
  left_alone: "{{provider}} נכשל כמה פעמים ברצף. ננסה שוב בקרוב.",
  no_reply: "אין תגובה.",
  not_set: "{{variable}} לא הוגדר.",
  nothing_to_renew: "לגישה הזו אין אסימון שאפשר לחדש בו.",
  nothing_chosen: "לא נבחר דבר בחשבון הזה.",
  nothing_opened: "לא שותפו איתנו פרופיל או חשבון מפרסם.",
  redirect_refused: "התגובה הייתה הפניה שאיננו עוקבים אחריה (סטטוס {{status}}).",
  renewal_later: "חידוש הגישה נכשל. ננסה שוב מאוחר יותר.",
  renewal_underway: "חידוש הגישה כבר מתבצע.",
  reply_broke_off: "התגובה נקטעה.",
  reply_misshapen: "תגובה לא צפויה: {{faults}}",
  reply_too_long: "התגובה ארוכה מדי.",
  time_up: "הבקשה חרגה מהזמן המותר.",
  token_unreadable: "לא הצלחנו לקרוא את התגובה עם האסימון החדש.",
  vault_closed: "לא הצלחנו לפתוח את הגישה השמורה. התקלה אצלנו.",
  version_retired:
    "‏{{provider}} הפסיק את גרסת ה־API שבה אנחנו משתמשים ({{version}}). התקלה אצלנו, החשבון שלך תקין, וקיבלנו התראה. ({{words}})",
  way_gone: "כבר אי אפשר לחבר את {{provider}} בדרך הזו.",
} satisfies Record<CallCode, string>;
