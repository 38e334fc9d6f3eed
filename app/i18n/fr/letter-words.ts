import type { LetterCode } from "#db/words/runs.ts";

export const letterWords = {
  run_dead: "Échec définitif de l’exécution après tous les essais.",
  mail: "L’e-mail n’a pas pu être envoyé.",
  token: "Le renouvellement a échoué dans la file. Le cron réessaie.",
  task: "La file n’a pas pu livrer cette tâche. Elle est renvoyée tant que la tâche est ouverte.",
  unreadable: "Le message n’a pas pu être lu.",
} satisfies Record<LetterCode, string>;
