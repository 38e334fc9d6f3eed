import { Badge } from "#app/components/ui/badge.tsx";
import { StatusDot } from "#app/components/ui/status-dot.tsx";
import type { Tone } from "#app/components/ui/tone.ts";
import { wordsOf } from "#app/i18n/words.tsx";
import type { ActionState as State } from "#db/words/actions.ts";
import { type Action, isUnclear } from "./listed-action.ts";

const useWords = wordsOf("approvals");

const TONES: Record<State, Tone> = {
  withheld: "neutral",
  shadowed: "neutral",
  waiting: "info",
  approved: "info",
  executing: "info",
  unsure: "warn",
  done: "ok",
  undoing: "info",
  undone: "neutral",
  failed: "danger",
  rejected: "neutral",
  expired: "neutral",
  voided: "neutral",
};

/** How an action stands, in a word. */
export function ActionState({ action }: { action: Pick<Action, "status" | "availableAt"> }) {
  const t = useWords();
  const { status } = action;
  if (status === "executing" || status === "undoing") {
    return (
      <StatusDot tone="info" live small>
        {t(`state.${status}`)}
      </StatusDot>
    );
  }
  return <Badge tone={TONES[status]}>{t(`state.${isUnclear(action) ? "unclear" : status}`)}</Badge>;
}
