import { Form, useNavigation } from "@remix-run/react";
import { lazy, type ReactNode, Suspense, useCallback, useContext, useEffect, useRef, useState } from "react";
import { Button, type ButtonProps, buttonClass } from "./button.tsx";
import { cn } from "./cn.ts";
import { ReadOnly } from "./read-only.ts";
import { useHydrated } from "./use-hydrated.ts";

export interface ConfirmButtonProps extends Pick<ButtonProps, "variant" | "size" | "className"> {
  /** What stands on the button, icon and all. */
  children: ReactNode;
  title: string;
  description: ReactNode;
  /** What stands on the button that does it: the deed by its name ("Disconnect"), never "OK". */
  confirmLabel: string;
  /** Where the form posts; this page's action when left out. */
  action?: string;
  /** Hidden fields of the form. */
  fields: Record<string, string>;
  /** How the confirming button looks; `danger` unless the deed is harmless. */
  confirmVariant?: "danger" | "primary";
}

const loadDialog = () => import("./alert-dialog.tsx");
const AlertDialog = lazy(loadDialog);

/** A form of one button that asks first: in an alert dialog, or, without JavaScript, in a fold-out below the button. */
export function ConfirmButton({ children, title, description, variant, size, className, ...form }: ConfirmButtonProps) {
  const hydrated = useHydrated();
  const readOnly = useContext(ReadOnly);
  const opener = useRef<HTMLButtonElement>(null);
  const [asking, setAsking] = useState(false);
  const stopAsking = useCallback(() => setAsking(false), []);
  if (hydrated || readOnly) {
    return (
      <>
        <Button
          ref={opener}
          changes
          variant={variant}
          size={size}
          className={className}
          aria-haspopup="dialog"
          onPointerEnter={() => void loadDialog()}
          onClick={() => setAsking(true)}
        >
          {children}
        </Button>
        {asking && (
          <Suspense fallback={null}>
            <AlertDialog title={title} description={description} onClose={stopAsking} opener={opener}>
              <ConfirmForm {...form} onDone={stopAsking} />
            </AlertDialog>
          </Suspense>
        )}
      </>
    );
  }
  return (
    <details className="relative inline-block">
      <summary className={cn(buttonClass({ variant, size }), className)}>{children}</summary>
      <div className="pop absolute end-0 z-20 mt-2 grid w-72 max-w-[calc(100vw-2rem)] gap-3 rounded-card p-4 text-start text-sm whitespace-normal">
        <p className="font-semibold">{title}</p>
        <div className="text-ink-muted">{description}</div>
        <ConfirmForm {...form} />
      </div>
    </details>
  );
}

interface ConfirmFormProps extends Pick<ConfirmButtonProps, "action" | "fields" | "confirmLabel" | "confirmVariant"> {
  onDone?: () => void;
}

function ConfirmForm({ action, fields, confirmLabel, confirmVariant = "danger", onDone }: ConfirmFormProps) {
  const { state } = useNavigation();
  // The form is on the page only while it is asked about, so whatever is under way was sent from here.
  const sent = useRef(false);
  useEffect(() => {
    if (state !== "idle") sent.current = true;
    else if (sent.current) {
      sent.current = false;
      onDone?.();
    }
  }, [state, onDone]);
  return (
    <Form method="post" action={action}>
      {Object.entries(fields).map(([name, value]) => (
        <input key={name} type="hidden" name={name} value={value} />
      ))}
      <Button type="submit" variant={confirmVariant} pending={state !== "idle"}>
        {confirmLabel}
      </Button>
    </Form>
  );
}
