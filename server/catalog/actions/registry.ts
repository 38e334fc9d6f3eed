import type { ActionKind } from "./action.ts";

/** Every kind of thing that can be done outside. */
export const actionKinds: readonly ActionKind[] = [];

/** The kind of this id; undefined for one that is no more on the shelf. */
export const kindOf = (id: string): ActionKind | undefined => actionKinds.find((each) => each.id === id);
