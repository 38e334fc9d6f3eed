import type { ReactNode } from "react";

/** The head of a page: its h1, what it is for, and its actions. `before` stands above, usually `Breadcrumbs`. */
export function PageHeader({
  title,
  description,
  actions,
  before,
}: {
  title: ReactNode;
  description?: ReactNode;
  actions?: ReactNode;
  before?: ReactNode;
}) {
  return (
    <div className="mb-6 grid grid-cols-1 gap-2 lg:mb-8">
      {before}
      <div className="flex flex-wrap items-end justify-between gap-x-6 gap-y-4">
        <div className="min-w-0">
          <h1 className="text-2xl font-semibold tracking-[-0.022em]">{title}</h1>
          {description && <div className="mt-1 max-w-[68ch] text-sm text-ink-muted">{description}</div>}
        </div>
        {actions && <div className="flex flex-wrap items-center gap-2">{actions}</div>}
      </div>
    </div>
  );
}
