import { useTranslation } from "react-i18next";
import { Tabs } from "#app/components/ui/tabs.tsx";

/** The two sides of what comes in from providers. */
export function WebhookTabs() {
  const { t } = useTranslation("webhooks");
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
