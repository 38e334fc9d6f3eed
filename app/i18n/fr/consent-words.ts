import type { ConsentCode } from "#db/words/connections.ts";

export const consentWords = {
  connected: "{{account}} ({{provider}}) est connecté.",
  reconnected: "{{account}} ({{provider}}) est reconnecté.",
  client_made: "{{account}} est désormais un client, et {{provider}} est connecté.",
  several_clients: "Plusieurs clients ont ce compte {{provider}} ({{account}}). Connectez-le depuis la page du bon client.",
  whose_account: "{{account}} ({{provider}}) appartenait à un autre client. Choisissez son client actuel.",
  connected_partly:
    "{{account}} ({{provider}}) est connecté, mais il manque des autorisations : {{missing}}. Reconnectez-le pour les accorder.",
  denied: "{{provider}} n’a pas été connecté : l’accès a été refusé. Rien n’a changé.",
  not_wanted: "{{account}} ({{provider}}) n’a pas été connecté. Rien n’a changé.",
  ended: "Cette tentative a expiré ou a déjà servi. Recommencez.",
  still_working: "La connexion à {{provider}} est en cours. Rechargez cette page dans un instant.",
  broken_off: "La connexion à {{provider}} a été interrompue. Recommencez.",
  failed:
    "Une erreur s’est produite de notre côté pendant la connexion à {{provider}}. Recommencez. Si elle se reproduit, envoyez-nous cet identifiant : {{id}}",
  elsewhere: "Vous avez commencé dans un autre navigateur ou une autre session. Recommencez ici.",
  not_yours: "Vous ne pouvez plus connecter de comptes pour ce client.",
  forged: "Nous n’avons pas pu vérifier la réponse de {{provider}} : rien n’a été connecté. Recommencez.",
  wrong_shop: "{{provider}} a répondu pour une autre boutique que celle indiquée. Rien n’a été connecté.",
  other_account: "C’est un autre compte {{provider}} que {{account}}. Rien n’a changé. Choisissez ci-dessous.",
  refused: "{{provider}} a refusé de terminer la connexion. Recommencez.",
  provider_down: "{{provider}} ne répond pas : rien n’a été connecté. Réessayez dans quelques minutes.",
  too_few_scopes: "{{provider}} n’a pas été connecté : aucune des autorisations nécessaires n’a été accordée ({{missing}}).",
  scopes_unsaid: "{{provider}} n’a pas indiqué ce que vous avez autorisé : rien n’a été connecté. Réessayez.",
  misconfigured: "{{provider}} ne peut pas encore être connecté : il manque quelque chose de notre côté. Contactez votre agence.",
  vault_closed:
    "{{provider}} n’a pas été connecté : nous ne pouvons pas enregistrer d’accès pour le moment. C’est de notre fait, et nous sommes prévenus. Réessayez plus tard.",
  shop_needed: "Saisissez l’adresse de votre boutique, par exemple ma-boutique.myshopify.com.",
  unknown_permissions: "Choisissez au moins une des autorisations que propose {{provider}}.",
  oauth_already:
    "Ce compte est déjà connecté avec un identifiant {{provider}}, que vos synchronisations utilisent. Vous pouvez déconnecter la clé.",
  provider_off: "Votre agence a désactivé {{provider}} pour le moment : rien n’a été connecté. Réessayez plus tard.",
  not_in_plan: "Votre formule ne comprend pas {{provider}}. Demandez une formule supérieure à votre agence.",
  plan_full:
    "{{provider}} n’a pas été connecté : votre formule n’a plus de place pour un autre compte. Déconnectez-en un ou demandez une formule supérieure à votre agence.",
  from_elsewhere: "Pour connecter {{provider}}, commencez depuis cette page.",
  too_many: "Trop de tentatives. Réessayez dans quelques minutes.",
} satisfies Record<ConsentCode, string>;
