import { Form } from "@remix-run/react";
import { Package, Search, Truck } from "lucide-react";
import { useRef } from "react";
import { useListKeys } from "#app/components/approvals/use-list-keys.ts";
import { FormMessage } from "#app/components/shell/form-message.tsx";
import { PageHeader } from "#app/components/shell/page-header.tsx";
import { Section } from "#app/components/shell/section.tsx";
import { Badge } from "#app/components/ui/badge.tsx";
import { Breadcrumbs } from "#app/components/ui/breadcrumbs.tsx";
import { Button } from "#app/components/ui/button.tsx";
import { Card } from "#app/components/ui/card.tsx";
import { EmptyState } from "#app/components/ui/empty-state.tsx";
import { Field } from "#app/components/ui/field.tsx";
import { Input } from "#app/components/ui/input.tsx";
import { Link } from "#app/components/ui/link.tsx";
import { Pagination } from "#app/components/ui/pagination.tsx";
import { Select } from "#app/components/ui/select.tsx";
import { SubmitButton } from "#app/components/ui/submit-button.tsx";
import { Table } from "#app/components/ui/table.tsx";
import { Tabs } from "#app/components/ui/tabs.tsx";
import type { Tone } from "#app/components/ui/tone.ts";
import type { FormFailure } from "#app/form-errors.ts";

interface Leads {
  label: string;
  to: string;
}
interface Empty {
  title: string;
  body: string;
  /** What is to be done first. */
  next: Leads | null;
}

interface OrderLine {
  key: string;
  order: string;
  supplier: string;
  part: number;
  /** Its supplier, and which of several goes it is there, where it is not the first. */
  at: string;
  state: { label: string; tone: Tone; name: string; stands: string };
  /** What ordering it costs as it is shown, in minor units; null where that is not said. */
  costs: number | null;
  why: string;
  /** The supplier's own words of why it failed. */
  message: string;
  parcels: string;
  since: { at: number; text: string };
  approval: Leads | null;
  actions: { does: string; label: string }[];
}

interface ProductLine {
  key: string;
  title: string;
  sku: string;
  sold: string;
  at: { supplier: string; name: string; reference: string } | null;
  map: Leads | null;
  actions: { intent: string; label: string }[];
}

interface MappingForm {
  variant: string;
  title: string;
  suggestionsTitle: string;
  suggestions: { supplier: string; reference: string; label: string }[];
  notes: string[];
  suppliers: { value: string; label: string }[];
  values: { supplier: string; reference: string; pack: string };
  labels: Record<"supplier" | "reference" | "referenceHint" | "pack" | "packHint" | "save" | "cancel", string>;
  cancelTo: string;
}

/** What suppliers send for a shop, in words and figures that are written already (`draw-suppliers.server.ts`). */
export interface SuppliersView {
  words: Record<"title" | "description", string>;
  tabs: (Leads & { current: boolean })[];
  orders: {
    title: string;
    caption: string;
    columns: Record<"order" | "status" | "since" | "actions", string>;
    filters: (Leads & { count?: number; current: boolean })[];
    rows: OrderLine[];
    empty: Empty;
  } | null;
  products: {
    title: string;
    body: string;
    caption: string;
    /** `at`: null where none of them is mapped. */
    columns: Record<"product" | "sku" | "sold" | "actions", string> & { at: string | null };
    search: { label: string; find: string; q: string; tab: string; most: number };
    rows: ProductLine[];
    empty: Empty;
  } | null;
  /** Where a product is being mapped. */
  form: MappingForm | null;
  previousTo: string | null;
  nextTo: string | null;
}

/** Orders at suppliers, and what products are there: two lists of one page, each with its own address. */
export function SuppliersPage({
  view,
  failure,
  trail,
}: {
  view: SuppliersView;
  failure: FormFailure | undefined;
  trail: readonly Leads[];
}) {
  const { words, tabs, orders, products, form, previousTo, nextTo } = view;
  const list = useRef<HTMLDivElement>(null);
  useListKeys(list, view);
  const isMapping = form !== null && failure?.intent === "map";
  const pages = { ...(previousTo !== null && { previousTo }), ...(nextTo !== null && { nextTo }) };
  return (
    <>
      <PageHeader before={<Breadcrumbs items={[...trail, { label: words.title }]} />} title={words.title} description={words.description} />
      <Tabs items={tabs} label={words.title} className="mb-6" />
      {!isMapping && <FormMessage failure={failure} />}
      {form && <Mapping form={form} failure={isMapping ? failure : undefined} />}
      <div ref={list}>
        {orders && <Orders orders={orders} pages={pages} />}
        {products && <Products products={products} pages={pages} />}
      </div>
    </>
  );
}

