import type { plan as english } from "../en/plan.ts";
import type { Translation } from "../shape.ts";

export const plan = {
  title: "Formule {{plan}}",
  description: "Ce qu’elle comprend et ce qui en est utilisé.",
  connections: "Connexions",
  members: "Personnes, invitations comprises",
  use: "{{used}} sur {{of}}",
  full: "Limite atteinte. Pour en ajouter, il faut une formule supérieure.",
  over: "Limite dépassée. Tout continue de fonctionner, mais il faut une formule supérieure pour en ajouter.",
  providers: "Intégrations",
  jobs: "Synchronisations",
  everything: "Toutes",
  exports: "Exports de données",
  exportsPerDay_one: "{{count}} par jour",
  exportsPerDay_many: "{{count}} par jour",
  exportsPerDay_other: "{{count}} par jour",
  runs: "Historique des synchronisations",
  logs: "Journaux de synchronisation",
  audit: "Historique du journal d’audit",
  days_one: "{{count}} jour",
  days_many: "{{count}} jours",
  days_other: "{{count}} jours",
  always: "illimité",
} satisfies Translation<typeof english>;
