import type { LoaderFunctionArgs } from "@remix-run/cloudflare";
import { useLoaderData } from "@remix-run/react";
import { Lightbulb, SearchX } from "lucide-react";
import { ClientFilter } from "#app/components/admin/client-filter.tsx";
import { ClientName } from "#app/components/admin/client-link.tsx";
import { CursorPages } from "#app/components/admin/cursor-pages.tsx";
import { ChangeWords, FoundWords } from "#app/components/admin/finding-words.tsx";
import { FilterForm } from "#app/components/find/filter-form.tsx";
import { FilterSelect } from "#app/components/find/filter-select.tsx";
import { PageHeader } from "#app/components/shell/page-header.tsx";
import { Card } from "#app/components/ui/card.tsx";
import { EmptyState } from "#app/components/ui/empty-state.tsx";
import { Link } from "#app/components/ui/link.tsx";
import { None } from "#app/components/ui/none.tsx";
import { type Column, Table } from "#app/components/ui/table.tsx";
import { Time } from "#app/components/ui/time.tsx";
import { choiceOf, filtersOf } from "#app/filters.ts";
import { useDisplay, useFormat } from "#app/i18n/display.tsx";
import { wordsIn } from "#app/i18n/translator.server.ts";
import { wordsOf } from "#app/i18n/words.tsx";
import { enterAdmin } from "#app/portal/enter-admin.ts";
import { pickClient } from "#app/portal/pick-client.ts";
import { titleMeta, titleOf } from "#app/title.ts";
import { findingKinds, findingStates } from "#db/words/learning.ts";
import type { Outputs } from "#server/trpc/root.ts";

const useWords = wordsOf("learning");

export const meta = titleMeta;

export async function loader(args: LoaderFunctionArgs) {
  const { api, locale } = enterAdmin(args);
  const asked = filtersOf(args.request, ["client", "kind", "state", "cursor"]);
  const filters = { kind: choiceOf(asked.kind, findingKinds), state: choiceOf(asked.state, findingStates) };
  const picked = await pickClient(args);
  const page = await api.learning.list({ ...filters, tenantId: picked.id, cursor: asked.cursor });
  return { title: titleOf(wordsIn(locale)("learning:title")), filters, picked, page };
}

/** What people and providers said of all clients' automations, and what each finding proposes. */
export default function Learning() {
  const t = useWords();
  const { filters, picked, page } = useLoaderData<typeof loader>();
  const filtered = Boolean(filters.kind || filters.state || picked.text);
  return (
    <>
      <PageHeader title={t("title")} description={t("description")} />
      <FilterForm active={filtered}>
        <ClientFilter picked={picked} />
        <FilterSelect
          name="kind"
          label={t("kind")}
          value={filters.kind}
          any={t("anyKind")}
          options={findingKinds.map((kind) => ({ value: kind, label: t(`kinds.${kind}`) }))}
        />
        <FilterSelect
          name="state"
          label={t("state")}
          value={filters.state}
          any={t("states.open")}
          options={findingStates.flatMap((state) => (state === "open" ? [] : [{ value: state, label: t(`states.${state}`) }]))}
        />
      </FilterForm>
      <Card padding="none">
        <Table
          caption={t("title")}
          columns={useColumns()}
          rows={page.items}
          rowKey={({ id }) => id}
          empty={
            filtered ? (
              <EmptyState icon={SearchX} title={t("noneFound")}>
                {t("noneFoundBody")}
              </EmptyState>
            ) : (
              <EmptyState icon={Lightbulb} title={t("emptyTitle")}>
                {t("emptyBody")}
              </EmptyState>
            )
          }
        />
        <CursorPages next={page.next} summary={t("shown", { count: page.items.length })} />
      </Card>
    </>
  );
}

type Finding = Outputs["learning"]["list"]["items"][number];

function useColumns(): Column<Finding>[] {
  const t = useWords();
  const { locale } = useDisplay();
  const format = useFormat();
  return [
    {
      key: "finding",
      header: t("finding"),
      primary: true,
      cell: (finding) => (
        <Link to={`/admin/learning/${finding.id}`} className="rounded-sm font-medium text-ink transition-colors hover:text-accent">
          <FoundWords finding={finding} />
        </Link>
      ),
    },
    {
      key: "client",
      header: t("client"),
      cell: ({ tenantId, tenantName }) => (
        <div className="@min-[40rem]:min-w-[14ch]">
          <ClientName id={tenantId} name={tenantName} />
        </div>
      ),
    },
    { key: "automation", header: t("automation"), cell: ({ title, automation }) => title?.[locale] ?? automation },
    {
      key: "proposal",
      header: t("proposal"),
      cell: ({ proposal, currency }) => (proposal ? <ChangeWords change={proposal} currency={currency} /> : <None>{t("none")}</None>),
    },
    {
      key: "share",
      header: t("share"),
      align: "end",
      cell: ({ share }) => (share ? <span className="whitespace-nowrap">{format.ratio(share.estimate)}</span> : <None />),
    },
    { key: "found", header: t("found"), spare: true, cell: ({ foundAt }) => <Time at={foundAt} /> },
  ];
}
