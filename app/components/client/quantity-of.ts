import type { Quantity, Unit } from "#app/i18n/format.ts";
import type { Tile } from "./sensor-state.tsx";

type MetricUnit = Tile["unit"];

/** Statuses are words in the header; all else is a number. */
export const unitOf = (unit: MetricUnit): Unit => (unit === "status" ? "number" : unit);

/** A figure in its own currency, with what it takes to print it. */
export const quantityOf = (unit: MetricUnit, { value, currency }: { value: number | null; currency: string | null }): Quantity | null =>
  value === null ? null : { value, unit: unitOf(unit), ...(currency !== null && { currency }) };
