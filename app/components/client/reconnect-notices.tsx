import { useLocation } from "@remix-run/react";
import { Button } from "#app/components/ui/button.tsx";
import { Callout } from "#app/components/ui/callout.tsx";
import { Link } from "#app/components/ui/link.tsx";
import { useDisplay } from "#app/i18n/display.tsx";
import { wordsOf } from "#app/i18n/words.tsx";
import { useTenant } from "#app/portal/use-tenant.ts";

const useWords = wordsOf("notices");

/** Above every page but those where it is mended: which account needs a new sign-in, and what waits for it. */
export function ReconnectNotices() {
  const t = useWords();
  const { base, reconnects, jobs, may } = useTenant();
  const { locale } = useDisplay();
  const { pathname } = useLocation();
  if (reconnects.length === 0 || pathname.startsWith(`${base}/integrations`)) return null;
  const list = new Intl.ListFormat(locale);
  return (
    <div className="mb-6 grid gap-3">
      {reconnects.map(({ id, account, provider }) => {
        const waiting = jobs.filter(({ providers }) => providers.includes(provider.id)).map(({ title }) => title);
        return (
          <Callout
            key={id}
            tone="warn"
            title={t("notice.reconnectTitle", { provider: provider.name, account })}
            action={
              may("connections:write") && (
                <Button asChild size="sm">
                  <Link to={`${base}/integrations/${provider.id}`}>{t("notice.reconnect", { provider: provider.name })}</Link>
                </Button>
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
