import type { LogLevel } from "#db/words/runs.ts";
import type { Log, LogFields } from "#server/log.ts";

const maxLines = 200;
const maxMessage = 500;
const maxFields = 2_000;

export interface LogLine {
  seq: number;
  at: number;
  level: LogLevel;
  message: string;
  /** JSON. */
  fields: string | null;
}

export interface RunLog {
  /** A line of the job's own; what comes after the 200th is only counted. */
  write(level: LogLevel, message: string, fields?: LogFields): void;
  /** A line of the engine, which is never left out. */
  note(level: LogLevel, message: string, fields?: LogFields): void;
  /** The lines since the last call, as they may be written. */
  take(): LogLine[];
}

/** What one run says to its tenant: at most 200 lines a step, each of bounded size. */
export function createRunLog({ log, now }: { log: Pick<Log, "redact">; now: () => number }): RunLog {
  let lines: { seq: number; at: number; level: LogLevel; message: string; fields: LogFields | undefined }[] = [];
  let dropped = 0;
  let seq = 0;
  const add = (level: LogLevel, message: string, fields?: LogFields) => {
    const at = now();
    // Rises over the run's steps and tries without reading what they wrote.
    seq = Math.max(seq + 1, at * 1000);
    lines.push({ seq, at, level, message, fields });
  };
  return {
    write(level, message, fields) {
      if (lines.length < maxLines) add(level, message, fields);
      else dropped++;
    },
    note: add,
    take() {
      if (dropped > 0) add("warn", `${dropped} more lines were left out.`);
      // Redacted here and not when it was said: a secret that was opened later counts too. Then cut, so that no half of one stays.
      const taken = lines.map((line) => ({
        ...line,
        message: log.redact(line.message).slice(0, maxMessage),
        fields: line.fields === undefined ? null : writable(log, line.fields, maxFields),
      }));
      lines = [];
      dropped = 0;
      return taken;
    },
  };
}

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
