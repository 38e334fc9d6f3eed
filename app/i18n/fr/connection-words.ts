import type { ConnectionCode } from "#server/domain/connections/schemas.ts";

export const connectionWords = {
  healthy: "La connexion fonctionne.",
  ended: "L’accès est terminé. Une nouvelle connexion le rétablit.",
  scopes_missing: "Le fournisseur indique qu’une autorisation manque. Reconnectez le compte et accordez-la.",
  unavailable: "Le fournisseur ne répond pas en ce moment. Il n’y a rien à faire : nous reprenons dès qu’il répond.",
  rate_limited: "Le fournisseur nous demande de ralentir. Il n’y a rien à faire : nous reprenons quand il le permet.",
  unrenewed: "Le fournisseur ne répond pas quand nous renouvelons notre accès. Il n’y a rien à faire : nous réessayons.",
  misconfigured: "Notre propre configuration chez le fournisseur n’est pas bonne. Votre compte va bien ; votre agence s’en occupe.",
  rejected: "Le fournisseur refuse ce que nous demandons à ce compte. Votre agence regarde cela.",
  ends_soon: "Elle fonctionne, et son accès se termine bientôt. Une nouvelle connexion suffit à la prolonger.",
  ends_unused: "Elle fonctionne, mais se termine si elle n’est pas utilisée bientôt.",
  version_ends: "Elle fonctionne. Le fournisseur abandonne bientôt l’interface que nous utilisons ; votre agence s’en occupe.",
  refresh_refused: "Le fournisseur ne renouvelle plus notre accès. Quelqu’un l’a peut-être retiré, ou un mot de passe a changé.",
  access_refused: "Le fournisseur n’accepte plus notre accès. L’application a peut-être été désinstallée.",
  not_renewable: "L’accès a expiré et le fournisseur ne nous a donné aucun moyen de le renouveler.",
  key_refused: "Le fournisseur n’accepte plus la clé. Elle y a peut-être été remplacée ou supprimée : indiquez la nouvelle.",
  uninstalled: "L’application y a été désinstallée.",
  access_removed: "Notre accès y a été retiré.",
  secret_unreadable:
    "Nous ne pouvons plus lire l’accès que nous avions enregistré. Votre compte va bien : reconnectez-le une fois pour le rétablir.",
  left_unreached:
    "Notre accès est détruit, mais nous n’avons pas pu prévenir {{provider}}. Veuillez retirer l’application là-bas à la main : {{place}}.",
  left_listed:
    "Notre accès est détruit. {{provider}} affiche encore l’application. Veuillez retirer l’application là-bas à la main : {{place}}.",
  left_retried:
    "Nous n’utilisons plus notre accès. {{provider}} n’a pas encore confirmé : nous continuons d’essayer de le révoquer. Vous n’avez rien à faire.",
  left_key: "La clé est détruite ici. Elle reste valable chez {{provider}} tant que vous ne l’y supprimez pas.",
  left_key_at: "La clé est détruite ici. Elle reste valable chez {{provider}} tant que vous ne l’y supprimez pas : {{place}}.",
} satisfies Record<ConnectionCode, string>;
