import { CircleAlert } from "lucide-react";
import { createContext, type ReactNode, useContext, useId } from "react";
import { wordsOf } from "#app/i18n/words.tsx";
import { cn } from "./cn.ts";

const useWords = wordsOf("common");

interface FieldContext {
  id: string;
  describedBy: string | undefined;
  invalid: boolean;
  required: boolean;
}

const Context = createContext<FieldContext | null>(null);

export interface FieldProps {
  label: ReactNode;
  hint?: ReactNode;
  /** One message or several; the first is shown. */
  error?: string | readonly string[];
  /** A field that is not required says so beside its label. */
  required?: boolean;
  hideLabel?: boolean;
  className?: string;
  /** One control of this kit: it takes its id, description and validity from here. */
  children: ReactNode;
}

/** Label, control, hint and error, tied together for assistive technology. */
export function Field({ label, hint, error, required = true, hideLabel = false, className, children }: FieldProps) {
  const t = useWords();
  const id = useId();
  const message = typeof error === "string" ? error : error?.[0];
  const describedBy = [hint && `${id}-hint`, message && `${id}-error`].filter(Boolean).join(" ") || undefined;
  return (
    <div className={cn("grid gap-1.5", className)}>
      <label htmlFor={id} className={cn("text-[0.8125rem] font-medium text-ink", hideLabel && "sr-only")}>
        {label}
        {!required && <span className="ms-1.5 font-normal text-ink-faint">({t("form.optional")})</span>}
      </label>
      <Context.Provider value={{ id, describedBy, invalid: Boolean(message), required }}>{children}</Context.Provider>
      {hint && (
        <p id={`${id}-hint`} className="text-[0.8125rem] text-ink-faint">
          {hint}
        </p>
      )}
      {message && (
        <p id={`${id}-error`} className="flex items-start gap-1.5 text-[0.8125rem] text-danger">
          <CircleAlert aria-hidden className="mt-0.5 size-3.5 shrink-0" />
          {message}
        </p>
      )}
    </div>
  );
}

/** What a control inside a `Field` must carry; its own props win over these. */
export function useFieldControl() {
  const field = useContext(Context);
  if (!field) return {};
  return {
    id: field.id,
    "aria-describedby": field.describedBy,
    "aria-invalid": field.invalid || undefined,
    required: field.required || undefined,
  };
}
