import { Form } from "@remix-run/react";
import { Badge } from "#app/components/ui/badge.tsx";
import { Card } from "#app/components/ui/card.tsx";
import { ConfirmButton } from "#app/components/ui/confirm-button.tsx";
import { SubmitButton } from "#app/components/ui/submit-button.tsx";
import { Table } from "#app/components/ui/table.tsx";
import { Time } from "#app/components/ui/time.tsx";
import { isolate } from "#app/i18n/isolate.ts";
import { wordsOf } from "#app/i18n/words.tsx";
import type { Outputs } from "#server/trpc/root.ts";

const useWords = wordsOf("team", "settings");

type Invitation = Outputs["team"]["list"]["invitations"][number];

/** Invitations that were neither accepted nor taken back. Inviting again replaces the link. */
export function InvitationTable({ invitations, mayWrite }: { invitations: readonly Invitation[]; mayWrite: boolean }) {
  const t = useWords();
  return (
    <Card padding="none">
      <Table
        caption={t("team.invitations")}
        rows={invitations}
        rowKey={({ id }) => id}
        columns={[
          {
            key: "email",
            header: t("settings:settings.email"),
            primary: true,
            cell: ({ email, undelivered }) => (
              <span className="grid min-w-0 justify-items-start gap-1">
                <bdi className="[overflow-wrap:anywhere]">{email}</bdi>
                {undelivered && undelivered !== "unsure" && (
                  <Badge tone={undelivered === "retrying" ? "warn" : "danger"}>{t(`team.undelivered.${undelivered}`)}</Badge>
                )}
              </span>
            ),
          },
          { key: "role", header: t("team.role"), aside: true, cell: ({ role }) => t(`role.${role}`) },
          { key: "by", header: t("team.invitedBy"), named: true, cell: ({ invitedBy }) => <bdi>{invitedBy || "–"}</bdi> },
          { key: "sent", header: t("team.sent"), named: true, cell: ({ createdAt }) => <Time at={createdAt} /> },
          {
            key: "expires",
            header: t("team.expires"),
            named: true,
            cell: ({ expired, expiresAt }) =>
              expired ? <Badge tone="warn">{t("team.expired")}</Badge> : <Time at={expiresAt} style="date" />,
          },
          {
            key: "actions",
            header: <span className="sr-only">{t("team.actions")}</span>,
            actions: true,
            cell: (invitation) => mayWrite && <InvitationActions invitation={invitation} />,
          },
        ]}
      />
    </Card>
  );
}

function InvitationActions({ invitation: { id, email, role, locale } }: { invitation: Invitation }) {
  const t = useWords();
  return (
    <span className="inline-flex flex-wrap items-center gap-2">
      <Form method="post">
        <input type="hidden" name="email" value={email} />
        <input type="hidden" name="role" value={role} />
        {locale && <input type="hidden" name="locale" value={locale} />}
        <SubmitButton name="intent" value="invite" size="sm" variant="ghost" pending={false}>
          {t("team.resend")}
          <span className="sr-only">: {email}</span>
        </SubmitButton>
      </Form>
      <ConfirmButton
        size="sm"
        variant="ghost"
        title={t("team.revokeTitle", { email: isolate(email) })}
        description={t("team.revokeBody", { email })}
        confirmLabel={t("team.revoke")}
        fields={{ intent: "revoke", invitationId: id, email }}
      >
        {t("team.revoke")}
        <span className="sr-only">: {email}</span>
      </ConfirmButton>
    </span>
  );
}
