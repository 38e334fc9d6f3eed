import type { LoaderFunctionArgs } from "@remix-run/cloudflare";
import { useLoaderData } from "@remix-run/react";
import { Eraser } from "lucide-react";
import { CursorPages } from "#app/components/admin/cursor-pages.tsx";
import { DeletionTable } from "#app/components/admin/deletion-table.tsx";
import { PageHeader } from "#app/components/shell/page-header.tsx";
import { Card } from "#app/components/ui/card.tsx";
import { EmptyState } from "#app/components/ui/empty-state.tsx";
import { filtersOf } from "#app/filters.ts";
import { wordsIn } from "#app/i18n/translator.server.ts";
import { wordsOf } from "#app/i18n/words.tsx";
import { enterAdmin } from "#app/portal/enter-admin.ts";
import { titleMeta, titleOf } from "#app/title.ts";

const useWords = wordsOf("custody");

export const meta = titleMeta;

export async function loader(args: LoaderFunctionArgs) {
  const { api, locale } = enterAdmin(args);
  const page = await api.custody.deletions(filtersOf(args.request, ["cursor"]));
  return { title: titleOf(wordsIn(locale)("custody:deletions.title")), page };
}

export default function Deletions() {
  const t = useWords();
  const { page } = useLoaderData<typeof loader>();
  return (
    <>
      <PageHeader title={t("deletions.title")} description={t("deletions.description")} />
      <Card padding="none">
        <DeletionTable
          deletions={page.items}
          empty={
            <EmptyState icon={Eraser} title={t("deletions.emptyTitle")}>
              {t("deletions.emptyBody")}
            </EmptyState>
          }
        />
        <CursorPages next={page.next} summary={t("deletions.shown", { count: page.items.length })} />
      </Card>
    </>
  );
}
