import { type LoaderFunctionArgs, redirect } from "@remix-run/cloudflare";
import { useLoaderData } from "@remix-run/react";
import { figuresPath } from "#app/components/client/figures-path.ts";
import { RangePicker, spanOf } from "#app/components/client/range-picker.tsx";
import { SensorFigures } from "#app/components/client/sensor-figures.tsx";
import type { SensorView } from "#app/components/client/sensor-state.tsx";
import { PageHeader } from "#app/components/shell/page-header.tsx";
import { Breadcrumbs } from "#app/components/ui/breadcrumbs.tsx";
import { Time } from "#app/components/ui/time.tsx";
import { useFormat } from "#app/i18n/display.tsx";
import { wordsIn } from "#app/i18n/translator.server.ts";
import { wordsOf } from "#app/i18n/words.tsx";
import { enterTenant } from "#app/portal/enter-tenant.ts";
import { useTenant } from "#app/portal/use-tenant.ts";
import { send, useSent } from "#app/sent.ts";
import { titleMeta, titleOf } from "#app/title.ts";
import { queryOf, viewIn, viewOf } from "#app/view.ts";

const useWords = wordsOf("overview");

export const meta = titleMeta;

/** `?sensor=` names whose figures; without it all of them are on the overview. */
export async function loader(args: LoaderFunctionArgs) {
  const { tenant } = await enterTenant(args);
  const { api, locale } = args.context;
  const { searchParams } = new URL(args.request.url);
  const wanted = searchParams.get("sensor")?.slice(0, 100) ?? "";
  const wish = viewIn(searchParams);
  if (wanted === "") throw redirect(`/t/${tenant.id}${queryOf(wish)}`);
  const sensor = await api.overview.sensor({ tenant: tenant.id, locale, sensor: wanted, view: wish });
  return { title: titleOf(wordsIn(locale)("overview:figures.title", { sensor: sensor.title }), tenant.name), sensor: send(sensor) };
}

/** All of a sensor's figures with their days, nothing folded: what the overview's lines lead to without a script. */
export default function Figures() {
  const t = useWords();
  const sensor = useSent(useLoaderData<typeof loader>().sensor);
  const { base } = useTenant();
  const format = useFormat();
  const { id, title, view, lastSuccessAt } = sensor;
  const of = viewOf(view);
  return (
    <>
      <PageHeader
        before={<Breadcrumbs items={[{ label: t("overview.title"), to: `${base}${queryOf(of)}` }, { label: title }]} />}
        title={title}
        description={
          <>
            {spanOf(format, view)}
            {lastSuccessAt !== null && (
              <>
                {" · "}
                {t("overview.updated")} <Time at={lastSuccessAt} />
              </>
            )}
            <p>{sensor.description}</p>
            <Calendar sensor={sensor} />
          </>
        }
        actions={<RangePicker view={view} keep={{ sensor: id }} />}
      />
      <SensorFigures sensor={sensor} view={view} csvOf={(chart) => figuresPath(base, id, of, { chart })} titleAs="h2" />
    </>
  );
}

/** Whose days they are, where not the client's. */
function Calendar({ sensor: { timezone, unknownTimezone } }: { sensor: SensorView }) {
  const t = useWords();
  const { tenant } = useTenant();
  if (unknownTimezone !== null) return <p>{t("overview.calendarUnknown", { zone: unknownTimezone })}</p>;
  return timezone === tenant.timezone ? null : <p>{t("overview.calendar", { zone: timezone })}</p>;
}
