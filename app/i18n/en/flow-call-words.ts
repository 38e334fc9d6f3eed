import type { FlowCode } from "#db/words/flow.ts";

/** What came of a call of a workflow in Shopify Flow. `db/words/flow.ts` has the codes; names in braces are their params. */
export const flowCallWords = {
  run_started: "{{job}} was started.",
  run_open: "{{job}} is already running.",
  paused: "“{{automation}}” was paused.",
  paused_already: "“{{automation}}” does nothing at the moment, so there was nothing to pause.",
  resumed: "“{{automation}}” was resumed and asks for approval.",
  resumed_already: "“{{automation}}” isn’t paused.",
  note_left: "The note was left.",
} as const satisfies Record<FlowCode, string>;
