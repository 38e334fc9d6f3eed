import { Outlet } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { PageHeader } from "#app/components/shell/page-header.tsx";
import { Tabs } from "#app/components/ui/tabs.tsx";
import { useTenant } from "#app/tenant.ts";

export default function Settings() {
  const { t } = useTranslation("client");
  const { t: custody } = useTranslation("custody");
  const { base, may } = useTenant();
  return (
    <>
      <PageHeader title={t("settings.title")} />
      <Tabs
        className="mb-6"
        items={[
          { to: `${base}/settings`, label: t("settings.profile"), end: true },
          { to: `${base}/settings/workspace`, label: t("settings.workspace") },
          { to: `${base}/settings/sensors`, label: t("accounts.settingsTab") },
          { to: `${base}/settings/team`, label: t("settings.team") },
          { to: `${base}/settings/sessions`, label: t("settings.sessions") },
          ...(may("data:export") ? [{ to: `${base}/settings/data`, label: custody("data.title") }] : []),
          ...(may("audit:read") ? [{ to: `${base}/settings/audit`, label: custody("audit.title") }] : []),
        ]}
      />
      <Outlet />
    </>
  );
}
