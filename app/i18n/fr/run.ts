import type { run as english } from "../en/run.ts";
import type { Translation } from "../shape.ts";

export const run = {
  run: {
    number: "Exécution",
    again: "Relancer",
    reload: "Actualiser",
    timeline: "Chronologie",
    created: {
      schedule: "Due selon le calendrier",
      manual: "Demandée par une personne",
      replay: "Relancée par l’agence",
    },
    waited: "Attente : {{time}}",
    startedAt: "Début",
    retried: "Un essai a échoué, un autre suit",
    steps_one: "{{count}} étape terminée et enregistrée",
    steps_other: "{{count}} étapes terminées et enregistrées",
    next: "Suite",
    nextTry: "Prochain essai",
    goingOn: "En cours",
    took: "{{time}} du début à la fin",
    ended: {
      succeeded: "Terminée",
      failed: "En échec ; pas de nouvel essai automatique",
      dead: "Abandonnée après plusieurs essais",
    },
    deadFix: "Nous avons essayé plusieurs fois. Votre agence le voit et peut la relancer ; vous pouvez aussi la relancer ici.",
    logs: "Journal",
    logCaption: "Ce que cette exécution a écrit dans son journal",
    logEmpty: "Cette exécution n’a rien écrit dans son journal",
    logEmptyLevel: "Rien de ce niveau n’a été écrit",
    levelFilter: "Niveaux du journal",
    levelAll: "Tous",
    levelNames: {
      debug: "Détail",
      info: "Info",
      warn: "Alerte",
      error: "Erreur",
    },
    fields_one: "{{count}} champ",
    fields_other: "{{count}} champs",
  },
} satisfies Translation<typeof english>;
