import { Form } from "@remix-run/react";
import type { ReactNode } from "react";
import { Callout } from "#app/components/ui/callout.tsx";
import { Card } from "#app/components/ui/card.tsx";
import { None } from "#app/components/ui/none.tsx";
import { SubmitButton } from "#app/components/ui/submit-button.tsx";
import { Table } from "#app/components/ui/table.tsx";
import { useFormat } from "#app/i18n/display.tsx";
import { wordsOf } from "#app/i18n/words.tsx";
import { useAdmin } from "#app/portal/use-admin.ts";
import type { Outputs } from "#server/trpc/root.ts";
import { ClientLink, ClientName } from "./client-link.tsx";

const useWords = wordsOf("operations", "admin");

/** What a deed on many would reach, by client and job, and the one button that does it: to none that came since (`until`). */
export function BulkPlan({
  plan: { found, more, until, groups },
  caption,
  button,
  tone,
  icon,
  empty,
}: {
  plan: Outputs["runs"]["cancellable"];
  caption: string;
  button: string;
  tone: "danger" | "primary";
  icon: ReactNode;
  empty: ReactNode;
}) {
  const t = useWords();
  const format = useFormat();
  const { titleOfJob } = useAdmin();
  return (
    <>
      {found > 0 && (
        <Callout
          tone={tone === "danger" ? "warn" : "info"}
          title={more ? t("bulk.totalMore", { found: format.count(found) }) : t("bulk.total", { count: found })}
          className="mb-4"
        >
          <p>{t("bulk.batches")}</p>
          <Form method="post" className="mt-3">
            <input type="hidden" name="until" value={until ?? ""} />
            <SubmitButton variant={tone}>
              {icon}
              {button}
            </SubmitButton>
          </Form>
        </Callout>
      )}
      <Card padding="none">
        <Table
          caption={caption}
          rows={groups}
          rowKey={({ tenantId, job }) => `${tenantId} ${job}`}
          empty={empty}
          columns={[
            {
              key: "client",
              header: t("admin:filter.client"),
              primary: true,
              cell: ({ tenantId, tenantName }) =>
                tenantId === null ? (
                  <None />
                ) : tenantName === null ? (
                  <ClientLink id={tenantId} />
                ) : (
                  <ClientName id={tenantId} name={tenantName} />
                ),
            },
            { key: "job", header: t("deadLetters.job"), cell: ({ job }) => (job === null ? t("bulk.noJob") : titleOfJob(job)) },
            { key: "count", header: t("bulk.count"), align: "end", aside: true, cell: ({ count }) => format.count(count) },
          ]}
        />
      </Card>
    </>
  );
}
