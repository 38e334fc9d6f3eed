import type { LogLevel } from "#db/words/runs.ts";
import type { Log, LogFields } from "#server/log.ts";
import { kept, ofEngine, type Said } from "./said.ts";
import { writable } from "./writable.ts";

const maxLines = 200;
const maxFields = 2_000;

export interface LogLine {
  seq: number;
  at: number;
  level: LogLevel;
  message: string;
  /** JSON: with these `message` is a code of ours. */
  params: string | null;
  /** JSON. */
  fields: string | null;
}

export interface RunLog {
  /** A line of the job's own; what comes after the 200th is only counted. */
  write(level: LogLevel, said: Said, fields?: LogFields): void;
  /** A line of the engine, which is never left out. */
  note(level: LogLevel, said: Said, fields?: LogFields): void;
  /** The lines since the last call, as they may be written. */
  take(): LogLine[];
}

/** What one run says to its tenant: at most 200 lines a step, each of bounded size. */
export function createRunLog({ log, now }: { log: Pick<Log, "redact">; now: () => number }): RunLog {
  let lines: { seq: number; at: number; level: LogLevel; said: Said; fields: LogFields | undefined }[] = [];
  let dropped = 0;
  let seq = 0;
  const add = (level: LogLevel, said: Said, fields?: LogFields) => {
    const at = now();
    // Rises over the run's steps and tries without reading what they wrote.
    seq = Math.max(seq + 1, at * 1000);
    lines.push({ seq, at, level, said, fields });
  };
  return {
    write(level, said, fields) {
      if (lines.length < maxLines) add(level, said, fields);
      else dropped++;
    },
    note: add,
    take() {
      if (dropped > 0) add("warn", ofEngine("lines_left_out", { lines: dropped }));
      // Redacted here and not when it was said: a secret that was opened later counts too. Then cut, so that no half of one stays.
      const taken = lines.map(({ said, fields, ...line }) => ({
        ...line,
        ...kept(log, said),
        fields: fields === undefined ? null : writable(log, fields, maxFields),
      }));
      lines = [];
      dropped = 0;
      return taken;
    },
  };
}
