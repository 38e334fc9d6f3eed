import type { LoaderFunctionArgs } from "@remix-run/cloudflare";
import { useLoaderData } from "@remix-run/react";
import { CircleCheck, CirclePlay, Unplug } from "lucide-react";
import { CursorPages } from "#app/components/admin/cursor-pages.tsx";
import { HitTable } from "#app/components/admin/hit-table.tsx";
import { PageHeader } from "#app/components/shell/page-header.tsx";
import { Section } from "#app/components/shell/section.tsx";
import { Badge } from "#app/components/ui/badge.tsx";
import { Breadcrumbs } from "#app/components/ui/breadcrumbs.tsx";
import { Button } from "#app/components/ui/button.tsx";
import { Card } from "#app/components/ui/card.tsx";
import { DescriptionList } from "#app/components/ui/description-list.tsx";
import { EmptyState } from "#app/components/ui/empty-state.tsx";
import { Link } from "#app/components/ui/link.tsx";
import { Time } from "#app/components/ui/time.tsx";
import { filtersOf } from "#app/filters.ts";
import { useDisplay, useFormat } from "#app/i18n/display.tsx";
import { wordsIn } from "#app/i18n/translator.server.ts";
import { wordsOf } from "#app/i18n/words.tsx";
import { enterAdmin } from "#app/portal/enter-admin.ts";
import { titleMeta, titleOf } from "#app/title.ts";

const useWords = wordsOf("incidents", "today", "admin");

export const meta = titleMeta;

export async function loader(args: LoaderFunctionArgs) {
  const { api, locale } = enterAdmin(args);
  const { cursor } = filtersOf(args.request, ["cursor"]);
  const page = await api.incidents.get({ incidentId: String(args.params.incidentId), cursor });
  return { title: titleOf(wordsIn(locale)("incidents:title"), page.incident.providerName), page };
}

/** One incident: since when, what is paused, and whom it hits. */
export default function Incident() {
  const t = useWords();
  const format = useFormat();
  const { locale } = useDisplay();
  const {
    page: { incident, hit, next },
  } = useLoaderData<typeof loader>();
  const { provider, providerName, kind, openedAt, lastSeenAt, closedAt, tenantsFailing, tenantsUsing, jobs } = incident;
  const open = closedAt === null;
  return (
    <>
      <PageHeader
        before={<Breadcrumbs items={[{ label: t("title"), to: "/admin/incidents" }, { label: providerName }]} />}
        title={t(open ? `today:incident.kinds.${kind}` : "overTitle", { provider: providerName })}
        description={t(open ? `means.${kind}` : "over", { provider: providerName })}
        actions={
          <>
            <Button asChild>
              <Link to={`/admin/runs?provider=${provider}`}>
                <CirclePlay aria-hidden />
                {t("runs")}
              </Link>
            </Button>
            <Button asChild>
              <Link to="/admin/incidents#providers">
                <Unplug aria-hidden />
                {t("toSwitch")}
              </Link>
            </Button>
          </>
        }
      />
      <Card className="mb-8">
        <DescriptionList
          items={[
            { term: t("state"), value: <Badge tone={open ? "danger" : "ok"}>{t(open ? "open" : "closed")}</Badge> },
            { term: t("admin:incident.since"), value: <Time at={openedAt} style="dateTime" /> },
            open
              ? { term: t("lastSeen"), value: <Time at={lastSeenAt} /> }
              : { term: t("lasted"), value: format.duration(closedAt - openedAt) },
            { term: t("clients"), value: t("clientsOf", { failing: tenantsFailing, using: tenantsUsing }) },
            {
              term: t("jobs"),
              value: jobs.length === 0 ? t("noJobs") : new Intl.ListFormat(locale).format(jobs.map(({ title }) => title[locale])),
            },
          ]}
        />
      </Card>
      <Section title={t("hit.title")} description={open ? t("hit.body") : undefined}>
        <Card padding="none">
          {hit.length === 0 ? (
            <EmptyState icon={CircleCheck} title={t(open ? "hit.none" : "hit.over")}>
              {open ? t("hit.noneBody") : t("hit.overBody")}
            </EmptyState>
          ) : (
            <HitTable hit={hit} />
          )}
          {(hit.length > 0 || next !== null) && <CursorPages next={next} summary={t("hit.shown", { count: hit.length })} />}
        </Card>
      </Section>
    </>
  );
}
