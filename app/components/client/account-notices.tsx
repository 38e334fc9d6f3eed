import { Form } from "@remix-run/react";
import { Button } from "#app/components/ui/button.tsx";
import { Callout } from "#app/components/ui/callout.tsx";
import { Link } from "#app/components/ui/link.tsx";
import { SubmitButton } from "#app/components/ui/submit-button.tsx";
import { useDisplay, useFormat } from "#app/i18n/display.tsx";
import { isolate } from "#app/i18n/isolate.ts";
import { wordsOf } from "#app/i18n/words.tsx";
import { useTenant } from "#app/portal/use-tenant.ts";
import { type Account, type Integration, needsChoice, STATE_TONES, stateOfAccount } from "./account-state.ts";
import { ChangeNotice } from "./change-notices.tsx";
import { consentLink } from "./consent-link.ts";

const useWords = wordsOf("accounts", "account", "notices");

/** What an account needs from a person, each with the one click that mends it. */
export function AccountNotices({ integration, account }: { integration: Integration; account: Account }) {
  return (
    <>
      {!isToldAbove(integration, account) && <HealthNotice account={account} />}
      {account.endsAt !== null && <EndNotice account={account} endsAt={account.endsAt} />}
      {account.status === "active" && needsChoice(account) && <ChoiceNotice integration={integration} account={account} />}
      {account.status === "active" && account.waiting.length > 0 && <AccessNotice integration={integration} account={account} />}
      {account.changed && <ChangeNotice change={account.changed} provider={integration.name} />}
      {account.status === "active" && account.reduced.length > 0 && <ReducedNotice account={account} />}
    </>
  );
}

/** A provider that fails for many is told above every page, once. */
const isToldAbove = ({ incident }: Integration, { health }: Account): boolean => incident !== null && health.state === "degraded";

/** What is read works, and is less than it could be. */
function ReducedNotice({ account }: { account: Account }) {
  const t = useWords();
  const { locale } = useDisplay();
  const words = [...new Map(account.reduced.map((each) => [each.words.en, each.words])).values()];
  return (
    <Callout tone="info" padding="sm" title={t("accounts.reducedTitle")}>
      {words.map((each) => (
        <p key={each.en}>{each[locale]}</p>
      ))}
    </Callout>
  );
}

/** A sign-in of the same account took the key's place: when it ends, and how it is kept. */
function EndNotice({ account: { id, name }, endsAt }: { account: Account; endsAt: number }) {
  const t = useWords();
  const { may } = useTenant();
  const format = useFormat();
  const keeps = may("settings:write");
  return (
    <Callout
      tone="info"
      padding="sm"
      title={t("keys.endsTitle", { date: format.date(endsAt) })}
      action={
        keeps && (
          <Form method="post">
            <input type="hidden" name="connectionId" value={id} />
            <input type="hidden" name="account" value={name} />
            <input type="hidden" name="intent" value="keep-key" />
            <SubmitButton size="sm" variant="secondary" name={`keep-${id}`} value="1">
              {t("keys.keep")}
              <span className="sr-only">: {name}</span>
            </SubmitButton>
          </Form>
        )
      }
    >
      {t("keys.endsBody", { account: isolate(name) })} {!keeps && t("keys.endsWho")}
    </Callout>
  );
}

function HealthNotice({ account }: { account: Account }) {
  const t = useWords();
  const { locale } = useDisplay();
  const { health, holdsUp, status } = account;
  if (health.state === "healthy" || health.state === "expiring") return null;
  const state = stateOfAccount(account);
  return (
    <Callout
      tone={STATE_TONES[state]}
      padding="sm"
      title={status === "active" ? t(`account:state.${state}`) : t(account.kind === "key" ? "keys.needed" : "integrations.reconnectTitle")}
    >
      <p>{health.words[locale]}</p>
      {holdsUp.length > 0 && (
        <p>{t("notices:provider.waits", { jobs: new Intl.ListFormat(locale).format(holdsUp.map(({ title }) => title[locale])) })}</p>
      )}
    </Callout>
  );
}

function ChoiceNotice({ integration: { provider, name }, account }: { integration: Integration; account: Account }) {
  const t = useWords();
  const { base, may } = useTenant();
  const lost = account.choices.find(({ chosen }) => chosen.some(({ gone }) => gone));
  const open = lost ?? account.choices.find(({ needed, chosen }) => needed && chosen.length === 0);
  const query = new URLSearchParams({ connection: account.id, kind: open?.kind ?? "", return: `${base}/integrations/${provider}` });
  return (
    <Callout
      tone="warn"
      padding="sm"
      title={t(lost ? "accounts.goneTitle" : "accounts.choiceTitle")}
      action={
        may("connections:write") && (
          <Button asChild size="sm" variant="primary">
            <Link to={`${base}/integrations/${provider}/choose?${query}`}>{t("accounts.choose")}</Link>
          </Button>
        )
      }
    >
      {lost ? t("accounts.goneBody", { provider: name }) : t("accounts.choiceBody")}
    </Callout>
  );
}

function AccessNotice({ integration: { provider, name, scopeSets }, account }: { integration: Integration; account: Account }) {
  const t = useWords();
  const { locale } = useDisplay();
  const { tenant, may } = useTenant();
  const list = new Intl.ListFormat(locale);
  const titleOf = (id: string) => scopeSets.find((set) => set.id === id)?.title[locale] ?? id;
  return (
    <Callout
      tone="warn"
      padding="sm"
      title={t("accounts.waitingTitle")}
      action={
        may("connections:write") && (
          <Button asChild changes size="sm" variant="primary">
            <a href={consentLink({ tenant: tenant.id, provider, connection: account.id, only: "missing" })}>
              {t("accounts.grantMissing")}
              <span className="sr-only">: {account.name}</span>
            </a>
          </Button>
        )
      }
    >
      <ul>
        {account.waiting.map(({ id, title, sets, missing }) => (
          <li key={id}>
            {t("accounts.waitingLine", { job: title[locale], sets: isolate(list.format(sets.length > 0 ? sets.map(titleOf) : missing)) })}
          </li>
        ))}
      </ul>
      <p className="text-xs text-ink-faint">{t("accounts.grantMissingHint", { provider: name })}</p>
    </Callout>
  );
}
