import { type ActionFunctionArgs, type LoaderFunctionArgs, redirect } from "@remix-run/cloudflare";
import { useLoaderData } from "@remix-run/react";
import { Blocks } from "lucide-react";
import { figuresPath } from "#app/components/client/figures-path.ts";
import { type Backfill, FirstReading } from "#app/components/client/first-reading.tsx";
import { LargeChart } from "#app/components/client/large-chart.tsx";
import { NextConnections } from "#app/components/client/next-connections.tsx";
import { RangePicker, spanOf } from "#app/components/client/range-picker.tsx";
import { RoleNotice } from "#app/components/client/role-notice.tsx";
import { SensorFold } from "#app/components/client/sensor-fold.tsx";
import type { SensorSummary } from "#app/components/client/sensor-state.tsx";
import { SensorTile, useAgainst } from "#app/components/client/sensor-tile.tsx";
import { ShopField } from "#app/components/client/shop-field.tsx";
import { WaitingSensors } from "#app/components/client/waiting-sensors.tsx";
import { isOpen } from "#app/components/runs/run-status.tsx";
import { RunTable } from "#app/components/runs/run-table.tsx";
import { useLive } from "#app/components/runs/use-live.ts";
import { PageHeader } from "#app/components/shell/page-header.tsx";
import { Section } from "#app/components/shell/section.tsx";
import { Button } from "#app/components/ui/button.tsx";
import { Card } from "#app/components/ui/card.tsx";
import { cn } from "#app/components/ui/cn.ts";
import { EmptyState } from "#app/components/ui/empty-state.tsx";
import { Link } from "#app/components/ui/link.tsx";
import { Time } from "#app/components/ui/time.tsx";
import { useDisplay, useFormat } from "#app/i18n/display.tsx";
import { wordsIn } from "#app/i18n/translator.server.ts";
import { wordsOf } from "#app/i18n/words.tsx";
import { enterTenant } from "#app/portal/enter-tenant.ts";
import { useTenant } from "#app/portal/use-tenant.ts";
import { send, useSent } from "#app/sent.ts";
import { titleMeta, titleOf } from "#app/title.ts";
import { queryOf, type ShownView, viewIn, viewOf } from "#app/view.ts";
import type { Hint } from "#db/words/tenants.ts";

const useWords = wordsOf("overview");

export const meta = titleMeta;

export async function loader(args: LoaderFunctionArgs) {
  const { tenant } = await enterTenant(args);
  const { api, locale } = args.context;
  const { searchParams } = new URL(args.request.url);
  const metric = searchParams.get("metric")?.slice(0, 200);
  return {
    title: titleOf(wordsIn(locale)("overview:overview.title"), tenant.name),
    overview: send(await api.overview.get({ tenant: tenant.id, locale, view: viewIn(searchParams), metric })),
  };
}

/** Puts away a proposal or an explanation (`hint`). */
export async function action({ request, context, params: { tenant = "" } }: ActionFunctionArgs) {
  const hint = (await request.formData()).get("hint");
  await context.api.team.dismissHint({ tenant, hint: hint as Hint });
  return redirect(`/t/${tenant}`);
}

/** A first sync that is due by then is waited for. */
const SOON_MS = 120_000;

/** The first figures of each sensor are its headlines: all in all two rows of them, and two of each where there are many. */
const headlinesOf = (sensors: number) => Math.max(2, Math.floor(8 / sensors));

/** Rows without gaps where there is a number of columns that gives them. */
const columnsFor = (count: number) => (count % 5 === 0 ? "md:grid-cols-5" : count % 4 === 0 ? "md:grid-cols-4" : "md:grid-cols-3");

