import { Form } from "@remix-run/react";
import { PlugZap, RotateCw } from "lucide-react";
import { Badge } from "#app/components/ui/badge.tsx";
import { Card } from "#app/components/ui/card.tsx";
import { EmptyState } from "#app/components/ui/empty-state.tsx";
import { None } from "#app/components/ui/none.tsx";
import { SubmitButton } from "#app/components/ui/submit-button.tsx";
import { Table } from "#app/components/ui/table.tsx";
import { Time } from "#app/components/ui/time.tsx";
import { useDisplay } from "#app/i18n/display.tsx";
import { wordsOf } from "#app/i18n/words.tsx";
import type { Outputs } from "#server/trpc/root.ts";
import { AccountCell } from "./account-cell.tsx";

const useWords = wordsOf("operations", "admin", "runs");

type Planned = Outputs["renewals"]["plans"][number];

/** A client's connections, when each is renewed next, and the button that does it now (`connectionId`, `account`). */
export function PlanTable({ plans }: { plans: readonly Planned[] }) {
  const t = useWords();
  return (
    <Card padding="none">
      <Table
        caption={t("renewals.plansCaption")}
        rows={plans}
        rowKey={({ connection }) => connection}
        empty={
          <EmptyState icon={PlugZap} title={t("renewals.plansEmptyTitle")}>
            {t("renewals.plansEmptyBody")}
          </EmptyState>
        }
        columns={[
          { key: "account", header: t("renewals.account"), primary: true, cell: AccountCell },
          { key: "state", header: t("renewals.state"), aside: true, cell: (plan) => <State plan={plan} /> },
          {
            key: "ends",
            header: t("renewals.ends"),
            named: true,
            cell: ({ status, accessExpiresAt }) =>
              status !== "active" ? <None /> : accessExpiresAt === null ? t("renewals.endless") : <Time at={accessExpiresAt} />,
          },
          { key: "next", header: t("renewals.nextRenewal"), named: true, cell: (plan) => <Next plan={plan} /> },
          {
            key: "last",
            header: t("renewals.last"),
            named: true,
            spare: true,
            cell: ({ lastRefreshAt }) => (lastRefreshAt === null ? t("admin:never") : <Time at={lastRefreshAt} />),
          },
          {
            key: "actions",
            header: <span className="sr-only">{t("admin:actions")}</span>,
            actions: true,
            cell: ({ connection, name, renewAt }) =>
              renewAt !== null && (
                <Form method="post" preventScrollReset>
                  <input type="hidden" name="account" value={name} />
                  <SubmitButton name="connectionId" value={connection} size="sm" variant="secondary">
                    <RotateCw aria-hidden />
                    {t("renewals.renewNow")}
                    <span className="sr-only">: {name}</span>
                  </SubmitButton>
                </Form>
              ),
          },
        ]}
      />
    </Card>
  );
}

function State({ plan: { status, failures, cliffAt } }: { plan: Planned }) {
  const t = useWords();
  const { now } = useDisplay();
  const hasEnded = cliffAt !== null && cliffAt <= now;
  if (status === "reconnect_needed" || hasEnded) return <Badge tone="danger">{t("renewals.reconnect")}</Badge>;
  if (status === "disconnected") return <Badge>{t("renewals.disconnected")}</Badge>;
  if (failures > 0) return <Badge tone="warn">{t("renewals.failing", { count: failures })}</Badge>;
  return <Badge tone="ok">{t("renewals.well")}</Badge>;
}

function Next({ plan: { status, renewAt, accessExpiresAt } }: { plan: Planned }) {
  const t = useWords();
  const { now } = useDisplay();
  if (status !== "active") return <None />;
  if (renewAt === null) return t(accessExpiresAt === null ? "renewals.notNeeded" : "renewals.notPossible");
  return renewAt <= now ? t("runs:runs.due") : <Time at={renewAt} />;
}
