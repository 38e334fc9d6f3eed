import type { HistoryGroup } from "#server/models/bg-nbd/group-histories.ts";

/**
 * The customers of CDNOW that Fader, Hardie and Lee fitted (2005), in weeks; null where ../shared/data/cdnow-summary.csv is not beside
 * the repository. Vite reads it, since there are no files in workerd.
 */
export const cdnow: HistoryGroup[] | null = read(
  Object.values(import.meta.glob<string>("../../../shared/data/cdnow-summary.csv", { query: "?raw", import: "default", eager: true }))[0],
);

function read(text: string | undefined): HistoryGroup[] | null {
  if (text === undefined) return null;
  const [, ...lines] = text.trim().split("\n");
  return lines.map((line) => {
    const [, frequency = Number.NaN, recency = Number.NaN, age = Number.NaN] = line.split(",").map(Number);
    return { frequency, recency, age, customers: 1 };
  });
}
