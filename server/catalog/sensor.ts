import type { z } from "zod";
import type { Job } from "./job.ts";
import type { Metric } from "./metric.ts";

/** A job that reads, and what it measures. */
export type Sensor<Config extends z.ZodType = z.ZodType, Cursor extends z.ZodType = z.ZodType> = Job<Config, Cursor> & {
  metrics: readonly Metric[];
};

/** Keeps the types of one sensor's own config and cursor while it is written; the registry sees all sensors as one type. */
export const defineSensor = <Config extends z.ZodType, Cursor extends z.ZodType>(sensor: Sensor<Config, Cursor>): Sensor =>
  sensor as unknown as Sensor;
