import type { ConnectionCode } from "#server/domain/connections/schemas.ts";

export const connectionWords = {
  healthy: "La connexion fonctionne.",
  ended: "L’accès a expiré. Reconnectez pour le rétablir.",
  scopes_missing: "Une autorisation manque. Reconnectez et accordez-la.",
  unavailable: "Le fournisseur ne répond pas. Vous n’avez rien à faire : nous reprenons dès qu’il répond.",
  rate_limited: "Le fournisseur limite nos demandes. Vous n’avez rien à faire : nous reprenons quand il le permet.",
  unrenewed: "Le renouvellement échoue car le fournisseur ne répond pas. Vous n’avez rien à faire : nous réessayons.",
  misconfigured: "Il y a un problème de configuration chez nous. Votre compte va bien ; votre agence s’en occupe.",
  rejected: "Le fournisseur refuse nos demandes pour ce compte. Votre agence s’en occupe.",
  ends_soon: "La connexion fonctionne, mais l’accès expire bientôt. Reconnectez pour le prolonger.",
  ends_unused: "La connexion fonctionne, mais l’accès expirera s’il n’est pas utilisé bientôt.",
  version_ends: "La connexion fonctionne. Le fournisseur retire la version d’API que nous utilisons ; votre agence s’en occupe.",
  refresh_refused: "Le fournisseur ne renouvelle plus notre accès. Quelqu’un l’a peut-être révoqué ou a changé un mot de passe.",
  access_refused: "Le fournisseur n’accepte plus notre accès. L’application a peut-être été désinstallée.",
  not_renewable: "L’accès a expiré et ne peut pas être renouvelé automatiquement.",
  key_refused: "Le fournisseur n’accepte plus cette clé. Elle y a peut-être été remplacée ou supprimée. Saisissez la nouvelle.",
  uninstalled: "L’application a été désinstallée là-bas.",
  access_removed: "Notre accès a été révoqué là-bas.",
  secret_unreadable:
    "Nous ne pouvons plus lire l’accès que nous avions enregistré. Votre compte va bien. Reconnectez-le une fois pour corriger cela.",
  left_unreached: "Nous avons supprimé notre accès, mais n’avons pas pu prévenir {{provider}}. Retirez-le vous-même là-bas : {{place}}.",
  left_listed: "Nous avons supprimé notre accès, mais {{provider}} affiche encore l’application. Retirez-la vous-même là-bas : {{place}}.",
  left_retried:
    "Nous n’utilisons plus notre accès. {{provider}} n’a pas encore confirmé : nous continuons d’essayer de le révoquer. Vous n’avez rien à faire.",
  left_key: "Nous avons supprimé la clé ici. Elle reste valable chez {{provider}} tant que vous ne l’y supprimez pas.",
  left_key_at: "Nous avons supprimé la clé ici. Elle reste valable chez {{provider}} tant que vous ne l’y supprimez pas : {{place}}.",
} satisfies Record<ConnectionCode, string>;
