import type { ConsentCode } from "#db/words/connections.ts";

export const consentWords = {
  connected: "{{account}} ({{provider}}) est connecté.",
  reconnected: "{{account}} ({{provider}}) est de nouveau connecté.",
  client_made: "{{account}} est maintenant un client, et {{provider}} est connecté.",
  several_clients: "Plusieurs clients ont ce compte {{provider}} ({{account}}). Connectez-le depuis la page de celui que vous visez.",
  whose_account: "{{account}} ({{provider}}) appartenait à un autre client. Indiquez à qui il est maintenant.",
  connected_partly: "{{account}} ({{provider}}) est connecté, mais sans : {{missing}}. Reconnectez-le pour l’autoriser.",
  denied: "{{provider}} n’a pas été connecté : l’accès n’a pas été autorisé. Rien n’a changé.",
  not_wanted: "{{account}} ({{provider}}) n’a pas été connecté. Rien n’a changé.",
  ended: "Cette tentative de connexion a expiré ou a déjà servi. Veuillez recommencer.",
  still_working: "La connexion à {{provider}} est en cours. Rechargez cette page dans un instant.",
  broken_off: "La connexion à {{provider}} a été interrompue. Veuillez recommencer.",
  failed:
    "Un problème est survenu de notre côté pendant la connexion à {{provider}}. Veuillez recommencer. S’il se reproduit, donnez-nous cet identifiant : {{id}}",
  elsewhere: "Cette tentative a été commencée dans un autre navigateur ou une autre session. Veuillez recommencer ici.",
  not_yours: "Vous ne pouvez plus connecter de comptes pour ce client.",
  forged: "La réponse ne vient pas de {{provider}} telle quelle : rien n’a été connecté. Veuillez recommencer.",
  wrong_shop: "{{provider}} a répondu pour une autre boutique que celle indiquée. Rien n’a été connecté.",
  other_account: "C’est un autre compte {{provider}} que {{account}}. Rien n’a changé : dites ci-dessous ce que vous vouliez.",
  refused: "{{provider}} a refusé de terminer la connexion. Veuillez recommencer.",
  provider_down: "{{provider}} ne répond pas pour le moment. Rien n’a été connecté ; réessayez dans quelques minutes.",
  too_few_scopes: "{{provider}} n’a pas été connecté : aucune des autorisations nécessaires n’a été donnée ({{missing}}).",
  scopes_unsaid: "{{provider}} n’a pas indiqué ce que vous avez autorisé : rien n’a été connecté. Veuillez réessayer.",
  misconfigured: "{{provider}} ne peut pas encore être connecté : il manque quelque chose de notre côté. Prévenez-nous.",
  vault_closed:
    "{{provider}} n’a pas été connecté : nous ne pouvons pas enregistrer d’accès pour le moment. C’est de notre fait, et nous sommes prévenus. Réessayez plus tard.",
  shop_needed: "Indiquez l’adresse de votre boutique, par exemple ma-boutique.myshopify.com.",
  unknown_permissions: "Choisissez au moins une des autorisations que propose {{provider}}.",
  oauth_already: "Ce compte est déjà connecté par une connexion à {{provider}}, et c’est elle qui sert. Vous pouvez déconnecter la clé.",
  provider_off: "{{provider}} est désactivé par votre agence pour le moment : rien n’a été connecté. Réessayez plus tard.",
  not_in_plan: "Votre formule ne comprend pas {{provider}}. Demandez une formule supérieure à votre agence.",
  plan_full:
    "{{provider}} n’a pas été connecté : votre formule n’a plus de place pour un autre compte. Déconnectez-en un ou demandez une formule supérieure à votre agence.",
  from_elsewhere: "Pour connecter {{provider}}, commencez depuis cette page.",
  too_many: "Trop de tentatives. Patientez un peu avant de réessayer.",
} satisfies Record<ConsentCode, string>;
