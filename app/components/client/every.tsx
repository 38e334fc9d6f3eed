import { wordsOf } from "#app/i18n/words.tsx";

const useWords = wordsOf("runs");

/** A period in the largest unit that it is whole in. */
export function Every({ seconds }: { seconds: number }) {
  const t = useWords();
  if (seconds % 86_400 === 0) return t("runs.everyDays", { count: seconds / 86_400 });
  if (seconds % 3600 === 0) return t("runs.everyHours", { count: seconds / 3600 });
  return t("runs.everyMinutes", { count: Math.round(seconds / 60) });
}
