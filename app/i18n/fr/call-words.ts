import type { CallCode } from "#server/errors.ts";

export const callWords = {
  address_foreign: "La requête visait une adresse étrangère au fournisseur.",
  budget_spent:
    "{{provider}} n’autorise qu’un certain nombre de requêtes à la fois, et elles sont toutes utilisées. Nous reprendrons bientôt.",
  connect_again: "Reconnectez le compte.",
  failed_elsewhere: "Le fournisseur nous a redirigés, et cette adresse a répondu avec le statut {{status}}.",
  header_unsendable: "La requête contient un en-tête qui ne peut pas être envoyé.",
  left_alone: "{{provider}} a échoué plusieurs fois de suite. Nous réessaierons bientôt.",
  no_reply: "Pas de réponse.",
  not_set: "{{variable}} n’est pas défini.",
  nothing_to_renew: "Cet accès n’a aucun jeton pour être renouvelé.",
  nothing_chosen: "Rien n’est choisi dans ce compte.",
  nothing_opened: "Ni profil ni compte annonceur ne nous a été ouvert.",
  redirect_refused: "La réponse était une redirection que nous ne suivons pas (statut {{status}}).",
  renewal_later: "Le renouvellement a échoué. Nous réessaierons plus tard.",
  renewal_underway: "Un renouvellement est déjà en cours.",
  reply_broke_off: "La réponse s’est interrompue.",
  reply_misshapen: "Réponse inattendue : {{faults}}",
  reply_too_long: "La réponse est trop longue.",
  time_up: "La requête a dépassé le délai.",
  token_unreadable: "Nous n’avons pas pu lire la réponse contenant le nouveau jeton.",
  vault_closed: "Nous n’avons pas pu ouvrir l’accès enregistré. C’est notre faute.",
  version_retired:
    "{{provider}} a retiré la version d’API que nous utilisons ({{version}}). C’est notre faute, votre compte va bien et nous avons été alertés. ({{words}})",
  way_gone: "{{provider}} ne peut plus être connecté de cette façon.",
} satisfies Record<CallCode, string>;
