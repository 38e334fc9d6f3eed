import type { LoaderFunctionArgs } from "@remix-run/cloudflare";
import { useLoaderData } from "@remix-run/react";
import { CircleCheck, History } from "lucide-react";
import { CursorPages } from "#app/components/admin/cursor-pages.tsx";
import { IncidentTable } from "#app/components/admin/incident-table.tsx";
import { PageHeader } from "#app/components/shell/page-header.tsx";
import { Section } from "#app/components/shell/section.tsx";
import { Card } from "#app/components/ui/card.tsx";
import { EmptyState } from "#app/components/ui/empty-state.tsx";
import { filtersOf } from "#app/filters.ts";
import { wordsIn } from "#app/i18n/translator.server.ts";
import { wordsOf } from "#app/i18n/words.tsx";
import { enterAdmin } from "#app/portal/enter-admin.ts";
import { titleMeta, titleOf } from "#app/title.ts";

const useWords = wordsOf("incidents");

export const meta = titleMeta;

export async function loader(args: LoaderFunctionArgs) {
  const { api, locale } = enterAdmin(args);
  const { cursor } = filtersOf(args.request, ["cursor"]);
  return {
    title: titleOf(wordsIn(locale)("incidents:title")),
    page: await api.incidents.list({ cursor }),
  };
}

/** Providers that fail for many clients, or did. */
export default function Incidents() {
  const t = useWords();
  const { page } = useLoaderData<typeof loader>();
  return (
    <>
      <PageHeader title={t("title")} description={t("description")} />
      <Section title={t("openTitle")}>
        <Card padding="none">
          <IncidentTable
            caption={t("openTitle")}
            incidents={page.open}
            empty={
              <EmptyState icon={CircleCheck} title={t("calm")}>
                {t("calmBody")}
              </EmptyState>
            }
          />
        </Card>
      </Section>
      <Section title={t("pastTitle")}>
        <Card padding="none">
          <IncidentTable caption={t("pastTitle")} incidents={page.past} empty={<EmptyState icon={History} title={t("noPast")} />} />
          <CursorPages next={page.next} summary={t("shown", { count: page.past.length })} />
        </Card>
      </Section>
    </>
  );
}
