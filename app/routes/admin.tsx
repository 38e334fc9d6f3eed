import { Outlet, useLoaderData, useRouteLoaderData } from "@remix-run/react";
import {
  BookOpen,
  Building2,
  CalendarDays,
  CirclePlay,
  Eraser,
  Eye,
  Gauge,
  Inbox,
  KeyRound,
  Lightbulb,
  ListChecks,
  MailWarning,
  MailX,
  RotateCw,
  ScrollText,
  Siren,
  Store,
  Sun,
  SwatchBook,
  UserCog,
  Webhook,
} from "lucide-react";
import type { ReactNode } from "react";
import { IncidentBanner } from "#app/components/admin/incident-banner.tsx";
import { AppShell } from "#app/components/shell/app-shell.tsx";
import { Bell } from "#app/components/shell/bell.tsx";
import { ErrorInside, ErrorPage } from "#app/components/shell/error-page.tsx";
import { FindButton } from "#app/components/shell/find-button.tsx";
import { UserMenu } from "#app/components/shell/user-menu.tsx";
import { wordsOf } from "#app/i18n/words.tsx";
import { loadAdmin } from "#app/portal/load-admin.ts";
import { titleMeta } from "#app/title.ts";

const useWords = wordsOf("admin");

export const meta = titleMeta;

export const loader = loadAdmin;

/** The agency's portal: everything below /admin. */
export default function AdminLayout() {
  return (
    <AdminFrame data={useLoaderData<typeof loader>()}>
      <Outlet />
    </AdminFrame>
  );
}

/** What goes wrong on a page keeps the frame around it; to who is no admin there is none. */
export function ErrorBoundary() {
  const data = useRouteLoaderData<typeof loader>("routes/admin");
  if (!data) return <ErrorPage />;
  return (
    <AdminFrame data={data}>
      <ErrorInside home="/admin" />
    </AdminFrame>
  );
}

function AdminFrame({
  data: { me, portal, waiting, waitingReveals, waitingRequests },
  children,
}: {
  data: ReturnType<typeof useLoaderData<typeof loader>>;
  children: ReactNode;
}) {
  const t = useWords();
  const { failedRuns24h, openDeadLetters, openIncidents, unreadNotices } = waiting;
  return (
    <AppShell
      home={{ to: "/admin", label: t("title") }}
      timeZone={me.timezone}
      nav={[
        { items: [{ to: "/admin", label: t("nav.today"), icon: Sun, end: true, bar: true }] },
        {
          heading: t("nav.groups.clients"),
          items: [
            { to: "/admin/clients", label: t("nav.clients"), icon: Building2, bar: true },
            ...(waitingRequests === null
              ? []
              : [
                  {
                    to: "/admin/requests",
                    label: t("nav.requests"),
                    icon: Inbox,
                    badge: { count: waitingRequests, label: t("nav.waitingRequests", { count: waitingRequests }) },
                  },
                ]),
            { to: "/admin/approvals", label: t("nav.approvals"), icon: ListChecks },
            { to: "/admin/learning", label: t("nav.learning"), icon: Lightbulb },
            { to: "/admin/calendar", label: t("nav.calendar"), icon: CalendarDays },
            { to: "/admin/deletions", label: t("nav.deletions"), icon: Eraser },
          ],
        },
        {
          heading: t("nav.groups.operations"),
          items: [
            {
              to: "/admin/runs",
              label: t("nav.runs"),
              icon: CirclePlay,
              badge: { count: failedRuns24h, label: t("nav.failedRuns", { count: failedRuns24h }) },
              bar: true,
            },
            {
              to: "/admin/incidents",
              label: t("nav.incidents"),
              icon: Siren,
              badge: { count: openIncidents.length, label: t("nav.openIncidents", { count: openIncidents.length }) },
              bar: true,
            },
            {
              to: "/admin/dead-letters",
              label: t("nav.deadLetters"),
              icon: MailX,
              badge: { count: openDeadLetters, label: t("nav.openDeadLetters", { count: openDeadLetters }) },
            },
            { to: "/admin/load", label: t("nav.load"), icon: Gauge },
            { to: "/admin/renewals", label: t("nav.renewals"), icon: RotateCw },
            { to: "/admin/mails", label: t("nav.mails"), icon: MailWarning },
          ],
        },
        {
          heading: t("nav.groups.security"),
          items: [
            {
              to: "/admin/reveals",
              label: t("nav.reveals"),
              icon: Eye,
              badge: { count: waitingReveals, label: t("nav.waitingReveals", { count: waitingReveals }) },
            },
            { to: "/admin/credentials", label: t("nav.credentials"), icon: KeyRound },
            { to: "/admin/audit", label: t("nav.audit"), icon: ScrollText },
          ],
        },
        {
          heading: t("nav.groups.developers"),
          items: [
            { to: "/admin/webhooks", label: t("nav.webhooks"), icon: Webhook },
            { to: "/docs/api", label: t("nav.api"), icon: BookOpen },
            { to: "/admin/design", label: t("nav.design"), icon: SwatchBook },
          ],
        },
        { items: [{ to: "/admin/agency", label: t("nav.agency"), icon: UserCog }] },
      ]}
      search={<FindButton to="/admin/find" />}
      bell={<Bell to="/admin/notices" unread={unreadNotices} />}
      userMenu={
        <UserMenu
          user={me}
          links={[
            { to: "/admin/agency", label: t("nav.agency"), icon: UserCog },
            ...(portal ? [{ to: portal, label: t("nav.portal"), icon: Store }] : []),
          ]}
        />
      }
    >
      <IncidentBanner incidents={openIncidents} />
      {children}
    </AppShell>
  );
}
