import { Outlet, useLoaderData } from "@remix-run/react";
import {
  BookOpen,
  Building2,
  CalendarDays,
  CirclePlay,
  Eraser,
  Eye,
  KeyRound,
  MailWarning,
  MailX,
  RotateCw,
  ScrollText,
  Siren,
  Store,
  Sun,
  Webhook,
} from "lucide-react";
import { FindInBar } from "#app/components/admin/find-form.tsx";
import { IncidentBanner } from "#app/components/admin/incident-banner.tsx";
import { AppShell } from "#app/components/shell/app-shell.tsx";
import { Bell } from "#app/components/shell/bell.tsx";
import { UserMenu } from "#app/components/shell/user-menu.tsx";
import { wordsOf } from "#app/i18n/words.tsx";
import { loadAdmin } from "#app/portal/load-admin.ts";
import { titleMeta } from "#app/title.ts";

const useWords = wordsOf("admin");

export const meta = titleMeta;

export const loader = loadAdmin;

/** The agency's portal: everything below /admin. */
export default function AdminLayout() {
  const t = useWords();
  const { me, portal, waiting, waitingReveals } = useLoaderData<typeof loader>();
  const { failedRuns24h, openDeadLetters, openIncidents, unreadNotices } = waiting;
  return (
    <AppShell
      home={{ to: "/admin", label: t("title") }}
      timeZone={me.timezone}
      nav={[
        { to: "/admin", label: t("nav.today"), icon: Sun, end: true },
        { to: "/admin/clients", label: t("nav.clients"), icon: Building2 },
        {
          to: "/admin/runs",
          label: t("nav.runs"),
          icon: CirclePlay,
          badge: { count: failedRuns24h, label: t("nav.failedRuns", { count: failedRuns24h }) },
        },
        {
          to: "/admin/incidents",
          label: t("nav.incidents"),
          icon: Siren,
          badge: { count: openIncidents.length, label: t("nav.openIncidents", { count: openIncidents.length }) },
        },
        { to: "/admin/renewals", label: t("nav.renewals"), icon: RotateCw },
        { to: "/admin/calendar", label: t("nav.calendar"), icon: CalendarDays },
        { to: "/admin/credentials", label: t("nav.credentials"), icon: KeyRound },
        {
          to: "/admin/reveals",
          label: t("nav.reveals"),
          icon: Eye,
          badge: { count: waitingReveals, label: t("nav.waitingReveals", { count: waitingReveals }) },
        },
        { to: "/admin/webhooks", label: t("nav.webhooks"), icon: Webhook },
        {
          to: "/admin/dead-letters",
          label: t("nav.deadLetters"),
          icon: MailX,
          badge: { count: openDeadLetters, label: t("nav.openDeadLetters", { count: openDeadLetters }) },
        },
        { to: "/admin/mails", label: t("nav.mails"), icon: MailWarning },
        { to: "/admin/audit", label: t("nav.audit"), icon: ScrollText },
        { to: "/admin/deletions", label: t("nav.deletions"), icon: Eraser },
        { to: "/docs/api", label: t("nav.api"), icon: BookOpen },
      ]}
      search={<FindInBar />}
      bell={<Bell to="/admin/notices" unread={unreadNotices} />}
      userMenu={<UserMenu user={me} links={portal ? [{ to: portal, label: t("nav.portal"), icon: Store }] : []} />}
    >
      <IncidentBanner incidents={openIncidents} />
      <Outlet />
    </AppShell>
  );
}
