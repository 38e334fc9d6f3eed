import { Tabs } from "#app/components/ui/tabs.tsx";
import { wordsOf } from "#app/i18n/words.tsx";

const useWords = wordsOf("webhooks");

/** The two sides of what comes in from providers. */
export function WebhookTabs() {
  const t = useWords();
  return (
    <Tabs
      className="mb-6"
      label={t("tabs.label")}
      items={[
        { to: "/admin/webhooks", end: true, label: t("tabs.deliveries") },
        { to: "/admin/webhooks/privacy", label: t("tabs.privacy") },
      ]}
    />
  );
}
