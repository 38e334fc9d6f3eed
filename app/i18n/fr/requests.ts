import type { requests as english } from "../en/requests.ts";
import type { Translation } from "../shape.ts";

export const requests = {
  title: "Demandes d’espace",
  description: "Des personnes qui veulent devenir clientes. Les coordonnées sont supprimées 30 jours après votre décision.",
  waiting: "En attente",
  decided: "Traitées",
  company: "Entreprise",
  email: "E-mail",
  at: "Demandé",
  decision: "Décision",
  approved: "Acceptée",
  declined: "Refusée",
  by: "par {{name}}",
  id: "Identifiant du client",
  idHint: "Utilisé dans les URL et définitif.",
  name: "Nom du client",
  plan: "Forfait",
  approve: "Accepter",
  decline: "Refuser",
  declineTitle: "Refuser la demande de {{company}} ?",
  declineBody: "Aucun e-mail n’est envoyé. Les coordonnées sont supprimées au bout de 30 jours.",
  approvedToast: "{{name}} est créé. Une invitation est partie à {{email}}.",
  declinedToast: "Demande refusée.",
  emptyTitle: "Aucune demande en attente",
  emptyBody: "Les nouvelles demandes apparaissent ici, et vous recevez une notification.",
} satisfies Translation<typeof english>;
