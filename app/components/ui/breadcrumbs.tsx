import { ChevronRight } from "lucide-react";
import { Fragment } from "react";
import { wordsOf } from "#app/i18n/words.tsx";
import { Link } from "./link.tsx";

const useWords = wordsOf("common");

/** The way down to this page; the last one is the page itself and needs no `to`. */
export function Breadcrumbs({ items }: { items: readonly { label: string; to?: string }[] }) {
  const t = useWords();
  return (
    <nav aria-label={t("nav.breadcrumbs")}>
      <ol className="flex flex-wrap items-center gap-x-1.5 gap-y-1 text-[0.8125rem] text-ink-faint">
        {items.map(({ label, to }, index) => (
          <Fragment key={label}>
            {index > 0 && (
              <li aria-hidden>
                <ChevronRight data-mirror className="size-3.5" />
              </li>
            )}
            <li className="min-w-0">
              {to ? (
                <Link to={to} className="rounded-sm transition-colors hover:text-ink">
                  {label}
                </Link>
              ) : (
                <span aria-current="page" className="text-ink-muted">
                  {label}
                </span>
              )}
            </li>
          </Fragment>
        ))}
      </ol>
    </nav>
  );
}
