import { noteAnswers, noteFailures } from "./connections.ts";
import { dropUnlisted } from "./listed-orders.ts";
import { writeMeasurements } from "./measurements.ts";
import { writeOrders } from "./orders.ts";
import { writeRefunds } from "./refunds.ts";
import { writeRunLogs } from "./run-logs.ts";
import { wakeJobs, writeSchedules } from "./schedules.ts";
import type { Effect } from "./writing.ts";

/** Every kind of row that comes of a run, in the order in which they are written. */
export const effects: readonly Effect[] = [
  writeMeasurements,
  writeOrders,
  writeRefunds,
  dropUnlisted,
  writeRunLogs,
  writeSchedules,
  wakeJobs,
  noteAnswers,
  noteFailures,
];
