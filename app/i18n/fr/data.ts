import type { data as english } from "../en/data.ts";
import type { Translation } from "../shape.ts";

export const data = {
  data: {
    export: "Les emporter",
    exportBody:
      "Un zip de tout ce qui est conservé pour cet espace, en JSON et CSV : équipe, connexions, exécutions, mesures, commandes, remboursements, journal d’audit. Jamais un secret. Il est créé en arrière-plan et reste téléchargeable pendant sept jours.",
    ask: "Créer un export",
    refresh: "Regarder à nouveau",
    asked: "L’export est en cours de création.",
    made: "Créé",
    by: "Demandé par",
    size: "Taille",
    rows: "Lignes",
    until: "Jusqu’au",
    state: "État",
    states: {
      waiting: "En création",
      ready: "Prêt",
      failed: "Échoué",
    },
    download: "Télécharger",
    noneTitle: "Aucun export",
    noneBody: "Créez-en un : il pourra être téléchargé ici.",
    end: "Mettre fin à l’espace",
    adminEnd: "Mettre fin à ce client",
    endBody:
      "Toutes les tâches s’arrêtent aussitôt. Après trente jours, les accès sont rendus aux fournisseurs, la clé de cet espace est détruite et tout est effacé, le journal d’audit aussi. D’ici là, un clic rétablit tout.",
    confirmation: "Nom de l’espace",
    confirmationHint: "Écrivez « {{name}} », pour ne pas mettre fin au mauvais.",
    reason: "Motif",
    endButton: "Fixer la fin",
    endSet: "La fin est fixée au {{date}}.",
    cancel: "Annuler la fin",
    cancelTitle: "Le rétablir ?",
    cancelBody: "Ses tâches reprennent comme avant, et rien n’est effacé.",
    cancelled: "Rien ne sera effacé.",
  },
} satisfies Translation<typeof english>;
