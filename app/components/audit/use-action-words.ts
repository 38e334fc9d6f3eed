import { useTranslation } from "react-i18next";

/** What an action of the audit log is called, or undefined for one that has no words yet: it is then named as it is. */
export function useActionWords(): (action: string) => string | undefined {
  const { t } = useTranslation("custody");
  const words: Readonly<Record<string, string>> = t("action", { returnObjects: true });
  return (action) => words[action.replaceAll(".", "_")];
}
