import { Bell as Icon } from "lucide-react";
import { Link } from "#app/components/ui/link.tsx";
import { wordsOf } from "#app/i18n/words.tsx";

const useWords = wordsOf("common");

/** The server counts no further. */
const countedAtMost = 100;

/** The way to what the reader was told, with how much of it they have not read. */
export function Bell({ to, unread }: { to: string; unread: number }) {
  const t = useWords();
  return (
    <Link
      to={to}
      prefetch="intent"
      className="relative grid size-9 shrink-0 place-items-center rounded-full text-ink-muted transition-colors hover:bg-hover hover:text-ink"
    >
      <Icon aria-hidden strokeWidth={1.75} className="size-4.5" />
      {unread > 0 && (
        <span
          aria-hidden
          className="absolute -end-0.5 -top-0.5 min-w-4.5 rounded-full border border-warn-tint/35 bg-raised px-1 text-center text-2xs font-semibold text-warn tabular-nums"
        >
          {unread < countedAtMost ? unread : `${countedAtMost - 1}+`}
        </span>
      )}
      <span className="sr-only">{unread > 0 ? t("bell_unread", { count: unread }) : t("bell")}</span>
    </Link>
  );
}
