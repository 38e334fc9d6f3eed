import type { incidents as english } from "../en/incidents.ts";
import type { Translation } from "../shape.ts";

export const incidents = {
  title: "Incidents",
  description:
    "Un fournisseur qui échoue pour de nombreux clients en dix minutes est un seul incident. Ses tâches attendent, puis reprennent l’une après l’autre quand c’est fini.",
  openTitle: "En cours",
  pastTitle: "Incidents passés",
  provider: "Fournisseur",
  kind: "Ce qui se passe",
  kinds: {
    unavailable: "Ne répond pas",
    rate_limited: "Nous freine",
    misconfigured: "Refuse nos propres données d’accès",
    switched_off: "Désactivé",
  },
  lastSeen: "Dernier échec",
  lasted: "Durée",
  clients: "Clients",
  clientsOf: "{{failing}} sur {{using}}",
  jobs: "Tâches qui le lisent",
  noJobs: "aucune",
  calm: "Aucun incident en cours",
  calmBody:
    "Si un fournisseur échoue chez de nombreux clients, vous le verrez ici et sur toutes les pages d’administration, et chaque administrateur reçoit un e-mail.",
  shown_one: "{{count}} incident passé",
  shown_other: "{{count}} incidents passés",
  providers: {
    title: "Fournisseurs",
    body: "Désactivez un fournisseur quand notre application y est en examen ou en panne : personne ne peut le connecter et ses synchronisations attendent. Les jetons sont toujours renouvelés.",
    state: "État",
    on: "Activé",
    off: "Désactivé depuis",
    switchOff: "Désactiver",
    switchOn: "Réactiver",
    offTitle: "Désactiver {{provider}} ?",
    offBody: "Aucun client ne pourra connecter de compte, et les synchronisations attendront sa réactivation. Rien n’est perdu.",
    onTitle: "Réactiver {{provider}} ?",
    onBody: "Les clients pourront de nouveau connecter des comptes. Les synchronisations en attente démarrent dans les prochaines minutes.",
    offToast: "{{provider}} est désactivé.",
    onToast: "{{provider}} est réactivé.",
  },
} satisfies Translation<typeof english>;