type Pages = { previousTo?: string; nextTo?: string };

function Orders({
  orders: { title, caption, columns, filters, rows, empty },
  pages,
}: {
  orders: NonNullable<SuppliersView["orders"]>;
  pages: Pages;
}) {
  return (
    <Section title={title} space="none">
      <nav aria-label={columns.status} className="mb-3 flex flex-wrap gap-2 empty:hidden">
        {filters.map(({ to, label, count, current }) => (
          <Button key={to} asChild size="sm" variant={current ? "primary" : "secondary"}>
            <Link to={to} aria-current={current ? "page" : undefined}>
              {label}
              {count !== undefined && <span className="tabular-nums opacity-75">{count}</span>}
            </Link>
          </Button>
        ))}
      </nav>
      <Card padding="none">
        <Table
          caption={caption}
          rows={rows}
          rowKey={({ key }) => key}
          empty={
            <EmptyState icon={Truck} title={empty.title} action={empty.next && <Next next={empty.next} />}>
              {empty.body}
            </EmptyState>
          }
          columns={[
            { key: "order", header: columns.order, primary: true, cell: (row) => <OrderNumber row={row} /> },
            { key: "status", header: columns.status, className: "min-w-56", cell: (row) => <Status row={row} /> },
            {
              key: "since",
              header: columns.since,
              spare: true,
              className: "whitespace-nowrap",
              cell: ({ since }) => <time dateTime={new Date(since.at).toISOString()}>{since.text}</time>,
            },
            { key: "actions", header: columns.actions, actions: true, cell: (row) => <OrderActions row={row} /> },
          ]}
        />
        <Pagination {...pages} />
      </Card>
    </Section>
  );
}

const Next = ({ next: { to, label } }: { next: Leads }) => (
  <Button asChild>
    <Link to={to}>{label}</Link>
  </Button>
);

function OrderNumber({ row: { order, at } }: { row: OrderLine }) {
  return (
    <span className="grid whitespace-nowrap">
      <span>
        <bdi className="tabular-nums">{order}</bdi>
      </span>
      <span className="text-xs font-normal text-ink-muted">{at}</span>
    </span>
  );
}

function Status({ row: { state, why, message, parcels } }: { row: OrderLine }) {
  return (
    <div className="grid justify-items-start gap-1" data-state={state.name}>
      <Badge tone={state.tone}>{state.label}</Badge>
      {why && <p className="text-[0.8125rem] whitespace-normal text-ink-muted">{why}</p>}
      {message && (
        <p dir="auto" className="text-[0.8125rem] whitespace-normal text-ink-muted [overflow-wrap:anywhere]">
          {message}
        </p>
      )}
      {parcels && <p className="text-[0.8125rem] whitespace-normal text-ink-muted [overflow-wrap:anywhere]">{parcels}</p>}
    </div>
  );
}

function OrderActions({ row: { order, supplier, part, state, costs, actions, approval } }: { row: OrderLine }) {
  return (
    <div data-item tabIndex={-1} className="flex flex-wrap items-center justify-end gap-x-1 gap-y-2 rounded-sm">
      {actions.map(({ does, label }) => (
        <Form key={does} method="post" preventScrollReset>
          <input type="hidden" name="order" value={order} />
          <input type="hidden" name="supplier" value={supplier} />
          {part > 0 && <input type="hidden" name="part" value={part} />}
          <input type="hidden" name="state" value={state.stands} />
          {does === "anyway" && costs !== null && <input type="hidden" name="costs" value={costs} />}
          <Button type="submit" changes size="sm" name="intent" value={does} variant={does === "close" ? "ghost" : "secondary"}>
            {label}
          </Button>
        </Form>
      ))}
      {approval && (
        <Button asChild size="sm" variant="ghost">
          <Link to={approval.to}>{approval.label}</Link>
        </Button>
      )}
    </div>
  );
}

