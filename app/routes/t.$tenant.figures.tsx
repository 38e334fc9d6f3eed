import type { LoaderFunctionArgs } from "@remix-run/cloudflare";
import { useLoaderData } from "@remix-run/react";
import { ChartCard } from "#app/components/client/chart-card.tsx";
import { PageHeader } from "#app/components/shell/page-header.tsx";
import { Breadcrumbs } from "#app/components/ui/breadcrumbs.tsx";
import { useFormat } from "#app/i18n/display.tsx";
import { wordsIn } from "#app/i18n/translator.server.ts";
import { wordsOf } from "#app/i18n/words.tsx";
import { enterTenant } from "#app/portal/enter-tenant.ts";
import { useTenant } from "#app/portal/use-tenant.ts";
import { titleMeta, titleOf } from "#app/title.ts";

const useWords = wordsOf("overview");

export const meta = titleMeta;

/** `?sensor=` names whose figures. */
export async function loader(args: LoaderFunctionArgs) {
  const { tenant } = await enterTenant(args);
  const { api, locale } = args.context;
  const wanted = new URL(args.request.url).searchParams.get("sensor");
  const { sensors } = await api.overview.get({ tenant: tenant.id, locale });
  const sensor = sensors.find(({ id, charts }) => id === wanted && charts.length > 0);
  if (!sensor) throw new Response("There are no such figures", { status: 404 });
  const { title: name, days, charts } = sensor;
  return { title: titleOf(wordsIn(locale)("overview:figures.title", { sensor: name }), tenant.name), name, days, charts };
}

/** All of a sensor's charts with their figures, nothing folded: what the overview's fold-outs lead to without a script. */
export default function Figures() {
  const t = useWords();
  const { name, days, charts } = useLoaderData<typeof loader>();
  const { base } = useTenant();
  const format = useFormat();
  const [from = "", to = ""] = [days.at(0), days.at(-1)];
  return (
    <>
      <PageHeader
        before={<Breadcrumbs items={[{ label: t("overview.title"), to: base }, { label: t("figures.title", { sensor: name }) }]} />}
        title={t("figures.title", { sensor: name })}
        description={t("figures.description", { from: format.day(from), to: format.day(to, "date") })}
      />
      <div className="grid grid-cols-1 items-start gap-4 lg:grid-cols-2">
        {charts.map((chart) => (
          <ChartCard key={chart.key} id={chart.key} chart={chart} days={days} titleAs="h2" />
        ))}
      </div>
    </>
  );
}
