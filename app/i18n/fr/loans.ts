import type { loans as english } from "../en/loans.ts";
import type { Translation } from "../shape.ts";

export const loans = {
  title: "Comptes prêtés",
  description: "Les comptes de l’agence que les tâches de ce client utilisent quand il n’en a pas.",
  none: "Aucun compte prêté à ce client.",
  account: "Compte",
  lender: "Prêteur",
  borrower: "Emprunteur",
  since: "Depuis",
  end: "Terminer le prêt",
  endTitle: "Terminer le prêt de {{account}} ?",
  endBody: "Les tâches de {{client}} cessent immédiatement de l’utiliser. Les chiffres déjà collectés restent.",
  ended: "Le prêt de {{account}} est terminé.",
  lendLabel: "Prêter un compte",
  choose: "Choisir un compte",
  option: "{{provider}} : {{account}} ({{client}})",
  lend: "Prêter le compte",
  lent: "Le compte est prêté.",
  nothing: "Aucun compte à prêter. Connectez-en un chez un client de type agence. Une boutique ne peut pas être prêtée.",
  stopped: "Aucun compte ne peut être prêté tant que ce client est en pause.",
  out: "Prêtés à d’autres clients",
  outDescription: "Les comptes de ce client que les tâches d’autres clients utilisent.",
} satisfies Translation<typeof english>;
