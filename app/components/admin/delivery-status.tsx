import { useTranslation } from "react-i18next";
import { Badge } from "#app/components/ui/badge.tsx";
import type { Tone } from "#app/components/ui/tone.ts";
import type { Outputs } from "#server/trpc/root.ts";

type Status = Outputs["webhooks"]["get"]["status"];

const TONES: Record<Status, Tone> = { received: "info", done: "ok", ignored: "neutral", failed: "danger", refused: "warn" };

export const DELIVERY_STATUSES = Object.keys(TONES) as Status[];

/** What became of a delivery. */
export function DeliveryStatus({ status }: { status: Status }) {
  const { t } = useTranslation("webhooks");
  return <Badge tone={TONES[status]}>{t(`states.${status}`)}</Badge>;
}
