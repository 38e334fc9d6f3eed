import { ChevronLeft, ChevronRight } from "lucide-react";
import type { ReactNode } from "react";
import { wordsOf } from "#app/i18n/words.tsx";
import { Button } from "./button.tsx";
import { Link } from "./link.tsx";

const useWords = wordsOf("common");

/**
 * Links through a list by cursor; a direction without a target is left out. `summary` says what is seen, say "50 runs"; `nextLabel` where
 * onward is more than the next page ("Older").
 */
export function Pagination({
  previousTo,
  nextTo,
  nextLabel,
  summary,
}: {
  previousTo?: string;
  nextTo?: string;
  nextLabel?: string;
  summary?: ReactNode;
}) {
  const t = useWords();
  if (!previousTo && !nextTo && !summary) return null;
  return (
    <nav aria-label={t("pagination.label")} className="flex flex-wrap items-center justify-between gap-3 border-t border-line px-5 py-3">
      <p className="text-[0.8125rem] text-ink-faint">{summary}</p>
      <div className="flex gap-2">
        {previousTo && (
          <Button asChild size="sm">
            <Link to={previousTo} rel="prev">
              <ChevronLeft aria-hidden data-mirror />
              {t("pagination.previous")}
            </Link>
          </Button>
        )}
        {nextTo && (
          <Button asChild size="sm">
            <Link to={nextTo} rel="next" prefetch="intent">
              {nextLabel ?? t("pagination.next")}
              <ChevronRight aria-hidden data-mirror />
            </Link>
          </Button>
        )}
      </div>
    </nav>
  );
}
