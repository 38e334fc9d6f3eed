import { Callout } from "#app/components/ui/callout.tsx";
import { useFormat } from "#app/i18n/display.tsx";
import { wordsOf } from "#app/i18n/words.tsx";

const useWords = wordsOf("notices");

/** Says on every page of a client that its end is set, and for when. */
export function EndBanner({ endsAt, forAdmin = false }: { endsAt: number; forAdmin?: boolean }) {
  const t = useWords();
  const date = useFormat().date(endsAt, "date");
  return (
    <Callout tone="danger" title={t(forAdmin ? "ending.adminTitle" : "ending.title", { date })} className="mb-6">
      {t(forAdmin ? "ending.adminBody" : "ending.body")}
    </Callout>
  );
}
