import { type ReactNode, useEffect, useRef, useState } from "react";

export interface FoldProps {
  /** The `<summary>`. */
  summary: ReactNode;
  /** What stands in it before, for who has no script: a link to a page that shows the same. */
  instead: ReactNode;
  className?: string;
  children(): ReactNode;
}

/** A fold-out whose content is made when it is opened: what few people look at costs nobody else anything. */
export function Fold({ summary, instead, className, children }: FoldProps) {
  const fold = useRef<HTMLDetailsElement>(null);
  const [opened, setOpened] = useState(false);
  // It may have been opened before there was anybody to be told.
  useEffect(() => {
    if (fold.current?.open) setOpened(true);
  }, []);
  return (
    <details ref={fold} className={className} onToggle={() => setOpened(true)}>
      {summary}
      {opened ? children() : instead}
    </details>
  );
}
