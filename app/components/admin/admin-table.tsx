import { PersonName } from "#app/components/client/person-name.tsx";
import { Badge } from "#app/components/ui/badge.tsx";
import { Card } from "#app/components/ui/card.tsx";
import { ConfirmButton } from "#app/components/ui/confirm-button.tsx";
import { type Column, Table } from "#app/components/ui/table.tsx";
import { Time } from "#app/components/ui/time.tsx";
import { isolate } from "#app/i18n/isolate.ts";
import { wordsOf } from "#app/i18n/words.tsx";
import type { Outputs } from "#server/trpc/root.ts";

const useWords = wordsOf("agency", "admin");

type Admin = Outputs["agency"]["admins"][number];

/** The agency's admins; any of them takes another one's rights away. */
export function AdminTable({ admins }: { admins: readonly Admin[] }) {
  const t = useWords();
  const columns: Column<Admin>[] = [
    {
      key: "admin",
      header: t("team.admin"),
      primary: true,
      cell: ({ name, email, self }) => <PersonName name={name} email={email} mark={self && <Badge>{t("team.you")}</Badge>} />,
    },
    {
      key: "seen",
      header: t("team.lastSeen"),
      cell: ({ lastSeenAt }) => (lastSeenAt === null ? t("team.notYet") : <Time at={lastSeenAt} />),
    },
    {
      key: "actions",
      header: <span className="sr-only">{t("admin:actions")}</span>,
      actions: true,
      cell: ({ userId, name, email, self }) =>
        self ? null : (
          <ConfirmButton
            size="sm"
            variant="ghost"
            title={t("team.removeTitle", { name: isolate(name || email) })}
            description={t("team.removeBody")}
            confirmLabel={t("team.remove")}
            fields={{ intent: "remove", userId, name: name || email }}
          >
            {t("team.remove")}
            <span className="sr-only">: {name || email}</span>
          </ConfirmButton>
        ),
    },
  ];
  return (
    <Card padding="none">
      <Table caption={t("team.title")} rows={admins} rowKey={({ userId }) => userId} columns={columns} />
    </Card>
  );
}
