import type { account as english } from "../en/account.ts";
import type { Translation } from "../shape.ts";

export const account = {
  state: {
    healthy: "Connecté",
    expiring: "Prend bientôt fin",
    degraded: "Ne répond pas",
    reconnect_needed: "À reconnecter",
    revoked: "Accès retiré",
    misconfigured: "Notre réglage est incorrect",
    missing_scopes: "Accès manquant",
    choice_needed: "Choix à faire",
    lent: "Prêté par votre agence",
    not_connected: "Non connecté",
    not_configured: "Pas encore en place",
    switched_off: "Désactivé",
  },
  probe: {
    ok: "fonctionne",
    revoked: "l’accès a été retiré",
    missing_scopes: "une autorisation manque",
    rate_limited: "le fournisseur nous demande de ralentir",
    unavailable: "le fournisseur ne répond pas pour le moment",
    rejected: "le fournisseur a refusé la demande",
    misconfigured: "nos propres identifiants ne sont pas valables",
  },
  owed: {
    retryingTitle: "L’accès à {{account}} n’est pas encore révoqué",
    retryingBody: "Nous ne l’utilisons plus. {{provider}} n’a pas encore confirmé, nous réessayons. Prochain essai : {{date}}.",
    givenUpTitle: "L’accès à {{account}} n’a pas été révoqué",
    givenUpBody: "Nous ne l’utilisons plus et notre copie est détruite, mais {{provider}} n’a pas confirmé. Retirez-le là-bas : {{place}}.",
    removed: "Je l’ai retiré là-bas",
    removedToast: "C’est noté. Nous ne vous le rappellerons plus.",
  },
} satisfies Translation<typeof english>;
