import { Form } from "@remix-run/react";
import { KeyRound, RotateCw } from "lucide-react";
import type { ReactNode } from "react";
import { isServed, pausedOf, stateOfAccount } from "#app/components/client/account-state.ts";
import { StateBadge } from "#app/components/client/state-badge.tsx";
import { Card } from "#app/components/ui/card.tsx";
import { EmptyState } from "#app/components/ui/empty-state.tsx";
import { NameAndNote } from "#app/components/ui/name-and-note.tsx";
import { None } from "#app/components/ui/none.tsx";
import { ProviderMark } from "#app/components/ui/provider-mark.tsx";
import { StatusDot } from "#app/components/ui/status-dot.tsx";
import { SubmitButton } from "#app/components/ui/submit-button.tsx";
import { Table } from "#app/components/ui/table.tsx";
import { Time } from "#app/components/ui/time.tsx";
import { useDisplay } from "#app/i18n/display.tsx";
import { wordsOf } from "#app/i18n/words.tsx";
import type { Outputs } from "#server/trpc/root.ts";

const useWords = wordsOf("clients", "admin", "account");

type Integration = Outputs["connections"]["list"][number];
type Account = Integration["connections"][number];

/** A client's accounts at the providers, each with its health and a check by hand (`intent=check`). */
export function ConnectionTable({ integrations }: { integrations: readonly Integration[] }) {
  const t = useWords();
  const { locale } = useDisplay();
  const list = (each: readonly string[]) => new Intl.ListFormat(locale).format(each);
  const missing = integrations.filter((integration) => !isServed(integration)).map(({ name }) => name);
  const lent = integrations.flatMap(({ name, lent }) => (lent ? [`${name} (${lent.account})`] : []));
  return (
    <Card padding="none">
      <Table
        caption={t("connections.title")}
        rows={integrations.flatMap(({ provider, name, connections }) =>
          connections.map((account) => ({ provider, providerName: name, account })),
        )}
        rowKey={({ account }) => account.id}
        empty={
          <EmptyState icon={KeyRound} title={t("connections.emptyTitle")}>
            {t("connections.emptyBody")}
          </EmptyState>
        }
        columns={[
          {
            key: "account",
            header: t("connections.account"),
            primary: true,
            cell: ({ provider, providerName, account }) => (
              <span className="-my-1 flex min-w-0 items-center gap-3">
                <ProviderMark id={provider} name={providerName} small />
                <NameAndNote note={providerName}>
                  <bdi>{account.name}</bdi>
                </NameAndNote>
              </span>
            ),
          },
          { key: "state", header: t("connections.state"), cell: ({ account }) => <State account={account} /> },
          {
            key: "valid",
            header: t("connections.validUntil"),
            named: true,
            cell: ({ account }) => <ValidUntil account={account} />,
          },
          {
            key: "success",
            header: t("connections.lastSuccess"),
            named: true,
            cell: ({ account }) =>
              account.lastSuccessAt === null ? <Faint>{t("admin:never")}</Faint> : <Time at={account.lastSuccessAt} />,
          },
          { key: "probe", header: t("connections.probe"), cell: ({ account }) => <Probe account={account} /> },
          {
            key: "actions",
            header: <span className="sr-only">{t("admin:actions")}</span>,
            actions: true,
            cell: ({ account }) => (
              <Form method="post" preventScrollReset>
                <input type="hidden" name="intent" value="check" />
                <input type="hidden" name="account" value={account.name} />
                <SubmitButton name="connectionId" value={account.id} size="sm" variant="secondary">
                  <RotateCw aria-hidden />
                  {t("connections.check")}
                  <span className="sr-only">: {account.name}</span>
                </SubmitButton>
              </Form>
            ),
          },
        ]}
      />
      {lent.length > 0 && (
        <p className="border-t border-line px-5 py-3 text-[0.8125rem] text-ink-muted">{t("connections.lent", { accounts: list(lent) })}</p>
      )}
      {missing.length > 0 && missing.length < integrations.length && (
        <p className="border-t border-line px-5 py-3 text-[0.8125rem] text-ink-faint">
          {t("connections.missing", { providers: list(missing) })}
        </p>
      )}
    </Card>
  );
}

const Faint = ({ children }: { children: ReactNode }) => <span className="text-ink-faint">{children}</span>;

function State({ account }: { account: Account }) {
  const t = useWords();
  const { locale } = useDisplay();
  const { health, waiting } = account;
  const lacks = waiting.length > 0;
  const stopped = pausedOf([account]);
  return (
    <span className="grid justify-items-start gap-1">
      <StateBadge state={stateOfAccount(account)} />
      {health.state !== "healthy" && (
        <span className="max-w-[30ch] text-xs text-ink-faint">
          {health.words[locale]}
          {health.since !== null && (
            <>
              {" "}
              {t("admin:incident.since")} <Time at={health.since} style="dateTime" />.
            </>
          )}
        </span>
      )}
      {stopped.length > 0 && (
        <span className="max-w-[30ch] text-xs text-warn">
          {t("client.paused", { jobs: new Intl.ListFormat(locale).format(stopped.map(({ title }) => title[locale])) })}
        </span>
      )}
      {lacks && <span className="text-xs text-warn">{t("connections.lacksScopes", { count: waiting.length })}</span>}
    </span>
  );
}

function ValidUntil({ account: { status, accessExpiresAt } }: { account: Account }) {
  const t = useWords();
  if (status !== "active") return <None />;
  return accessExpiresAt === null ? <Faint>{t("connections.endless")}</Faint> : <Time at={accessExpiresAt} />;
}

function Probe({ account: { probedAt, probeResult } }: { account: Account }) {
  const t = useWords();
  if (probedAt === null) return <span className="whitespace-nowrap text-ink-faint">{t("connections.unchecked")}</span>;
  if (probeResult === null) return <Time at={probedAt} />;
  return (
    <span className="grid justify-items-start gap-1">
      <StatusDot tone={probeResult === "ok" ? "ok" : "danger"} small className="max-w-[24ch]">
        {t(`account:probe.${probeResult}`)}
      </StatusDot>
      <Time at={probedAt} className="text-xs text-ink-faint" />
    </span>
  );
}
