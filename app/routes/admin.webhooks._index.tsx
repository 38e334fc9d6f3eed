import type { LoaderFunctionArgs } from "@remix-run/cloudflare";
import { useLoaderData } from "@remix-run/react";
import { SearchX, Webhook } from "lucide-react";
import { ClientFilter } from "#app/components/admin/client-filter.tsx";
import { CursorPages } from "#app/components/admin/cursor-pages.tsx";
import { DELIVERY_STATUSES } from "#app/components/admin/delivery-status.tsx";
import { DeliveryTable } from "#app/components/admin/delivery-table.tsx";
import { WebhookTabs } from "#app/components/admin/webhook-tabs.tsx";
import { FilterForm } from "#app/components/find/filter-form.tsx";
import { FilterSelect } from "#app/components/find/filter-select.tsx";
import { PageHeader } from "#app/components/shell/page-header.tsx";
import { Card } from "#app/components/ui/card.tsx";
import { EmptyState } from "#app/components/ui/empty-state.tsx";
import { choiceOf, filtersOf } from "#app/filters.ts";
import { isolate } from "#app/i18n/isolate.ts";
import { wordsIn } from "#app/i18n/translator.server.ts";
import { wordsOf } from "#app/i18n/words.tsx";
import { enterAdmin } from "#app/portal/enter-admin.ts";
import { pickClient } from "#app/portal/pick-client.ts";
import { titleMeta, titleOf } from "#app/title.ts";

const useWords = wordsOf("webhooks", "admin");

export const meta = titleMeta;

export async function loader(args: LoaderFunctionArgs) {
  const { api, locale } = enterAdmin(args);
  const asked = filtersOf(args.request, ["client", "provider", "status", "cursor"]);
  const filters = { ...asked, status: choiceOf(asked.status, DELIVERY_STATUSES) };
  const picked = await pickClient(args);
  const page = await api.webhooks.list({
    tenantId: picked.id,
    provider: filters.provider,
    status: filters.status,
    cursor: filters.cursor,
  });
  return { title: titleOf(wordsIn(locale)("webhooks:title")), filters, picked, page };
}

export default function Webhooks() {
  const t = useWords();
  const { filters, picked, page } = useLoaderData<typeof loader>();
  const filtered = Boolean(filters.client || filters.provider || filters.status);
  return (
    <>
      <PageHeader title={t("title")} description={t("description")} />
      <WebhookTabs />
      <FilterForm active={filtered}>
        <ClientFilter picked={picked} />
        <FilterSelect
          name="provider"
          label={t("provider")}
          value={filters.provider}
          any={t("anyProvider")}
          options={page.providers.map(({ id, name }) => ({ value: id, label: name }))}
        />
        <FilterSelect
          name="status"
          label={t("status")}
          value={filters.status}
          any={t("admin:filter.anyStatus")}
          options={DELIVERY_STATUSES.map((status) => ({ value: status, label: t(`states.${status}`) }))}
        />
      </FilterForm>
      <Card padding="none">
        <DeliveryTable
          deliveries={page.items}
          empty={
            <EmptyState icon={filtered ? SearchX : Webhook} title={t(filtered ? "noneFound" : "emptyTitle")}>
              {filtered ? t("noneFoundBody") : t("emptyBody", { address: isolate("/webhooks/…") })}
            </EmptyState>
          }
        />
        <CursorPages next={page.next} summary={t("shown", { count: page.items.length })} />
      </Card>
    </>
  );
}
