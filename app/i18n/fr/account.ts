import type { account as english } from "../en/account.ts";
import type { Translation } from "../shape.ts";

export const account = {
  state: {
    healthy: "Connecté",
    expiring: "Expire bientôt",
    degraded: "Ne répond pas",
    limited: "Ralenti par le fournisseur",
    reconnect_needed: "À reconnecter",
    revoked: "Accès révoqué",
    misconfigured: "Problème de configuration chez nous",
    missing_scopes: "Autorisations manquantes",
    choice_needed: "Compte à choisir",
    lent: "Fourni par votre agence",
    not_connected: "Non connecté",
    not_configured: "Pas encore configuré",
    switched_off: "Désactivé",
  },
  probe: {
    ok: "Fonctionne",
    revoked: "Accès révoqué",
    missing_scopes: "Autorisation manquante",
    rate_limited: "Limité par le fournisseur",
    unavailable: "Le fournisseur ne répond pas",
    rejected: "Demande refusée par le fournisseur",
    misconfigured: "Identifiants de notre application refusés",
  },
  owed: {
    retryingTitle: "Accès à {{account}} pas encore révoqué",
    retryingBody: "Nous ne l’utilisons plus. {{provider}} n’a pas encore confirmé : nous réessayons. Prochain essai : {{date}}.",
    givenUpTitle: "Accès à {{account}} non révoqué",
    givenUpBody:
      "Nous ne l’utilisons plus et avons supprimé notre copie, mais {{provider}} n’a jamais confirmé. Retirez-le là-bas : {{place}}.",
    removed: "C’est fait",
    removedToast: "Merci. Nous ne vous le rappellerons plus.",
  },
} satisfies Translation<typeof english>;
