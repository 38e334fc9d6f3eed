import { Form } from "@remix-run/react";
import { History, Hourglass, TriangleAlert } from "lucide-react";
import { SettingInput } from "#app/components/client/setting-input.tsx";
import { useLive } from "#app/components/runs/use-live.ts";
import { FormMessage } from "#app/components/shell/form-message.tsx";
import { PageHeader } from "#app/components/shell/page-header.tsx";
import { Section } from "#app/components/shell/section.tsx";
import { Breadcrumbs } from "#app/components/ui/breadcrumbs.tsx";
import { Card } from "#app/components/ui/card.tsx";
import { cn } from "#app/components/ui/cn.ts";
import { EmptyState } from "#app/components/ui/empty-state.tsx";
import { Field } from "#app/components/ui/field.tsx";
import { Input } from "#app/components/ui/input.tsx";
import { SubmitButton } from "#app/components/ui/submit-button.tsx";
import { Table } from "#app/components/ui/table.tsx";
import type { FormFailure } from "#app/form-errors.ts";
import type { Setting } from "#app/setting-form.ts";
import { Notes } from "./notes.tsx";

export interface RehearsalRow {
  key: string;
  label: string;
  today: string;
  tried: string;
}

/** A rehearsal in words and figures that are written already (`draw-rehearsal.server.ts`). */
export interface RehearsalView {
  words: Record<"title" | "description" | "settings" | "settingsBody" | "days" | "start" | "results", string>;
  status: "none" | "waiting" | "done" | "failed";
  line: string;
  body: string;
  result: {
    caption: string;
    columns: Record<"label" | "today" | "tried", string>;
    rows: RehearsalRow[];
    notes: string[];
    weeksTitle: string;
    weekHeader: string;
    weeks: RehearsalRow[];
    differingTitle: string;
    differingColumns: Record<"customer" | "settings" | "when" | "stake" | "orders", string>;
    differing: { key: string; customer: string; settings: string; when: string; stake: string; orders: string }[];
  } | null;
}

export interface RehearsalPageProps {
  view: RehearsalView;
  trail: readonly { label: string; to: string }[];
  fields: readonly Setting[];
  asked: { tenant: string; automation: string };
  failure: FormFailure | undefined;
}

const STATUS_ICONS = { none: History, waiting: Hourglass, failed: TriangleAlert, done: History } as const;

/** Settings that are tried on one side, what they would have come to on the other. */
export function RehearsalPage({ view: { words, status, line, body, result }, trail, fields, asked, failure }: RehearsalPageProps) {
  useLive(status === "waiting", (api) => api.rehearsals.get.query(asked));
  return (
    <>
      <PageHeader before={<Breadcrumbs items={[...trail, { label: words.title }]} />} title={words.title} description={words.description} />
      <div className="grid grid-cols-1 gap-6 lg:grid-cols-[20rem_minmax(0,1fr)] lg:gap-8">
        <Section title={words.settings} description={words.settingsBody} space="none">
          <Card>
            <Form method="post" className="grid gap-5">
              <FormMessage failure={failure} />
              <Field label={words.days} error={failure?.fields.days}>
                <Input name="days" type="number" min={7} max={180} defaultValue={failure?.values.days ?? 90} className="sm:max-w-40" />
              </Field>
              {fields.map((field) => (
                <SettingInput key={field.name} field={field} failure={failure} disabled={false} />
              ))}
              <div>
                <SubmitButton disabled={status === "waiting"}>{words.start}</SubmitButton>
              </div>
            </Form>
          </Card>
        </Section>
        <div className={cn("grid grid-cols-1 content-start gap-8", result && "max-lg:order-first")}>
          <Section title={words.results} description={result ? line : undefined} space="none">
            <Card>
              {result ? (
                <Results result={result} />
              ) : (
                <div role="status">
                  <EmptyState icon={STATUS_ICONS[status]} title={line}>
                    {body}
                  </EmptyState>
                </div>
              )}
            </Card>
          </Section>
          {result && (
            <Section title={result.weeksTitle} space="none">
              <Card padding="none">
                <Sides caption={result.weeksTitle} columns={{ ...result.columns, label: result.weekHeader }} rows={result.weeks} />
              </Card>
            </Section>
          )}
          {result && result.differing.length > 0 && (
            <Section title={result.differingTitle} space="none">
              <Card padding="none">
                <Table
                  caption={result.differingTitle}
                  rows={result.differing}
                  rowKey={({ key }) => key}
                  columns={[
                    {
                      key: "customer",
                      header: result.differingColumns.customer,
                      primary: true,
                      cell: ({ customer }) => <bdi>{customer}</bdi>,
                    },
                    { key: "settings", header: result.differingColumns.settings, cell: ({ settings }) => settings },
                    { key: "when", header: result.differingColumns.when, cell: ({ when }) => when },
                    { key: "stake", header: result.differingColumns.stake, align: "end", cell: ({ stake }) => stake },
                    { key: "orders", header: result.differingColumns.orders, align: "end", cell: ({ orders }) => orders },
                  ]}
                />
              </Card>
            </Section>
          )}
        </div>
      </div>
    </>
  );
}

function Results({ result: { caption, columns, rows, notes } }: { result: NonNullable<RehearsalView["result"]> }) {
  return (
    <>
      <Sides className="-mx-4 -mt-4 sm:-mx-5 sm:-mt-5" caption={caption} columns={columns} rows={rows} />
      <Notes notes={notes} />
    </>
  );
}

/** Both settings beside each other. */
function Sides({
  className,
  caption,
  columns,
  rows,
}: {
  className?: string;
  caption: string;
  columns: Record<"label" | "today" | "tried", string>;
  rows: RehearsalRow[];
}) {
  return (
    <Table
      className={className}
      caption={caption}
      rows={rows}
      rowKey={({ key }) => key}
      columns={[
        { key: "label", header: columns.label, primary: true, cell: ({ label }) => label },
        { key: "today", header: columns.today, align: "end", cell: ({ today }) => today },
        { key: "tried", header: columns.tried, align: "end", cell: ({ tried }) => tried },
      ]}
    />
  );
}
