import { useLocation } from "@remix-run/react";
import { MendLink } from "#app/components/calendar/mend-link.tsx";
import { Callout } from "#app/components/ui/callout.tsx";
import { useDisplay } from "#app/i18n/display.tsx";
import { wordsOf } from "#app/i18n/words.tsx";
import { useTenant } from "#app/portal/use-tenant.ts";

const useWords = wordsOf("notices");

/** Above every page but those where it is mended, or a run says what ended it: which account needs a new sign-in, what is paused until then, and the click that mends it. */
export function ReconnectNotices() {
  const t = useWords();
  const { base, reconnects, jobs, may } = useTenant();
  const { locale } = useDisplay();
  const { pathname } = useLocation();
  const isToldThere = pathname.startsWith(`${base}/integrations`) || pathname.startsWith(`${base}/runs/`);
  if (reconnects.length === 0 || isToldThere) return null;
  const list = new Intl.ListFormat(locale);
  return (
    <div className="mb-6 grid gap-2 sm:gap-3">
      {reconnects.map(({ id, account, provider, by }) => {
        const waiting = jobs.filter(({ providers }) => providers.includes(provider.id)).map(({ title }) => title);
        return (
          <Callout
            key={id}
            tone="warn"
            compact
            title={t("notice.reconnectTitle", { provider: provider.name, account })}
            action={
              may("connections:write") && (
                <MendLink base={base} provider={provider.id} connection={id} by={by} name={`${provider.name} (${account})`} primary />
              )
            }
          >
            {waiting.length > 0 ? t("notice.reconnectBody", { jobs: list.format(waiting) }) : t("notice.reconnectBodyNone")}
          </Callout>
        );
      })}
    </div>
  );
}
