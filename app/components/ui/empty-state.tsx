import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import { cn } from "./cn.ts";

/** Says what is missing and, in `action`, what to do next. */
export function EmptyState({
  icon: Icon,
  title,
  children,
  action,
  className,
}: {
  icon: LucideIcon;
  title: string;
  children?: ReactNode;
  action?: ReactNode;
  className?: string;
}) {
  return (
    <div className={cn("grid justify-items-center gap-1 px-6 py-12 text-center", className)}>
      <span className="mb-3 grid size-12 place-items-center rounded-card border border-line-strong bg-hover text-accent shadow-card">
        <Icon aria-hidden className="size-5" strokeWidth={1.75} />
      </span>
      <p className="text-[0.9375rem] font-semibold text-ink">{title}</p>
      {children && <div className="max-w-[42ch] text-sm text-ink-muted">{children}</div>}
      {action && <div className="mt-4 flex flex-wrap justify-center gap-2">{action}</div>}
    </div>
  );
}
