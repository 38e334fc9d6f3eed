import type { LoaderFunctionArgs } from "@remix-run/cloudflare";
import { useLoaderData } from "@remix-run/react";
import { MailCheck } from "lucide-react";
import { CursorPages } from "#app/components/admin/cursor-pages.tsx";
import { UndeliveredTable } from "#app/components/admin/undelivered-table.tsx";
import { PageHeader } from "#app/components/shell/page-header.tsx";
import { Card } from "#app/components/ui/card.tsx";
import { EmptyState } from "#app/components/ui/empty-state.tsx";
import { filtersOf } from "#app/filters.ts";
import { wordsIn } from "#app/i18n/translator.server.ts";
import { wordsOf } from "#app/i18n/words.tsx";
import { enterAdmin } from "#app/portal/enter-admin.ts";
import { titleMeta, titleOf } from "#app/title.ts";

const useWords = wordsOf("operations");

export const meta = titleMeta;

export async function loader(args: LoaderFunctionArgs) {
  const { api, locale } = enterAdmin(args);
  const { cursor } = filtersOf(args.request, ["cursor"]);
  const page = await api.mails.undelivered({ cursor });
  return { title: titleOf(wordsIn(locale)("operations:mails.title")), page };
}

/** Whom our mails did not reach, and why. */
export default function UndeliveredMails() {
  const t = useWords();
  const { page } = useLoaderData<typeof loader>();
  return (
    <>
      <PageHeader title={t("mails.title")} description={t("mails.description")} />
      <Card padding="none">
        <UndeliveredTable
          mails={page.items}
          empty={
            <EmptyState icon={MailCheck} title={t("mails.emptyTitle")}>
              {t("mails.emptyBody")}
            </EmptyState>
          }
        />
        <CursorPages next={page.next} summary={t("mails.shown", { count: page.items.length })} />
      </Card>
    </>
  );
}
