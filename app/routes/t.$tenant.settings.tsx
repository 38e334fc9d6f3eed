import { Outlet } from "@remix-run/react";
import { PageHeader } from "#app/components/shell/page-header.tsx";
import { Tabs } from "#app/components/ui/tabs.tsx";
import { wordsOf } from "#app/i18n/words.tsx";
import { useTenant } from "#app/portal/use-tenant.ts";

const useWords = wordsOf("settings", "notifications");

export default function Settings() {
  const t = useWords();
  const { base, may, me } = useTenant();
  // Of the person who asks, which is nobody's business here who only looks.
  const own = me.viewingUntil === null;
  return (
    <>
      <PageHeader title={t("settings.title")} />
      <Tabs
        className="mb-6"
        items={[
          ...(own ? [{ to: `${base}/settings`, label: t("settings.profile"), end: true }] : []),
          { to: `${base}/settings/workspace`, label: t("settings.workspace") },
          { to: `${base}/settings/sensors`, label: t("settings.sensors") },
          { to: `${base}/settings/team`, label: t("settings.team") },
          ...(own
            ? [
                { to: `${base}/settings/notices`, label: t("notifications:preferences.title") },
                { to: `${base}/settings/sessions`, label: t("settings.sessions") },
              ]
            : []),
          ...(may("data:export") ? [{ to: `${base}/settings/data`, label: t("settings.data") }] : []),
          ...(may("audit:read") ? [{ to: `${base}/settings/audit`, label: t("settings.audit") }] : []),
        ]}
      />
      <Outlet />
    </>
  );
}
