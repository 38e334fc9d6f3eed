import { wordsOf } from "#app/i18n/words.tsx";

const useWords = wordsOf("audit");

/** What an action of the audit log is called, or undefined for one of an older release that has no words: it is then named as it is. */
export function useActionWords(): (action: string) => string | undefined {
  const t = useWords();
  return (action) => t.find(`action.${action.replaceAll(".", "_")}`);
}
