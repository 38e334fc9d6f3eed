import { Form } from "@remix-run/react";
import { Check, Undo2, UserRound } from "lucide-react";
import type { ReactNode } from "react";
import { FormMessage } from "#app/components/shell/form-message.tsx";
import { PageHeader } from "#app/components/shell/page-header.tsx";
import { Section } from "#app/components/shell/section.tsx";
import { Breadcrumbs } from "#app/components/ui/breadcrumbs.tsx";
import { Card } from "#app/components/ui/card.tsx";
import { ConfirmButton } from "#app/components/ui/confirm-button.tsx";
import { type Description, DescriptionList } from "#app/components/ui/description-list.tsx";
import { Link } from "#app/components/ui/link.tsx";
import { SubmitButton } from "#app/components/ui/submit-button.tsx";
import { Time } from "#app/components/ui/time.tsx";
import type { FormFailure } from "#app/form-errors.ts";
import { useDisplay, useFormat } from "#app/i18n/display.tsx";
import { wordsOf } from "#app/i18n/words.tsx";
import type { Outputs } from "#server/trpc/root.ts";
import { ActionState } from "./action-state.tsx";
import { type Action, isOpen, isUnclear, refOf } from "./listed-action.ts";
import { RejectFold } from "./reject-fold.tsx";
import { StepCard } from "./step-card.tsx";

const useWords = wordsOf("approvals", "runs");

export interface ActionPageProps {
  action: Action;
  /** Where the client's pages begin, in either portal. */
  base: string;
  /** The way down to this page: the list that it is of comes last. */
  trail: readonly { label: string; to: string }[];
  stopped: boolean;
  decides: boolean;
  reveals: boolean;
  /** What the last form came to. */
  answer: FormFailure | { revealed: Outputs["actions"]["reveal"] } | undefined;
}

/** One action whole: why, what exactly, who decided, and what became of it. */
export function ActionPage({ action, base, trail, stopped, decides, reveals, answer }: ActionPageProps) {
  const t = useWords();
  const { locale } = useDisplay();
  const { status, steps, title, automation, customerId } = action;
  const failure = answer && "fields" in answer ? answer : undefined;
  const revealed = answer && "revealed" in answer ? answer.revealed : undefined;
  const happens = isLeft(action) ? "shadow" : isOver(status) ? "done" : "title";
  return (
    <>
      <PageHeader
        before={<Breadcrumbs items={[...trail, { label: title?.[locale] ?? automation }]} />}
        title={
          <span className="block max-w-[40ch] text-xl leading-snug [overflow-wrap:anywhere] sm:text-2xl">{action.because[locale]}</span>
        }
        description={
          <span className="mt-2 flex flex-wrap items-center gap-x-3 gap-y-1.5">
            <ActionState action={action} />
            <span>{t(`means.${meaningOf(action, stopped)}`, { provider: askedOf(action) })}</span>
          </span>
        }
        actions={decides && <Decide action={action} />}
        atEnd
      />
      {failure?.intent !== "edit" && (
        <div className="mb-6 empty:hidden">
          <FormMessage failure={failure} />
        </div>
      )}
      <div className="grid grid-cols-1 gap-6 lg:grid-cols-[minmax(0,1fr)_20rem] lg:gap-8">
        <Section title={t(`step.${happens}`)} space="none">
          <div className="grid grid-cols-1 gap-4">
            {steps.map((step) => (
              <StepCard
                key={step.place}
                step={step}
                hash={action.hash}
                chain={steps.length > 1}
                edits={decides && status === "waiting"}
                failure={failure}
              />
            ))}
          </div>
        </Section>
        <div className="grid grid-cols-1 content-start gap-6">
          {customerId !== null && reveals && <Person revealed={revealed} />}
          <Section title={t("facts.title")} space="none">
            <Card>
              <Facts action={action} base={base} />
            </Card>
          </Section>
        </div>
      </div>
    </>
  );
}

const isOver = (status: Action["status"]): boolean =>
  status === "done" || status === "undone" || status === "undoing" || status === "failed" || status === "voided";

/** Nothing was done of it, and nothing will be. Of what was stopped half-way some was done. */
const isLeft = ({ status, steps }: Action): boolean =>
  status === "shadowed" ||
  status === "withheld" ||
  status === "rejected" ||
  status === "expired" ||
  (status === "voided" && steps.every((step) => step.status === "voided"));

const openStepOf = ({ steps }: Action) => steps.find(({ status }) => status !== "done");

/** Who should know what came of it. */
function askedOf(action: Action): string {
  const step = openStepOf(action);
  return step?.provider ?? step?.kind ?? "";
}

/** What its state means for whoever reads, by the name of its sentence. */
function meaningOf(action: Action, stopped: boolean) {
  if (isUnclear(action)) return "unclear";
  const { status } = action;
  return status === "approved" && stopped ? "stopped" : status;
}

