import type { notices as english } from "../en/notices.ts";
import type { Translation } from "../shape.ts";

export const notices = {
  notice: {
    reconnectTitle: "{{provider}} ({{account}}) doit être reconnecté",
    reconnectBody: "En attente : {{jobs}}.",
    reconnectBodyNone: "Rien ne fonctionne avec lui d’ici là.",
    reconnect: "Reconnecter {{provider}}",
    changedTitle: "Les réglages de {{provider}} ({{account}}) ont changé",
    changedHere: "Devise ou fuseau horaire modifiés",
    changedCurrency: "Devise : {{to}} (avant : {{from}}).",
    changedTimezone: "Fuseau horaire : {{to}} (avant : {{from}}).",
    changedMeaning:
      "Constaté le {{date}}. Les chiffres d’avant gardent l’ancien réglage. Ce n’était pas voulu ? Rétablissez-le chez {{provider}}.",
    changedOpen: "Voir la connexion",
    suspendedTitle: "Cet espace est suspendu",
    suspendedBody: "Rien n’est mesuré pendant ce temps. Écrivez à votre agence.",
    endsTitle: "{{provider}} ({{account}}) prend fin le {{date}}",
    endsBody: "Tout fonctionne aujourd’hui. Une nouvelle connexion avant cette date suffit pour que cela dure.",
    endsBodyKey: "Tout fonctionne aujourd’hui. Une nouvelle clé avant cette date suffit pour que cela dure.",
  },
  ending: {
    title: "Cet espace prend fin le {{date}}",
    body: "Ses tâches sont à l’arrêt. Ce jour-là, tout est effacé. Un propriétaire peut l’annuler, et emporter les données, sous Vos données.",
    adminTitle: "Ce client prend fin le {{date}}",
    adminBody: "Ses tâches sont à l’arrêt. Ce jour-là, tout est effacé.",
  },
  provider: {
    unavailable: "{{provider}} ne répond pas en ce moment",
    rate_limited: "{{provider}} nous demande de ralentir en ce moment",
    misconfigured: "Nous ne pouvons pas joindre {{provider}} en ce moment",
    switched_off: "{{provider}} est désactivé par votre agence",
    body: "Il n’y a rien à faire : nous reprenons dès que cela fonctionne de nouveau.",
    ours: "C’est à nous de corriger, et il n’y a rien à faire de votre côté.",
    off: "Il n’y a rien à faire : votre accès est conservé, et les synchronisations reprendront à sa réactivation.",
    asOf: "Vos chiffres datent de : {{time}}.",
    waits: "Ce qui attend : {{jobs}}.",
  },
} satisfies Translation<typeof english>;
