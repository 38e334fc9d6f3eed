import { useTranslation } from "react-i18next";
import { Badge } from "#app/components/ui/badge.tsx";
import type { Tone } from "#app/components/ui/tone.ts";
import type { TenantStatus } from "#server/domain/tenants/schemas.ts";

const TONES: Record<TenantStatus, Tone> = { onboarding: "info", active: "ok", suspended: "warn" };

/** How a client stands, in a word. */
export function ClientStatus({ status }: { status: TenantStatus }) {
  const { t } = useTranslation("admin");
  return <Badge tone={TONES[status]}>{t(`clientStatus.${status}`)}</Badge>;
}
