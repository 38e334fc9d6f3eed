import type { calendar as english } from "../en/calendar.ts";
import type { Translation } from "../shape.ts";

export const calendar = {
  calendar: {
    title: "Accès qui expirent",
    description: "Les accès qui expireront alors que tout fonctionne aujourd’hui, et ce qu’il faut faire.",
    back: "Intégrations",
    toCalendar: "Accès qui expirent",
    emptyTitle: "Aucun accès n’expire bientôt",
    emptyBody:
      "Toutes les connexions se renouvellent automatiquement. Si l’une a besoin de vous, elle apparaît ici au moins 30 jours avant.",
    account: "Compte",
    ends: "Expiration",
    why: "Pourquoi",
    what: "Que faire",
    kinds: {
      consent: "Le fournisseur limite la durée de l’accès.",
      unused: "Le renouvellement échoue : l’accès va expirer.",
      access: "Le fournisseur ne permet pas le renouvellement automatique.",
      version: "Le fournisseur retire cette version de son API.",
    },
    leftToAgency: "Rien : votre agence s’en occupe à temps.",
    agency: "À nous de changer de version d’API.",
    client: "Le client doit se reconnecter ou saisir une nouvelle clé.",
    warned: "Prévenu {{days}} jours avant",
  },
} satisfies Translation<typeof english>;
