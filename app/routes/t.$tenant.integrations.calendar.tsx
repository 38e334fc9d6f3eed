import type { LoaderFunctionArgs } from "@remix-run/cloudflare";
import { useLoaderData } from "@remix-run/react";
import { CalendarCheck } from "lucide-react";
import { MendLink } from "#app/components/calendar/mend-link.tsx";
import { type Entry, Months } from "#app/components/calendar/months.tsx";
import { PageHeader } from "#app/components/shell/page-header.tsx";
import { Breadcrumbs } from "#app/components/ui/breadcrumbs.tsx";
import { Card } from "#app/components/ui/card.tsx";
import { EmptyState } from "#app/components/ui/empty-state.tsx";
import { wordsIn } from "#app/i18n/translator.server.ts";
import { wordsOf } from "#app/i18n/words.tsx";
import { enterTenant } from "#app/portal/enter-tenant.ts";
import { useTenant } from "#app/portal/use-tenant.ts";
import { titleMeta, titleOf } from "#app/title.ts";

const useWords = wordsOf("calendar", "notices");

export const meta = titleMeta;

export async function loader(args: LoaderFunctionArgs) {
  const { tenant } = await enterTenant(args);
  const { api, locale } = args.context;
  return {
    title: titleOf(wordsIn(locale)("calendar:calendar.title"), tenant.name),
    entries: await api.renewals.calendar({ tenant: tenant.id }),
  };
}

/** What of this workspace's accesses ends although everything works, and the click that keeps it. */
export default function Calendar() {
  const t = useWords();
  const { entries } = useLoaderData<typeof loader>();
  const { base } = useTenant();
  return (
    <>
      <PageHeader
        before={<Breadcrumbs items={[{ label: t("calendar.back"), to: `${base}/integrations` }, { label: t("calendar.title") }]} />}
        title={t("calendar.title")}
        description={t("calendar.description")}
      />
      {entries.length === 0 ? (
        <Card>
          <EmptyState icon={CalendarCheck} title={t("calendar.emptyTitle")}>
            {t("calendar.emptyBody")}
          </EmptyState>
        </Card>
      ) : (
        <Months entries={entries} mend={(entry) => <Mend entry={entry} />} />
      )}
    </>
  );
}

function Mend({ entry: { mend, connection, provider, name } }: { entry: Entry }) {
  const t = useWords();
  const { base, may } = useTenant();
  if (mend === "agency") return t("calendar.leftToAgency");
  if (connection === null || !may("connections:write")) return t(`notices:mend.${mend}`);
  return <MendLink base={base} provider={provider} connection={connection} by={mend} name={name} />;
}
