import { Form } from "@remix-run/react";
import { ArrowLeftRight, Eye } from "lucide-react";
import { PageHeader } from "#app/components/shell/page-header.tsx";
import { Section } from "#app/components/shell/section.tsx";
import { Breadcrumbs } from "#app/components/ui/breadcrumbs.tsx";
import { Card } from "#app/components/ui/card.tsx";
import { EmptyState } from "#app/components/ui/empty-state.tsx";
import { SubmitButton } from "#app/components/ui/submit-button.tsx";
import { Table } from "#app/components/ui/table.tsx";
import { Figures, type FiguresView } from "./figures.tsx";
import { Notes } from "./notes.tsx";

interface Leads {
  label: string;
  to: string;
}

/** A field that both sides changed; `shop` and `crm` are what they say of it, for who asked. */
export interface ShownConflict {
  key: string;
  customer: string;
  field: { name: string; label: string };
  since: string;
  shopHash: string;
  crmHash: string;
  /** Said in place of the buttons, where it is chosen. */
  chosen: string | null;
}

/** What is in step with the CRM, in words and figures that are written already (`draw-crm.server.ts`). */
export interface CrmView {
  words: Record<"title" | "description" | "show" | "hidden" | "none" | "keepShop" | "keepCrm", string>;
  /** Null before anything was compared. */
  figures: FiguresView | null;
  empty: { title: string; body: string };
  failed: {
    title: string;
    caption: string;
    note: string;
    columns: Record<"reason" | "what" | "customers" | "rows", string>;
    rows: { key: string; reason: string; what: string; customers: string; rows: string }[];
  } | null;
  conflicts: {
    title: string;
    caption: string;
    lead: string;
    columns: Record<"customer" | "field" | "since" | "shop" | "crm" | "choice", string>;
    rows: ShownConflict[];
    more: string | null;
    empty: { title: string; body: string };
  };
}

/** What the page's own forms were answered: values of one customer. */
export interface CrmAnswer {
  revealed?: { customerId: string; fields: { field: string; shop: string | null; crm: string | null }[] };
}

/** What of such an answer the page shows. */
export const answerOf = (answer: object | undefined): CrmAnswer | undefined =>
  answer && "revealed" in answer ? (answer as CrmAnswer) : undefined;

interface CrmPageProps {
  view: CrmView;
  trail: readonly Leads[];
  may: Record<"decides" | "reveals", boolean>;
  answer: CrmAnswer | undefined;
}

/** Figures first, then what both sides changed and what was not done. */
export function CrmPage({ view, trail, may, answer }: CrmPageProps) {
  const { words, figures, failed, empty } = view;
  return (
    <>
      <PageHeader before={<Breadcrumbs items={[...trail, { label: words.title }]} />} title={words.title} description={words.description} />
      {figures ? (
        <div className="grid grid-cols-1 gap-8">
          <Figures {...figures} />
          <Conflicts view={view} may={may} revealed={answer?.revealed} />
          {failed && (
            <Section title={failed.title} space="none">
              <Card padding="none">
                <Table
                  caption={failed.caption}
                  rows={failed.rows}
                  rowKey={({ key }) => key}
                  columns={[
                    { key: "reason", header: failed.columns.reason, primary: true, cell: ({ reason }) => reason },
                    { key: "what", header: failed.columns.what, className: "whitespace-nowrap", cell: ({ what }) => what },
                    { key: "customers", header: failed.columns.customers, named: true, cell: ({ customers }) => <bdi>{customers}</bdi> },
                    { key: "rows", header: failed.columns.rows, align: "end", aside: true, cell: ({ rows }) => rows },
                  ]}
                />
              </Card>
              <Notes notes={[failed.note]} />
            </Section>
          )}
        </div>
      ) : (
        <Card padding="none">
          <EmptyState icon={ArrowLeftRight} title={empty.title}>
            {empty.body}
          </EmptyState>
        </Card>
      )}
    </>
  );
}

function Conflicts({ view: { words, conflicts }, may, revealed }: Pick<CrmPageProps, "view" | "may"> & Pick<CrmAnswer, "revealed">) {
  const { columns, rows, title, caption, lead, more, empty } = conflicts;
  const said = (of: ShownConflict, side: "shop" | "crm") => {
    const field = revealed?.customerId === of.customer ? revealed.fields.find((each) => each.field === of.field.name) : undefined;
    if (!field) return <span className="text-ink-faint">{words.hidden}</span>;
    return <bdi data-said={side}>{field[side] ?? words.none}</bdi>;
  };
  return (
    <Section title={title} description={rows.length > 0 ? lead : undefined} space="none">
      <Card padding="none">
        <Table
          caption={caption}
          rows={rows}
          rowKey={({ key }) => key}
          empty={
            <EmptyState icon={ArrowLeftRight} title={empty.title}>
              {empty.body}
            </EmptyState>
          }
          columns={[
            {
              key: "customer",
              header: columns.customer,
              primary: true,
              cell: ({ customer }) => <bdi data-conflict={customer}>{customer}</bdi>,
            },
            { key: "field", header: columns.field, cell: ({ field }) => field.label },
            { key: "since", header: columns.since, spare: true, cell: ({ since }) => since },
            { key: "shop", header: columns.shop, named: true, cell: (row) => said(row, "shop") },
            { key: "crm", header: columns.crm, named: true, cell: (row) => said(row, "crm") },
            {
              key: "choice",
              header: columns.choice,
              actions: true,
              cell: (row) => <Choice row={row} words={words} may={may} isShown={revealed?.customerId === row.customer} />,
            },
          ]}
        />
      </Card>
      {more && <Notes notes={[more]} />}
    </Section>
  );
}

function Choice({
  row: { customer, field, shopHash, crmHash, chosen },
  words,
  may,
  isShown,
}: {
  row: ShownConflict;
  words: CrmView["words"];
  may: CrmPageProps["may"];
  isShown: boolean;
}) {
  return (
    <div className="flex w-full flex-wrap items-center gap-2 py-1.5 max-sm:justify-start sm:justify-end">
      {may.reveals && !isShown && (
        <Form method="post" preventScrollReset>
          <input type="hidden" name="customer" value={customer} />
          <SubmitButton variant="secondary" size="sm" name="intent" value="reveal">
            <Eye aria-hidden />
            {words.show}
          </SubmitButton>
        </Form>
      )}
      {chosen ? (
        <span className="text-[0.8125rem] text-ink-muted">{chosen}</span>
      ) : (
        may.decides && (
          <Form method="post" preventScrollReset className="flex flex-wrap gap-2">
            {Object.entries({ customer, field: field.name, shopHash, crmHash, intent: "choose" }).map(([name, value]) => (
              <input key={name} type="hidden" name={name} value={value} />
            ))}
            <SubmitButton variant="secondary" size="sm" name="side" value="shop">
              {words.keepShop}
            </SubmitButton>
            <SubmitButton variant="secondary" size="sm" name="side" value="crm">
              {words.keepCrm}
            </SubmitButton>
          </Form>
        )
      )}
    </div>
  );
}
