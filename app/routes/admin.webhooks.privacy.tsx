import type { LoaderFunctionArgs } from "@remix-run/cloudflare";
import { useLoaderData } from "@remix-run/react";
import { SearchX, ShieldCheck } from "lucide-react";
import { ClientFilter } from "#app/components/admin/client-filter.tsx";
import { CursorPages } from "#app/components/admin/cursor-pages.tsx";
import { PrivacyRequestTable } from "#app/components/admin/privacy-request-table.tsx";
import { WebhookTabs } from "#app/components/admin/webhook-tabs.tsx";
import { FilterForm } from "#app/components/find/filter-form.tsx";
import { PageHeader } from "#app/components/shell/page-header.tsx";
import { Card } from "#app/components/ui/card.tsx";
import { EmptyState } from "#app/components/ui/empty-state.tsx";
import { Field } from "#app/components/ui/field.tsx";
import { Select } from "#app/components/ui/select.tsx";
import { choiceOf, filtersOf } from "#app/filters.ts";
import { wordsIn } from "#app/i18n/translator.server.ts";
import { wordsOf } from "#app/i18n/words.tsx";
import { enterAdmin } from "#app/portal/enter-admin.ts";
import { pickClient } from "#app/portal/pick-client.ts";
import { titleMeta, titleOf } from "#app/title.ts";

const useWords = wordsOf("webhooks");

const SHOWN = ["all", "open"] as const;

export const meta = titleMeta;

export async function loader(args: LoaderFunctionArgs) {
  const { api, locale } = enterAdmin(args);
  const asked = filtersOf(args.request, ["client", "state", "cursor"]);
  const filters = { ...asked, state: choiceOf(asked.state, SHOWN) ?? "all" };
  const picked = await pickClient(args);
  const page = await api.webhooks.privacyRequests({
    tenantId: picked.id,
    open: filters.state === "open",
    cursor: filters.cursor,
  });
  return { title: titleOf(wordsIn(locale)("webhooks:tabs.privacy")), filters, picked, page };
}

export default function PrivacyRequests() {
  const t = useWords();
  const { filters, picked, page } = useLoaderData<typeof loader>();
  const filtered = Boolean(filters.client) || filters.state === "open";
  return (
    <>
      <PageHeader title={t("title")} description={t("privacy.description")} />
      <WebhookTabs />
      <FilterForm active={filtered}>
        <ClientFilter picked={picked} />
        <Field label={t("privacy.show.label")}>
          <Select
            name="state"
            defaultValue={filters.state}
            options={SHOWN.map((shown) => ({ value: shown, label: t(`privacy.show.${shown}`) }))}
          />
        </Field>
      </FilterForm>
      <Card padding="none">
        <PrivacyRequestTable
          requests={page.items}
          empty={
            <EmptyState icon={filtered ? SearchX : ShieldCheck} title={t("privacy.emptyTitle")}>
              {t("privacy.emptyBody")}
            </EmptyState>
          }
        />
        <CursorPages next={page.next} summary={t("privacy.shown", { count: page.items.length })} />
      </Card>
    </>
  );
}