function Decide({ action }: { action: Action }) {
  const t = useWords();
  if (action.undoable) {
    return (
      <ConfirmButton title={t("undo.title")} description={t("undo.body")} confirmLabel={t("undo.button")} fields={{ intent: "undo" }}>
        <Undo2 aria-hidden data-mirror />
        {t("undo.button")}
      </ConfirmButton>
    );
  }
  if (isUnclear(action)) {
    return (
      <Form method="post" preventScrollReset className="flex flex-wrap gap-2 max-sm:w-full">
        <input type="hidden" name="intent" value="settle" />
        <input type="hidden" name="place" value={openStepOf(action)?.place ?? 0} />
        <SubmitButton name="done" value="1" className="max-sm:flex-auto">
          {t("settle.done")}
        </SubmitButton>
        <SubmitButton name="done" value="0" variant="secondary" className="max-sm:flex-auto">
          {t("settle.notDone")}
        </SubmitButton>
      </Form>
    );
  }
  if (!isOpen(action)) return null;
  const shadow = action.status === "shadowed";
  const item = refOf(action);
  return (
    <>
      <Form method="post" preventScrollReset className="max-sm:flex-1">
        <input type="hidden" name="item" value={item} />
        <SubmitButton name="decision" value="approve" className="w-full">
          <Check aria-hidden />
          {t(shadow ? "agree" : "approve")}
        </SubmitButton>
      </Form>
      <RejectFold item={item} shadow={shadow} className="max-sm:flex-1" />
    </>
  );
}

/** Whom it is about, on the answer to who asked alone. */
function Person({ revealed }: { revealed: Outputs["actions"]["reveal"] | undefined }) {
  const t = useWords();
  const known =
    revealed &&
    (["name", "email", "phone"] as const).flatMap((each) =>
      revealed[each] ? [{ term: t(`person.${each}`), value: <bdi>{revealed[each]}</bdi> }] : [],
    );
  return (
    <Section title={t("person.title")} space="none">
      <Card>
        {known ? (
          <DescriptionList small items={known} />
        ) : (
          <Form method="post" preventScrollReset className="grid justify-items-start gap-3">
            <p className="text-[0.8125rem] text-ink-muted">{t("person.body")}</p>
            <SubmitButton variant="secondary" size="sm" name="intent" value="reveal">
              <UserRound aria-hidden />
              {t("person.show")}
            </SubmitButton>
          </Form>
        )}
      </Card>
    </Section>
  );
}

function Facts({ action, base }: { action: Action; base: string }) {
  const t = useWords();
  const { locale } = useDisplay();
  const format = useFormat();
  const { automation, title, subject, stake, score, status, reason, note, agreed, edited, failureKind, failureMessage } = action;
  const by = action.decidedBy === "policy" ? t("facts.byPolicy") : action.decidedBy;
  const fact = (term: string, value: ReactNode): Description[] => (value === null || value === undefined ? [] : [{ term, value }]);
  return (
    <DescriptionList
      small
      items={[
        ...fact(
          t("facts.automation"),
          <Link to={`${base}/automations/${automation}`} className="link">
            {title?.[locale] ?? automation}
          </Link>,
        ),
        ...fact(t("facts.about"), <Subject subject={subject} />),
        ...fact(t("facts.stake"), stake && format.money(stake)),
        ...fact(t("facts.score"), score === null ? null : format.ratio(score)),
        ...fact(t("facts.reason"), reason && t(`why.${reason}`)),
        ...fact(t("facts.proposed"), <Time at={action.createdAt} style="dateTime" />),
        ...fact(t("facts.expires"), status === "waiting" ? <Time at={action.expiresAt} style="dateTime" /> : null),
        ...fact(t("facts.rated"), agreed === null ? null : t(agreed ? "agree" : "disagree")),
        ...fact(t("facts.decidedBy"), by && <bdi>{by}</bdi>),
        ...fact(t("facts.decided"), action.decidedAt && <Time at={action.decidedAt} style="dateTime" />),
        ...fact(t("facts.note"), note && <bdi>{note}</bdi>),
        ...fact(t("facts.edited"), edited ? t("facts.editedYes") : null),
        ...fact(t("facts.finished"), action.finishedAt && <Time at={action.finishedAt} style="dateTime" />),
        ...fact(t("facts.failure"), failureKind && (t.find(`runs:runError.${failureKind}.title`) ?? failureKind)),
        ...fact(t("facts.said"), failureMessage && <bdi>{failureMessage}</bdi>),
      ]}
    />
  );
}

/** What it is about, by the shop's own number. */
function Subject({ subject }: { subject: string }) {
  const t = useWords();
  const [kind = "", id = ""] = subject.split(":");
  const name = t.find(`facts.of.${kind}`);
  return name ? (
    <>
      {name} <bdi className="tabular-nums">{id}</bdi>
    </>
  ) : (
    <bdi>{subject}</bdi>
  );
}
