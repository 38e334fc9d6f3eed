import { useLocation } from "@remix-run/react";
import { MendLink } from "#app/components/calendar/mend-link.tsx";
import { Callout } from "#app/components/ui/callout.tsx";
import { useDisplay, useFormat } from "#app/i18n/display.tsx";
import { wordsOf } from "#app/i18n/words.tsx";
import { useTenant } from "#app/portal/use-tenant.ts";

const useWords = wordsOf("notices");

/** So long before an end people are told of it; of an access that lives less than twice as long, half of its life before. */
const AHEAD_MS = 30 * 86_400_000;

/** Above every page but the calendar: which access ends within 30 days although it works, and the click that keeps it. */
export function CliffNotices() {
  const t = useWords();
  const { base, cliffs, may } = useTenant();
  const { now } = useDisplay();
  const format = useFormat();
  const { pathname } = useLocation();
  const near = cliffs.filter(({ at, since }) => at > now && at - now <= Math.min(AHEAD_MS, (at - since) / 2));
  if (near.length === 0 || pathname === `${base}/integrations/calendar`) return null;
  return (
    <div className="mb-6 grid gap-2 sm:gap-3">
      {near.map(({ id, account, provider, at, by }) => (
        <Callout
          key={id}
          tone="warn"
          compact
          title={t("notice.endsTitle", { provider: provider.name, account, date: format.date(at) })}
          action={may("connections:write") && <MendLink base={base} provider={provider.id} connection={id} by={by} name={account} />}
        >
          {t(by === "oauth" ? "notice.endsBody" : "notice.endsBodyKey")}
        </Callout>
      ))}
    </div>
  );
}
