import { Form, useLocation } from "@remix-run/react";
import { Archive, Download, RotateCw } from "lucide-react";
import { useLive } from "#app/components/runs/use-live.ts";
import { Section } from "#app/components/shell/section.tsx";
import { Badge } from "#app/components/ui/badge.tsx";
import { Button } from "#app/components/ui/button.tsx";
import { Card } from "#app/components/ui/card.tsx";
import { EmptyState } from "#app/components/ui/empty-state.tsx";
import { Link } from "#app/components/ui/link.tsx";
import { None } from "#app/components/ui/none.tsx";
import { SubmitButton } from "#app/components/ui/submit-button.tsx";
import { Table } from "#app/components/ui/table.tsx";
import { Time } from "#app/components/ui/time.tsx";
import type { Tone } from "#app/components/ui/tone.ts";
import { useFormat } from "#app/i18n/display.tsx";
import { wordsOf } from "#app/i18n/words.tsx";
import type { Outputs } from "#server/trpc/root.ts";

const useWords = wordsOf("data");

type DataExport = Outputs["custody"]["exports"][number];

const TONES: Record<DataExport["status"], Tone> = { waiting: "info", ready: "ok", failed: "danger" };

/**
 * All that is kept of a client as a zip: asked for here, and downloaded from here. `base` is the path before `/exports`. While one is
 * made the page says by itself how far it is.
 */
export function ExportSection({ exports, tenant, base }: { exports: readonly DataExport[]; tenant: string; base: string }) {
  const t = useWords();
  const format = useFormat();
  const { pathname } = useLocation();
  const waiting = exports.some(({ status }) => status === "waiting");
  useLive(waiting, (api) => api.custody.exports.query({ tenant }));
  return (
    <Section
      title={t("data.export")}
      description={<p className="max-w-3xl">{t("data.exportBody")}</p>}
      actions={
        waiting ? (
          <Button asChild>
            <Link to={pathname}>
              <RotateCw aria-hidden />
              {t("data.refresh")}
            </Link>
          </Button>
        ) : (
          <Form method="post">
            <SubmitButton name="intent" value="export">
              <Archive aria-hidden />
              {t("data.ask")}
            </SubmitButton>
          </Form>
        )
      }
    >
      <Card padding="none">
        <Table
          caption={t("data.export")}
          rows={exports}
          rowKey={({ id }) => id}
          empty={
            <EmptyState icon={Archive} title={t("data.noneTitle")}>
              {t("data.noneBody")}
            </EmptyState>
          }
          columns={[
            {
              key: "at",
              header: t("data.made"),
              primary: true,
              cell: ({ doneAt, requestedAt }) => <Time at={doneAt ?? requestedAt} style="dateTime" />,
            },
            { key: "by", header: t("data.by"), cell: ({ requestedBy }) => <bdi className="[overflow-wrap:anywhere]">{requestedBy}</bdi> },
            {
              key: "state",
              header: t("data.state"),
              aside: true,
              cell: ({ status }) => <Badge tone={TONES[status]}>{t(`data.states.${status}`)}</Badge>,
            },
            { key: "rows", header: t("data.rows"), align: "end", cell: ({ rows }) => format.count(rows) },
            {
              key: "size",
              header: t("data.size"),
              align: "end",
              cell: ({ bytes }) => (bytes === null ? <None /> : <bdi>{format.count(Math.ceil(bytes / 1024))} KiB</bdi>),
            },
            { key: "until", header: t("data.until"), named: true, cell: ({ expiresAt }) => <Time at={expiresAt} style="date" /> },
            {
              key: "actions",
              header: <span className="sr-only">{t("data.download")}</span>,
              actions: true,
              cell: ({ id, status }) =>
                status === "ready" && (
                  <Button asChild changes size="sm" variant="primary">
                    <a href={`${base}/exports/${id}`} download>
                      <Download aria-hidden />
                      {t("data.download")}
                    </a>
                  </Button>
                ),
            },
          ]}
        />
      </Card>
    </Section>
  );
}
