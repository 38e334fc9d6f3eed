import type { ReactNode } from "react";

/** What a cell says first, and a quieter word on it: on one line where there is room. */
export function NameAndNote({ note, children }: { note: ReactNode; children: ReactNode }) {
  return (
    <span className="inline-flex max-w-full min-w-0 flex-wrap items-baseline gap-x-2 align-top [overflow-wrap:anywhere]">
      {children}
      {note && <span className="min-w-0 text-xs font-normal text-ink-faint">{note}</span>}
    </span>
  );
}
