import { AlertDialog as Radix } from "radix-ui";
import type { ReactNode, RefObject } from "react";
import { wordsOf } from "#app/i18n/words.tsx";
import { Button } from "./button.tsx";
import { overlayClass, panelClass } from "./dialog-class.ts";

const useWords = wordsOf("common");

export interface AlertDialogProps {
  title: string;
  description: ReactNode;
  onClose: () => void;
  /** Gets the focus back when the dialog closes. */
  opener: RefObject<HTMLElement>;
  /** The form or button that does it; the way out, "Cancel", stands before it and has the focus first. */
  children: ReactNode;
}

/** Asks before something that cannot be undone; open as long as it is rendered. `ConfirmButton` loads it when it is asked for. */
export default function AlertDialog({ title, description, onClose, opener, children }: AlertDialogProps) {
  const t = useWords();
  return (
    <Radix.Root open onOpenChange={(open) => !open && onClose()}>
      <Radix.Portal>
        <Radix.Overlay className={overlayClass} />
        <Radix.Content
          className={panelClass}
          onCloseAutoFocus={(event) => {
            event.preventDefault();
            opener.current?.focus();
          }}
        >
          <Radix.Title className="text-base font-semibold">{title}</Radix.Title>
          <Radix.Description asChild>
            <div className="mt-1.5 text-sm text-ink-muted">{description}</div>
          </Radix.Description>
          <div className="mt-6 flex flex-wrap justify-end gap-2">
            <Radix.Cancel asChild>
              <Button variant="ghost">{t("actions.cancel")}</Button>
            </Radix.Cancel>
            {children}
          </div>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
