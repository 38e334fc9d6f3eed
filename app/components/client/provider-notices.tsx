import { Callout } from "#app/components/ui/callout.tsx";
import { useDisplay, useFormat } from "#app/i18n/display.tsx";
import { wordsOf } from "#app/i18n/words.tsx";
import { useTenant } from "#app/portal/use-tenant.ts";

const useWords = wordsOf("notices");

const WHAT_NOW = { unavailable: "body", rate_limited: "body", misconfigured: "ours", switched_off: "off" } as const;

/** Above every page, calmly: a provider of this client fails for many or is switched off, so that its figures stay as they are for a while. */
export function ProviderNotices() {
  const t = useWords();
  const { incidents, jobs } = useTenant();
  const { locale } = useDisplay();
  const format = useFormat();
  if (incidents.length === 0) return null;
  return (
    <div className="mb-6 grid gap-2 sm:gap-3">
      {incidents.map(({ provider, kind, asOf }) => {
        const waiting = jobs.filter(({ providers }) => providers.includes(provider.id)).map(({ title }) => title);
        return (
          <Callout key={provider.id} tone="info" compact title={t(`provider.${kind}`, { provider: provider.name })}>
            <p>
              {asOf !== null && `${t("provider.asOf", { time: format.date(asOf, "dateTime") })} `}
              {t(`provider.${WHAT_NOW[kind]}`)}
            </p>
            {waiting.length > 0 && <p>{t("provider.waits", { jobs: new Intl.ListFormat(locale).format(waiting) })}</p>}
          </Callout>
        );
      })}
    </div>
  );
}
