import type { CallCode } from "#server/errors.ts";

export const callWords = {
  address_foreign: "Nous avons demandé une adresse qui n’est pas celle du fournisseur.",
  connect_again: "Le compte doit être reconnecté.",
  failed_elsewhere: "Là où le fournisseur nous a envoyés, la réponse était le statut {{status}}.",
  header_unsendable: "La requête a un en-tête qui ne peut pas être envoyé.",
  no_reply: "Pas de réponse.",
  not_set: "{{variable}} n’est pas défini.",
  nothing_to_renew: "Il n’y a rien pour renouveler l’accès.",
  redirect_refused: "La réponse était une redirection que nous ne suivons pas (statut {{status}}).",
  renewal_later: "Le dernier renouvellement a échoué ; le prochain viendra plus tard.",
  renewal_underway: "Une autre exécution renouvelle encore l’accès.",
  reply_broke_off: "La réponse s’est interrompue.",
  reply_misshapen: "La réponse a une autre forme : {{faults}}",
  reply_too_long: "La réponse est trop longue.",
  time_up: "Le temps était écoulé.",
  token_unreadable: "La réponse avec le nouvel accès n’a pas pu être lue.",
  vault_closed: "Nous n’avons pas pu ouvrir l’accès enregistré. C’est de notre fait.",
  version_retired:
    "{{provider}} a retiré la version de son API que nous utilisons ({{version}}). C’est de notre fait, votre compte va bien et nous sommes prévenus. ({{words}})",
  way_gone: "{{provider}} ne se connecte plus ainsi.",
} satisfies Record<CallCode, string>;
