import type { Words } from "./en.ts";

export const fr: Words = {
  greeting: (name) => (name ? `Bonjour ${name},` : "Bonjour,"),
  signIn: {
    subject: "Votre lien de connexion à Atrium",
    body: "Appuyez sur le bouton pour vous connecter. La page qui s’ouvre vous demande de confirmer.",
    button: "Se connecter",
    code: "Ou saisissez ce code dans le navigateur où vous l’avez demandé :",
    lifetime: "Le lien et le code sont valables 15 minutes et ne servent qu’une fois.",
    unasked: "Si vous n’avez rien demandé, ne faites rien : personne ne peut se connecter sans ce message.",
  },
  invitation: {
    subject: (tenant) => `Vous êtes invité à rejoindre ${tenant} sur Atrium`,
    body: (inviter, tenant, role) => `${inviter} vous invite à rejoindre ${tenant} sur Atrium. Votre rôle : ${role}.`,
    purpose: "Atrium montre comment va la boutique : ventes, clients, e-mails et visites, mesurés toutes les heures.",
    button: "Voir l’invitation",
    lifetime: "L’invitation est valable 7 jours et pour cette adresse seulement.",
    unasked: "Si vous ne connaissez pas l’expéditeur, ne faites rien.",
    somebody: "L’agence",
  },
  reconnect: {
    subject: (provider, tenant) => `${provider} doit être reconnecté pour ${tenant}`,
    body: (provider, account) => `${provider} ne nous laisse plus lire le compte ${account}.`,
    waits: (jobs) => `En attendant la reconnexion, ceci est en pause : ${jobs}.`,
    nothingLost: "Les mesures déjà faites sont gardées ; ce qui a manqué est relu ensuite quand le fournisseur le permet.",
    button: "Reconnecter",
    why: "Vous recevez ce message car votre rôle permet de connecter des comptes.",
  },
  roles: {
    owner: "propriétaire",
    admin: "administrateur",
    developer: "développeur",
    billing: "contact de facturation",
    member: "membre",
    viewer: "lecteur",
  },
};
