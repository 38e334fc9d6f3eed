import { ChevronRight } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Badge } from "#app/components/ui/badge.tsx";
import { Card } from "#app/components/ui/card.tsx";
import { ProviderMark } from "#app/components/ui/provider-mark.tsx";
import type { Tone } from "#app/components/ui/tone.ts";
import { useDisplay } from "#app/i18n/display.tsx";
import { useTenant } from "#app/tenant.ts";
import type { Outputs } from "#server/trpc/root.ts";
import { ConnectForm } from "./connect-form.tsx";
import { ConnectedAccount } from "./connected-account.tsx";

export type Integration = Outputs["connections"]["list"][number];

const TONES: Record<Integration["state"], Tone> = { connected: "ok", reconnect_needed: "warn", not_connected: "neutral" };

/**
 * A provider: what it is for, its accounts with what can be done with them, or the form that connects the first one. `next` is
 * for the provider that it is best to connect next.
 */
export function IntegrationCard({ integration, next }: { integration: Integration; next: boolean }) {
  const { t } = useTranslation("client");
  const { locale } = useDisplay();
  const { may } = useTenant();
  const { provider, name, description, state, configured, connections, jobs } = integration;
  const connects = may("connections:write") && configured;
  return (
    <Card as="li" id={provider} className="flex scroll-mt-20 flex-col gap-4">
      <div className="flex items-start gap-3">
        <ProviderMark id={provider} name={name} />
        <div className="min-w-0 flex-1">
          <div className="flex flex-wrap items-center justify-between gap-x-3 gap-y-1">
            <h2 className="text-[0.9375rem] font-semibold">{name}</h2>
            <Badge tone={TONES[state]}>{t(`integrations.state.${state}`)}</Badge>
          </div>
          <p className="mt-1 text-[0.8125rem] text-ink-muted">{description[locale]}</p>
        </div>
      </div>
      {connections.map((account) => (
        <ConnectedAccount key={account.id} integration={integration} account={account} />
      ))}
      {connections.length === 0 && jobs.length > 0 && (
        <p className="text-[0.8125rem] text-ink-faint">
          {t("integrations.reads")}: {new Intl.ListFormat(locale).format(jobs.map(({ title }) => title[locale]))}
        </p>
      )}
      {!configured && connections.length === 0 && <p className="text-[0.8125rem] text-ink-faint">{t("integrations.notConfigured")}</p>}
      {connects && connections.length === 0 && <ConnectForm integration={integration} primary={next} />}
      {connects && connections.length > 0 && (
        <details className="group/another border-t border-line pt-3">
          <summary className="inline-flex items-center gap-1 rounded-sm text-[0.8125rem] text-ink-faint transition-colors hover:text-ink">
            <ChevronRight
              aria-hidden
              data-mirror
              className="size-3.5 transition-[rotate] group-open/another:rotate-90 rtl:group-open/another:-rotate-90"
            />
            {t("integrations.connectAnother")}
            <span className="sr-only">: {name}</span>
          </summary>
          <ConnectForm integration={integration} primary={false} className="mt-3" />
        </details>
      )}
    </Card>
  );
}
