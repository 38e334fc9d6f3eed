import { lazy, Suspense, useSyncExternalStore } from "react";
import { wordsOf } from "#app/i18n/words.tsx";
import { cn } from "./cn.ts";
import { currentToasts, subscribeToasts, type Toast, type ToastMessage } from "./toast-store.ts";
import { TOAST_TONES, TONE_ICONS, TONE_TEXT } from "./tone.ts";

const useWords = wordsOf("common");

// The viewport is loaded with the first message, so that a page without one does not carry it.
const ToastViewport = lazy(() => import("./toast-viewport.tsx"));
const NONE: readonly Toast[] = [];

/** The place where messages appear; it stands once, in the root. */
export function Toaster() {
  const toasts = useSyncExternalStore(subscribeToasts, currentToasts, () => NONE);
  if (toasts.length === 0) return null;
  return (
    <Suspense fallback={null}>
      <ToastViewport toasts={toasts} />
    </Suspense>
  );
}

/** The same message as a plain banner, where there is no JavaScript to show a toast. */
export function FlashBanner({ flash }: { flash: ToastMessage | null }) {
  const t = useWords();
  if (!flash) return null;
  const tone = TOAST_TONES[flash.kind];
  const Icon = TONE_ICONS[tone];
  return (
    <noscript>
      <div role="status" className="pop flex items-center gap-3 px-4 py-3 text-sm font-medium">
        <Icon aria-hidden className={cn("size-4 shrink-0", TONE_TEXT[tone])} />
        <span className="sr-only">{t(`toast.${flash.kind}`)}: </span>
        {flash.message}
      </div>
    </noscript>
  );
}
