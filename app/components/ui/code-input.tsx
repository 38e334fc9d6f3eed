import { type ComponentPropsWithoutRef, type FormEvent, forwardRef, useRef } from "react";
import { cn } from "./cn.ts";
import { useFieldControl } from "./field.tsx";
import { controlClass } from "./input.tsx";

/**
 * One plain field for a six-digit code: it can be pasted into, filled from a message, and read by a screen reader. The sixth digit sends its
 * form, each code once: one that was refused waits for the button.
 */
export const CodeInput = forwardRef<HTMLInputElement, ComponentPropsWithoutRef<"input">>(function CodeInput({ className, ...rest }, ref) {
  const sent = useRef<string>();
  const onInput = ({ currentTarget: { value, form } }: FormEvent<HTMLInputElement>) => {
    const digits = value.replace(/[\s-]/g, "");
    if (!/^[0-9]{6}$/.test(digits) || digits === sent.current) return;
    sent.current = digits;
    form?.requestSubmit(form.querySelector<HTMLButtonElement>("button[type=submit]"));
  };
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
      onInput={onInput}
      className={cn(controlClass, "h-14 text-center font-mono text-2xl tracking-[0.42em] indent-[0.42em]", className)}
      {...rest}
    />
  );
});
