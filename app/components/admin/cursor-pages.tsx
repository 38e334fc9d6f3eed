import { useLocation, useSearchParams } from "@remix-run/react";
import { Link } from "#app/components/ui/link.tsx";
import { Pagination } from "#app/components/ui/pagination.tsx";
import { wordsOf } from "#app/i18n/words.tsx";

const useWords = wordsOf("admin");

/** The foot of a list that is read by cursor: onward, and back to its beginning. Filters stay. */
export function CursorPages({ next, summary }: { next: string | null; summary: string }) {
  const t = useWords();
  const { pathname } = useLocation();
  const [search] = useSearchParams();
  const addressOf = (cursor: string | null) => {
    const asked = new URLSearchParams(search);
    asked.delete("cursor");
    if (cursor !== null) asked.set("cursor", cursor);
    return asked.size > 0 ? `${pathname}?${asked}` : pathname;
  };
  return (
    <Pagination
      nextTo={next === null ? undefined : addressOf(next)}
      summary={
        <>
          {summary}
          {search.has("cursor") && (
            <>
              {" · "}
              <Link to={addressOf(null)} className="link">
                {t("filter.fromStart")}
              </Link>
            </>
          )}
        </>
      }
    />
  );
}
