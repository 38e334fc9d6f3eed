import { Info } from "lucide-react";
import { wordsOf } from "#app/i18n/words.tsx";

const useWords = wordsOf("common");

/** How a figure is counted, one sentence in a fold-out, which needs no script. Nothing where the sensor does not say. */
export function HowCounted({ how, label }: { how: string | undefined; label: string }) {
  const t = useWords();
  if (!how) return null;
  return (
    <details className="relative z-10 text-xs">
      <summary className="inline-flex items-center gap-1 rounded-sm text-ink-faint transition-colors hover:text-ink">
        <Info aria-hidden className="size-3.5" />
        {t("metric.how")}
        <span className="sr-only">: {label}</span>
      </summary>
      <p className="mt-1 text-ink-muted">{how}</p>
    </details>
  );
}
