import type { notices as english } from "../en/notices.ts";
import type { Translation } from "../shape.ts";

export const notices = {
  notice: {
    reconnectTitle: "Reconnectez {{provider}} ({{account}})",
    reconnectBody: "En pause : {{jobs}}.",
    reconnectBodyNone: "Rien n’est synchronisé d’ici là.",
    changedTitle: "{{provider}} ({{account}}) : réglages modifiés",
    changedHere: "Devise ou fuseau horaire modifiés",
    changedCurrency: "Devise : {{to}} (avant : {{from}}).",
    changedTimezone: "Fuseau horaire : {{to}} (avant : {{from}}).",
    changedMeaning:
      "Constaté le {{date}}. Les chiffres d’avant gardent l’ancien réglage. Ce n’était pas voulu ? Rétablissez-le chez {{provider}}.",
    changedOpen: "Voir la connexion",
    suspendedTitle: "Cet espace est en pause",
    suspendedBody: "Rien n’est synchronisé d’ici la reprise. Contactez votre agence.",
    endsTitle: "{{provider}} ({{account}}) : l’accès expire le {{date}}",
    endsBody: "Tout fonctionne aujourd’hui. Reconnectez-le avant cette date pour que cela continue.",
    endsBodyKey: "Tout fonctionne aujourd’hui. Saisissez une nouvelle clé avant cette date pour que cela continue.",
  },
  mend: { oauth: "Reconnecter", key: "Saisir une nouvelle clé" },
  viewing: {
    title: "Vous consultez {{client}} comme le client le voit",
    body: "Lecture seule jusqu’à {{time}}. Le client en est informé, et la consultation figure dans son journal d’audit.",
    end: "Quitter",
  },
  ending: {
    title: "Cet espace sera supprimé le {{date}}",
    body: "Les synchronisations sont arrêtées et tout sera supprimé ce jour-là. Un propriétaire peut annuler ou exporter les données sous Vos données.",
  },
  provider: {
    unavailable: "{{provider}} ne répond pas",
    rate_limited: "{{provider}} limite nos demandes",
    misconfigured: "Nous ne parvenons pas à joindre {{provider}} pour le moment",
    switched_off: "{{provider}} est désactivé par votre agence",
    body: "Vous n’avez rien à faire. Les synchronisations reprendront dès que cela fonctionne à nouveau.",
    ours: "C’est notre faute et nous nous en occupons. Vous n’avez rien à faire.",
    off: "Vous n’avez rien à faire. Votre accès est conservé et les synchronisations reprendront à sa réactivation.",
    asOf: "Vos chiffres datent de : {{time}}.",
    waits: "En pause : {{jobs}}.",
  },
} satisfies Translation<typeof english>;
