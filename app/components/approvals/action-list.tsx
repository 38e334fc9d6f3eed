import { Form } from "@remix-run/react";
import { Check } from "lucide-react";
import { Fragment, type ReactNode, useEffect, useId, useRef, useState } from "react";
import { Card } from "#app/components/ui/card.tsx";
import { Tick } from "#app/components/ui/checkbox.tsx";
import { SubmitButton } from "#app/components/ui/submit-button.tsx";
import { useHydrated } from "#app/components/ui/use-hydrated.ts";
import type { Refusals } from "#app/decide-actions.ts";
import { wordsOf } from "#app/i18n/words.tsx";
import { ActionItem } from "./action-item.tsx";
import { isOpen, type ListedAction } from "./listed-action.ts";
import { RejectAll } from "./reject-fold.tsx";
import { useListKeys } from "./use-list-keys.ts";

const useWords = wordsOf("approvals");

export interface ActionListProps {
  actions: readonly ListedAction[];
  to: (action: ListedAction) => string;
  decides: boolean;
  refusals: Refusals | undefined;
  client?: (action: ListedAction) => ReactNode;
  /** Stands in its place where there are none. */
  empty: ReactNode;
  foot?: ReactNode;
}

/**
 * Actions to decide, each by itself or those that are ticked at once; each is sent with the hash of what was shown of it. All of it is
 * forms, so that it works without JavaScript; scripts add keys and the count of what is ticked.
 */
export function ActionList({ actions, to, decides, refusals, client, empty, foot }: ActionListProps) {
  const bulk = useId();
  const list = useRef<HTMLUListElement>(null);
  useListKeys(list, actions);
  const open = decides ? actions.filter(isOpen) : [];
  if (actions.length === 0) return <Card padding="none">{empty}</Card>;
  return (
    <Card padding="none">
      {open.length > 0 && <Bar form={bulk} actions={open} />}
      <ul ref={list} className="grid divide-y divide-line">
        {actions.map((action) => (
          <ActionItem
            key={action.id}
            action={action}
            to={to(action)}
            decides={decides}
            bulk={open.length > 0 ? bulk : null}
            refused={refusals?.items[action.id]}
            client={client?.(action)}
          />
        ))}
      </ul>
      {foot}
    </Card>
  );
}

/** What is done to all that is ticked. Without JavaScript nobody counts along, and the buttons are there from the start. */
function Bar({ form, actions }: { form: string; actions: readonly ListedAction[] }) {
  const t = useWords();
  const hydrated = useHydrated();
  const { chosen, tickAll } = useTicked(form, actions);
  const shadow = actions.every(({ status }) => status === "shadowed");
  const idle = hydrated && chosen === 0;
  return (
    <div className="flex min-h-13 flex-wrap items-center gap-x-3 gap-y-2 border-b border-line px-4 py-2 sm:px-5">
      <Form method="post" id={form} preventScrollReset className="hidden">
        {/* The first button of a form is what Enter in one of its fields presses. */}
        <button type="submit" disabled />
      </Form>
      {hydrated && (
        <label className="flex items-center gap-3 text-[0.8125rem] text-ink-muted">
          <span className="relative grid size-4.5 place-items-center">
            <input
              type="checkbox"
              aria-label={t("bulk.all")}
              checked={chosen === actions.length}
              onChange={({ currentTarget }) => tickAll(currentTarget.checked)}
              className="peer absolute inset-0 appearance-none rounded-[0.3125rem] border border-line-control bg-sunken transition-colors checked:border-accent checked:bg-accent"
            />
            <Tick />
          </span>
          <span role="status">{chosen === 0 ? t("bulk.all") : t("bulk.chosen", { count: chosen })}</span>
        </label>
      )}
      {hydrated && chosen === 0 ? (
        <Keys />
      ) : (
        <div className="ms-auto flex flex-wrap gap-2">
          <SubmitButton form={form} size="sm" variant="secondary" name="decision" value="approve" disabled={idle}>
            <Check aria-hidden />
            {t(shadow ? "bulk.agree" : "bulk.approve")}
          </SubmitButton>
          <RejectAll form={form} shadow={shadow} disabled={idle} />
        </div>
      )}
    </div>
  );
}

/** How many boxes of a form are ticked, and a way to tick all. They are the browser's own, so that they work without scripts. */
function useTicked(form: string, actions: readonly ListedAction[]) {
  const [chosen, setChosen] = useState(0);
  const boxesOf = () =>
    [...document.querySelectorAll<HTMLInputElement>('input[name="item"][type="checkbox"]')].filter((box) => box.form?.id === form);
  // biome-ignore lint/correctness/useExhaustiveDependencies: for the boxes of the list that is shown
  useEffect(() => {
    const count = () => setChosen(boxesOf().filter(({ checked }) => checked).length);
    count();
    document.addEventListener("change", count);
    return () => document.removeEventListener("change", count);
  }, [form, actions]);
  const tickAll = (checked: boolean) => {
    const boxes = boxesOf();
    for (const box of boxes) box.checked = checked;
    setChosen(checked ? boxes.length : 0);
  };
  return { chosen, tickAll };
}

/** Which keys do what, for who has a keyboard. */
function Keys() {
  const t = useWords();
  const keys = [
    { keys: ["J", "K"], does: t("keys.move") },
    { keys: ["A"], does: t("keys.approve") },
    { keys: ["R"], does: t("keys.reject") },
    { keys: ["X"], does: t("keys.select") },
  ];
  return (
    <p className="ms-auto hidden items-center gap-x-3 text-xs text-ink-faint lg:flex">
      <span className="sr-only">{t("keys.label")}: </span>
      {keys.map(({ keys, does }) => (
        <span key={does} className="flex items-center gap-1.5">
          {keys.map((key) => (
            <Fragment key={key}>
              <kbd className="rounded-[0.3125rem] border border-line-strong bg-hover px-1.5 font-sans text-[0.6875rem] leading-4.5 text-ink-muted">
                {key}
              </kbd>
            </Fragment>
          ))}
          {does}
        </span>
      ))}
    </p>
  );
}
