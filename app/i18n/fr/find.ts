import type { find as english } from "../en/find.ts";
import type { Translation } from "../shape.ts";

export const find = {
  title: "Rechercher",
  placeholder: "Page, connexion ou action",
  placeholderAdmin: "Client, page ou identifiant",
  none: "Aucun résultat",
  noneBody: "Essayez un autre mot, ou collez l’identifiant complet d’une synchro.",
  noneId:
    "Essayez un autre mot, ou collez un identifiant complet : exécution (run_…), requête (req_…), connexion (con_…), événement (whk_…) ou client.",
  noneRequest:
    "Cette requête n’a rien modifié ni rien lancé. Cherchez l’identifiant dans le journal du Worker : la ligne de la requête donne son chemin, son statut et, en cas d’échec, la pile d’appels.",
  keys: "↑ ↓ pour choisir, Entrée pour ouvrir, Échap pour fermer",
  notices: "Réglages des notifications",
  groups: {
    pages: "Pages",
    connections: "Connexions",
    metrics: "Chiffres",
    actions: "Actions",
    clients: "Clients",
    ids: "Trouvé par identifiant",
  },
  actions: {
    invite: "Inviter quelqu’un",
    connect: "Connecter {{provider}}",
    export: "Exporter les données",
    newClient: "Créer un client",
    explore: "Explorer les chiffres",
    switchTo: "Passer à {{workspace}}",
    theme: "Thème : {{theme}}",
    language: "Langue : {{language}}",
  },
} satisfies Translation<typeof english>;
