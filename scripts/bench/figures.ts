/** Several measurements of one thing, as the table shows them. */
export interface Spread {
  median: number;
  min: number;
  max: number;
}

/** One line of the table: what we need, beside what the same work costs without us. */
export interface Row {
  name: string;
  unit: string;
  ours: Spread;
  floor: Spread;
  /** Ours to the floor's, round by round. */
  ratio: Spread;
  /** In words, such as `ratio <= 2.5`. */
  goal: string;
  ok: boolean;
}

export function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (place: number) => sorted[place] ?? Number.NaN;
  const half = sorted.length / 2;
  const median = sorted.length % 2 ? at(Math.floor(half)) : (at(half - 1) + at(half)) / 2;
  return { median: rounded(median), min: rounded(at(0)), max: rounded(at(sorted.length - 1)) };
}

/** Three digits tell enough. */
const rounded = (value: number) => Number(value.toPrecision(4));

/** A row from rounds that each measured both. */
export function rowOf(
  name: string,
  unit: string,
  rounds: readonly { ours: number; floor: number }[],
  goal: { text: string; met(row: Pick<Row, "ours" | "ratio">): boolean },
): Row {
  const ours = spreadOf(rounds.map((round) => round.ours));
  const floor = spreadOf(rounds.map((round) => round.floor));
  const ratio = spreadOf(rounds.map((round) => round.ours / round.floor));
  return { name, unit, ours, floor, ratio, goal: goal.text, ok: goal.met({ ours, ratio }) };
}

export const ratioAtMost = (limit: number) => ({
  text: `ratio <= ${limit}`,
  met: ({ ratio }: Pick<Row, "ratio">) => ratio.median <= limit,
});
export const ratioAtLeast = (limit: number) => ({
  text: `ratio >= ${limit}`,
  met: ({ ratio }: Pick<Row, "ratio">) => ratio.median >= limit,
});
export const oursAtLeast = (limit: number) => ({
  text: `ours >= ${limit}`,
  met: ({ ours }: Pick<Row, "ours">) => ours.median >= limit,
});
export const oursAtMost = (limit: number) => ({ text: `ours <= ${limit}`, met: ({ ours }: Pick<Row, "ours">) => ours.median <= limit });

export function tableOf(rows: readonly Row[]): string {
  const cell = ({ median, min, max }: Spread) => `${median} (${min} to ${max})`;
  const lines = rows.map((row) => [
    row.name,
    row.unit,
    cell(row.ours),
    cell(row.floor),
    cell(row.ratio),
    row.goal,
    row.ok ? "ok" : "MISSED",
  ]);
  const all = [["what", "unit", "ours", "floor", "ratio", "goal", ""], ...lines];
  const widths = all[0]?.map((_, column) => Math.max(...all.map((line) => line[column]?.length ?? 0))) ?? [];
  return all
    .map((line) =>
      line
        .map((text, column) => text.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
