import { type ActionFunctionArgs, type LoaderFunctionArgs, redirect } from "@remix-run/cloudflare";
import { Form, useActionData, useLoaderData } from "@remix-run/react";
import { Check, Clock } from "lucide-react";
import type { ReactNode } from "react";
import { ChangeWords, FoundWords } from "#app/components/admin/finding-words.tsx";
import { FormMessage } from "#app/components/shell/form-message.tsx";
import { PageHeader } from "#app/components/shell/page-header.tsx";
import { Section } from "#app/components/shell/section.tsx";
import { Badge } from "#app/components/ui/badge.tsx";
import { Breadcrumbs } from "#app/components/ui/breadcrumbs.tsx";
import { Callout } from "#app/components/ui/callout.tsx";
import { Card } from "#app/components/ui/card.tsx";
import { DescriptionList } from "#app/components/ui/description-list.tsx";
import { Field } from "#app/components/ui/field.tsx";
import { Input } from "#app/components/ui/input.tsx";
import { Link } from "#app/components/ui/link.tsx";
import { SubmitButton } from "#app/components/ui/submit-button.tsx";
import { Table } from "#app/components/ui/table.tsx";
import { Time } from "#app/components/ui/time.tsx";
import { type FormFailure, formFailure } from "#app/form-errors.ts";
import { useDisplay, useFormat } from "#app/i18n/display.tsx";
import { isolate } from "#app/i18n/isolate.ts";
import { wordsIn } from "#app/i18n/translator.server.ts";
import { wordsOf } from "#app/i18n/words.tsx";
import { enterAdmin } from "#app/portal/enter-admin.ts";
import { titleMeta, titleOf } from "#app/title.ts";
import type { Outputs } from "#server/trpc/root.ts";

const useWords = wordsOf("learning", "automations");

export const meta = titleMeta;
export { shouldRevalidate } from "#app/after-conflict.ts";

export async function loader(args: LoaderFunctionArgs) {
  const { api, locale } = enterAdmin(args);
  const finding = await api.learning.get({ findingId: String(args.params.findingId) });
  return { title: titleOf(wordsIn(locale)(`learning:kinds.${finding.kind}`), finding.tenantName), finding };
}

/** Accepts what is proposed, declines the finding with a reason, or puts it off (`intent`). */
export async function action(args: ActionFunctionArgs) {
  const { api, locale, toast } = enterAdmin(args);
  const form = await args.request.formData();
  const t = wordsIn(locale);
  const findingId = String(args.params.findingId);
  const text = (name: string) => String(form.get(name) ?? "");
  try {
    switch (form.get("intent")) {
      case "accept":
        await api.learning.accept({ findingId, to: text("to") });
        toast({ kind: "success", message: t("learning:acceptedToast") });
        return redirect(`/admin/learning/${findingId}`);
      case "decline":
        await api.learning.decline({ findingId, reason: text("reason") });
        toast({ kind: "success", message: t("learning:declinedToast") });
        break;
      case "snooze":
        await api.learning.snooze({ findingId, days: text("days") === "7" ? 7 : 30 });
        toast({ kind: "success", message: t("learning:snoozedToast") });
        break;
      default:
        throw new Response("Unknown intent", { status: 422 });
    }
  } catch (error) {
    return formFailure(error, args, form);
  }
  return redirect("/admin/learning");
}

type Finding = Outputs["learning"]["get"];

