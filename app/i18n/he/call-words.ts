import type { CallCode } from "#server/errors.ts";

export const callWords = {
  address_foreign: "ביקשנו כתובת שאינה של הספק.",
  connect_again: "יש לחבר את החשבון מחדש.",
  failed_elsewhere: "במקום שאליו הספק הפנה אותנו, התשובה הייתה סטטוס {{status}}.",
  header_unsendable: "בבקשה יש כותרת שאי אפשר לשלוח.",
  no_reply: "אין תשובה.",
  not_set: "{{variable}} לא הוגדר.",
  nothing_to_renew: "אין במה לחדש את הגישה.",
  redirect_refused: "התשובה הייתה הפניה שאיננו עוקבים אחריה (סטטוס {{status}}).",
  renewal_later: "החידוש האחרון נכשל; הבא יהיה מאוחר יותר.",
  renewal_underway: "הרצה אחרת עדיין מחדשת את הגישה.",
  reply_broke_off: "התשובה נקטעה.",
  reply_misshapen: "לתשובה יש צורה אחרת: {{faults}}",
  reply_too_long: "התשובה ארוכה מדי.",
  time_up: "הזמן תם.",
  token_unreadable: "לא ניתן היה לקרוא את התשובה עם הגישה החדשה.",
  vault_closed: "לא הצלחנו לפתוח את הגישה השמורה. התקלה אצלנו.",
  version_retired:
    "{{provider}} הפסיק את גרסת ה־API שבה אנו משתמשים ({{version}}). התקלה אצלנו, החשבון שלך תקין, וקיבלנו התראה. ({{words}})",
  way_gone: "{{provider}} כבר אינו מתחבר בדרך זו.",
} satisfies Record<CallCode, string>;
