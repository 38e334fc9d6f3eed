import type { LoaderFunctionArgs } from "@remix-run/cloudflare";
import { useLoaderData } from "@remix-run/react";
import { ScrollText, Users } from "lucide-react";
import { AuditTable } from "#app/components/audit/audit-table.tsx";
import { Section } from "#app/components/shell/section.tsx";
import { Badge } from "#app/components/ui/badge.tsx";
import { Button } from "#app/components/ui/button.tsx";
import { Card } from "#app/components/ui/card.tsx";
import { EmptyState } from "#app/components/ui/empty-state.tsx";
import { Link } from "#app/components/ui/link.tsx";
import { NameAndNote } from "#app/components/ui/name-and-note.tsx";
import { Table } from "#app/components/ui/table.tsx";
import { Time } from "#app/components/ui/time.tsx";
import { wordsIn } from "#app/i18n/translator.server.ts";
import { wordsOf } from "#app/i18n/words.tsx";
import { enterAdmin } from "#app/portal/enter-admin.ts";
import { useAdmin } from "#app/portal/use-admin.ts";
import { titleMeta, titleOf } from "#app/title.ts";

const useWords = wordsOf("clients", "audit", "team");

const LATEST = 10;

export const meta = titleMeta;

export async function loader(args: LoaderFunctionArgs) {
  const { api, locale } = enterAdmin(args);
  const tenant = String(args.params.tenant);
  const [team, audit] = await Promise.all([api.team.list({ tenant }), api.audit.all({ tenantId: tenant, limit: LATEST })]);
  const people = [
    ...team.members.map(({ userId: id, name, email, role, since }) => ({ id, name, email, role, since, invited: false, expired: false })),
    ...team.invitations.map(({ id, email, role, createdAt, expired }) => ({
      id,
      name: "",
      email,
      role,
      since: createdAt,
      invited: true,
      expired,
    })),
  ];
  return { title: titleOf(wordsIn(locale)("clients:client.tabs.team"), tenant), tenant, people, audit };
}

export default function ClientTeam() {
  const t = useWords();
  const { tenant, people, audit } = useLoaderData<typeof loader>();
  const { titleOfJob } = useAdmin();
  return (
    <>
      <Section title={t("team.title")} description={t("team.description")}>
        <Card padding="none">
          <Table
            caption={t("team.title")}
            rows={people}
            rowKey={({ id }) => id}
            empty={
              <EmptyState icon={Users} title={t("team.emptyTitle")}>
                {t("team.emptyBody")}
              </EmptyState>
            }
            columns={[
              {
                key: "person",
                header: t("team.person"),
                primary: true,
                cell: ({ name, email }) => (
                  <NameAndNote note={name && <bdi>{email}</bdi>}>
                    <bdi>{name || email}</bdi>
                  </NameAndNote>
                ),
              },
              { key: "role", header: t("team.role"), cell: ({ role }) => t(`team:role.${role}`) },
              {
                key: "state",
                header: t("team.state"),
                aside: true,
                cell: ({ invited, expired }) => (
                  <Badge tone={invited ? (expired ? "warn" : "info") : "ok"}>
                    {t(invited ? (expired ? "team.expired" : "team.invited") : "team.member")}
                  </Badge>
                ),
              },
              { key: "since", header: t("team.since"), named: true, cell: ({ since }) => <Time at={since} style="date" /> },
            ]}
          />
        </Card>
      </Section>
      <Section
        title={t("audit:log.latest")}
        actions={
          <Button asChild size="sm" variant="ghost">
            <Link to={`/admin/audit?client=${tenant}`}>{t("audit:log.all")}</Link>
          </Button>
        }
      >
        <Card padding="none">
          <AuditTable
            caption={t("audit:log.latest")}
            page={audit}
            titleOfJob={titleOfJob}
            empty={<EmptyState icon={ScrollText} title={t("audit:log.emptyTitle")} />}
          />
        </Card>
      </Section>
    </>
  );
}
