import { Callout } from "#app/components/ui/callout.tsx";
import { useFormat } from "#app/i18n/display.tsx";
import { wordsOf } from "#app/i18n/words.tsx";

const useWords = wordsOf("notices");

/** Says on every page of a client, to its own people, that its end is set, and for when. */
export function EndBanner({ endsAt }: { endsAt: number }) {
  const t = useWords();
  const date = useFormat().date(endsAt, "date");
  return (
    <Callout tone="danger" title={t("ending.title", { date })} className="mb-6">
      {t("ending.body")}
    </Callout>
  );
}