/** One finding: what was said, what could change, and the same measure before and since. */
export default function FindingPage() {
  const t = useWords();
  const { locale } = useDisplay();
  const { finding } = useLoaderData<typeof loader>();
  const failure = useActionData<typeof action>();
  const waits = finding.status === "open" || finding.status === "snoozed";
  return (
    <>
      <PageHeader
        before={<Breadcrumbs items={[{ label: t("title"), to: "/admin/learning" }, { label: t(`kinds.${finding.kind}`) }]} />}
        title={<FoundWords finding={finding} />}
        description={
          <>
            <Link to={`/admin/clients/${finding.tenantId}`} className="link">
              <bdi>{finding.tenantName}</bdi>
            </Link>
            {" · "}
            <Link to={`/admin/clients/${finding.tenantId}/automations/${finding.automation}`} className="link">
              {finding.title?.[locale] ?? finding.automation}
            </Link>
          </>
        }
        actions={<Badge tone={finding.status === "accepted" ? "ok" : "neutral"}>{t(`standing.${finding.status}`)}</Badge>}
      />
      <div className="grid gap-6 lg:grid-cols-[minmax(0,5fr)_minmax(0,3fr)] lg:items-start">
        <div className="grid grid-cols-1 gap-6">
          {/* Somebody else has decided it: its forms are gone, and why it was refused is not. */}
          {!waits && <FormMessage failure={failure} />}
          <Proposed finding={finding} waits={waits} failure={failure} />
          {finding.effect && <Effect effect={finding.effect} />}
          <Said finding={finding} />
        </div>
        <div className="grid grid-cols-1 gap-6">
          <Facts finding={finding} />
          {waits && <Putting failure={failure} />}
        </div>
      </div>
    </>
  );
}

function Proposed({ finding, waits, failure }: { finding: Finding; waits: boolean; failure: FormFailure | undefined }) {
  const t = useWords();
  const { proposal, currency, mode, staffDecides } = finding;
  if (!waits) return null;
  return (
    <Section title={t("proposedTitle")} space="none">
      <Card className="grid gap-4 text-sm">
        {failure?.intent === "accept" && <FormMessage failure={failure} />}
        {proposal ? (
          <>
            <p>
              <ChangeWords change={proposal} currency={currency} badge />
            </p>
            {mode === null || mode === "off" ? (
              <Callout tone="neutral" title={t(mode === null ? "isGone" : "isOff")} />
            ) : !staffDecides && proposal.does !== "rule" ? (
              <Callout tone="neutral" title={t("clientSets")} />
            ) : (
              <>
                {!staffDecides && <Callout tone="neutral" title={t("clientDecides")} />}
                <Form method="post" className="flex flex-wrap items-center gap-x-4 gap-y-3">
                  <input type="hidden" name="to" value={String(proposal.to)} />
                  <SubmitButton name="intent" value="accept">
                    <Check aria-hidden />
                    {t("accept")}
                  </SubmitButton>
                  <p className="min-w-0 flex-1 basis-60 text-[0.8125rem] text-ink-muted">{t("acceptBody")}</p>
                </Form>
              </>
            )}
          </>
        ) : (
          <p className="text-ink-muted">{t("nothing")}</p>
        )}
      </Card>
    </Section>
  );
}

function Effect({ effect: { before, since, early } }: { effect: NonNullable<Finding["effect"]> }) {
  const t = useWords();
  return (
    <Section title={t("effectTitle")} description={t("effectBody")} space="none">
      <div className="grid gap-4 sm:grid-cols-2">
        <Measure name={t("before")} {...before} />
        <Measure name={t("since")} {...since} early={early} />
      </div>
    </Section>
  );
}

function Measure({ name, hits, of, share, early = false }: { name: string; early?: boolean } & NonNullable<Finding["effect"]>["before"]) {
  const t = useWords();
  const format = useFormat();
  return (
    <Card className="grid content-start gap-1">
      <div className="flex items-center justify-between gap-3">
        <h3 className="text-[0.8125rem] text-ink-muted">{name}</h3>
        {early && <Badge>{t("early")}</Badge>}
      </div>
      <p className="text-2xl font-semibold tabular-nums">{share ? format.ratio(share.estimate) : "–"}</p>
      <p className="text-[0.8125rem] text-ink-muted">
        {share ? (
          <>
            <bdi>
              {format.count(hits)} / {format.count(of)}
            </bdi>
            {" · "}
            {t("interval", { low: format.ratio(share.low), high: format.ratio(share.high) })}
          </>
        ) : (
          t("noneYet")
        )}
      </p>
    </Card>
  );
}

