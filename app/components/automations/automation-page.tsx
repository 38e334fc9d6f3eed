import { Form } from "@remix-run/react";
import { History, Play, Power, RefreshCw, Users, Workflow } from "lucide-react";
import { StoppedNotice } from "#app/components/approvals/stopped-notice.tsx";
import { SettingInput } from "#app/components/client/setting-input.tsx";
import { FormMessage } from "#app/components/shell/form-message.tsx";
import { PageHeader } from "#app/components/shell/page-header.tsx";
import { Section } from "#app/components/shell/section.tsx";
import { Badge } from "#app/components/ui/badge.tsx";
import { Breadcrumbs } from "#app/components/ui/breadcrumbs.tsx";
import { Button } from "#app/components/ui/button.tsx";
import { Card } from "#app/components/ui/card.tsx";
import { Link } from "#app/components/ui/link.tsx";
import { SubmitButton } from "#app/components/ui/submit-button.tsx";
import { Time } from "#app/components/ui/time.tsx";
import type { FormFailure } from "#app/form-errors.ts";
import { useDisplay } from "#app/i18n/display.tsx";
import { wordsOf } from "#app/i18n/words.tsx";
import type { Setting } from "#app/setting-form.ts";
import { type AutomationState, MODE_TONES, type Seat } from "./automation-state.ts";
import { Autonomy, type AutonomyFacts } from "./autonomy.tsx";
import { Counts } from "./counts.tsx";
import { LiftSection, type LiftView } from "./lift-section.tsx";
import { MissingNotices } from "./missing-notices.tsx";
import { OutlookSection, type OutlookView } from "./outlook-section.tsx";
import { PolicyForm, type PolicyMoney } from "./policy-form.tsx";

const useWords = wordsOf("automations");

export interface AutomationPageProps {
  state: AutomationState;
  autonomy: AutonomyFacts;
  standing: { stopped: boolean; stoppedByClient: boolean; stoppedForAll: boolean };
  money: PolicyMoney;
  currency: string;
  fields: readonly Setting[];
  /** Null where it is about no customers. */
  lift: LiftView | null;
  outlook: OutlookView | null;
  seat: Seat;
  /** What stands before the list of automations on the way down to this page. */
  trail?: readonly { label: string; to: string }[];
  failure: FormFailure | undefined;
}

/** One automation: what it does, how far it may go, how it measures, and what it came to. */
export function AutomationPage({
  state,
  autonomy,
  standing,
  money,
  currency,
  fields,
  lift,
  outlook,
  seat,
  trail = [],
  failure,
}: AutomationPageProps) {
  const t = useWords();
  const { locale } = useDisplay();
  const { title, description, policy } = state;
  const of = (intent: string) => (failure?.intent === intent ? failure : undefined);
  return (
    <>
      <PageHeader
        before={<Breadcrumbs items={[...trail, { label: t("title"), to: `${seat.base}/automations` }, { label: title[locale] }]} />}
        title={
          <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
            {title[locale]}
            <Badge tone={MODE_TONES[policy.mode]}>{t(`mode.${policy.mode}`)}</Badge>
          </span>
        }
        description={description[locale]}
        actions={<Buttons state={state} seat={seat} />}
      />
      <div className="mb-4 empty:hidden">
        <FormMessage failure={of("on") ?? of("run")} />
      </div>
      <StoppedNotice {...standing} resumes={seat.sets && !(seat.staff && standing.stoppedByClient)} action={`${seat.base}/automations`} />
      <div className="mb-6 grid gap-4 empty:hidden">
        <MissingNotices state={state} integrations={seat.integrations} />
        {policy.mode !== "off" && <Counts state={state} approvals={seat.staff ? null : `${seat.base}/approvals`} />}
      </div>
      <div className="grid grid-cols-1 gap-6 lg:grid-cols-[minmax(0,1fr)_20rem] lg:gap-8">
        <div className="grid grid-cols-1 content-start gap-8">
          {lift && (policy.mode !== "off" || lift.rows.length > 0) && <LiftSection lift={lift} />}
          {outlook && (policy.mode !== "off" || outlook.step !== "none") && <OutlookSection outlook={outlook} />}
          <Section title={t("policy.title")} description={seat.sets ? undefined : t("policy.readOnly")} space="none">
            <Card>
              <PolicyForm state={state} money={money} currency={currency} seat={seat} failure={of("policy")} />
            </Card>
          </Section>
          {policy.mode !== "off" && (
            <Section title={t("trust.title")} space="none">
              <Card>
                <Autonomy autonomy={autonomy} mode={policy.mode} sets={seat.sets} failure={of("auto")} />
              </Card>
            </Section>
          )}
          {fields.length > 0 && (
            <Section title={t("settings.title")} description={seat.sets ? t("settings.body") : undefined} space="none">
              <Card>
                <Settings fields={fields} writes={seat.sets} failure={of("settings")} />
              </Card>
            </Section>
          )}
        </div>
        <Section title={t("does")} space="none">
          <Card>
            <About state={state} />
          </Card>
        </Section>
      </div>
    </>
  );
}

