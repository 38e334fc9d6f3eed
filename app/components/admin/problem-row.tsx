import { Form } from "@remix-run/react";
import { Fragment, type ReactNode } from "react";
import { Button } from "#app/components/ui/button.tsx";
import { ConfirmButton } from "#app/components/ui/confirm-button.tsx";
import { Link } from "#app/components/ui/link.tsx";
import { SubmitButton } from "#app/components/ui/submit-button.tsx";
import { Time } from "#app/components/ui/time.tsx";
import { wordsOf } from "#app/i18n/words.tsx";
import { useAdmin } from "#app/portal/use-admin.ts";
import { DuringIncident } from "./during-incident.tsx";
import type { Of, Problem } from "./problems.ts";

const useWords = wordsOf("today", "runs", "operations");

/** One problem: what it is, why, and the action that mends it. */
export function ProblemRow({ problem }: { problem: Problem }) {
  switch (problem.cause) {
    case "incident":
      return <IncidentRow problem={problem} />;
    case "dead_letters":
      return <LettersRow problem={problem} />;
    case "reconnect":
      return <ReconnectRow problem={problem} />;
    case "failing":
      return <FailingRow problem={problem} />;
    case "renewal":
      return <RenewalRow problem={problem} />;
    case "expiring":
      return <ExpiringRow problem={problem} />;
    case "undelivered":
      return <UndeliveredRow problem={problem} />;
    case "stuck":
      return <StuckRow problem={problem} />;
    default:
      return problem satisfies never;
  }
}

function Row({ title, action, children }: { title: ReactNode; action: ReactNode; children: ReactNode }) {
  return (
    <li className="flex flex-wrap items-center justify-between gap-x-6 gap-y-2 px-4 py-2.5 sm:flex-nowrap sm:px-5">
      <div className="min-w-0 flex-1 basis-60 text-sm">
        <p className="font-medium text-ink [overflow-wrap:anywhere]">{title}</p>
        <div className="text-[0.8125rem] text-ink-muted [overflow-wrap:anywhere]">{children}</div>
      </div>
      <div className="shrink-0">{action}</div>
    </li>
  );
}

interface Named {
  id: string;
  name: string;
}

const ClientName = ({ client }: { client: Named }) => (
  <Link to={`/admin/clients/${client.id}`} prefetch="intent" className="rounded-sm transition-colors hover:text-accent">
    <bdi>{client.name}</bdi>
  </Link>
);

const To = ({ to, children }: { to: string; children: ReactNode }) => (
  <Button asChild size="sm">
    <Link to={to}>{children}</Link>
  </Button>
);

/** A form of one button; `name` says to screen readers what of. */
function Act({ intent, fields, label, name }: { intent: string; fields: Record<string, string>; label: string; name: string }) {
  return (
    <Form method="post" preventScrollReset>
      <input type="hidden" name="intent" value={intent} />
      {Object.entries(fields).map(([key, value]) => (
        <input key={key} type="hidden" name={key} value={value} />
      ))}
      <SubmitButton name="of" value={Object.values(fields).join(" ")} size="sm" variant="secondary">
        {label}
        <span className="sr-only">: {name}</span>
      </SubmitButton>
    </Form>
  );
}

function IncidentRow({ problem: { id, provider, providerName, kind, failing, using, since } }: { problem: Of<"incident"> }) {
  const t = useWords();
  return (
    <Row
      title={t(`incident.kinds.${kind}`, { provider: providerName || provider })}
      action={<To to={`/admin/incidents/${id}`}>{t("incident.open")}</To>}
    >
      <Time at={since} />
      {using > 0 && ` · ${t("incident.clients", { failing, using })}`}
    </Row>
  );
}

/** Of letters that are no run's: the others are of messages that can be read by nobody, or that the cron makes anew. */
const REPLAYABLE: ReadonlySet<string> = new Set(["mail", "run", "run_dead"]);

/** So many clients are named. */
const NAMED = 4;

function LettersRow({ problem }: { problem: Of<"dead_letters"> }) {
  const t = useWords();
  const { titleOfJob } = useAdmin();
  const { job, letterCause, count, clients, errorKind, errorMessage, reason, runId } = problem;
  const name = job === null ? null : titleOfJob(job);
  const fields = { intent: "replay", cause: letterCause, ...(job !== null && { job }) };
  return (
    <Row
      title={name === null ? t("letters.count", { count }) : `${name} · ${t("letters.count", { count })}`}
      action={
        !REPLAYABLE.has(letterCause) && job === null ? (
          <To to="/admin/dead-letters">{t("letters.open")}</To>
        ) : (
          <ConfirmButton
            size="sm"
            title={t("letters.replayTitle", { count })}
            description={
              <>
                {t("letters.replayBody")}
                <DuringIncident jobs={[job]} />
              </>
            }
            confirmLabel={t("letters.replay")}
            confirmVariant="primary"
            fields={fields}
          >
            {t("letters.replay")}
            {name !== null && <span className="sr-only">: {name}</span>}
          </ConfirmButton>
        )
      }
    >
      <Why kind={errorKind} message={errorMessage ?? (errorKind === null ? reason : null)} />
      <DuringIncident jobs={[job]} />
      {clients.length > 0 && (
        <p>
          {clients.slice(0, NAMED).map((client, place) => (
            <Fragment key={client.id}>
              {place > 0 && " · "}
              <ClientName client={client} />
            </Fragment>
          ))}
          {clients.length > NAMED && ` · +${clients.length - NAMED}`}
          {runId !== null && (
            <>
              {" · "}
              <SeeRun id={runId} label={t("letters.run")} />
            </>
          )}
        </p>
      )}
    </Row>
  );
}

