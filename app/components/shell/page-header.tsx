import type { ReactNode } from "react";
import { cn } from "#app/components/ui/cn.ts";

/**
 * The head of a page: its h1, what it is for, and its actions. `before` stands above, usually `Breadcrumbs`. `atEnd`: the actions stay at
 * the end of the line also where they have one of their own, so that what they open has room.
 */
export function PageHeader({
  title,
  description,
  actions,
  before,
  atEnd = false,
}: {
  title: ReactNode;
  description?: ReactNode;
  actions?: ReactNode;
  before?: ReactNode;
  atEnd?: boolean;
}) {
  return (
    <div className="mb-6 grid grid-cols-1 gap-2 lg:mb-8">
      {before}
      <div className="flex flex-wrap items-end justify-between gap-x-6 gap-y-4">
        <div className="min-w-0">
          <h1 className="text-2xl font-semibold tracking-[-0.022em]">{title}</h1>
          {description && <div className="mt-1 max-w-[68ch] text-sm text-ink-muted">{description}</div>}
        </div>
        {actions && <div className={cn("flex flex-wrap items-center gap-2 empty:hidden", atEnd && "grow justify-end")}>{actions}</div>}
      </div>
    </div>
  );
}
