import type { LoaderFunctionArgs } from "@remix-run/cloudflare";
import { useLoaderData } from "@remix-run/react";
import { Building2, CircleCheck, Plus, SearchX } from "lucide-react";
import { readColumns } from "#app/columns.ts";
import { ClientTable, useFleetLabels } from "#app/components/admin/client-table.tsx";
import { ColumnPicker } from "#app/components/admin/column-picker.tsx";
import { CursorPages } from "#app/components/admin/cursor-pages.tsx";
import { FilterForm } from "#app/components/find/filter-form.tsx";
import { FilterSelect } from "#app/components/find/filter-select.tsx";
import { PageHeader } from "#app/components/shell/page-header.tsx";
import { Button } from "#app/components/ui/button.tsx";
import { Card } from "#app/components/ui/card.tsx";
import { EmptyState } from "#app/components/ui/empty-state.tsx";
import { Field } from "#app/components/ui/field.tsx";
import { Input } from "#app/components/ui/input.tsx";
import { Link } from "#app/components/ui/link.tsx";
import { Tabs } from "#app/components/ui/tabs.tsx";
import { choiceOf, filtersOf } from "#app/filters.ts";
import { wordsIn } from "#app/i18n/translator.server.ts";
import { wordsOf } from "#app/i18n/words.tsx";
import { enterAdmin } from "#app/portal/enter-admin.ts";
import { titleMeta, titleOf } from "#app/title.ts";

const useWords = wordsOf("clients", "fleet", "admin");

const STATUSES = ["onboarding", "active", "suspended"] as const;

export const meta = titleMeta;

export async function loader(args: LoaderFunctionArgs) {
  const { api, locale } = enterAdmin(args);
  const { status, ...asked } = filtersOf(args.request, ["search", "status", "show", "cursor"]);
  const { show, ...filters } = { ...asked, status: choiceOf(status, STATUSES) };
  const attention = show === "attention";
  const { clients, next, totals } = await api.clients.list({ ...filters, attention });
  const shown = readColumns(args.request.headers.get("Cookie"), "fleet");
  return { title: titleOf(wordsIn(locale)("clients:clients.title")), filters, attention, totals, shown, page: { items: clients, next } };
}

export default function Clients() {
  const t = useWords();
  const { filters, attention, totals, shown, page } = useLoaderData<typeof loader>();
  const labels = useFleetLabels();
  const filtered = Boolean(filters.search || filters.status);
  const addressOf = (show: string | null) => {
    const asked = Object.entries({ show, search: filters.search, status: filters.status }).flatMap(([key, value]) =>
      value ? [[key, value]] : [],
    );
    return asked.length > 0 ? `/admin/clients?${new URLSearchParams(asked)}` : "/admin/clients";
  };
  const newClient = (
    <Button asChild variant="primary">
      <Link to="/admin/new-client">
        <Plus aria-hidden />
        {t("fleet:new")}
      </Link>
    </Button>
  );
  return (
    <>
      <PageHeader
        title={t("clients.title")}
        description={t("fleet:totals", { count: totals.clients, attention: t("fleet:attentionOf", { count: totals.attention }) })}
        actions={newClient}
      />
      <Tabs
        className="mb-4"
        label={t("fleet:views")}
        items={[
          { to: addressOf(null), label: t("fleet:all"), count: totals.clients, current: !attention },
          { to: addressOf("attention"), label: t("fleet:attention"), count: totals.attention, current: attention },
        ]}
      />
      <div className="flex gap-3 [&>search]:flex-1">
        <FilterForm active={filtered}>
          {attention && <input type="hidden" name="show" value="attention" />}
          <Field label={t("fleet:search")} className="col-span-2 sm:w-64!">
            <Input
              name="search"
              type="search"
              required={false}
              maxLength={80}
              placeholder={t("fleet:searchHint")}
              defaultValue={filters.search}
            />
          </Field>
          <FilterSelect
            name="status"
            label={t("fleet:status")}
            value={filters.status}
            any={t("admin:filter.anyStatus")}
            options={STATUSES.map((status) => ({ value: status, label: t(`admin:clientStatus.${status}`) }))}
          />
        </FilterForm>
        <ColumnPicker table="fleet" labels={labels} shown={shown} />
      </div>
      <Card padding="none">
        <ClientTable
          clients={page.items}
          shown={shown}
          empty={
            attention && !filtered ? (
              <EmptyState icon={CircleCheck} title={t("fleet:noneTroubled")}>
                {t("fleet:noneTroubledBody")}
              </EmptyState>
            ) : filtered ? (
              <EmptyState icon={SearchX} title={t("fleet:noneFound")}>
                {t("fleet:noneFoundBody")}
              </EmptyState>
            ) : (
              <EmptyState icon={Building2} title={t("fleet:emptyTitle")} action={newClient}>
                {t("fleet:emptyBody")}
              </EmptyState>
            )
          }
        />
        <CursorPages next={page.next} summary={t("fleet:shown", { count: page.items.length })} />
      </Card>
    </>
  );
}
