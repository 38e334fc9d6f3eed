import type { run as english } from "../en/run.ts";
import type { Translation } from "../shape.ts";

export const run = {
  run: {
    number: "Identifiant",
    again: "Relancer",
    reload: "Actualiser",
    timeline: "Chronologie",
    created: {
      schedule: "Mise en attente automatiquement",
      manual: "Mise en attente manuellement",
      replay: "Relancée par l’agence",
    },
    waited: "En attente pendant {{time}}",
    startedAt: "Début",
    retried: "Échec d’un essai, nouvel essai prévu",
    steps_one: "{{count}} étape terminée",
    steps_other: "{{count}} étapes terminées",
    starts: "Démarrage",
    next: "Reprise",
    nextTry: "Prochain essai",
    goingOn: "En cours",
    took: "Durée : {{time}}",
    ended: {
      succeeded: "Terminée",
      failed: "Échec, sans nouvel essai",
      dead: "Échec définitif après plusieurs essais",
      cancelled: "Annulée par un administrateur",
    },
    deadFix: "Nous avons essayé plusieurs fois. Relancez-la ici, ou demandez à votre agence de le faire.",
    logs: "Journaux",
    logCaption: "Journaux de cette exécution",
    logEmpty: "Aucun journal pour l’instant",
    logEmptyLevel: "Aucun journal à ce niveau",
    levelFilter: "Niveaux",
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
