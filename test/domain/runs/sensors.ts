import { z } from "zod";
import type { Pace, Reading, Step } from "#server/catalog/job.ts";
import { defineSensor, type Sensor } from "#server/catalog/sensor.ts";

const title = { en: "Test", fr: "Test", he: "Test" };
const Cursor = z.object({ page: z.number() });
export type TestStep = Step<{ page: number }>;
export type TestReading = Reading<Record<string, unknown>, { page: number }, string>;

/** A sensor of a test's own, whose step the test writes. */
export const testSensor = (
  id: string,
  step: (reading: TestReading) => Promise<TestStep> = async () => ({ cursor: null, done: true }),
  more: Partial<Pick<Sensor, "needs" | "onByDefault" | "wokenBy" | "config" | "metrics">> & Partial<Pace> = {},
): Sensor =>
  defineSensor({
    id,
    title,
    description: title,
    needs: [],
    onByDefault: true,
    config: z.record(z.string(), z.unknown()),
    cursor: Cursor,
    metrics: [{ key: "orders", label: title, unit: "count", kind: "daily" }],
    step,
    ...(more.dailyAt === undefined ? { everyS: 3600 } : {}),
    ...more,
  } as Sensor);
