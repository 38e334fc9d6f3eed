import { Group, Row } from "./panel.tsx";

/** Each by its class, so that the build makes it. */
const GROUNDS = [
  ["canvas", "bg-canvas"],
  ["surface", "bg-surface"],
  ["raised", "bg-raised"],
  ["sunken", "bg-sunken"],
  ["hover", "bg-hover"],
  ["accent", "bg-accent"],
  ["magenta", "bg-magenta"],
  ["ok", "bg-ok"],
  ["info", "bg-info"],
  ["warn", "bg-warn"],
  ["danger", "bg-danger"],
  ["series 1", "bg-series-1"],
  ["series 2", "bg-series-2"],
  ["series 3", "bg-series-3"],
  ["series 4", "bg-series-4"],
  ["series 5", "bg-series-5"],
  ["series 6", "bg-series-6"],
] as const;
const INKS = [
  ["ink", "text-ink"],
  ["ink muted", "text-ink-muted"],
  ["ink faint", "text-ink-faint"],
  ["accent", "text-accent"],
  ["ok", "text-ok"],
  ["warn", "text-warn"],
  ["danger", "text-danger"],
] as const;
const SIZES = ["text-2xs", "text-xs", "text-sm", "text-base", "text-xl", "text-2xl"] as const;

/** Colours and letters. */
export const Tokens = () => (
  <Group id="tokens" title="Colours and type">
    {() => (
      <>
        <ul dir="ltr" className="grid grid-cols-3 gap-2 sm:grid-cols-5">
          {GROUNDS.map(([name, ground]) => (
            <li key={name} className="grid gap-1 text-xs text-ink-muted">
              <span className={`h-9 rounded-control border border-line-strong ${ground}`} />
              {name}
            </li>
          ))}
        </ul>
        <Row>
          {INKS.map(([name, ink]) => (
            <span key={name} dir="ltr" className={`text-sm font-medium ${ink}`}>
              {name}
            </span>
          ))}
        </Row>
        <Row stacked>
          {SIZES.map((size) => (
            <p key={size} className={size}>
              Atrium 1,234.50 · אטריום 1,234.50
            </p>
          ))}
          <p className="font-mono text-sm">run_06h2ntfjku2ifphp17bhn72d60</p>
        </Row>
      </>
    )}
  </Group>
);
