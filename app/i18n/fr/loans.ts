import type { loans as english } from "../en/loans.ts";
import type { Translation } from "../shape.ts";

export const loans = {
  title: "Comptes prêtés",
  description: "Les comptes de l’agence que lisent les tâches de ce client quand il n’en a pas lui-même.",
  none: "Rien n’est prêté à ce client.",
  account: "Compte",
  lender: "Prêteur",
  borrower: "Emprunteur",
  since: "Depuis",
  end: "Terminer le prêt",
  endTitle: "Terminer le prêt de {{account}} ?",
  endBody: "Les tâches de {{client}} cessent aussitôt de le lire. Les mesures restent.",
  ended: "Le prêt de {{account}} est terminé.",
  lendLabel: "Prêter un compte",
  choose: "Choisir un compte",
  option: "{{provider}} : {{account}} ({{client}})",
  lend: "Prêter le compte",
  lent: "Le compte est prêté.",
  nothing: "Aucun compte à prêter. Connectez-en un chez un client de type Agence. Une boutique ne se prête pas.",
  stopped: "Rien ne peut être prêté tant que ce client est à l’arrêt.",
  out: "Prêtés à d’autres clients",
  outDescription: "Les comptes de ce client que lisent les tâches des autres.",
} satisfies Translation<typeof english>;
