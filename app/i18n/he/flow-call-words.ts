import type { FlowCode } from "#db/words/flow.ts";

/** What came of a call of a workflow in Shopify Flow. `db/words/flow.ts` has the codes; names in braces are their params. */
export const flowCallWords = {
  run_started: "{{job}} הופעל.",
  run_open: "{{job}} כבר פועל.",
  paused: '"{{automation}}" הושהתה.',
  paused_already: '"{{automation}}" לא עושה דבר כרגע, ולכן לא היה מה להשהות.',
  resumed: '"{{automation}}" חודשה ומבקשת אישור.',
  resumed_already: '"{{automation}}" אינה מושהית.',
  note_left: "ההערה נשמרה.",
} as const satisfies Record<FlowCode, string>;
