import { Badge } from "#app/components/ui/badge.tsx";
import { NameAndNote } from "#app/components/ui/name-and-note.tsx";
import { wordsOf } from "#app/i18n/words.tsx";
import type { RenewalOutcome as Outcome } from "#db/words/connections.ts";

const useWords = wordsOf("operations", "account");

/** How an attempt ended, and the provider's own words where it failed. */
export function RenewalOutcome({ outcome, message }: { outcome: Outcome; message: string | null }) {
  const t = useWords();
  const own = outcome === "renewed" || outcome === "late" || outcome === "lives_on";
  return (
    <NameAndNote note={message && <bdi dir="ltr">{message}</bdi>}>
      <Badge tone={outcome === "renewed" ? "ok" : outcome === "late" ? "info" : outcome === "revoked" ? "danger" : "warn"}>
        {own ? t(`renewals.${outcome}`) : t(`account:probe.${outcome}`)}
      </Badge>
    </NameAndNote>
  );
}
