import { queryOf, type View } from "#app/view.ts";

/** The page of all of a sensor's figures; with `chart`, that one's as a file. */
export const figuresPath = (base: string, sensor: string, view: View, { chart }: { chart?: string } = {}): string =>
  `${base}/figures${chart === undefined ? "" : ".csv"}${queryOf(view, { sensor, ...(chart !== undefined && { chart }) })}`;
