import type { LoaderFunctionArgs } from "@remix-run/cloudflare";
import { useLoaderData } from "@remix-run/react";
import { CalendarCheck } from "lucide-react";
import { ClientLink } from "#app/components/admin/client-link.tsx";
import { type Entry, Months } from "#app/components/calendar/months.tsx";
import { PageHeader } from "#app/components/shell/page-header.tsx";
import { Card } from "#app/components/ui/card.tsx";
import { EmptyState } from "#app/components/ui/empty-state.tsx";
import { wordsIn } from "#app/i18n/translator.server.ts";
import { wordsOf } from "#app/i18n/words.tsx";
import { enterAdmin } from "#app/portal/enter-admin.ts";
import { titleMeta, titleOf } from "#app/title.ts";

const useWords = wordsOf("operations", "calendar", "admin");

export const meta = titleMeta;

export async function loader(args: LoaderFunctionArgs) {
  const { api, locale } = enterAdmin(args);
  const entries = await api.renewals.calendarOfAll();
  return { title: titleOf(wordsIn(locale)("operations:calendar.title")), entries };
}

/** What ends although everything works, of all clients. */
export default function Calendar() {
  const t = useWords();
  const { entries } = useLoaderData<typeof loader>();
  return (
    <>
      <PageHeader title={t("calendar.title")} description={t("calendar.description")} />
      {entries.length === 0 ? (
        <Card>
          <EmptyState icon={CalendarCheck} title={t("calendar.emptyTitle")}>
            {t("calendar.emptyBody")}
          </EmptyState>
        </Card>
      ) : (
        <Months
          entries={entries}
          columns={[{ key: "client", header: t("admin:filter.client"), cell: Whose }]}
          mend={(entry) => <Mend entry={entry} />}
        />
      )}
    </>
  );
}

function Whose({ tenant, clients }: Entry) {
  const t = useWords();
  if (tenant !== null) return <ClientLink id={tenant} />;
  return clients === null ? t("calendar.allClients") : t("calendar.clients", { count: clients });
}

function Mend({ entry: { mend, warned } }: { entry: Entry }) {
  const t = useWords();
  return (
    <span className="grid gap-0.5">
      <span>{t(mend === "agency" ? "calendar:calendar.agency" : "calendar:calendar.client")}</span>
      {warned !== null && <span className="text-xs text-ink-faint">{t("calendar:calendar.warned", { days: warned })}</span>}
    </span>
  );
}
