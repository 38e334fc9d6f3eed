import type { admin as english } from "../en/admin.ts";
import type { Translation } from "../shape.ts";

export const admin = {
  title: "Admin",
  never: "jamais",
  actions: "Actions",
  nav: {
    clients: "Clients",
    runs: "Exécutions",
    renewals: "Jetons",
    calendar: "Ce qui prend fin",
    credentials: "Accès",
    deadLetters: "Messages morts",
    mails: "E-mails non remis",
    audit: "Journal d’audit",
    api: "API",
    portal: "Portail client",
    failedRuns_one: "{{count}} exécution a échoué ces dernières 24 heures",
    failedRuns_other: "{{count}} exécutions ont échoué ces dernières 24 heures",
    openDeadLetters_one: "{{count}} message mort est ouvert",
    openDeadLetters_other: "{{count}} messages morts sont ouverts",
  },
  find: {
    title: "Rechercher par identifiant",
    label: "Rechercher par identifiant",
    placeholder: "Exécution, client ou requête",
    submit: "Rechercher",
    none: "Aucun élément ne porte cet identifiant",
    noneId:
      "Collez l’identifiant entier : d’une exécution (run_…), d’une requête (req_…), d’une connexion (con_…), d’un événement (whk_…) ou d’un client.",
    noneRequest:
      "Cette requête n’a rien modifié ni lancé. Cherchez l’identifiant dans le journal du Worker : sa ligne indique le chemin, le statut et, en cas d’échec, la pile d’appels.",
    kinds: {
      client: "Client",
      run: "Exécution",
      connection: "Connexion",
      delivery: "Webhook",
      audit: "Ligne d’audit",
      deletion: "Client supprimé",
      dead_letter: "Message abandonné",
      person: "Personne",
      incident: "Incident",
    },
  },
  filter: {
    apply: "Filtrer",
    clear: "Effacer",
    fromStart: "Retour à la première page",
    anyStatus: "Tous les statuts",
    client: "Client",
  },
  clientStatus: {
    onboarding: "Mise en route",
    active: "Actif",
    suspended: "Suspendu",
  },
  vertical: {
    shopify: "Boutique Shopify",
    b2b: "B2B",
    agency: "Agence",
    custom: "Sur mesure",
  },
} satisfies Translation<typeof english>;
