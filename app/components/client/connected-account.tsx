import { Form } from "@remix-run/react";
import { Activity, CircleCheck, RefreshCw, Unplug } from "lucide-react";
import { Button } from "#app/components/ui/button.tsx";
import { Card } from "#app/components/ui/card.tsx";
import { ConfirmButton } from "#app/components/ui/confirm-button.tsx";
import { SubmitButton } from "#app/components/ui/submit-button.tsx";
import type { FormFailure } from "#app/form-errors.ts";
import { useDisplay } from "#app/i18n/display.tsx";
import { isolate } from "#app/i18n/isolate.ts";
import { wordsOf } from "#app/i18n/words.tsx";
import { useTenant } from "#app/portal/use-tenant.ts";
import { AccountAccess } from "./account-access.tsx";
import { AccountChoices } from "./account-choices.tsx";
import { AccountFacts } from "./account-facts.tsx";
import { AccountNotices } from "./account-notices.tsx";
import { type Account, type Integration, isSwitchedOff, pausedOf, stateOfAccount } from "./account-state.ts";
import { AccountWebhook } from "./account-webhook.tsx";
import { consentLink } from "./consent-link.ts";
import { KeyAccountActions } from "./key-account-actions.tsx";
import { StateBadge } from "./state-badge.tsx";

const useWords = wordsOf("accounts");

/** One account at a provider: how it is, what is read of it, and what can be done about it. */
export function ConnectedAccount({
  integration,
  account,
  failure,
}: {
  integration: Integration;
  account: Account;
  /** What the page's last form failed with. */
  failure: FormFailure | undefined;
}) {
  const t = useWords();
  const { locale } = useDisplay();
  const { may } = useTenant();
  const { name, reads, kind } = account;
  return (
    <Card as="li" className="grid grid-cols-1 gap-4">
      <div>
        <div className="flex flex-wrap items-center justify-between gap-x-3 gap-y-1">
          <h2 className="min-w-0 text-[0.9375rem] font-semibold [overflow-wrap:anywhere]">
            <bdi>{name}</bdi>
          </h2>
          <StateBadge state={stateOfAccount(account)} />
        </div>
        {/* What waits for it stands in the notice below. */}
        {(reads.length > 0 || pausedOf([account]).length === 0) && (
          <p className="mt-0.5 text-[0.8125rem] text-ink-muted">
            {reads.length > 0
              ? t("accounts.reads", { list: new Intl.ListFormat(locale).format(reads.map(({ title }) => title[locale])) })
              : t("accounts.readsNone")}
          </p>
        )}
      </div>
      <AccountNotices integration={integration} account={account} />
      <div className="grid grid-cols-1 items-start gap-x-8 gap-y-4 lg:grid-cols-2">
        <AccountFacts account={account} />
        <AccountChoices provider={integration.provider} account={account} />
      </div>
      {kind === "oauth" && <AccountAccess integration={integration} account={account} />}
      <KeyAccountActions integration={integration} account={account} failure={failure} />
      {account.webhook && may("connections:write") && (
        <AccountWebhook integration={integration} account={account} webhook={account.webhook} failure={failure} />
      )}
      {may("connections:write") && <AccountActions integration={integration} account={account} />}
    </Card>
  );
}

function AccountActions({ integration, account }: { integration: Integration; account: Account }) {
  const t = useWords();
  const { tenant } = useTenant();
  const { provider, name: providerName, connections, jobs } = integration;
  const { id, name, status, kind, preferred, reads } = account;
  const isRead = preferred || (reads.length > 0 && reads.length === jobs.length);
  return (
    <div className="flex flex-wrap items-center gap-2 border-t border-line pt-4">
      {kind === "oauth" && !isSwitchedOff(integration) && (
        <Button asChild changes size="sm" variant={status === "reconnect_needed" ? "primary" : "secondary"}>
          <a href={consentLink({ tenant: tenant.id, provider, connection: id })}>
            <RefreshCw aria-hidden />
            {t("integrations.reconnect")}
            <span className="sr-only">: {name}</span>
          </a>
        </Button>
      )}
      {status === "active" && !isSwitchedOff(integration) && (
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
      {connections.length > 1 && status === "active" && !isRead && (
        <ConfirmButton
          size="sm"
          variant="secondary"
          confirmVariant="primary"
          title={t("accounts.useTitle", { account: isolate(name) })}
          description={t("accounts.useBody", { provider: providerName })}
          confirmLabel={t("accounts.useThis")}
          fields={{ intent: "prefer", connectionId: id, account: name }}
        >
          <CircleCheck aria-hidden />
          {t("accounts.useThis")}
          <span className="sr-only">: {name}</span>
        </ConfirmButton>
      )}
      {/* On a phone a line of its own, its text flush with the buttons above. */}
      <div className="max-sm:-ms-2.5 max-sm:w-full sm:ms-auto">
        <ConfirmButton
          size="sm"
          variant="ghost"
          title={t("integrations.disconnectTitle", { provider: providerName, account: isolate(name) })}
          description={t("integrations.disconnectBody", { provider: providerName })}
          confirmLabel={t("integrations.disconnect")}
          fields={{ intent: "disconnect", connectionId: id, account: name }}
        >
          <Unplug aria-hidden />
          {t("integrations.disconnect")}
          <span className="sr-only">: {name}</span>
        </ConfirmButton>
      </div>
    </div>
  );
}
