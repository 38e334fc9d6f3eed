import type { ReactNode } from "react";
import { cn } from "./cn.ts";

export interface Description {
  term: string;
  value: ReactNode;
}

/** Names and values of one thing. Two columns where there is room, one on phones. */
export function DescriptionList({ items, small = false }: { items: readonly Description[]; small?: boolean }) {
  return (
    <dl className={cn("grid divide-y divide-line", small ? "text-[0.8125rem]" : "text-sm")}>
      {items.map(({ term, value }) => (
        <div
          key={term}
          className={cn(
            "grid gap-x-4 gap-y-0.5 py-2.5 first:pt-0 last:pb-0",
            small ? "sm:grid-cols-[minmax(5.5rem,1fr)_2fr]" : "sm:grid-cols-[minmax(8rem,1fr)_2fr]",
          )}
        >
          <dt className="text-ink-faint">{term}</dt>
          <dd className="min-w-0 text-ink [overflow-wrap:anywhere]">{value}</dd>
        </div>
      ))}
    </dl>
  );
}
