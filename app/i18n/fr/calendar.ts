import type { calendar as english } from "../en/calendar.ts";
import type { Translation } from "../shape.ts";

export const calendar = {
  calendar: {
    title: "Ce qui prend fin",
    description: "Les accès qui prennent fin bien que tout fonctionne, et que faire avant.",
    back: "Intégrations",
    toCalendar: "Ce qui prend fin",
    emptyTitle: "Rien ne prend fin",
    emptyBody:
      "Tout ce qui est connecté ici se renouvelle de lui-même. Ce qui aura besoin de vous paraîtra ici, au plus tard 30 jours avant.",
    account: "Compte",
    ends: "Fin",
    why: "Pourquoi",
    what: "Que faire",
    kinds: {
      consent: "Le fournisseur met fin à tout accord après une durée fixe.",
      unused: "Son renouvellement échoue, et ce qui n’est pas renouvelé prend fin.",
      access: "Le fournisseur n’a rien donné pour le renouveler.",
      version: "Le fournisseur met fin à cette version de son interface.",
    },
    mend: {
      oauth: "Se connecter de nouveau",
      key: "Saisir une nouvelle clé",
      agency: "Rien : votre agence change à temps.",
    },
    agency: "À nous de changer.",
    client: "Au client : une nouvelle connexion ou clé.",
    warned: "Prévenu {{days}} jours avant",
  },
} satisfies Translation<typeof english>;
