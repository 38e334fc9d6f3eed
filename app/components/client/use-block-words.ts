import { wordsOf } from "#app/i18n/words.tsx";
import type { ScheduleBlock } from "#db/words/runs.ts";

const useWords = wordsOf("runs");

/** For what a job waits, in a sentence. `providers` are the names of those that it reads. */
export function useBlockWords(): (block: ScheduleBlock | "disabled", providers: readonly string[]) => string {
  const t = useWords();
  return (block, providers) => t(`block.${block}`, { provider: providers.join(", ") });
}

/** Whether the integrations page is where it is mended. */
export const mendedByConnecting = (block: ScheduleBlock | null): boolean =>
  block === "not_connected" ||
  block === "reconnect_needed" ||
  block === "missing_scopes" ||
  block === "choice_needed" ||
  block === "choice_gone";
