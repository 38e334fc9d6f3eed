import { LineChart } from "#app/components/charts/line-chart.tsx";
import { MetricTile } from "#app/components/charts/metric-tile.tsx";
import { Badge } from "#app/components/ui/badge.tsx";
import { Breadcrumbs } from "#app/components/ui/breadcrumbs.tsx";
import { Card } from "#app/components/ui/card.tsx";
import { DescriptionList } from "#app/components/ui/description-list.tsx";
import { Pagination } from "#app/components/ui/pagination.tsx";
import { ProviderMark } from "#app/components/ui/provider-mark.tsx";
import { Table } from "#app/components/ui/table.tsx";
import { Tabs } from "#app/components/ui/tabs.tsx";
import { Group, Row } from "./panel.tsx";
import { SAMPLES } from "./samples.ts";

const TREND = [12, 18, 9, 22, 31, 28, 35, 30, 41, 38, 44, 52, 47, 58];
const HERE = "/admin/design";

/** Where one is. */
export const Navigation = () => (
  <Group id="navigation" title="Navigation">
    {(locale) => {
      const { pages } = SAMPLES[locale];
      return (
        <>
          <Breadcrumbs items={[{ label: pages[0], to: HERE }, { label: pages[1], to: HERE }, { label: pages[2] }]} />
          <Tabs items={pages.map((label, at) => ({ to: `${HERE}?tab=${at}`, label, count: at * 3, current: at === 0 }))} />
          <Card padding="none">
            <Pagination previousTo={HERE} nextTo={HERE} summary="25" />
          </Card>
        </>
      );
    }}
  </Group>
);

/** Figures and lists of things. */
export const Data = () => (
  <Group id="data" title="Data">
    {(locale) => {
      const { metric, client, count, state, states, placeholder, long } = SAMPLES[locale];
      const quantity = { value: 123_456_78, unit: "money", currency: "ILS" } as const;
      return (
        <>
          <div className="grid grid-cols-2 gap-3">
            <MetricTile label={metric} quantity={quantity} compared={{ value: 58, previous: 44 }} trend={TREND} />
            <MetricTile
              label={metric}
              quantity={{ value: 0.314, unit: "ratio" }}
              compared={{ value: 0.314, previous: 0.4 }}
              status={{ tone: "warn", label: states.warn }}
            />
            <MetricTile label={metric} quantity={null} />
            <MetricTile label={metric} quantity={{ value: 4338, unit: "count" }} compared={null} to={HERE} shown />
          </div>
          <Card>
            <LineChart
              title={metric}
              height="min-h-44"
              figuresAt={HERE}
              data={{
                series: [{ key: "now", label: metric }],
                points: TREND.map((value, day) => ({ x: `2026-11-${String(day + 10)}`, values: { now: value * 100_000 } })),
                unit: "money",
                currency: "ILS",
                xIs: "day",
                shape: "line",
                running: "2026-11-23",
              }}
            />
          </Card>
          <Card padding="none">
            <Table
              caption={client}
              rows={[
                { id: placeholder, n: 2573, tone: "ok" as const },
                { id: long, n: 7, tone: "danger" as const },
              ]}
              rowKey={({ id }) => id}
              columns={[
                { key: "id", header: client, primary: true, cell: ({ id }) => <bdi className="[overflow-wrap:anywhere]">{id}</bdi> },
                { key: "state", header: state, aside: true, cell: ({ tone }) => <Badge tone={tone}>{states[tone]}</Badge> },
                { key: "n", header: count, align: "end", cell: ({ n }) => n },
              ]}
            />
          </Card>
          <Card>
            <DescriptionList
              items={[
                { term: client, value: <bdi>{placeholder}</bdi> },
                { term: state, value: states.ok },
              ]}
            />
          </Card>
        </>
      );
    }}
  </Group>
);

/** Our drawings of the providers, and what one without a drawing gets. */
export const Marks = ({ providers }: { providers: readonly { id: string; name: string }[] }) => (
  <Group id="marks" title="Provider marks">
    {() => (
      <>
        {[false, true].map((small) => (
          <Row key={String(small)}>
            {[...providers, { id: "another", name: "Another" }].map(({ id, name }) => (
              <ProviderMark key={id} id={id} name={name} small={small} />
            ))}
          </Row>
        ))}
      </>
    )}
  </Group>
);