function Products({
  products: { title, body, caption, columns, search, rows, empty },
  pages,
}: {
  products: NonNullable<SuppliersView["products"]>;
  pages: Pages;
}) {
  return (
    <Section
      title={title}
      description={body}
      space="none"
      actions={
        <Form method="get" className="flex gap-2">
          <input type="hidden" name="tab" value={search.tab} />
          <Input
            type="search"
            name="q"
            defaultValue={search.q}
            aria-label={search.label}
            placeholder={search.label}
            maxLength={search.most}
            className="sm:w-56"
          />
          <Button type="submit" aria-label={search.find}>
            <Search aria-hidden />
          </Button>
        </Form>
      }
    >
      <Card padding="none">
        <Table
          caption={caption}
          rows={rows}
          rowKey={({ key }) => key}
          empty={
            <EmptyState icon={Package} title={empty.title} action={empty.next && <Next next={empty.next} />}>
              {empty.body}
            </EmptyState>
          }
          columns={[
            {
              key: "product",
              header: columns.product,
              primary: true,
              cell: ({ title: name }) => <bdi className="[overflow-wrap:anywhere]">{name}</bdi>,
            },
            { key: "sku", header: columns.sku, named: true, cell: ({ sku }) => <bdi>{sku}</bdi> },
            { key: "sold", header: columns.sold, align: "end", cell: ({ sold }) => sold },
            ...(columns.at === null
              ? []
              : [{ key: "at", header: columns.at, cell: ({ at }: ProductLine) => at && <AtSupplier at={at} /> }]),
            { key: "actions", header: columns.actions, actions: true, cell: (row) => <ProductActions row={row} /> },
          ]}
        />
        <Pagination {...pages} />
      </Card>
    </Section>
  );
}

function AtSupplier({ at: { supplier, name, reference } }: { at: NonNullable<ProductLine["at"]> }) {
  return (
    <span className="grid">
      <span>
        {supplier}: <bdi className="[overflow-wrap:anywhere]">{name}</bdi>
      </span>
      <span className="text-xs text-ink-faint">
        <bdi>{reference}</bdi>
      </span>
    </span>
  );
}

function ProductActions({ row: { key, map, actions } }: { row: ProductLine }) {
  return (
    <div data-item tabIndex={-1} className="flex flex-wrap items-center justify-end gap-x-1 gap-y-2 rounded-sm">
      {map && (
        <Button asChild size="sm">
          <Link to={map.to}>{map.label}</Link>
        </Button>
      )}
      {actions.map(({ intent, label }) => (
        <Form key={intent} method="post" preventScrollReset>
          <input type="hidden" name="variant" value={key} />
          <Button type="submit" changes size="sm" variant="ghost" name="intent" value={intent}>
            {label}
          </Button>
        </Form>
      ))}
    </div>
  );
}

/** What the product is at a supplier: what suppliers sell under its SKU, each accepted by a button of its own, or what a person types. */
function Mapping({ form, failure }: { form: MappingForm; failure: FormFailure | undefined }) {
  const { variant, title, suggestionsTitle, suggestions, notes, suppliers, values, labels, cancelTo } = form;
  const typed = failure?.values ?? values;
  return (
    <Section title={title} space="none" className="mb-8">
      <Card className="grid gap-5">
        {failure && <FormMessage failure={failure} />}
        <div className="grid gap-2">
          <h3 className="text-[0.8125rem] font-medium">{suggestionsTitle}</h3>
          {suggestions.map(({ supplier, reference, label }) => (
            <Form key={supplier} method="post">
              <input type="hidden" name="variant" value={variant} />
              <input type="hidden" name="supplier" value={supplier} />
              <input type="hidden" name="reference" value={reference} />
              <Button type="submit" changes name="intent" value="map" className="h-auto max-w-full py-1.5 whitespace-normal">
                {label}
              </Button>
            </Form>
          ))}
          {notes.map((note) => (
            <p key={note} className="text-[0.8125rem] text-ink-muted">
              {note}
            </p>
          ))}
        </div>
        {suppliers.length === 0 ? (
          <div>
            <Button asChild variant="ghost">
              <Link to={cancelTo}>{labels.cancel}</Link>
            </Button>
          </div>
        ) : (
          <Form method="post" className="grid items-start gap-4 sm:grid-cols-3">
            <input type="hidden" name="variant" value={variant} />
            <Field label={labels.supplier} {...errorOf(failure, "supplier")}>
              <Select name="supplier" options={suppliers} defaultValue={typed.supplier ?? ""} />
            </Field>
            <Field label={labels.reference} hint={labels.referenceHint} {...errorOf(failure, "reference")}>
              <Input name="reference" dir="ltr" defaultValue={typed.reference ?? ""} maxLength={64} autoComplete="off" />
            </Field>
            <Field label={labels.pack} hint={labels.packHint} {...errorOf(failure, "pack")}>
              <Input name="pack" type="number" min={1} max={1000} defaultValue={typed.pack ?? "1"} />
            </Field>
            <div className="flex flex-wrap gap-2 sm:col-span-3">
              <SubmitButton name="intent" value="map">
                {labels.save}
              </SubmitButton>
              <Button asChild variant="ghost">
                <Link to={cancelTo}>{labels.cancel}</Link>
              </Button>
            </div>
          </Form>
        )}
      </Card>
    </Section>
  );
}

const errorOf = (failure: FormFailure | undefined, field: string): { error?: string } => {
  const error = failure?.fields[field];
  return error === undefined ? {} : { error };
};
