import type { LetterCode } from "#db/words/runs.ts";

export const letterWords = {
  run_dead: "ההרצה נכשלה סופית אחרי כל הניסיונות.",
  mail: "לא ניתן היה לשלוח את האימייל.",
  token: "חידוש הגישה נכשל בתור. המתזמן ינסה שוב.",
  task: "התור לא הצליח למסור את המשימה. היא נשלחת שוב כל עוד היא פתוחה.",
  unreadable: "לא ניתן היה לקרוא את ההודעה.",
} satisfies Record<LetterCode, string>;
