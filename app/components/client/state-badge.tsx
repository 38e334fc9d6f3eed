import { Badge } from "#app/components/ui/badge.tsx";
import { wordsOf } from "#app/i18n/words.tsx";
import { type AccountState, STATE_TONES } from "./account-state.ts";

const useWords = wordsOf("account");

/** How an account or a provider is, in two or three words. */
export function StateBadge({ state }: { state: AccountState }) {
  const t = useWords();
  return <Badge tone={STATE_TONES[state]}>{t(`state.${state}`)}</Badge>;
}
