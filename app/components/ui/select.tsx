import { ChevronDown } from "lucide-react";
import { type ComponentPropsWithoutRef, forwardRef } from "react";
import { cn } from "./cn.ts";
import { useFieldControl } from "./field.tsx";
import { controlClass, controlSize } from "./input.tsx";

export interface SelectProps extends ComponentPropsWithoutRef<"select"> {
  options: readonly { value: string; label: string }[];
}

/** The browser's own select, so that it works everywhere and without JavaScript. */
export const Select = forwardRef<HTMLSelectElement, SelectProps>(function Select({ options, className, ...rest }, ref) {
  return (
    <span className={cn("relative block min-w-0", className)}>
      <select
        ref={ref}
        {...useFieldControl()}
        className={cn(controlClass, controlSize, "appearance-none pe-9 [&>option]:bg-raised")}
        {...rest}
      >
        {options.map(({ value, label }) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </select>
      <ChevronDown aria-hidden className="pointer-events-none absolute end-3 top-1/2 size-4 -translate-y-1/2 text-ink-faint" />
    </span>
  );
});
