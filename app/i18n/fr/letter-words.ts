import type { LetterCode } from "#db/words/runs.ts";

export const letterWords = {
  run_dead: "L’exécution a échoué à chaque tentative permise.",
  run: "La file a renoncé à livrer cette exécution ; elle est renvoyée tant qu’elle est ouverte.",
  mail: "L’e-mail n’a pas pu être envoyé.",
  token: "Une connexion n’a pas pu être traitée ; le cron y reviendra.",
  task: "La file y a renoncé ; la tâche est renvoyée tant qu’elle est ouverte.",
  unreadable: "Le message n’a pas pu être lu.",
} satisfies Record<LetterCode, string>;
