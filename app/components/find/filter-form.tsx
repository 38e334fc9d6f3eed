import { useLocation, useNavigate } from "@remix-run/react";
import { ListFilter } from "lucide-react";
import { type FormEvent, type ReactNode, useEffect, useRef, useState } from "react";
import { Button } from "#app/components/ui/button.tsx";
import { cn } from "#app/components/ui/cn.ts";
import { Link } from "#app/components/ui/link.tsx";
import { wordsOf } from "#app/i18n/words.tsx";

const useWords = wordsOf("common");

/** So long nobody types before the list is asked for. */
const PAUSE_MS = 300;
/** What the router notes of an address that a loader led on to. */
const isRedirect = (state: unknown): boolean => typeof state === "object" && state !== null && "_isRedirect" in state;
const typed = /^(text|search|email|url|tel|number|date)$/;

/**
 * The fields that narrow a list: a GET form, so that what was asked for stands in the address. It is applied as one types or chooses, in
 * place of the address before, and without JavaScript by its button. The newest answer wins: a way that another one follows is broken off.
 * `active` when something is asked for.
 */
export function FilterForm({ active, className = "mb-4", children }: { active: boolean; className?: string; children: ReactNode }) {
  const t = useWords();
  const { pathname, search, key, state } = useLocation();
  const navigate = useNavigate();
  const form = useRef<HTMLFormElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>();
  // The fields begin anew with each address that their typing did not lead to, so that "clear" clears them and "back" brings them back.
  const [own, setOwn] = useState<string | null>(null);
  const [shown, setShown] = useState({ key, times: 0 });
  if (shown.key !== key) {
    const typedHere = own !== null && (search === own || isRedirect(state));
    setShown({ key, times: typedHere ? shown.times : shown.times + 1 });
    setOwn(typedHere ? search : null);
  }
  useEffect(() => () => clearTimeout(timer.current), []);
  // Who was in a field is still in it.
  const focused = useRef<string>();
  // biome-ignore lint/correctness/useExhaustiveDependencies: for the fields that just began anew
  useEffect(() => {
    const field = focused.current ? form.current?.elements.namedItem(focused.current) : null;
    if (field instanceof HTMLElement && document.activeElement === document.body) field.focus();
  }, [shown.times]);

  const apply = (typing: boolean) => {
    clearTimeout(timer.current);
    if (!form.current?.checkValidity()) return;
    const asked = new URLSearchParams();
    for (const [name, value] of new FormData(form.current)) if (typeof value === "string" && value.trim()) asked.append(name, value.trim());
    const wanted = asked.size > 0 ? `?${asked}` : "";
    if (typing && wanted === search) return;
    setOwn(typing ? wanted : null);
    navigate({ pathname, search: wanted }, { replace: true, preventScrollReset: true });
  };
  const onInput = ({ target, nativeEvent }: FormEvent) => {
    clearTimeout(timer.current);
    if (nativeEvent instanceof InputEvent && nativeEvent.isComposing) return;
    timer.current = setTimeout(() => apply(true), target instanceof HTMLInputElement && typed.test(target.type) ? PAUSE_MS : 0);
  };
  return (
    <search>
      <form
        ref={form}
        key={shown.times}
        method="get"
        action={pathname}
        onInput={onInput}
        onCompositionEnd={onInput}
        onFocus={({ target }) => {
          focused.current = target instanceof HTMLInputElement || target instanceof HTMLSelectElement ? target.name : undefined;
        }}
        onBlur={({ relatedTarget }) => {
          if (relatedTarget) focused.current = undefined;
        }}
        onSubmit={(event) => {
          event.preventDefault();
          apply(false);
        }}
        className={cn("grid grid-cols-2 gap-3 sm:flex sm:flex-wrap sm:items-end [&>div]:min-w-0 sm:[&>div]:w-44", className)}
      >
        {children}
        <noscript>
          <Button type="submit">
            <ListFilter aria-hidden />
            {t("filter.apply")}
          </Button>
        </noscript>
        {active && (
          <Button asChild variant="ghost" className="self-end justify-self-start">
            <Link to={pathname} preventScrollReset>
              {t("filter.clear")}
            </Link>
          </Button>
        )}
      </form>
    </search>
  );
}
