import { type ComponentPropsWithoutRef, forwardRef } from "react";
import { cn } from "./cn.ts";
import { useFieldControl } from "./field.tsx";

/** The look that all text-like controls share. */
export const controlClass = [
  "w-full min-w-0 rounded-control border border-line-control bg-sunken px-3 text-ink",
  "placeholder:text-ink-faint transition-[border-color,box-shadow] hover:border-ink-faint",
  "focus-visible:border-accent focus-visible:outline-none focus-visible:ring-3 focus-visible:ring-accent-line",
  "aria-invalid:border-danger disabled:cursor-not-allowed disabled:opacity-60",
].join(" ");

/** The size of a plain one. Text is 16 px on phones, or iOS zooms in on focus. */
export const controlSize = "h-10 text-base sm:h-9 sm:text-sm";

export const Input = forwardRef<HTMLInputElement, ComponentPropsWithoutRef<"input">>(function Input({ className, ...rest }, ref) {
  // Addresses are written from left to right in every language.
  const isAddress = rest.type === "email" || rest.type === "url" || rest.type === "tel";
  return (
    <input
      ref={ref}
      {...useFieldControl()}
      dir={isAddress ? "ltr" : undefined}
      className={cn(controlClass, controlSize, isAddress && "rtl:text-end", className)}
      {...rest}
    />
  );
});
