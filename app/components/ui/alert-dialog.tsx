import { AlertDialog as Radix } from "radix-ui";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "./button.tsx";
import { overlayClass, panelClass } from "./dialog.tsx";

export interface AlertDialogProps {
  trigger: ReactNode;
  title: string;
  description: ReactNode;
  open?: boolean;
  onOpenChange?: (open: boolean) => void;
  /** The form or button that does it; the way out, "Cancel", stands before it and has the focus first. */
  children: ReactNode;
}

/** Asks before something that cannot be undone. It needs JavaScript; `ConfirmButton` is the one that does not. */
export function AlertDialog({ trigger, title, description, open, onOpenChange, children }: AlertDialogProps) {
  const { t } = useTranslation();
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Trigger asChild>{trigger}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Overlay className={overlayClass} />
        <Radix.Content className={panelClass}>
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
