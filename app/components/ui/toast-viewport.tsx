import { X } from "lucide-react";
import { Toast as Radix } from "radix-ui";
import { wordsOf } from "#app/i18n/words.tsx";
import { cn } from "./cn.ts";
import { dismissToast, type Toast } from "./toast-store.ts";
import { TOAST_TONES, TONE_ICONS, TONE_TEXT } from "./tone.ts";

const useWords = wordsOf("common");

const SHOWN_MS = 6_000;
const ERROR_SHOWN_MS = 12_000;

/** The list of messages: announced, reachable with F8, paused while the pointer or the focus is on it. */
export default function ToastViewport({ toasts }: { toasts: readonly Toast[] }) {
  const t = useWords();
  return (
    <Radix.Provider label={t("toast.region")} swipeDirection="down">
      {toasts.map(({ id, kind, message }) => {
        const tone = TOAST_TONES[kind];
        const Icon = TONE_ICONS[tone];
        return (
          <Radix.Root
            key={id}
            type={kind === "error" ? "foreground" : "background"}
            duration={kind === "error" ? ERROR_SHOWN_MS : SHOWN_MS}
            onOpenChange={(open) => !open && dismissToast(id)}
            className="pop flex animate-rise items-start gap-3 rounded-card p-4 text-sm"
          >
            <Icon aria-hidden className={cn("mt-0.5 size-4 shrink-0", TONE_TEXT[tone])} />
            <div className="min-w-0 flex-1">
              <Radix.Title className="sr-only">{t(`toast.${kind}`)}</Radix.Title>
              <Radix.Description className="text-ink">{message}</Radix.Description>
            </div>
            <Radix.Close
              aria-label={t("actions.dismiss")}
              className="-m-1 grid size-7 shrink-0 place-items-center rounded-control text-ink-faint transition-colors hover:bg-hover hover:text-ink"
            >
              <X aria-hidden className="size-4" />
            </Radix.Close>
          </Radix.Root>
        );
      })}
      <Radix.Viewport className="fixed inset-x-4 bottom-20 z-50 grid gap-2 outline-none sm:inset-x-auto sm:end-6 sm:bottom-6 sm:w-96" />
    </Radix.Provider>
  );
}
