import { Search } from "lucide-react";
import { lazy, Suspense, useCallback, useEffect, useRef, useState } from "react";
import { Link } from "#app/components/ui/link.tsx";
import { useHydrated } from "#app/components/ui/use-hydrated.ts";
import { wordsOf } from "#app/i18n/words.tsx";

const useWords = wordsOf("common");

const loadPalette = () => import("#app/components/find/palette.tsx");
const Palette = lazy(loadPalette);

const className =
  "flex h-9 shrink-0 items-center gap-2 rounded-control border border-line bg-sunken px-2.5 text-sm text-ink-muted transition-colors hover:border-line-control hover:text-ink max-sm:border-transparent max-sm:bg-transparent sm:w-56";

/**
 * Opens the palette over any page, as Ctrl-K and Cmd-K do, and is the way to the search's page (`to`) without JavaScript. `/` goes to the
 * page's own search field, or opens the palette where there is none.
 */
export function FindButton({ to }: { to: string }) {
  const t = useWords();
  const hydrated = useHydrated();
  const opener = useRef<HTMLButtonElement>(null);
  const [open, setOpen] = useState(false);
  const close = useCallback(() => setOpen(false), []);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const wish = wishOf(event);
      if (!wish) return;
      const field = wish === "field" ? document.querySelector<HTMLInputElement>("main search input:is([type=search], [type=text])") : null;
      event.preventDefault();
      field?.focus();
      field?.select();
      if (!field) setOpen((shown) => !shown);
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, []);
  const face = (
    <>
      <Search aria-hidden className="size-4 shrink-0" />
      <span className="flex-1 text-start max-sm:sr-only">{t("find")}</span>
      <kbd aria-hidden dir="ltr" className="hidden font-sans text-xs text-ink-faint sm:block">
        {hydrated && /Mac|iP/.test(navigator.platform) ? "⌘K" : "Ctrl K"}
      </kbd>
    </>
  );
  if (!hydrated) {
    return (
      <Link to={to} className={className}>
        {face}
      </Link>
    );
  }
  return (
    <>
      <button
        ref={opener}
        type="button"
        aria-haspopup="dialog"
        aria-keyshortcuts="Control+K Meta+K"
        className={className}
        onPointerEnter={() => void loadPalette()}
        onClick={() => setOpen(true)}
      >
        {face}
      </button>
      {open && (
        <Suspense fallback={null}>
          <Palette source={to} opener={opener} onClose={close} />
        </Suspense>
      )}
    </>
  );
}

/** What a key asks for: the palette, the page's own field, or nothing, as while somebody types or answers a dialog. */
function wishOf({ key, code, ctrlKey, metaKey, altKey, shiftKey, target, isComposing }: KeyboardEvent): "palette" | "field" | null {
  if (isComposing || altKey || shiftKey) return null;
  const dialog = document.querySelector("[role=dialog], [role=alertdialog]");
  // By its place too: a Hebrew keyboard has another letter there.
  if (ctrlKey || metaKey) return (key === "k" || code === "KeyK") && !dialog?.matches(":not([data-palette])") ? "palette" : null;
  const typing = target instanceof HTMLElement && target.closest("input, textarea, select, [contenteditable]");
  return key === "/" && !typing && !dialog ? "field" : null;
}
