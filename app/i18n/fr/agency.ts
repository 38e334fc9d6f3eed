import type { agency as english } from "../en/agency.ts";
import type { Translation } from "../shape.ts";

export const agency = {
  title: "Agence",
  description: "Administrateurs, votre profil et valeurs par défaut des nouveaux clients.",
  timezoneHint: "Utilisé sur les pages de l’agence et dans les e-mails que vous recevez.",
  team: {
    title: "Administrateurs",
    description: "Les administrateurs voient tous les clients. Chacune de leurs modifications figure dans le journal d’audit.",
    admin: "Administrateur",
    you: "Vous",
    lastSeen: "Dernière activité",
    notYet: "Jamais connecté",
    add: "Ajouter",
    addHint: "La personne se connecte avec cette adresse. Nous lui expliquons comment par e-mail et prévenons les autres administrateurs.",
    added: "{{email}} est maintenant administrateur. Un e-mail lui explique comment se connecter.",
    remove: "Retirer",
    removeTitle: "Retirer {{name}} des administrateurs ?",
    removeBody: "Cette personne est déconnectée partout et ne voit plus aucun client. Ses actions restent dans les journaux.",
    removed: "{{name}} n’est plus administrateur.",
  },
  defaults: {
    title: "Valeurs par défaut des nouveaux clients",
    description: "Appliquées quand vous ajoutez un client sans autre choix. Les clients existants ne changent pas.",
    untilShop: "Jusqu’à la connexion de leur boutique.",
    save: "Enregistrer",
    saved: "Les valeurs par défaut sont enregistrées.",
  },
} satisfies Translation<typeof english>;
