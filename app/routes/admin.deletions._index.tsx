import type { LoaderFunctionArgs } from "@remix-run/cloudflare";
import { useLoaderData } from "@remix-run/react";
import { Eraser } from "lucide-react";
import { useTranslation } from "react-i18next";
import { enterAdmin } from "#app/admin.ts";
import { CursorPages } from "#app/components/admin/cursor-pages.tsx";
import { DeletionTable } from "#app/components/admin/deletion-table.tsx";
import { PageHeader } from "#app/components/shell/page-header.tsx";
import { Card } from "#app/components/ui/card.tsx";
import { EmptyState } from "#app/components/ui/empty-state.tsx";
import { filtersOf } from "#app/filters.ts";
import { translatorOf } from "#app/i18n/translator.server.ts";
import { titleMeta, titleOf } from "#app/title.ts";

export const meta = titleMeta;

export async function loader(args: LoaderFunctionArgs) {
  const { api, locale } = enterAdmin(args);
  const page = await api.custody.deletions(filtersOf(args.request, ["cursor"]));
  return { title: titleOf(translatorOf(locale)("deletions.title", { ns: "custody" })), page };
}

export default function Deletions() {
  const { t } = useTranslation("custody");
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
