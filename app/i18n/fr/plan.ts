import type { plan as english } from "../en/plan.ts";
import type { Translation } from "../shape.ts";

export const plan = {
  title: "Formule {{plan}}",
  description: "Ce qu’elle comprend et ce qui en est utilisé.",
  connections: "Connexions",
  members: "Personnes, invitations comprises",
  use: "{{used}} sur {{of}}",
  full: "La limite est atteinte : pour en ajouter, il faut une formule plus large.",
  over: "Au-delà de la formule. Tout continue de fonctionner ; pour en ajouter, il faut une formule plus large.",
  providers: "Intégrations",
  jobs: "Synchronisations",
  everything: "sans restriction",
  exports: "Exports de données",
  exportsPerDay_one: "{{count}} par jour",
  exportsPerDay_many: "{{count}} par jour",
  exportsPerDay_other: "{{count}} par jour",
  runs: "Exécutions conservées",
  logs: "Journaux d’exécution conservés",
  audit: "Journal d’audit consultable",
  days_one: "{{count}} jour",
  days_many: "{{count}} jours",
  days_other: "{{count}} jours",
  always: "depuis le début",
} satisfies Translation<typeof english>;
