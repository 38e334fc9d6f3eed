import type { Action, StoredAction } from "#server/domain/actions/schemas.ts";
import { type Voice, voiceOf } from "./voice.ts";

interface Door {
  voice?: Voice;
}

/** An action as it goes out: why it was proposed in words, beside what says it. */
export const sayAction = <A extends StoredAction>(door: Door, action: A): A & Action => ({
  ...action,
  because: voiceOf(door).text({ code: `${action.automation}.${action.evidence.line}`, params: action.evidence.params }),
});

export const sayActionPage = (door: Door, { items, next }: { items: readonly StoredAction[]; next: string | null }) => ({
  items: items.map((action) => sayAction(door, action)),
  next,
});
