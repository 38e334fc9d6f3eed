import type { LoaderFunctionArgs } from "@remix-run/cloudflare";
import { Link, useLoaderData } from "@remix-run/react";
import { Blocks, CirclePlay } from "lucide-react";
import { SensorSection } from "#app/components/client/sensor-section.tsx";
import { WaitingSensors } from "#app/components/client/waiting-sensors.tsx";
import { isOpen } from "#app/components/runs/run-status.tsx";
import { RunTable } from "#app/components/runs/run-table.tsx";
import { useLive } from "#app/components/runs/use-live.ts";
import { PageHeader } from "#app/components/shell/page-header.tsx";
import { Section } from "#app/components/shell/section.tsx";
import { Button } from "#app/components/ui/button.tsx";
import { Card } from "#app/components/ui/card.tsx";
import { EmptyState } from "#app/components/ui/empty-state.tsx";
import { useFormat } from "#app/i18n/display.tsx";
import { wordsIn } from "#app/i18n/translator.server.ts";
import { wordsOf } from "#app/i18n/words.tsx";
import { enterTenant } from "#app/portal/enter-tenant.ts";
import { useTenant } from "#app/portal/use-tenant.ts";
import { send, useSent } from "#app/sent.ts";
import { titleMeta, titleOf } from "#app/title.ts";

const useWords = wordsOf("overview");

export const meta = titleMeta;

export async function loader(args: LoaderFunctionArgs) {
  const { tenant } = await enterTenant(args);
  const { api, locale } = args.context;
  return {
    title: titleOf(wordsIn(locale)("overview:overview.title"), tenant.name),
    overview: send(await api.overview.get({ tenant: tenant.id, locale })),
  };
}

export default function Overview() {
  const t = useWords();
  const overview = useSent(useLoaderData<typeof loader>().overview);
  const { tenant, base } = useTenant();
  const format = useFormat();
  const { sensors, connections, runs, days } = overview;
  useLive(
    runs.some(({ status }) => isOpen(status)),
    (api) => api.runs.list.query({ tenant: tenant.id, limit: 10 }),
  );
  const measured = sensors.filter(({ tiles }) => tiles.some(({ value }) => value !== null));
  const waiting = sensors.filter((sensor) => !measured.includes(sensor));
  const [from, to] = [days.at(0), days.at(-1)];
  return (
    <>
      <PageHeader
        title={t("overview.title")}
        description={
          measured.length > 0 && from && to
            ? t("overview.description", { count: days.length, from: format.day(from), to: format.day(to, "date") })
            : t("overview.descriptionEmpty")
        }
      />
      {connections.length === 0 && <NothingConnected />}
      {measured.map((sensor) => (
        <SensorSection key={sensor.id} sensor={sensor} />
      ))}
      {waiting.length > 0 && <WaitingSensors sensors={waiting} />}
      {(runs.length > 0 || connections.length > 0) && (
        <Section
          title={t("overview.latestRuns")}
          actions={
            <Link to={`${base}/runs`} className="link text-[0.8125rem]">
              {t("overview.allRuns")}
            </Link>
          }
        >
          <Card padding="none">
            <RunTable
              base={`${base}/runs`}
              caption={t("overview.latestRuns")}
              runs={runs}
              empty={<EmptyState icon={CirclePlay} title={t("overview.noRuns")} />}
            />
          </Card>
        </Section>
      )}
    </>
  );
}

function NothingConnected() {
  const t = useWords();
  const { base, may } = useTenant();
  const connects = may("connections:write");
  return (
    <Card padding="none">
      <EmptyState
        icon={Blocks}
        title={t("overview.emptyTitle")}
        action={
          connects && (
            <Button asChild variant="primary">
              <Link to={`${base}/integrations`}>{t("overview.emptyAction")}</Link>
            </Button>
          )
        }
      >
        <p>{t("overview.emptyBody")}</p>
        {!connects && <p className="mt-2">{t("overview.emptyReadOnly")}</p>}
      </EmptyState>
    </Card>
  );
}
