import { Badge } from "#app/components/ui/badge.tsx";
import type { Tone } from "#app/components/ui/tone.ts";
import { wordsOf } from "#app/i18n/words.tsx";
import type { Outputs } from "#server/trpc/root.ts";

const useWords = wordsOf("webhooks");

type Status = Outputs["webhooks"]["get"]["status"];

const TONES: Record<Status, Tone> = { received: "info", done: "ok", ignored: "neutral", failed: "danger", refused: "warn" };

export const DELIVERY_STATUSES = Object.keys(TONES) as Status[];

/** What became of a delivery. */
export function DeliveryStatus({ status }: { status: Status }) {
  const t = useWords();
  return <Badge tone={TONES[status]}>{t(`states.${status}`)}</Badge>;
}
