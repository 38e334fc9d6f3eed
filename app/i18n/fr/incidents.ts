import type { incidents as english } from "../en/incidents.ts";
import type { Translation } from "../shape.ts";

export const incidents = {
  nav: "Incidents",
  open_one: "{{count}} incident en cours",
  open_other: "{{count}} incidents en cours",
  title: "Incidents",
  description:
    "Un fournisseur qui échoue pour de nombreux clients en dix minutes est un seul incident. Ses tâches attendent, puis reprennent l’une après l’autre quand c’est fini.",
  openTitle: "En cours",
  pastTitle: "Passés",
  provider: "Fournisseur",
  kind: "Ce qui se passe",
  kinds: {
    unavailable: "Ne répond pas",
    rate_limited: "Nous freine",
    misconfigured: "Refuse nos propres données d’accès",
  },
  since: "Depuis",
  lastSeen: "Dernier échec",
  lasted: "Durée",
  clients: "Clients",
  clientsOf: "{{failing}} sur {{using}}",
  jobs: "Tâches qui le lisent",
  noJobs: "aucune",
  calm: "Aucun fournisseur n’échoue pour de nombreux clients",
  calmBody: "Si cela arrive, c’est affiché ici et sur toutes les pages de ce portail, et chaque administrateur reçoit un message.",
  noPast: "Il n’y en a pas encore eu",
  shown_one: "{{count}} incident passé",
  shown_other: "{{count}} incidents passés",
  banner: {
    unavailable: "{{provider}} ne répond plus pour de nombreux clients",
    rate_limited: "{{provider}} nous freine pour de nombreux clients",
    misconfigured: "{{provider}} refuse nos propres données d’accès",
  },
  bannerBody: "Ses tâches attendent sans rien perdre, et quelques comptes sont essayés chaque minute.",
  bannerOurs: "Ses tâches attendent. Vérifiez notre identifiant et notre secret chez lui.",
  see: "Voir l’incident",
} satisfies Translation<typeof english>;
