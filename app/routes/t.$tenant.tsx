import { Outlet, useLoaderData, useParams, useRouteLoaderData } from "@remix-run/react";
import { Blocks, Bot, ChartLine, CirclePlay, ListChecks, Settings, ShieldCheck, Users } from "lucide-react";
import { type ReactNode, useMemo } from "react";
import { ChangeNotices } from "#app/components/client/change-notices.tsx";
import { CliffNotices } from "#app/components/client/cliff-notices.tsx";
import { ProviderNotices } from "#app/components/client/provider-notices.tsx";
import { ReconnectNotices } from "#app/components/client/reconnect-notices.tsx";
import { ViewingBanner } from "#app/components/client/viewing-banner.tsx";
import { EndBanner } from "#app/components/custody/end-banner.tsx";
import { AppShell } from "#app/components/shell/app-shell.tsx";
import { Bell } from "#app/components/shell/bell.tsx";
import { ErrorInside, ErrorPage } from "#app/components/shell/error-page.tsx";
import { FindButton } from "#app/components/shell/find-button.tsx";
import { TenantSwitcher } from "#app/components/shell/tenant-switcher.tsx";
import { UserMenu } from "#app/components/shell/user-menu.tsx";
import { Callout } from "#app/components/ui/callout.tsx";
import { ReadOnly } from "#app/components/ui/read-only.ts";
import { wordsOf } from "#app/i18n/words.tsx";
import { loadTenant } from "#app/portal/load-tenant.ts";
import { TenantContext, tenantOf } from "#app/portal/use-tenant.ts";
import { useSent } from "#app/sent.ts";
import { titleMeta } from "#app/title.ts";

const useWords = wordsOf("client", "notices");

export const meta = titleMeta;

export const loader = loadTenant;

/** The client's portal: everything below /t/:tenant. */
export default function TenantLayout() {
  const { portal } = useLoaderData<typeof loader>();
  return (
    <TenantFrame sent={portal}>
      <Outlet />
    </TenantFrame>
  );
}

/** What goes wrong on a page keeps the frame around it; where the workspace itself is not there, there is none. */
export function ErrorBoundary() {
  const data = useRouteLoaderData<typeof loader>("routes/t.$tenant");
  const { tenant = "" } = useParams();
  if (!data) return <ErrorPage />;
  return (
    <TenantFrame sent={data.portal}>
      <ErrorInside home={`/t/${tenant}`} />
    </TenantFrame>
  );
}

function TenantFrame({ sent, children }: { sent: Awaited<ReturnType<typeof loader>>["portal"]; children: ReactNode }) {
  const t = useWords();
  const portal = useSent(sent);
  const inside = useMemo(() => tenantOf(portal), [portal]);
  const { base, me, tenant, reconnects, toApprove, unread } = inside;
  return (
    <TenantContext.Provider value={inside}>
      <AppShell
        home={{ to: base }}
        timeZone={tenant.timezone}
        nav={[
          {
            items: [
              { to: base, label: t("nav.overview"), icon: ChartLine, end: true, bar: true },
              {
                to: `${base}/approvals`,
                label: t("nav.approvals"),
                icon: ListChecks,
                badge: { count: toApprove, label: t("nav.toApprove", { count: toApprove }) },
                bar: true,
              },
              { to: `${base}/automations`, label: t("nav.automations"), icon: Bot },
              {
                to: `${base}/integrations`,
                label: t("nav.integrations"),
                icon: Blocks,
                badge: { count: reconnects.length, label: t("nav.needReconnect", { count: reconnects.length }) },
                bar: true,
              },
              { to: `${base}/runs`, label: t("nav.runs"), icon: CirclePlay, bar: true },
              { to: `${base}/settings`, label: t("nav.settings"), icon: Settings },
            ],
          },
        ]}
        switcher={<TenantSwitcher action="/switch" current={tenant} tenants={me.tenants} />}
        search={<FindButton to={`${base}/find`} />}
        bell={<Bell to={`${base}/notices`} unread={unread} />}
        userMenu={
          <UserMenu
            user={me}
            links={[
              { to: `${base}/settings`, label: t("nav.settings"), icon: Settings },
              { to: `${base}/settings/team`, label: t("nav.team"), icon: Users },
              ...(me.staff ? [{ to: "/admin", label: t("nav.admin"), icon: ShieldCheck }] : []),
            ]}
          />
        }
      >
        {me.viewingUntil !== null && <ViewingBanner client={tenant} until={me.viewingUntil} />}
        {tenant.endsAt !== null && <EndBanner endsAt={tenant.endsAt} />}
        {tenant.status === "suspended" && (
          <Callout tone="warn" title={t("notices:notice.suspendedTitle")} className="mb-6">
            {t("notices:notice.suspendedBody")}
          </Callout>
        )}
        <ReadOnly.Provider value={me.viewingUntil !== null}>
          <ReconnectNotices />
          <ProviderNotices />
          <CliffNotices />
          <ChangeNotices />
          {children}
        </ReadOnly.Provider>
      </AppShell>
    </TenantContext.Provider>
  );
}
