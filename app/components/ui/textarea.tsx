import { type ComponentPropsWithoutRef, forwardRef } from "react";
import { cn } from "./cn.ts";
import { useFieldControl } from "./field.tsx";
import { controlClass } from "./input.tsx";

export const Textarea = forwardRef<HTMLTextAreaElement, ComponentPropsWithoutRef<"textarea">>(function Textarea(
  { className, rows = 4, ...rest },
  ref,
) {
  return (
    <textarea
      ref={ref}
      rows={rows}
      {...useFieldControl()}
      className={cn(controlClass, "field-sizing-content min-h-24 py-2", className)}
      {...rest}
    />
  );
});
