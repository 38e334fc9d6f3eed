import { Badge } from "#app/components/ui/badge.tsx";
import { wordsOf } from "#app/i18n/words.tsx";
import type { RenewalOutcome as Outcome } from "#db/words/connections.ts";

const useWords = wordsOf("operations", "account");

/** How an attempt ended, and the provider's own words where it failed. */
export function RenewalOutcome({ outcome, message }: { outcome: Outcome; message: string | null }) {
  const t = useWords();
  const own = outcome === "renewed" || outcome === "late" || outcome === "lives_on";
  return (
    <span className="grid min-w-0 justify-items-end gap-1 text-end @min-[40rem]:justify-items-start @min-[40rem]:text-start">
      <Badge tone={outcome === "renewed" ? "ok" : outcome === "late" ? "info" : outcome === "revoked" ? "danger" : "warn"}>
        {own ? t(`renewals.${outcome}`) : t(`account:probe.${outcome}`)}
      </Badge>
      {message && (
        <bdi dir="ltr" className="text-xs text-ink-faint [overflow-wrap:anywhere]">
          {message}
        </bdi>
      )}
    </span>
  );
}
