import type { FlowCode } from "#db/words/flow.ts";

/** What came of a call of a workflow in Shopify Flow. `db/words/flow.ts` has the codes; names in braces are their params. */
export const flowCallWords = {
  run_started: "{{job}} a été lancé.",
  run_open: "{{job}} est déjà en cours.",
  paused: "« {{automation}} » a été mise en pause.",
  paused_already: "« {{automation}} » ne fait rien pour le moment ; il n’y avait rien à mettre en pause.",
  resumed: "« {{automation}} » a repris et demande une approbation.",
  resumed_already: "« {{automation}} » n’est pas en pause.",
  note_left: "La note a été laissée.",
} as const satisfies Record<FlowCode, string>;
