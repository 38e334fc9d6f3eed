import type { Log, LogFields } from "#server/log.ts";

/** Fields as JSON that may be written: redacted first, then cut. */
export function writable(log: Pick<Log, "redact">, fields: LogFields, max: number): string {
  try {
    const json = JSON.stringify(log.redact(fields));
    return json.length <= max ? json : JSON.stringify({ truncated: json.slice(0, max) });
  } catch (error) {
    // A circular object, or a bigint: a job must not lose its measurements for a log line.
    return JSON.stringify({ unreadable: error instanceof Error ? error.name : "error" });
  }
}
