import type { intake as english } from "../en/intake.ts";
import type { Translation } from "../shape.ts";

export const intake = {
  taken: "{{client}} est connecté",
  takenNext:
    "Connectez le compte suivant ci-dessous. {{provider}} utilise le compte auquel vous y êtes connecté : changez d’abord de compte.",
  takenOpen: "Ouvrir {{client}}",
  title: "Nouveau client",
  description: "Connectez un de ses comptes pour créer le client, ou remplissez le formulaire.",
  source: "À partir d’un compte",
  sourceBody: "Le nom, le contact, le fuseau horaire et la devise viennent du compte. Le connecter de nouveau met à jour le même client.",
  connect: "Connecter {{provider}}",
  going: "Continuer vers {{provider}}",
  goOn: "Continuer vers {{provider}}",
  notConfigured: "Pas encore configuré : l’identifiant et le secret manquent.",
  shop: "Adresse de la boutique",
  whoseTitle: "Quel client a maintenant {{account}} ?",
  whoseBody: "Un autre client l’avait connecté et ne l’a plus. Les données synchronisées jusque-là restent chez ce client.",
  whose: "Client",
  whoseNew: "Nouveau client",
  whoseGo: "Continuer",
  byHand: "Manuellement",
  byHandBody: "Nous invitons le propriétaire par e-mail ; il connecte la boutique et les autres comptes.",
  owner: "E-mail du propriétaire",
  ownerHint: "Nous envoyons une invitation qui expire dans 7 jours. Vous pourrez aussi inviter plus tard.",
  create: "Créer le client",
  done: "{{client}} est créé.",
  doneInvited: "{{client}} est créé. Invitation envoyée à {{email}}.",
} satisfies Translation<typeof english>;
