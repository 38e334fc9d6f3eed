import { useTranslation } from "react-i18next";
import { Badge } from "#app/components/ui/badge.tsx";
import { type AccountState, STATE_TONES } from "./account-state.ts";

/** How an account or a provider is, in two or three words. */
export function StateBadge({ state }: { state: AccountState }) {
  const { t } = useTranslation("client");
  return <Badge tone={STATE_TONES[state]}>{t(`accounts.state.${state}`)}</Badge>;
}
