import type { client as english } from "../en/client.ts";
import type { Translation } from "../shape.ts";

export const client = {
  nav: {
    overview: "Aperçu",
    integrations: "Intégrations",
    runs: "Synchros",
    settings: "Réglages",
    team: "Équipe",
    admin: "Portail d’administration",
    needReconnect_one: "{{count}} connexion à rétablir",
    needReconnect_other: "{{count}} connexions à rétablir",
  },
} satisfies Translation<typeof english>;
