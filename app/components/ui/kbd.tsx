import type { ReactNode } from "react";

export function Kbd({ children }: { children: ReactNode }) {
  return (
    <kbd className="inline-grid h-5 min-w-5 place-items-center rounded border border-b-2 border-line-strong bg-hover px-1 font-mono text-2xs text-ink-muted">
      {children}
    </kbd>
  );
}
