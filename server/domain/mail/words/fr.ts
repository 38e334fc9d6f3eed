import type { Words } from "./en.ts";

export const fr: Words = {
  greeting: (name) => (name ? `Bonjour ${name},` : "Bonjour,"),
  signIn: {
    subject: "Votre lien de connexion à Atrium",
    body: "Appuyez sur le bouton pour vous connecter. La page qui s’ouvre vous demande de confirmer.",
    button: "Se connecter",
    code: "Ou saisissez ce code dans le navigateur où vous l’avez demandé :",
    lifetime: (duration) => `Le lien et le code expirent dans ${duration} et ne servent qu’une fois.`,
    linkLifetime: (duration) => `Le lien expire dans ${duration} et ne sert qu’une fois.`,
    unasked: "Si vous n’avez rien demandé, ne faites rien : personne ne peut se connecter sans ce message.",
  },
  alarm: {
    subject: "Beaucoup de codes de connexion erronés",
    body: (count: number) => `${count} codes de connexion erronés ont été saisis en une heure, toutes adresses confondues.`,
    meaning:
      "Quelqu’un essaie peut-être des codes sur de nombreuses adresses. Les liens fonctionnent toujours, et vos propres connexions passent par un lien. Vérifiez les connexions inhabituelles dans le journal d’audit.",
    button: "Ouvrir le journal d’audit",
  },
  invitation: {
    subject: (tenant) => `Vous êtes invité à rejoindre ${tenant} sur Atrium`,
    body: (inviter, tenant, role) => `${inviter} vous invite à rejoindre ${tenant} sur Atrium. Votre rôle : ${role}.`,
    purpose: "Atrium montre comment va la boutique : ventes, clients, e-mails et visites, mesurés toutes les heures.",
    button: "Voir l’invitation",
    lifetime: "L’invitation est valable 7 jours et pour cette adresse seulement.",
    unasked: "Si vous ne connaissez pas l’expéditeur, ne faites rien.",
    somebody: "L’agence",
  },
  reconnect: {
    subject: (provider, tenant) => `${provider} doit être reconnecté pour ${tenant}`,
    body: (provider, account) => `${provider} ne nous laisse plus lire le compte ${account}.`,
    unreadable: (provider, account) =>
      `Nous ne pouvons plus lire l’accès que nous avions enregistré pour le compte ${account} chez ${provider}. Votre compte va bien.`,
    waits: (jobs) => `En attendant la reconnexion, ceci est en pause : ${jobs}.`,
    nothingLost: "Les mesures déjà faites sont gardées ; ce qui a manqué est relu ensuite quand le fournisseur le permet.",
    button: "Reconnecter",
    why: "Vous recevez ce message car votre rôle permet de connecter des comptes.",
  },
  cliff: {
    subject: (provider, tenant, on) => `${provider} pour ${tenant} : l’accès prend fin le ${on}`,
    body: (provider, account, on) => `Tout fonctionne aujourd’hui, mais notre accès à ${account} chez ${provider} prend fin le ${on}.`,
    because: {
      consent: "Le fournisseur met fin à tout accord après une durée fixe, même s’il sert souvent. Seul un nouvel accord le prolonge.",
      unused: "Son renouvellement échoue depuis quelque temps, et le fournisseur met fin à ce qui n’est pas renouvelé.",
      access: "Le fournisseur n’a rien donné qui permette de renouveler cet accès. Seul un nouvel accès le remplace.",
    },
    mend: {
      oauth: "Il suffit de s’y connecter une fois de plus avant cette date. Rien n’est perdu, et rien n’est à régler de nouveau.",
      key: "Il suffit de saisir une nouvelle clé avant cette date. Rien n’est perdu, et rien n’est à régler de nouveau.",
    },
    button: { oauth: "S’y connecter de nouveau", key: "Saisir une nouvelle clé" },
    why: "Vous recevez ce message car votre rôle permet de connecter des comptes. Il arrive 30, 14 et 3 jours à l’avance.",
  },
  keyEnd: {
    subject: {
      announced: (provider, tenant, on) => `${provider} pour ${tenant} : l’ancienne clé sera supprimée le ${on}`,
      reminded: (provider, tenant, on) => `${provider} pour ${tenant} : l’ancienne clé sera supprimée dans une semaine (${on})`,
      put_off: (provider, tenant) => `${provider} pour ${tenant} : l’ancienne clé est conservée pour le moment`,
      called_off: (provider, tenant) => `${provider} pour ${tenant} : la clé est conservée`,
      ended: (provider, tenant) => `${provider} pour ${tenant} : l’ancienne clé a été supprimée`,
    },
    coming: (provider, account, on) =>
      `${account} est désormais connecté à ${provider} par identification : la clé n’est plus nécessaire. Nous la supprimerons ici le ${on}.`,
    nothingStops: "Vos synchronisations continuent par cette connexion. Vous n’avez rien à faire.",
    keep: "Vous avez encore besoin de la clé ? Un propriétaire ou un administrateur peut la conserver en un clic.",
    putOff: (account) => `La clé de ${account} devait être supprimée aujourd’hui. Nous l’avons conservée pour que rien ne s’arrête.`,
    waits:
      "La connexion par identification ne fonctionne pas en ce moment. Reconnectez-la : la clé sera supprimée 30 jours plus tard, et nous vous préviendrons avant.",
    needed: (on) => `Certaines synchronisations ne peuvent pas encore passer par cette connexion. La nouvelle date est le ${on}.`,
    calledOff: (account) => `La connexion par identification de ${account} a été retirée : nous ne prévoyons plus de supprimer sa clé.`,
    ended: (provider, account) =>
      `Nous avons supprimé la clé de ${account}. Vos synchronisations passent par la connexion par identification. La clé reste valable chez ${provider} tant que vous ne l’y supprimez pas.`,
    button: "Voir la connexion",
    why: "Vous recevez ce message car votre rôle permet de connecter des comptes.",
  },
  accountChanged: {
    subject: (provider, tenant) => `${provider} pour ${tenant} : devise ou fuseau horaire modifiés`,
    body: (provider, account) => `Les réglages du compte ${account} chez ${provider} ont changé.`,
    currency: (from, to) => `Devise : ${to} (avant : ${from})`,
    timezone: (from, to) => `Fuseau horaire : ${to} (avant : ${from})`,
    meaning:
      "Les nouveaux chiffres suivent les nouveaux réglages. Les anciens gardent les leurs, et des montants de deux devises ne sont jamais additionnés.",
    unintended: (provider) => `Rien à faire si c’était voulu. Sinon, rétablissez le réglage chez ${provider}.`,
    button: "Voir la connexion",
  },
  incident: {
    subject: {
      unavailable: (provider) => `${provider} ne répond plus pour de nombreux clients`,
      rate_limited: (provider) => `${provider} nous freine pour de nombreux clients`,
      misconfigured: (provider) => `${provider} refuse nos propres données d’accès`,
    },
    closedSubject: (provider) => `${provider} fonctionne de nouveau`,
    counted: (failing, using) => `Clients touchés : ${failing} sur les ${using} qui l’utilisent.`,
    waits: (jobs) => `Ces tâches attendent la fin de la panne, puis reprennent l’une après l’autre : ${jobs}.`,
    nothingToDo: "Il n’y a rien à faire : nous essayons quelques comptes chaque minute et écrivons une fois encore quand c’est fini.",
    ours: "C’est à nous de corriger : vérifiez notre identifiant et notre secret chez lui, et l’état de l’application dans son compte développeur.",
    closed: (minutes) => `C’est fini, au bout de ${minutes} minutes. Ce qui attendait reprend tout seul dans les dix prochaines.`,
    button: "Voir l’incident",
  },
  version: {
    subject: (provider) => `${provider} a retiré la version d’API que nous utilisons`,
    body: (provider, version) =>
      `${provider} ne répond plus à la version d’API que nous utilisons (${version}). Les synchronisations qui lisent ${provider} échouent. Aucun client n’a rien à faire.`,
    mend: "Déployez une version qui en utilise une plus récente. Les synchronisations reprennent alors à leur rythme.",
    button: "Voir les échéances",
  },
  reveal: {
    subject: (tenant) => `Demande d’accès à un secret de ${tenant}`,
    body: (asking, account, provider, tenant) =>
      `${asking} demande à voir un secret du compte ${account} chez ${provider}, qui appartient à ${tenant}.`,
    reason: (reason) => `La raison donnée : ${reason}`,
    decide: "Une autre personne qui administre l’agence doit l’autoriser dans les 24 heures. D’ici là, rien n’est montré.",
    button: "Autoriser ou refuser",
  },
  ending: {
    subject: (tenant, on) => `${tenant} sera effacé le ${on}`,
    body: (by, tenant, on) =>
      `La fin de ${tenant} a été fixée par : ${by}. Ses tâches sont arrêtées et, le ${on}, tout ce qu’il a ici sera effacé pour de bon.`,
    back: "D’ici là, un clic remet tout comme avant.",
    button: "Voir, ou annuler",
    why: "Vous recevez ce message car votre rôle permet de mettre fin à cet espace de travail.",
  },
  digest: {
    subject: (count, tenant) => `${count} ${count < 2 ? "notification" : "notifications"}${tenant === null ? "" : ` pour ${tenant}`}`,
    body: "Ce qui s’est passé depuis votre dernier récapitulatif :",
    button: "Voir les notifications",
    why: "Vous avez choisi un récapitulatif quotidien pour ces notifications. Cela se change dans vos paramètres.",
  },
  becauseStaff: "Vous recevez ce message car vous administrez l’agence.",
  roles: {
    owner: "propriétaire",
    admin: "administrateur",
    developer: "développeur",
    billing: "contact de facturation",
    member: "membre",
    viewer: "lecteur",
  },
};
