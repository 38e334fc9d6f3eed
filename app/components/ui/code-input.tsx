import { type ComponentPropsWithoutRef, forwardRef } from "react";
import { cn } from "./cn.ts";
import { useFieldControl } from "./field.tsx";
import { controlClass } from "./input.tsx";

/** One plain field for a six-digit code: it can be pasted into, filled from a message, and read by a screen reader. */
export const CodeInput = forwardRef<HTMLInputElement, ComponentPropsWithoutRef<"input">>(function CodeInput({ className, ...rest }, ref) {
  return (
    <input
      ref={ref}
      {...useFieldControl()}
      type="text"
      inputMode="numeric"
      autoComplete="one-time-code"
      // Six digits, with whatever space or dash they were copied with.
      pattern="\s*([0-9][\s\-]*){6}"
      maxLength={20}
      dir="ltr"
      placeholder="000000"
      className={cn(controlClass, "h-14 text-center font-mono text-2xl tracking-[0.42em] indent-[0.42em]", className)}
      {...rest}
    />
  );
});
