import { Badge } from "#app/components/ui/badge.tsx";
import type { Tone } from "#app/components/ui/tone.ts";
import { wordsOf } from "#app/i18n/words.tsx";
import type { TenantStatus } from "#db/words/tenants.ts";

const useWords = wordsOf("admin");

const TONES: Record<TenantStatus, Tone> = { onboarding: "info", active: "ok", suspended: "warn" };

/** How a client stands, in a word. */
export function ClientStatus({ status }: { status: TenantStatus }) {
  const t = useWords();
  return <Badge tone={TONES[status]}>{t(`clientStatus.${status}`)}</Badge>;
}
