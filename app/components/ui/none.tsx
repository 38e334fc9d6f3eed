import type { ReactNode } from "react";

/** In a cell that has nothing to say: seen where a column would else have a hole, left out where rows are cards (`data-none`). */
export function None({ children = "–" }: { children?: ReactNode }) {
  return (
    <span data-none className="text-ink-faint">
      {children}
    </span>
  );
}