function Said({ finding: { kind, said } }: { finding: Finding }) {
  const t = useWords();
  const format = useFormat();
  // Of what nobody is asked for a reason there may be nothing left to read.
  if (kind === "budgets" || (said.length === 0 && (kind === "edits" || kind === "failures"))) return null;
  return (
    <Section title={t("saidTitle")} description={t(`said.${kind}`)} space="none">
      <Card padding={said.length === 0 ? "md" : "none"}>
        <Table
          caption={t("saidTitle")}
          rows={said}
          rowKey={({ words }) => words}
          empty={<p className="text-sm text-ink-muted">{t("saidNone")}</p>}
          columns={[
            {
              key: "words",
              header: t("words"),
              primary: true,
              cell: ({ words }) => <bdi className="[overflow-wrap:anywhere] whitespace-pre-line">{words}</bdi>,
            },
            { key: "count", header: t("count"), align: "end", cell: ({ count }) => format.count(count) },
          ]}
        />
      </Card>
    </Section>
  );
}

function Facts({ finding }: { finding: Finding }) {
  const t = useWords();
  const format = useFormat();
  const { share, foundAt, measuredAt, until, decidedAt, decidedBy, note, status, accepted, acceptedAt, currency, mode } = finding;
  const fact = (term: string, value: ReactNode) => (value ? [{ term, value }] : []);
  return (
    <Section title={t("facts")} space="none">
      <Card>
        <DescriptionList
          small
          items={[
            ...fact(
              t("share"),
              share && (
                <>
                  {format.ratio(share.estimate)}
                  <span className="block text-ink-muted">
                    {t("interval", { low: format.ratio(share.low), high: format.ratio(share.high) })}
                  </span>
                </>
              ),
            ),
            ...fact(t("automations:policy.mode"), mode && t(`automations:mode.${mode}`)),
            ...fact(t("found"), <Time at={foundAt} />),
            ...fact(t("measured"), <Time at={measuredAt} />),
            ...fact(t("until"), until && <Time at={until} style="date" />),
            ...fact(
              status === "open" ? "" : t(`decided.${status}`, { name: isolate(decidedBy ?? "") }),
              status !== "open" && decidedAt && <Time at={decidedAt} />,
            ),
            ...fact(t("why"), note && <bdi>{note}</bdi>),
            ...fact(
              t("change"),
              accepted && acceptedAt && (
                <>
                  <ChangeWords change={accepted} currency={currency} />
                  <span className="block text-ink-muted">
                    <Time at={acceptedAt} />
                  </span>
                </>
              ),
            ),
          ]}
        />
      </Card>
    </Section>
  );
}

/** What to do with it other than accept it. */
function Putting({ failure }: { failure: FormFailure | undefined }) {
  const t = useWords();
  const format = useFormat();
  const declines = failure?.intent === "decline" ? failure : undefined;
  return (
    <Card className="grid gap-5">
      <Form method="post" className="grid gap-3">
        <FormMessage failure={declines} />
        <Field label={t("reason")} hint={t("reasonHint")} error={declines?.fields.reason}>
          <Input name="reason" minLength={3} maxLength={500} dir="auto" autoComplete="off" defaultValue={declines?.values.reason} />
        </Field>
        <div>
          <SubmitButton variant="secondary" name="intent" value="decline">
            {t("decline")}
          </SubmitButton>
        </div>
      </Form>
      <Form method="post" className="grid gap-3 border-t border-line pt-4">
        {failure?.intent === "snooze" && <FormMessage failure={failure} />}
        <input type="hidden" name="intent" value="snooze" />
        <p className="flex items-center gap-2 text-[0.8125rem] text-ink-muted">
          <Clock aria-hidden className="size-4" />
          {t("snooze")}
        </p>
        <div className="flex flex-wrap gap-2">
          {[7, 30].map((days) => (
            <SubmitButton key={days} variant="secondary" size="sm" name="days" value={String(days)}>
              {t("snoozeDays", { days: format.count(days) })}
            </SubmitButton>
          ))}
        </div>
      </Form>
    </Card>
  );
}