export default function Overview() {
  const t = useWords();
  const overview = useSent(useLoaderData<typeof loader>().overview);
  const { base, tenant, may } = useTenant();
  const { sensors, connections, runs, view, chart, backfill, next } = overview;
  const proposes =
    connections.length > 0 && next.some(({ done }) => !done) && may("connections:write") && !tenant.dismissed.includes("checklist");
  const measured = sensors.filter(({ tiles }) => tiles.some(({ value }) => value !== null));
  // What waits for an account alone is proposed below; what reads the shop for the first time is told above; of days that were chosen,
  // nothing waits that reports today.
  const waiting = sensors.filter(
    (sensor) =>
      !measured.includes(sensor) &&
      sensor.blocked !== "not_connected" &&
      !(backfill && sensor.providers.includes("shopify")) &&
      !(view.range === null && sensor.lastSuccessAt !== null),
  );
  const unmeasured = sensors.filter((sensor) => !measured.includes(sensor));
  const running = new Set(runs.flatMap(({ sensor, status }) => (isOpen(status) ? [sensor] : [])));
  useFilling({ sensors: unmeasured, running, backfill });
  const shown = chart && `${chart.sensor}.${chart.key}`;
  const headlines = measured.flatMap((sensor) =>
    sensor.tiles
      .filter(({ unit }) => unit !== "status")
      .slice(0, headlinesOf(measured.length))
      .map((tile) => ({ tile, metric: `${sensor.id}.${tile.key}` })),
  );
  const of = measured.find(({ id }) => id === chart?.sensor);
  return (
    <>
      <PageHeader
        title={t("overview.title")}
        description={measured.length > 0 ? <Span view={view} measured={measured} /> : t("overview.descriptionEmpty")}
        actions={measured.length > 0 && <RangePicker view={view} keep={shown ? { metric: shown } : {}} />}
      />
      {connections.length === 0 ? <NothingConnected /> : <RoleNotice />}
      {backfill && <FirstReading backfill={backfill} />}
      {headlines.length > 0 && (
        <div className={cn("grid grid-cols-2 gap-3 sm:gap-4", columnsFor(headlines.length))}>
          {headlines.map(({ tile, metric }) => (
            <SensorTile key={metric} tile={tile} view={view} to={`${queryOf(viewOf(view), { metric })}#chart`} shown={metric === shown} />
          ))}
        </div>
      )}
      {chart && of && (
        <div className="mt-4">
          <LargeChart
            chart={chart}
            sensor={{ title: of.title, to: figuresPath(base, of.id, viewOf(view)) }}
            view={view}
            csv={figuresPath(base, of.id, viewOf(view), { chart: chart.key })}
            figuresAt={`${figuresPath(base, of.id, viewOf(view))}#${chart.key}`}
          />
        </div>
      )}
      {proposes && <NextConnections proposals={next} />}
      {measured.length > 0 && (
        <Section title={t("story.more")} space="sm">
          <Card padding="none" className="divide-y divide-line">
            {measured.map((sensor) => (
              <SensorFold key={sensor.id} sensor={sensor} view={view} />
            ))}
          </Card>
        </Section>
      )}
      {waiting.length > 0 && <WaitingSensors sensors={waiting} running={running} />}
      {runs.length > 0 && (
        <Section
          title={t("overview.latestRuns")}
          actions={
            <Link to={`${base}/runs`} className="link text-[0.8125rem]">
              {t("overview.allRuns")}
            </Link>
          }
        >
          <Card padding="none" className="max-sm:[&_tbody>tr:nth-child(n+5)]:hidden">
            <RunTable base={`${base}/runs`} caption={t("overview.latestRuns")} runs={runs} empty={null} />
          </Card>
        </Section>
      )}
    </>
  );
}

/** Fills the page while she looks: as long as something runs, or is about to, whatever it found is asked for. */
function useFilling({
  sensors,
  running,
  backfill,
}: {
  sensors: readonly SensorSummary[];
  running: ReadonlySet<string>;
  backfill: Backfill | null;
}) {
  const { tenant } = useTenant();
  const { now } = useDisplay();
  const isNear = sensors.some(({ state, nextAt }) => (state === "waiting" || state === "ok") && nextAt !== null && nextAt - now < SOON_MS);
  useLive(running.size > 0 || isNear || backfill !== null, (api) =>
    Promise.all([
      api.runs.list.query({ tenant: tenant.id, limit: 10 }),
      backfill === null ? null : api.overview.backfill.query({ tenant: tenant.id }),
    ]),
  );
}

/** Which days, what they are held against, and how fresh they are: once for all figures. */
function Span({ view, measured }: { view: ShownView; measured: readonly SensorSummary[] }) {
  const t = useWords();
  const format = useFormat();
  const against = useAgainst(view)("weeks");
  const { compared } = view;
  // Of days that still run, and of the last that are not all in, a change is told without them.
  const isCut = compared !== null && compared.days.to !== view.to;
  const times = measured.flatMap(({ lastSuccessAt }) => lastSuccessAt ?? []);
  return (
    <p>
      {spanOf(format, view)}
      {against !== null &&
        compared &&
        ` · ${isCut ? t("against.full", { days: spanOf(format, compared.days, view.to), against }) : against}`}
      {times.length > 0 && (
        <>
          {" · "}
          {t("overview.updated")} <Time at={Math.min(...times)} />
        </>
      )}
    </p>
  );
}

/** Where it begins: the shop first, with one button; the first sync starts on the way back, and this page fills by itself. */
function NothingConnected() {
  const t = useWords();
  const { base, tenant, may } = useTenant();
  const connects = may("connections:write");
  const hasShop = tenant.vertical === "shopify";
  return (
    <Card padding="none">
      <EmptyState
        icon={Blocks}
        title={t(!connects ? "overview.emptyTitleReadOnly" : hasShop ? "overview.emptyTitle" : "overview.emptyTitleOther")}
      >
        <p>{t(connects ? "overview.emptyBody" : "overview.emptyReadOnly")}</p>
        {connects && hasShop && (
          <form method="get" action={`${base}/connect/shopify`} className="mx-auto mt-5 grid w-full max-w-sm gap-3 text-start">
            <input type="hidden" name="return" value={base} />
            <ShopField label={t("overview.shop")} hint={t("overview.shopHint")} placeholder={t("overview.shopPlaceholder")} />
            <Button type="submit" changes variant="primary">
              {t("overview.emptyAction")}
            </Button>
          </form>
        )}
        {connects && (
          <p className="mt-4">
            <Link to={`${base}/integrations`} className="link">
              {t(hasShop ? "overview.emptyOther" : "overview.emptyAny")}
            </Link>
          </p>
        )}
      </EmptyState>
    </Card>
  );
}
