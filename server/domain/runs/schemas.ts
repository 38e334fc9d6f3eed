import { z } from "zod";

/** `failed`: will not be tried again by itself (the reason needs a person). `dead`: tried as often as allowed. */
export const RunStatus = z.enum(["queued", "running", "succeeded", "failed", "dead"]);
export type RunStatus = z.infer<typeof RunStatus>;
export const RunTrigger = z.enum(["schedule", "manual", "replay"]);
export type RunTrigger = z.infer<typeof RunTrigger>;
export const LogLevel = z.enum(["debug", "info", "warn", "error"]);
export type LogLevel = z.infer<typeof LogLevel>;

/** Why a run did not go well; the queue decides by it. */
export const RunErrorKind = z.enum([
  "revoked",
  "rate_limited",
  "unavailable",
  "rejected",
  "missing_scopes",
  "misconfigured",
  "not_connected",
  "suspended",
  "deadline",
  "lost",
  "defect",
]);
export type RunErrorKind = z.infer<typeof RunErrorKind>;

/** Why a schedule cannot run now. `retired`: the job is no longer on the shelf. */
export const ScheduleBlock = z.enum(["suspended", "not_connected", "reconnect_needed", "missing_scopes", "retired"]);
export type ScheduleBlock = z.infer<typeof ScheduleBlock>;
