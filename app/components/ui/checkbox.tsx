import { Check } from "lucide-react";
import { type ComponentPropsWithoutRef, forwardRef, type ReactNode, useId } from "react";
import { cn } from "./cn.ts";

export interface CheckboxProps extends Omit<ComponentPropsWithoutRef<"input">, "type"> {
  label: ReactNode;
  hint?: ReactNode;
}

export const Checkbox = forwardRef<HTMLInputElement, CheckboxProps>(function Checkbox({ label, hint, className, ...rest }, ref) {
  const id = useId();
  return (
    <label className={cn("flex items-start gap-3 text-sm", className)}>
      <span className="relative mt-0.5 grid size-4.5 shrink-0 place-items-center">
        <input
          ref={ref}
          type="checkbox"
          aria-describedby={hint ? `${id}-hint` : undefined}
          className="peer absolute inset-0 appearance-none rounded-[0.3125rem] border border-line-control bg-sunken transition-colors checked:border-accent checked:bg-accent disabled:opacity-60"
          {...rest}
        />
        <Tick />
      </span>
      <span>
        <span className="text-ink">{label}</span>
        {hint && (
          <span id={`${id}-hint`} className="block text-[0.8125rem] text-ink-faint">
            {hint}
          </span>
        )}
      </span>
    </label>
  );
});

/** The mark over a ticked box, which is a `peer` before it in the same square. */
export const Tick = () => (
  <Check
    aria-hidden
    strokeWidth={3}
    className="pointer-events-none relative size-3.5 scale-50 text-accent-ink opacity-0 transition peer-checked:scale-100 peer-checked:opacity-100"
  />
);
