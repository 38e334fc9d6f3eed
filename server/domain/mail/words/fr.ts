import type { Words } from "./en.ts";

export const fr: Words = {
  greeting: (name) => (name ? `Bonjour ${name},` : "Bonjour,"),
  signIn: {
    subject: "Connexion à Atrium",
    body: "Cliquez sur le bouton pour vous connecter. Nous vous demanderons de confirmer.",
    button: "Se connecter",
    code: "Ou saisissez ce code dans le navigateur où vous l’avez demandé :",
    lifetime: (duration) => `Le lien et le code expirent dans ${duration} et ne servent qu’une fois.`,
    linkLifetime: (duration) => `Le lien expire dans ${duration} et ne sert qu’une fois.`,
    unasked: "Vous n’avez rien demandé ? Ignorez cet e-mail : personne ne peut se connecter sans lui.",
  },
  alarm: {
    subject: "Beaucoup de codes de connexion erronés",
    body: (count: number) => `${count} codes de connexion erronés ont été saisis en une heure, toutes adresses confondues.`,
    meaning:
      "Quelqu’un essaie peut-être des codes sur de nombreuses adresses. Les liens de connexion fonctionnent toujours, et vos connexions d’administrateur en exigent un. Vérifiez les connexions inhabituelles dans le journal d’audit.",
    button: "Voir le journal d’audit",
  },
  adminWelcome: {
    subject: "Vous êtes désormais administrateur de l’agence sur Atrium",
    body: (by) => `${by} vous a nommé administrateur. Vous pouvez voir et gérer tous les clients.`,
    how: (email) => `Pour vous connecter, saisissez ${email} : nous vous envoyons un lien de connexion. Aucun mot de passe.`,
    button: "Se connecter",
    unasked: "Vous ne vous y attendiez pas ? Ne vous connectez pas et prévenez l’agence.",
  },
  adminAdded: {
    subject: "Nouvel administrateur de l’agence sur Atrium",
    body: (by, email) => `${by} a ajouté ${email} aux administrateurs de l’agence.`,
    meaning: "Cette personne peut maintenant voir et gérer tous les clients. Si c’est une erreur, retirez-la sans attendre.",
    button: "Voir les administrateurs",
  },
  invitation: {
    subject: (tenant) => `Invitation à rejoindre ${tenant} sur Atrium`,
    body: (inviter, tenant, role) => `${inviter} vous invite à rejoindre ${tenant} sur Atrium. Votre rôle : ${role}.`,
    purpose: "Atrium montre comment va la boutique : ventes, clients, e-mails et visites, mis à jour toutes les heures.",
    button: "Voir l’invitation",
    lifetime: "L’invitation expire dans 7 jours et ne vaut que pour cette adresse.",
    unasked: "Vous ne connaissez pas l’expéditeur ? Ignorez cet e-mail.",
    somebody: "L’agence",
  },
  reconnect: {
    subject: (provider, tenant) => `Reconnectez ${provider} pour ${tenant}`,
    body: (provider, account) => `Nous n’avons plus accès au compte ${provider} ${account}.`,
    unreadable: (provider, account) =>
      `Nous ne pouvons plus lire l’accès que nous avions enregistré pour le compte ${provider} ${account}. Votre compte va bien.`,
    waits: (jobs) => `En pause jusqu’à la reconnexion : ${jobs}.`,
    nothingLost:
      "Vos chiffres sont conservés. Après la reconnexion, nous rattrapons ce qui a manqué, dans la limite de ce que le fournisseur permet.",
    button: "Reconnecter",
    why: "Vous recevez cet e-mail car votre rôle permet de connecter des comptes.",
  },
  cliff: {
    subject: (provider, tenant, on) => `${provider} pour ${tenant} : l’accès expire le ${on}`,
    body: (provider, account, on) => `Tout fonctionne aujourd’hui, mais notre accès à ${account} chez ${provider} expire le ${on}.`,
    because: {
      consent: "Le fournisseur limite la durée de l’accès, même s’il est souvent utilisé.",
      unused: "Le renouvellement échoue depuis quelque temps, et le fournisseur laisse expirer un accès non renouvelé.",
      access: "Cet accès ne peut pas être renouvelé automatiquement.",
    },
    mend: {
      oauth: "Reconnectez avant cette date. Rien n’est perdu, et il n’y a rien à reconfigurer.",
      key: "Saisissez une nouvelle clé avant cette date. Rien n’est perdu, et il n’y a rien à reconfigurer.",
    },
    button: { oauth: "Reconnecter", key: "Saisir une nouvelle clé" },
    why: "Vous recevez cet e-mail car votre rôle permet de connecter des comptes. Nous l’envoyons 30, 14 et 3 jours avant.",
  },
  keyEnd: {
    subject: {
      announced: (provider, tenant, on) => `${provider} pour ${tenant} : l’ancienne clé sera supprimée le ${on}`,
      reminded: (provider, tenant, on) => `${provider} pour ${tenant} : l’ancienne clé sera supprimée dans une semaine (${on})`,
      put_off: (provider, tenant) => `${provider} pour ${tenant} : l’ancienne clé est conservée pour le moment`,
      called_off: (provider, tenant) => `${provider} pour ${tenant} : la clé est conservée`,
      ended: (provider, tenant) => `${provider} pour ${tenant} : l’ancienne clé a été supprimée`,
    },
    coming: (provider, account, on) =>
      `${account} est désormais connecté avec un identifiant ${provider} : la clé n’est plus nécessaire. Nous la supprimerons ici le ${on}.`,
    nothingStops: "Vos synchronisations continuent avec cet identifiant. Vous n’avez rien à faire.",
    keep: "Vous avez encore besoin de la clé ? Un propriétaire ou un administrateur peut la conserver en un clic.",
    putOff: (account) => `La clé de ${account} devait être supprimée aujourd’hui. Nous l’avons conservée pour que rien ne s’arrête.`,
    waits:
      "La connexion par identifiant ne fonctionne pas en ce moment. Reconnectez-la. Nous supprimerons la clé 30 jours plus tard, en vous prévenant avant.",
    needed: (on) => `Certaines synchronisations ne peuvent pas encore utiliser cet identifiant. La nouvelle date est le ${on}.`,
    calledOff: (account) => `La connexion par identifiant de ${account} a été déconnectée : nous conservons sa clé.`,
    ended: (provider, account) =>
      `Nous avons supprimé la clé de ${account}. Vos synchronisations utilisent l’identifiant. La clé reste valable chez ${provider} tant que vous ne l’y supprimez pas.`,
    button: "Voir la connexion",
    why: "Vous recevez cet e-mail car votre rôle permet de connecter des comptes.",
  },
  accountChanged: {
    subject: (provider, tenant) => `${provider} pour ${tenant} : devise ou fuseau horaire modifiés`,
    body: (provider, account) => `Les réglages du compte ${provider} ${account} ont changé.`,
    currency: (from, to) => `Devise : ${to} (avant : ${from})`,
    timezone: (from, to) => `Fuseau horaire : ${to} (avant : ${from})`,
    meaning:
      "Les nouveaux chiffres suivent les nouveaux réglages. Les anciens gardent les leurs, et des montants de deux devises ne sont jamais additionnés.",
    unintended: (provider) => `Si c’était voulu, vous n’avez rien à faire. Sinon, rétablissez le réglage chez ${provider}.`,
    button: "Voir la connexion",
  },
  viewed: {
    subject: (tenant: string) => `L’agence a consulté ${tenant}`,
    body: (tenant: string, on: string) =>
      `Le ${on}, un administrateur de l’agence a consulté les pages de ${tenant} comme votre équipe les voit.`,
    meaning:
      "La consultation est en lecture seule : rien n’a été modifié. Chaque consultation figure dans votre journal d’audit, avec son heure.",
    button: "Voir le journal d’audit",
    why: "Vous recevez cet e-mail parce que votre rôle permet de lire le journal d’audit.",
  },
  flowNote: {
    subject: (tenant: string) => `Nouvelles notes de Shopify Flow pour ${tenant}`,
    body: (tenant: string) =>
      `Des workflows Shopify Flow ont laissé des notes pour ${tenant}. Celles des prochaines heures seront sur la même page.`,
    button: "Voir les notes",
    why: "Vous recevez cet e-mail parce que votre rôle permet de lancer des synchronisations et des automatisations.",
  },
  approvals: {
    subject: (tenant: string) => `${tenant} : des actions attendent votre approbation`,
    full: (automation: string) => `${automation} a épuisé son budget du jour. Ce qui est proposé d’ici demain attend votre décision.`,
    fellBackSubject: (automation: string, tenant: string) => `${tenant} : « ${automation} » demande de nouveau votre accord`,
    fellBack: (automation: string) =>
      `« ${automation} » agissait en automatique. Trop de ses 30 dernières actions ont été annulées, refusées ou ont échoué : elle demande maintenant votre accord avant d’agir. Vous pouvez changer cela sur sa page.`,
    body: (tenant: string) =>
      `Les automatisations de ${tenant} ont proposé des actions. Rien n’est exécuté tant que vous n’avez pas décidé :`,
    item: (title: string, count: string) => `${title} : ${count}`,
    button: "Voir les approbations",
    inert: "Ouvrir la page ne décide de rien.",
    why: "Vous recevez cet e-mail parce que votre rôle permet de décider de ce que font les automatisations.",
  },
  incident: {
    subject: {
      unavailable: (provider) => `${provider} ne répond plus pour de nombreux clients`,
      rate_limited: (provider) => `${provider} nous limite pour de nombreux clients`,
      misconfigured: (provider) => `${provider} refuse les identifiants de notre application`,
    },
    closedSubject: (provider) => `${provider} fonctionne de nouveau`,
    counted: (failing, using) => `Clients touchés : ${failing} sur ${using}.`,
    waits: (jobs) => `En pause jusqu’à la fin, puis relancées l’une après l’autre : ${jobs}.`,
    nothingToDo: "Vous n’avez rien à faire : nous testons quelques comptes chaque minute et vous écrirons à la fin.",
    ours: "C’est à nous de corriger. Vérifiez notre identifiant et notre secret là-bas, et l’état de l’application dans son compte développeur.",
    closed: (minutes) => `C’est terminé après ${minutes} minutes. Les tâches en pause reprennent automatiquement dans les 10 minutes.`,
    button: "Voir l’incident",
  },
  version: {
    subject: (provider) => `${provider} a retiré la version d’API que nous utilisons`,
    body: (provider, version) =>
      `${provider} ne prend plus en charge la version d’API que nous utilisons (${version}). Les synchronisations depuis ${provider} échouent. Les clients n’ont rien à faire.`,
    mend: "Déployez une version qui en utilise une plus récente. Les synchronisations reprendront selon leur calendrier.",
    button: "Voir les accès qui expirent",
  },
  reveal: {
    subject: (tenant) => `Demande d’accès pour ${tenant}`,
    body: (asking, account, provider, tenant) =>
      `${asking} demande l’accès à un secret du compte ${provider} ${account}, qui appartient à ${tenant}.`,
    reason: (reason) => `Motif : ${reason}`,
    decide: "Un autre administrateur doit l’autoriser dans les 24 heures. D’ici là, rien n’est montré.",
    button: "Autoriser ou refuser",
  },
  workspaceRequest: {
    subject: "Nouvelle demande d’espace",
    body: (asking: string, company: string) => `${asking} demande un espace pour ${company}.`,
    decide:
      "Si vous acceptez, nous créons le client et lui envoyons une invitation. Si vous refusez, ses coordonnées sont supprimées au bout de 30 jours.",
    button: "Accepter ou refuser",
  },
  ending: {
    subject: (tenant, on) => `${tenant} sera supprimé le ${on}`,
    body: (by, tenant, on) =>
      `${by} a planifié la suppression de ${tenant}. Toutes les synchronisations sont arrêtées et, le ${on}, tout ce qui est conservé ici sera définitivement supprimé.`,
    back: "D’ici là, un clic suffit pour annuler.",
    button: "Voir ou annuler la suppression",
    why: "Vous recevez cet e-mail car votre rôle permet de supprimer cet espace.",
  },
  digest: {
    subject: (count, tenant) => `${count} ${count < 2 ? "notification" : "notifications"}${tenant === null ? "" : ` pour ${tenant}`}`,
    body: "Ce qui s’est passé depuis votre dernier récapitulatif :",
    button: "Voir les notifications",
    why: "Vous avez choisi un récapitulatif quotidien pour ces notifications. Vous pouvez le changer dans vos réglages.",
  },
  becauseStaff: "Vous recevez cet e-mail car vous administrez l’agence.",
  roles: {
    owner: "propriétaire",
    admin: "administrateur",
    developer: "développeur",
    billing: "contact de facturation",
    member: "membre",
    viewer: "lecteur",
  },
};
