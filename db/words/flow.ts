/** `begun`: it may have been done. `done`, or `refused` for good. */
export const flowCallStates = ["begun", "done", "refused"] as const;
export type FlowCallState = (typeof flowCallStates)[number];

/** What came of a call that was done, each with the names of what its sentence names. Words in `app/i18n`. */
export const flowCodes = {
  run_started: ["job"],
  run_open: ["job"],
  paused: ["automation"],
  paused_already: ["automation"],
  resumed: ["automation"],
  resumed_already: ["automation"],
  note_left: [],
} as const satisfies Record<string, readonly string[]>;
export type FlowCode = keyof typeof flowCodes;
