import { Form } from "@remix-run/react";
import { Activity, RefreshCw, Unplug } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Button } from "#app/components/ui/button.tsx";
import { Callout } from "#app/components/ui/callout.tsx";
import { ConfirmButton } from "#app/components/ui/confirm-button.tsx";
import { DescriptionList } from "#app/components/ui/description-list.tsx";
import { SubmitButton } from "#app/components/ui/submit-button.tsx";
import { Time } from "#app/components/ui/time.tsx";
import { useDisplay } from "#app/i18n/display.tsx";
import { useTenant } from "#app/tenant.ts";
import { AccountAccess } from "./account-access.tsx";
import type { Integration } from "./integration-card.tsx";

export type Account = Integration["connections"][number];

/** One account at a provider: how it is, what it may be read for, and what can be done about it. */
export function ConnectedAccount({ integration, account }: { integration: Integration; account: Account }) {
  const { t } = useTranslation("client");
  const { locale } = useDisplay();
  const { may } = useTenant();
  const { status, statusReason, waiting } = account;
  const list = new Intl.ListFormat(locale);
  return (
    <div className="grid gap-4 border-t border-line pt-4">
      {status === "reconnect_needed" && (
        <Callout tone="warn" title={t("integrations.reconnectTitle")} className="p-3">
          {statusReason?.[locale]}
        </Callout>
      )}
      {status === "active" && waiting.length > 0 && (
        <Callout tone="warn" title={t("integrations.waitingTitle")} className="p-3">
          {t("integrations.waitingBody", { jobs: list.format(waiting.map(({ title }) => title[locale])) })}
        </Callout>
      )}
      <AccountFacts account={account} />
      <AccountAccess integration={integration} account={account} />
      {may("connections:write") && <AccountActions integration={integration} account={account} />}
    </div>
  );
}

function AccountFacts({ account }: { account: Account }) {
  const { t } = useTranslation("client");
  const { now } = useDisplay();
  const { name, status, connectedAt, lastSuccessAt, accessExpiresAt, probedAt, probeResult } = account;
  const validUntil =
    accessExpiresAt === null ? (
      t("integrations.validForever")
    ) : accessExpiresAt > now ? (
      <Time at={accessExpiresAt} style="dateTime" />
    ) : (
      t("integrations.renewedOnUse")
    );
  return (
    <DescriptionList
      className="text-[0.8125rem]"
      items={[
        { term: t("integrations.account"), value: <bdi className="font-medium">{name}</bdi> },
        { term: t("integrations.since"), value: <Time at={connectedAt} style="date" /> },
        { term: t("integrations.lastSuccess"), value: lastSuccessAt === null ? t("integrations.never") : <Time at={lastSuccessAt} /> },
        ...(status === "active" ? [{ term: t("integrations.validUntil"), value: validUntil }] : []),
        ...(probedAt !== null && probeResult !== null
          ? [
              {
                term: t("integrations.lastCheck"),
                value: (
                  <>
                    {t(`integrations.probe.${probeResult}`)}, <Time at={probedAt} />
                  </>
                ),
              },
            ]
          : []),
      ]}
    />
  );
}

function AccountActions({ integration: { provider, name: providerName }, account }: { integration: Integration; account: Account }) {
  const { t } = useTranslation("client");
  const { tenant } = useTenant();
  const { id, name, status } = account;
  return (
    <div className="flex flex-wrap gap-2">
      <Button asChild size="sm" variant={status === "reconnect_needed" ? "primary" : "secondary"}>
        <a href={`/api/auth/oauth/${provider}/authorize?${new URLSearchParams({ tenant: tenant.id, connection: id })}`}>
          <RefreshCw aria-hidden />
          {t("integrations.reconnect")}
          <span className="sr-only">: {name}</span>
        </a>
      </Button>
      {status === "active" && (
        <Form method="post">
          <input type="hidden" name="connectionId" value={id} />
          <input type="hidden" name="account" value={name} />
          <input type="hidden" name="intent" value="probe" />
          {/* Several accounts may have this button: the name tells which one is at work. */}
          <SubmitButton size="sm" variant="secondary" name={`probe-${id}`} value="1">
            <Activity aria-hidden />
            {t("integrations.check")}
            <span className="sr-only">: {name}</span>
          </SubmitButton>
        </Form>
      )}
      <ConfirmButton
        size="sm"
        variant="ghost"
        title={t("integrations.disconnectTitle", { account: name })}
        description={t("integrations.disconnectBody", { provider: providerName })}
        confirmLabel={t("integrations.disconnect")}
        fields={{ intent: "disconnect", connectionId: id, account: name }}
      >
        <Unplug aria-hidden />
        {t("integrations.disconnect")}
        <span className="sr-only">: {name}</span>
      </ConfirmButton>
    </div>
  );
}
