import type { intake as english } from "../en/intake.ts";
import type { Translation } from "../shape.ts";

export const intake = {
  taken: "{{client}} est connecté",
  takenNext: "Connectez le compte suivant ci-dessous. {{provider}} utilise le compte qui y est ouvert : passez d’abord au suivant.",
  takenOpen: "Ouvrir {{client}}",
  title: "Nouveau client",
  description: "Connectez un de ses comptes et le client en est créé, ou remplissez le formulaire.",
  source: "À partir d’un compte",
  sourceBody: "Le nom, le contact, le fuseau horaire et la devise viennent du compte. Le connecter de nouveau met à jour le même client.",
  connect: "Connecter {{provider}}",
  going: "En route vers {{provider}}",
  goOn: "Continuer vers {{provider}}",
  notConfigured: "Pas encore configuré : l’identifiant et le secret manquent.",
  shop: "L’adresse de la boutique",
  whoseTitle: "À qui appartient {{account}} maintenant ?",
  whoseBody: "Un client qui ne l’a plus l’avait connecté. Ce qui en a été lu jusque-là reste à ce client.",
  whose: "Client",
  whoseNew: "Un nouveau client",
  whoseGo: "Continuer",
  byHand: "À la main",
  byHandBody: "Son propriétaire est invité par e-mail, et connecte la boutique et les autres comptes.",
  owner: "E-mail du propriétaire",
  ownerHint: "Reçoit une invitation valable 7 jours. On peut aussi inviter plus tard.",
  create: "Créer le client",
  done: "{{client}} est créé.",
  doneInvited: "{{client}} est créé. L’invitation à {{email}} est en route.",
} satisfies Translation<typeof english>;
