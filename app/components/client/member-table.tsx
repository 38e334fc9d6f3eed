import { Form } from "@remix-run/react";
import { Badge } from "#app/components/ui/badge.tsx";
import { Button } from "#app/components/ui/button.tsx";
import { Card } from "#app/components/ui/card.tsx";
import { ConfirmButton } from "#app/components/ui/confirm-button.tsx";
import { Select } from "#app/components/ui/select.tsx";
import { type Column, Table } from "#app/components/ui/table.tsx";
import { Time } from "#app/components/ui/time.tsx";
import { isolate } from "#app/i18n/isolate.ts";
import { wordsOf } from "#app/i18n/words.tsx";
import { useTenant } from "#app/portal/use-tenant.ts";
import type { Role } from "#db/words/tenants.ts";
import type { Outputs } from "#server/trpc/root.ts";
import { PersonName } from "./person-name.tsx";

const useWords = wordsOf("team");

type Member = Outputs["team"]["list"]["members"][number];

/** Who belongs to the workspace. A role is changed in its row; who may not change it sees its name. */
export function MemberTable({ members, grantable }: { members: readonly Member[]; grantable: readonly Role[] }) {
  const t = useWords();
  const columns: Column<Member>[] = [
    {
      key: "member",
      header: t("team.member"),
      primary: true,
      cell: ({ name, email, self }) => <PersonName name={name} email={email} mark={self && <Badge>{t("team.you")}</Badge>} />,
    },
    { key: "role", header: t("team.role"), cell: (member) => <RoleCell member={member} grantable={grantable} /> },
    { key: "since", header: t("team.since"), named: true, cell: ({ since }) => <Time at={since} style="date" /> },
    {
      key: "actions",
      header: <span className="sr-only">{t("team.actions")}</span>,
      actions: true,
      cell: (member) => <WayOut member={member} />,
    },
  ];
  return (
    <Card padding="none">
      <Table caption={t("team.members")} rows={members} rowKey={({ userId }) => userId} columns={columns} />
    </Card>
  );
}

function RoleCell({ member, grantable }: { member: Member; grantable: readonly Role[] }) {
  const t = useWords();
  if (!member.mayChange) return t(`role.${member.role}`);
  const name = member.name || member.email;
  return (
    <Form method="post" className="flex items-center gap-2">
      <input type="hidden" name="userId" value={member.userId} />
      <input type="hidden" name="name" value={name} />
      <Select
        // A refused change must not stay chosen.
        key={member.role}
        name="role"
        aria-label={t("team.roleOf", { name })}
        defaultValue={member.role}
        options={grantable.map((role) => ({ value: role, label: t(`role.${role}`) }))}
        className="w-36"
      />
      <Button type="submit" changes name="intent" value="role" size="sm">
        {t("team.change")}
        <span className="sr-only">: {name}</span>
      </Button>
    </Form>
  );
}

function WayOut({ member: { userId, name, email, self, mayChange } }: { member: Member }) {
  const t = useWords();
  const { tenant } = useTenant();
  const shown = name || email;
  if (self) {
    return (
      <ConfirmButton
        size="sm"
        variant="ghost"
        title={t("team.leaveTitle", { workspace: isolate(tenant.name) })}
        description={t("team.leaveBody")}
        confirmLabel={t("team.leave")}
        fields={{ intent: "leave", name: tenant.name }}
      >
        {t("team.leave")}
      </ConfirmButton>
    );
  }
  if (!mayChange) return null;
  return (
    <ConfirmButton
      size="sm"
      variant="ghost"
      title={t("team.removeTitle", { name: isolate(shown), workspace: isolate(tenant.name) })}
      description={t("team.removeBody")}
      confirmLabel={t("team.remove")}
      fields={{ intent: "remove", userId, name: shown }}
    >
      {t("team.remove")}
      <span className="sr-only">: {shown}</span>
    </ConfirmButton>
  );
}
