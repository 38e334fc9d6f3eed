import { ChevronRight } from "lucide-react";
import type { ReactNode } from "react";

export interface FoldOutProps {
  label: string;
  /** What it is about, for who hears several of them. */
  of: string;
  open: boolean;
  children: ReactNode;
}

/** What few people do about an account, folded away below it. */
export function FoldOut({ label, of, open, children }: FoldOutProps) {
  return (
    <details className="group/key" open={open}>
      <summary className="inline-flex items-center gap-1 rounded-sm text-[0.8125rem] text-ink-muted transition-colors hover:text-ink">
        <ChevronRight
          aria-hidden
          data-mirror
          className="size-3.5 transition-[rotate] group-open/key:rotate-90 rtl:group-open/key:-rotate-90"
        />
        {label}
        <span className="sr-only">: {of}</span>
      </summary>
      <div className="mt-3 grid gap-3">{children}</div>
    </details>
  );
}
