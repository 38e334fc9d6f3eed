import { X } from "lucide-react";
import { Dialog as Radix } from "radix-ui";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { cn } from "./cn.ts";
import { overlayClass, panelClass } from "./dialog-class.ts";

export interface DialogProps {
  trigger: ReactNode;
  title: string;
  description?: ReactNode;
  /** Both or none: left out, the dialog keeps its own state. */
  open?: boolean;
  onOpenChange?: (open: boolean) => void;
  children: ReactNode;
  className?: string;
}

/** A modal dialog. It needs JavaScript: what it holds must also be reachable on a page or in a `<details>`. */
export function Dialog({ trigger, title, description, open, onOpenChange, children, className }: DialogProps) {
  const { t } = useTranslation();
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Trigger asChild>{trigger}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Overlay className={overlayClass} />
        <Radix.Content className={cn(panelClass, className)} {...(description ? {} : { "aria-describedby": undefined })}>
          <Radix.Title className="pe-8 text-base font-semibold">{title}</Radix.Title>
          {description && <Radix.Description className="mt-1.5 text-sm text-ink-muted">{description}</Radix.Description>}
          <div className="mt-5">{children}</div>
          <Radix.Close
            aria-label={t("actions.close")}
            className="absolute end-4 top-4 grid size-8 place-items-center rounded-control text-ink-faint transition-colors hover:bg-hover hover:text-ink"
          >
            <X aria-hidden className="size-4" />
          </Radix.Close>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
