import { useFetcher, useLocation, useNavigate, useSubmit } from "@remix-run/react";
import { Blocks, Building2, ChartLine, FileText, Hash, LoaderCircle, Search, Zap } from "lucide-react";
import { Dialog } from "radix-ui";
import { type KeyboardEvent, type RefObject, useEffect, useId, useMemo, useRef, useState } from "react";
import { cn } from "#app/components/ui/cn.ts";
import { overlayClass } from "#app/components/ui/dialog-class.ts";
import { wordsOf } from "#app/i18n/words.tsx";
import { type Found, type FoundGroup, narrow } from "#app/portal/find.ts";
import { FoundText, keyOf } from "./find-page.tsx";

const useWords = wordsOf("find");

const ICONS = { pages: FileText, connections: Blocks, metrics: ChartLine, actions: Zap, clients: Building2, ids: Hash } as const;
/** What the first answer has whole, so that it is narrowed here while one types. */
const HERE = ["pages", "connections", "metrics", "actions"];
/** So long nobody types before the server is asked. */
const PAUSE_MS = 150;

/**
 * The search over any page: a combobox whose list is what the person may open and do here. `source` is the search's page, whose loader
 * answers, so that nothing is shown that it would not show. Loaded when it is first opened.
 */
export default function Palette({ source, opener, onClose }: { source: string; opener: RefObject<HTMLElement>; onClose: () => void }) {
  const t = useWords();
  const id = useId();
  // Where the focus goes back to: what had it, or the button, which Safari gives none.
  const before = useRef(document.activeElement);
  const [text, setText] = useState("");
  const { groups, waiting } = useFound(source, text.trim());
  const options = useMemo(
    () => groups.flatMap(({ kind, items }) => items.map((item) => ({ item, key: `${kind} ${keyOf(item)}` }))),
    [groups],
  );
  const [picked, setPicked] = useState<string | null>(null);
  const at = Math.max(
    0,
    options.findIndex(({ key }) => key === picked),
  );
  const go = useGo(onClose);
  // Who pastes an id and presses Enter at once is led there when the answer comes.
  const [hasty, setHasty] = useState(false);
  useEffect(() => {
    if (!hasty || waiting) return;
    setHasty(false);
    if (options[0]) go(options[0].item);
  }, [hasty, waiting, options, go]);

  const list = useRef<HTMLDivElement>(null);
  useEffect(() => list.current?.querySelector(`[data-at="${at}"]`)?.scrollIntoView({ block: "nearest" }), [at]);

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && options.length > 0) {
      event.preventDefault();
      setPicked(options[(at + step + options.length) % options.length]?.key ?? null);
    }
    if (event.key !== "Enter") return;
    event.preventDefault();
    const option = options[at];
    if (option) go(option.item);
    else setHasty(true);
  };
  const optionId = (index: number) => `${id}-${index}`;
  let index = 0;
  return (
    <Dialog.Root open onOpenChange={(open) => !open && onClose()}>
      <Dialog.Portal>
        <Dialog.Overlay className={overlayClass} />
        <Dialog.Content
          data-palette
          aria-describedby={undefined}
          onCloseAutoFocus={(event) => {
            event.preventDefault();
            const had = before.current;
            if (had instanceof HTMLElement && had !== document.body && had.isConnected) had.focus();
            else opener.current?.focus();
          }}
          className="pop fixed inset-x-4 top-[10dvh] z-50 mx-auto flex max-h-[75dvh] max-w-xl animate-rise flex-col overflow-hidden rounded-card focus:outline-none"
        >
          <Dialog.Title className="sr-only">{t("title")}</Dialog.Title>
          <div className="flex items-center gap-3 border-b border-line px-4">
            {waiting ? (
              <LoaderCircle aria-hidden className="size-4 shrink-0 animate-spin text-ink-faint" />
            ) : (
              <Search aria-hidden className="size-4 shrink-0 text-ink-faint" />
            )}
            <input
              type="text"
              role="combobox"
              aria-label={t("title")}
              aria-expanded={options.length > 0}
              aria-controls={`${id}-list`}
              aria-autocomplete="list"
              aria-activedescendant={options.length > 0 ? optionId(at) : undefined}
              placeholder={t(source.startsWith("/admin") ? "placeholderAdmin" : "placeholder")}
              maxLength={200}
              autoComplete="off"
              autoCapitalize="none"
              spellCheck={false}
              dir="auto"
              value={text}
              onChange={(event) => {
                setText(event.target.value);
                setPicked(null);
              }}
              onKeyDown={onKeyDown}
              className="h-12 min-w-0 flex-1 bg-transparent text-base text-ink outline-none placeholder:text-ink-faint rtl:placeholder:text-right sm:text-sm"
            />
          </div>
          <div
            ref={list}
            id={`${id}-list`}
            role="listbox"
            aria-label={t("title")}
            className="min-h-0 flex-1 overflow-y-auto p-1.5 empty:hidden"
          >
            {groups.map(({ kind, items }) => (
              // biome-ignore lint/a11y/useSemanticElements: a listbox holds groups, and no fieldset
              <div key={kind} role="group" aria-labelledby={`${id}-${kind}`}>
                <p id={`${id}-${kind}`} className="px-2.5 pt-2 pb-1 text-xs font-medium text-ink-faint">
                  {t(`groups.${kind}`)}
                </p>
                {items.map((item) => {
                  const own = index++;
                  const key = options[own]?.key ?? null;
                  const Icon = ICONS[kind];
                  return (
                    // biome-ignore lint/a11y/useFocusableInteractive lint/a11y/useKeyWithClickEvents: the combobox keeps the focus and has the keys
                    <div
                      key={key}
                      id={optionId(own)}
                      role="option"
                      aria-selected={own === at}
                      data-at={own}
                      onPointerMove={() => setPicked(key)}
                      onClick={() => go(item)}
                      className={cn(
                        "flex cursor-pointer items-baseline gap-2.5 rounded-control px-2.5 py-2 text-sm text-ink-muted",
                        own === at && "bg-hover text-ink",
                      )}
                    >
                      <Icon aria-hidden className="size-4 shrink-0 translate-y-0.5" />
                      <FoundText item={item} />
                    </div>
                  );
                })}
              </div>
            ))}
          </div>
          <p role="status" className="px-4 text-sm text-ink-muted not-empty:py-6">
            {options.length === 0 && !waiting && t("none")}
          </p>
          <p aria-hidden className="border-t border-line px-4 py-2 text-xs text-ink-faint max-sm:hidden">
            {t("keys")}
          </p>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

interface Answer {
  text: string;
  groups: FoundGroup[];
}

/** All that there is at first; while one types what of it fits, and behind it what the server finds for the text. */
function useFound(source: string, text: string): { groups: FoundGroup[]; waiting: boolean } {
  const { load: loadAll, data: all } = useFetcher<Answer>();
  const { load, data: found, state } = useFetcher<Answer>();
  useEffect(() => loadAll(source), [loadAll, source]);
  useEffect(() => {
    if (text === "") return;
    const timer = setTimeout(() => load(`${source}?${new URLSearchParams({ q: text })}`), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [load, source, text]);
  return useMemo(() => {
    const here = narrow(all?.groups ?? [], text);
    // There are dozens of metrics: found by their names, and not listed before anything is typed.
    if (text === "") return { groups: here.filter(({ kind }) => kind !== "metrics"), waiting: !all };
    const fits = found?.text === text;
    const there = fits ? found.groups.filter(({ kind }) => !HERE.includes(kind)) : [];
    return { groups: [...here, ...there.filter(({ items }) => items.length > 0)], waiting: !all || !fits || state !== "idle" };
  }, [all, found, text, state]);
}

/** Opens what was chosen, or sends it. */
function useGo(onClose: () => void): (item: Found) => void {
  const navigate = useNavigate();
  const submit = useSubmit();
  const { pathname, search } = useLocation();
  return (item) => {
    onClose();
    if ("to" in item) return navigate(item.to);
    const fields = { returnTo: `${pathname}${search}`, ...item.fields };
    // A language is of the whole document.
    if (item.post === "/locale") return sendByDocument(item.post, fields);
    submit(fields, { method: "post", action: item.post, navigate: item.post !== "/theme" });
  };
}

function sendByDocument(action: string, fields: Record<string, string>): void {
  const form = Object.assign(document.createElement("form"), { method: "post", action, hidden: true });
  for (const [name, value] of Object.entries(fields)) form.appendChild(Object.assign(document.createElement("input"), { name, value }));
  document.body.appendChild(form);
  form.submit();
}
