import { z } from "zod";
import { defineSensor, type Reading, type Sensor, type Step } from "#server/catalog/sensor.ts";

const title = { en: "Test", fr: "Test", he: "Test" };
const Cursor = z.object({ page: z.number() });
export type TestStep = Step<{ page: number }>;
export type TestReading = Reading<Record<string, unknown>, { page: number }>;

/** A sensor of a test's own, whose step the test writes. */
export const testSensor = (
  id: string,
  step: (reading: TestReading) => Promise<TestStep> = async () => ({ cursor: null, done: true }),
  more: Partial<Pick<Sensor, "needs" | "everyS">> = {},
): Sensor =>
  defineSensor({
    id,
    title,
    description: title,
    needs: [],
    everyS: 3600,
    config: z.record(z.string(), z.unknown()),
    cursor: Cursor,
    metrics: [{ key: "orders", label: title, unit: "count", kind: "daily" }],
    step,
    ...more,
  });
