import type { client as english } from "../en/client.ts";
import type { Translation } from "../shape.ts";

export const client = {
  nav: {
    overview: "Aperçu",
    integrations: "Intégrations",
    approvals: "Approbations",
    automations: "Automatisations",
    runs: "Synchros",
    settings: "Réglages",
    team: "Équipe",
    admin: "Portail d’administration",
    needReconnect_one: "{{count}} connexion à rétablir",
    needReconnect_other: "{{count}} connexions à rétablir",
    toApprove_one: "{{count}} à approuver",
    toApprove_other: "{{count}} à approuver",
  },
} satisfies Translation<typeof english>;
