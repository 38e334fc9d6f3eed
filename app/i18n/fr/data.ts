import type { data as english } from "../en/data.ts";
import type { Translation } from "../shape.ts";

export const data = {
  data: {
    export: "Exporter les données",
    exportBody:
      "Un zip de tout ce que nous conservons pour cet espace, en JSON et CSV : équipe, connexions, synchronisations, chiffres, commandes, remboursements et journal d’audit. Il ne contient jamais de secret. Nous le préparons en arrière-plan ; vous pourrez le télécharger pendant 7 jours.",
    ask: "Créer un export",
    refresh: "Actualiser",
    asked: "Votre export est en préparation.",
    made: "Créé",
    by: "Demandé par",
    size: "Taille",
    rows: "Lignes",
    until: "Disponible jusqu’au",
    state: "État",
    states: {
      waiting: "En cours",
      ready: "Prêt",
      failed: "Échec",
    },
    download: "Télécharger",
    noneTitle: "Aucun export pour l’instant",
    noneBody: "Créez-en un, puis téléchargez-le ici.",
    end: "Supprimer l’espace",
    adminEnd: "Supprimer le client",
    endBody:
      "Toutes les synchronisations s’arrêtent immédiatement. Après 30 jours, nous révoquons nos accès chez les fournisseurs, détruisons la clé de chiffrement et supprimons tout, y compris le journal d’audit. D’ici là, un clic suffit pour annuler.",
    confirmation: "Nom de l’espace",
    confirmationHint: "Saisissez « {{name}} » pour confirmer.",
    reason: "Motif",
    endButton: "Planifier la suppression",
    endSet: "Suppression prévue le {{date}}.",
    cancel: "Annuler la suppression",
    cancelTitle: "Annuler la suppression de {{name}} ?",
    cancelBody: "Les synchronisations reprennent comme avant, et rien n’est supprimé.",
    cancelled: "Suppression annulée. Rien ne sera supprimé.",
  },
} satisfies Translation<typeof english>;