const SeeRun = ({ id, label }: { id: string; label: string }) => (
  <Link to={`/admin/runs/${id}`} className="link">
    {label}
  </Link>
);

/** The kind of a failure, and what was said. */
function Why({ kind, message }: { kind: Of<"failing">["errorKind"]; message: string | null }) {
  const t = useWords();
  return (
    <p>
      {kind !== null && t(`runs:runError.${kind}.title`)}
      {kind !== null && message !== null && ": "}
      {message !== null && <bdi>{message}</bdi>}
    </p>
  );
}

function Accounts({ accounts }: { accounts: Of<"reconnect">["accounts"] }) {
  return (
    <ul>
      {accounts.map(({ id, providerName, name, why }) => (
        <li key={id}>
          {providerName} (<bdi>{name}</bdi>){why !== null && `: ${why}`}
        </li>
      ))}
    </ul>
  );
}

function ReconnectRow({ problem: { client, accounts } }: { problem: Of<"reconnect"> }) {
  const t = useWords();
  const told = Math.max(...accounts.map(({ toldAt }) => toldAt ?? 0));
  return (
    <Row
      title={<ClientName client={client} />}
      action={<Act intent="remind" fields={{ tenant: client.id, client: client.name }} label={t("reconnect.remind")} name={client.name} />}
    >
      <Accounts accounts={accounts} />
      <p className="text-ink-faint">
        {told === 0 ? (
          t("reconnect.untold")
        ) : (
          <>
            {t("reconnect.told")} <Time at={told} />
          </>
        )}
      </p>
    </Row>
  );
}

function FailingRow({ problem }: { problem: Of<"failing"> }) {
  const t = useWords();
  const { titleOfJob } = useAdmin();
  const { client, job, failures, errorKind, errorMessage, runId, lastSuccessAt } = problem;
  const title = titleOfJob(job);
  return (
    <Row
      title={
        <>
          {title} · <ClientName client={client} />
        </>
      }
      action={
        <Act
          intent="run"
          fields={{ tenant: client.id, job, client: client.name }}
          label={t("failing.again")}
          name={`${title}, ${client.name}`}
        />
      }
    >
      <Why kind={errorKind} message={errorMessage} />
      <p className="text-ink-faint">
        {t("failing.times", { count: failures })}{" "}
        {lastSuccessAt === null ? (
          t("failing.never")
        ) : (
          <>
            {t("failing.success")} <Time at={lastSuccessAt} />
          </>
        )}
        {runId !== null && (
          <>
            {" · "}
            <SeeRun id={runId} label={t("failing.run")} />
          </>
        )}
      </p>
    </Row>
  );
}

function RenewalRow({ problem: { client, account, failures, nextAt } }: { problem: Of<"renewal"> }) {
  const t = useWords();
  return (
    <Row
      title={<ClientName client={client} />}
      action={
        <Act
          intent="renew"
          fields={{ tenant: client.id, connection: account.id, account: account.name }}
          label={t("renewal.renew")}
          name={`${account.providerName}, ${client.name}`}
        />
      }
    >
      {account.providerName} (<bdi>{account.name}</bdi>)
      <p className="text-ink-faint">
        {t("renewal.times", { count: failures })}
        {nextAt !== null && (
          <>
            {" "}
            {t("renewal.next")} <Time at={nextAt} />
          </>
        )}
      </p>
    </Row>
  );
}

function ExpiringRow({ problem: { client, accounts, at } }: { problem: Of<"expiring"> }) {
  const t = useWords();
  return (
    <Row title={<ClientName client={client} />} action={<To to={`/admin/clients/${client.id}`}>{t("expiring.open")}</To>}>
      <Accounts accounts={accounts} />
      <p className="text-ink-faint">
        {t("expiring.expires")} <Time at={at} />
      </p>
    </Row>
  );
}

function UndeliveredRow({ problem: { client, kind, recipients, reason, since } }: { problem: Of<"undelivered"> }) {
  const t = useWords();
  return (
    <Row
      title={
        <>
          {client ? <ClientName client={client} /> : t("undelivered.agency")} · {t(`operations:mails.kinds.${kind}`)}
        </>
      }
      action={
        client ? (
          <To to={`/admin/clients/${client.id}/team`}>{t("undelivered.check")}</To>
        ) : (
          <To to="/admin/mails">{t("undelivered.open")}</To>
        )
      }
    >
      <bdi>{recipients.slice(0, NAMED).join(", ")}</bdi>
      {recipients.length > NAMED && ` +${recipients.length - NAMED}`}
      <p className="text-ink-faint">
        <Time at={since} /> · <bdi className="line-clamp-2 inline">{reason}</bdi>
      </p>
    </Row>
  );
}

function StuckRow({ problem: { client, since } }: { problem: Of<"stuck"> }) {
  const t = useWords();
  return (
    <Row title={<ClientName client={client} />} action={<To to={`/admin/clients/${client.id}`}>{t("stuck.open")}</To>}>
      {t("stuck.body")} {t("stuck.since")} <Time at={since} />
    </Row>
  );
}