function Buttons({ state: { id, policy, block, rehearsable, shows }, seat }: { state: AutomationState; seat: Seat }) {
  const t = useWords();
  const ShownIcon = shows === "flow" ? Workflow : shows === "syncs" ? RefreshCw : Users;
  const own = shows && (
    <Button asChild>
      <Link to={`${seat.base}/automations/${id}/${shows}`} prefetch="intent">
        <ShownIcon aria-hidden />
        {t(shows)}
      </Link>
    </Button>
  );
  if (policy.mode === "off") {
    return (
      <>
        {own}
        {seat.sets && (
          <Form method="post">
            <SubmitButton name="intent" value="on">
              <Power aria-hidden />
              {t("turnOn")}
            </SubmitButton>
          </Form>
        )}
      </>
    );
  }
  return (
    <>
      {own}
      {rehearsable && (seat.starts || seat.staff) && (
        <Button asChild>
          <Link to={`${seat.base}/automations/${id}/rehearsal`} prefetch="intent">
            <History aria-hidden />
            {t("rehearse")}
          </Link>
        </Button>
      )}
      {seat.starts && block === null && (
        <Form method="post">
          <SubmitButton variant="secondary" name="intent" value="run">
            <Play aria-hidden data-mirror />
            {t("runNow")}
          </SubmitButton>
        </Form>
      )}
    </>
  );
}

function Settings({ fields, writes, failure }: { fields: readonly Setting[]; writes: boolean; failure: FormFailure | undefined }) {
  const t = useWords();
  return (
    <Form method="post" className="grid gap-5">
      <FormMessage failure={failure} />
      {fields.map((field) => (
        <SettingInput key={field.name} field={field} failure={failure} disabled={!writes} />
      ))}
      {writes && (
        <div>
          <SubmitButton variant="secondary" name="intent" value="settings">
            {t("settings.save")}
          </SubmitButton>
        </div>
      )}
    </Form>
  );
}

/** What it may do and never does, and when it runs. */
function About({ state }: { state: AutomationState }) {
  const t = useWords();
  const { locale, now } = useDisplay();
  const { kinds, never, lastRunAt, nextAt, policy } = state;
  const part = "grid gap-1 py-3 first:pt-0 last:pb-0";
  return (
    <div className="grid divide-y divide-line text-[0.8125rem] text-ink-muted">
      <div className={part}>
        <h3 className="text-[0.8125rem] font-medium text-ink">{t("may")}</h3>
        <ul className="grid list-disc gap-0.5 ps-4.5 marker:text-ink-faint">
          {kinds.map(({ id, title }) => (
            <li key={id}>{title[locale]}</li>
          ))}
        </ul>
      </div>
      <div className={part}>
        <h3 className="text-[0.8125rem] font-medium text-ink">{t("never")}</h3>
        <p>{never[locale]}</p>
      </div>
      {policy.mode !== "off" && (lastRunAt ?? nextAt) !== null && (
        <dl className={part}>
          {lastRunAt !== null && (
            <div className="flex justify-between gap-4">
              <dt>{t("lastRun")}</dt>
              <dd className="text-ink">
                <Time at={lastRunAt} />
              </dd>
            </div>
          )}
          {nextAt !== null && (
            <div className="flex justify-between gap-4">
              <dt>{t("nextRun")}</dt>
              <dd className="text-ink">{nextAt <= now ? t("due") : <Time at={nextAt} />}</dd>
            </div>
          )}
        </dl>
      )}
    </div>
  );
}
