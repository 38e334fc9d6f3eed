import type { LetterCode } from "#db/words/runs.ts";

export const letterWords = {
  run_dead: "ההרצה נכשלה בכל הניסיונות המותרים.",
  run: "התור ויתר על מסירת ההרצה; היא נשלחת שוב כל עוד היא פתוחה.",
  mail: "לא ניתן היה לשלוח את ההודעה.",
  token: "לא ניתן היה לטפל בחיבור; המתזמן יחזור אליו.",
  task: "התור ויתר על כך; זה נשלח שוב כל עוד הוא פתוח.",
  unreadable: "לא ניתן היה לקרוא את ההודעה.",
} satisfies Record<LetterCode, string>;
