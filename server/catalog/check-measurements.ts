import type { Metric } from "./metric.ts";
import type { Measurement } from "./records.ts";

/** Throws where an amount of money does not say its currency: it would be shown under another's, sooner or later. */
export function checkMeasurements(metrics: readonly Metric[], measurements: readonly Measurement[] = []): void {
  const money = new Set(metrics.filter(({ unit }) => unit === "money").map(({ key }) => key));
  const bare = measurements.find(({ metric, currency, value }) => value !== null && money.has(metric) && !currency);
  if (bare) throw new Error(`${bare.metric} of ${bare.day} is money and does not say its currency`);
}
