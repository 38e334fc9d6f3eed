import { type ReactNode, useId } from "react";
import { cn } from "#app/components/ui/cn.ts";

const SPACE = { none: "", sm: "mt-6 first:mt-0 lg:mt-8", md: "mt-8 first:mt-0 lg:mt-10" } as const;

/** A part of a page under its own h2. */
export function Section({
  title,
  description,
  actions,
  space = "md",
  className,
  children,
}: {
  title: ReactNode;
  description?: ReactNode;
  actions?: ReactNode;
  /** Above it. */
  space?: keyof typeof SPACE;
  className?: string;
  children: ReactNode;
}) {
  const id = useId();
  return (
    <section aria-labelledby={id} className={cn(SPACE[space], className)}>
      <div className="mb-4 flex flex-wrap items-end justify-between gap-x-4 gap-y-2">
        <div className="min-w-0">
          <h2 id={id} className="text-base font-semibold">
            {title}
          </h2>
          {description && <div className="mt-0.5 text-[0.8125rem] text-ink-muted">{description}</div>}
        </div>
        {actions && <div className="flex flex-wrap items-center gap-2">{actions}</div>}
      </div>
      {children}
    </section>
  );
}
