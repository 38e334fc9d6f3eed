import { Form } from "@remix-run/react";
import { Check, CircleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { Badge } from "#app/components/ui/badge.tsx";
import { Tick } from "#app/components/ui/checkbox.tsx";
import { cn } from "#app/components/ui/cn.ts";
import { Link } from "#app/components/ui/link.tsx";
import { SubmitButton } from "#app/components/ui/submit-button.tsx";
import { Time } from "#app/components/ui/time.tsx";
import { useDisplay, useFormat } from "#app/i18n/display.tsx";
import { wordsOf } from "#app/i18n/words.tsx";
import { ActionState } from "./action-state.tsx";
import { isOpen, type ListedAction, refOf } from "./listed-action.ts";
import { RejectFold } from "./reject-fold.tsx";

const useWords = wordsOf("approvals");

/** More steps than this are told by their number on the action's own page. */
const shownSteps = 3;

export interface ActionItemProps {
  action: ListedAction;
  /** Its own page. */
  to: string;
  /** Whether whoever reads decides here. */
  decides: boolean;
  /** The form that its box is of; null where the list has no boxes. */
  bulk: string | null;
  /** Why it was not decided just now. */
  refused: string | undefined;
  /** Whose it is, in a list of several clients. */
  client?: ReactNode;
}

/** One action in a list: why first, then what would be done to whom, what is at stake and until when; and the buttons that decide. */
export function ActionItem({ action, to, decides, bulk, refused, client }: ActionItemProps) {
  const t = useWords();
  const { locale } = useDisplay();
  const open = isOpen(action);
  const because = action.because[locale];
  const sentences = action.steps.flatMap(({ sentence }) => sentence?.[locale] ?? []);
  return (
    <li
      data-item
      tabIndex={-1}
      className={cn(
        "relative grid gap-x-3 gap-y-3 px-4 py-4 outline-none sm:px-5 lg:gap-x-4",
        bulk === null
          ? "grid-cols-1 lg:grid-cols-[minmax(0,1fr)_auto]"
          : "grid-cols-[1.125rem_minmax(0,1fr)] lg:grid-cols-[1.125rem_minmax(0,1fr)_auto]",
        "before:absolute before:inset-y-0 before:start-0 before:w-0.5 before:bg-accent before:opacity-0 focus:bg-hover focus-within:before:opacity-100",
        "has-[details[open]]:z-10",
      )}
    >
      {bulk === null ? null : decides && open ? (
        <span className="relative mt-0.5 grid size-4.5 place-items-center">
          <input
            type="checkbox"
            form={bulk}
            name="item"
            value={refOf(action)}
            aria-label={t("bulk.select", { what: because })}
            className="peer absolute inset-0 appearance-none rounded-[0.3125rem] border border-line-control bg-sunken transition-colors checked:border-accent checked:bg-accent"
          />
          <Tick />
        </span>
      ) : (
        <span />
      )}
      <div className="grid min-w-0 grid-cols-1 gap-1.5">
        {client && <p className="text-[0.8125rem] text-ink-muted">{client}</p>}
        <h2 className="text-[0.9375rem] leading-snug font-semibold [overflow-wrap:anywhere]">
          <Link to={to} prefetch="intent" className="rounded-sm transition-colors hover:text-accent">
            {because}
          </Link>
        </h2>
        <Sentences sentences={sentences} />
        <Meta action={action} />
        {refused && (
          <p role="alert" className="flex items-start gap-1.5 text-[0.8125rem] text-danger">
            <CircleAlert aria-hidden className="mt-0.5 size-3.5 shrink-0" />
            {refused}
          </p>
        )}
      </div>
      <div className={cn("flex items-start gap-2 lg:col-span-1 lg:justify-end", bulk !== null && "col-span-2")}>
        {decides && open ? <Buttons action={action} /> : <Standing action={action} />}
      </div>
    </li>
  );
}

function Sentences({ sentences }: { sentences: readonly string[] }) {
  const [only] = sentences;
  if (sentences.length <= 1) return only ? <p className="max-w-[90ch] text-sm text-ink-muted [overflow-wrap:anywhere]">{only}</p> : null;
  return (
    <ol className="grid max-w-[90ch] list-decimal gap-0.5 ps-4.5 text-sm text-ink-muted marker:text-ink-faint [overflow-wrap:anywhere]">
      {sentences.slice(0, shownSteps).map((sentence, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a step is its place
        <li key={place}>{sentence}</li>
      ))}
      {sentences.length > shownSteps && <li className="list-none text-ink-faint">+{sentences.length - shownSteps}</li>}
    </ol>
  );
}

function Meta({ action: { title, automation, stake, status, reason, note, createdAt, expiresAt, finishedAt } }: { action: ListedAction }) {
  const t = useWords();
  const { locale } = useDisplay();
  const format = useFormat();
  return (
    <p className="flex flex-wrap items-center gap-x-3 gap-y-1 text-[0.8125rem] text-ink-faint">
      {reason && <Badge tone={status === "waiting" ? "warn" : "neutral"}>{t(`why.${reason}`)}</Badge>}
      <span>{title?.[locale] ?? automation}</span>
      {stake && <span className="font-medium text-ink-muted tabular-nums">{t("atStake", { money: format.money(stake) })}</span>}
      {status === "waiting" ? (
        <span>
          {t("expires")} <Time at={expiresAt} />
        </span>
      ) : finishedAt === null ? (
        <span>
          {t("proposed")} <Time at={createdAt} />
        </span>
      ) : null}
      {note && (
        <q dir="auto" className="min-w-0 text-ink-muted [overflow-wrap:anywhere]">
          {note}
        </q>
      )}
    </p>
  );
}

function Buttons({ action }: { action: ListedAction }) {
  const t = useWords();
  const { locale } = useDisplay();
  const shadow = action.status === "shadowed";
  const item = refOf(action);
  return (
    <>
      <Form method="post" preventScrollReset className="max-lg:flex-1">
        <input type="hidden" name="decision" value="approve" />
        <input type="hidden" name="item" value={item} />
        <SubmitButton variant="secondary" size="sm" data-key="a" name={`approve ${item}`} value="1" className="w-full">
          <Check aria-hidden />
          {t(shadow ? "agree" : "approve")}
          <span className="sr-only">: {action.because[locale]}</span>
        </SubmitButton>
      </Form>
      <RejectFold item={item} shadow={shadow} size="sm" className="max-lg:flex-1" />
    </>
  );
}

/** What was decided and by whom, where there is nothing left to decide. */
function Standing({ action }: { action: ListedAction }) {
  const t = useWords();
  const { status, agreed, decidedBy, decidedAt, finishedAt } = action;
  const at = finishedAt ?? decidedAt;
  return (
    <span className="flex flex-wrap items-center gap-x-3 gap-y-1 lg:flex-col lg:items-end">
      {status === "shadowed" && agreed !== null ? (
        <Badge tone={agreed ? "ok" : "neutral"}>{t(agreed ? "agree" : "disagree")}</Badge>
      ) : (
        <ActionState action={action} />
      )}
      {at !== null && (
        <span className="text-xs text-ink-faint">
          {decidedBy !== null && <bdi>{decidedBy === "policy" ? t("facts.byPolicy") : decidedBy}</bdi>}
          {decidedBy !== null && " · "}
          <Time at={at} />
        </span>
      )}
    </span>
  );
}
