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
const typed = /^(text|search|email|url|tel|number|date)$/;

/**
 * The fields that narrow a list: a GET form, so that what was asked for stands in the address. It is applied as one types or chooses, in
 * place of the address before, and without JavaScript by its button. The newest answer wins: a way that another one follows is broken off.
 * `active` when something is asked for.
 */
export function FilterForm({ active, className, children }: { active: boolean; className?: string; children: ReactNode }) {
  const t = useWords();
  const { pathname, search } = useLocation();
  const navigate = useNavigate();
  const form = useRef<HTMLFormElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>();
  // The fields begin anew with each address that did not come from them, so that "clear" clears them and "back" brings them back.
  const [own, setOwn] = useState<string | null>(null);
  const [shown, setShown] = useState({ search, times: 0 });
  if (shown.search !== search) {
    setShown({ search, times: search === own ? shown.times : shown.times + 1 });
    if (search !== own) setOwn(null);
  }
  useEffect(() => () => clearTimeout(timer.current), []);

  const apply = () => {
    clearTimeout(timer.current);
    if (!form.current?.checkValidity()) return;
    const asked = new URLSearchParams();
    for (const [name, value] of new FormData(form.current)) if (typeof value === "string" && value.trim()) asked.append(name, value.trim());
    const wanted = asked.size > 0 ? `?${asked}` : "";
    if (wanted === search) return;
    setOwn(wanted);
    navigate({ pathname, search: wanted }, { replace: true, preventScrollReset: true });
  };
  const onInput = ({ target, nativeEvent }: FormEvent) => {
    clearTimeout(timer.current);
    if (nativeEvent instanceof InputEvent && nativeEvent.isComposing) return;
    timer.current = setTimeout(apply, target instanceof HTMLInputElement && typed.test(target.type) ? PAUSE_MS : 0);
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
        onSubmit={(event) => {
          event.preventDefault();
          apply();
        }}
        className={cn("mb-4 grid grid-cols-2 gap-3 sm:flex sm:flex-wrap sm:items-end [&>div]:min-w-0 sm:[&>div]:w-44", className)}
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
