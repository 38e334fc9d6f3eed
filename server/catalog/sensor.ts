import type { z } from "zod";
import type { Text } from "#db/words/locales.ts";
import type { Job, RunLines } from "./job.ts";
import type { Metric } from "./metric.ts";

/** A job that reads, and what it measures. */
export type Sensor<Config extends z.ZodType = z.ZodType, Cursor extends z.ZodType = z.ZodType, Lines extends RunLines = RunLines> = Job<
  Config,
  Cursor,
  Lines
> & {
  metrics: readonly Metric[];
};

/** Keeps the types of one sensor's own config, cursor and lines while it is written; the registry sees all sensors as one type. */
export const defineSensor = <Config extends z.ZodType, Cursor extends z.ZodType, Lines extends RunLines = Record<never, Text>>(
  sensor: Sensor<Config, Cursor, Lines>,
): Sensor => sensor as unknown as Sensor;
