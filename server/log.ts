export type LogFields = Record<string, unknown>;
type Level = "debug" | "info" | "warn" | "error";

/** A logger of one request or job: JSON lines that carry its ids, from which known secrets are taken out. */
export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** From now on this value is replaced in every line of this logger and of those made from it. */
  conceal(secret: string): void;
  /** The same logger with further fields on each line. */
  with(fields: LogFields): Log;
  /** What a field or message looks like once it may be written anywhere. */
  redact<T>(value: T): T;
}

const secretName = /token|secret|password|authorization|api[-_]?key|cookie|verifier|^code$/i;
const mask = "[redacted]";

/** Names that are a line's own. */
const reserved = ["level", "at", "message"];
const maxFrames = 30;

/** `write` takes one line; the default prints it. */
export function createLog(fields: LogFields, write: (line: string) => void = console.log, concealed = new Set<string>()): Log {
  const redact = <T>(value: T): T => redactWith(concealed, value) as T;
  const line = (level: Level) => (message: string, more?: LogFields) => {
    const own = { level, at: new Date().toISOString(), message: redact(message), ...redact(apart(fields, reserved)) };
    write(textOf(own, () => redact(apart(more ?? {}, Object.keys(own)))));
  };
  return {
    debug: line("debug"),
    info: line("info"),
    warn: line("warn"),
    error: line("error"),
    conceal: (secret) => void (secret.length >= 8 && concealed.add(secret)),
    with: (more) => createLog({ ...fields, ...more }, write, concealed),
    redact,
  };
}

/** Fields that overwrite nothing: what has a name of the line's own, or of the logger's ids, stands beside it as `field.<name>`. */
const apart = (fields: LogFields, taken: readonly string[]): LogFields =>
  Object.fromEntries(Object.entries(fields).map(([name, value]) => [taken.includes(name) ? `field.${name}` : name, value]));

/** A line is written whatever its fields are: one that refers to itself, or a bigint, must not fail what it tells of. */
function textOf(own: LogFields, more: () => LogFields): string {
  try {
    return JSON.stringify({ ...own, ...more() });
  } catch (error) {
    return JSON.stringify({ ...own, unreadable: error instanceof Error ? error.name : "error" });
  }
}

function redactWith(concealed: ReadonlySet<string>, value: unknown, name = ""): unknown {
  if (typeof value === "string") {
    if (name && secretName.test(name)) return mask;
    let text = value;
    for (const secret of concealed) text = text.replaceAll(secret, mask);
    return text;
  }
  if (value instanceof Error) return redactError(concealed, value);
  if (Array.isArray(value)) return value.map((item) => redactWith(concealed, item, name));
  if (value !== null && typeof value === "object") {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, redactWith(concealed, item, key)]));
  }
  return value;
}

/**
 * An error with the frames of its stack, without the copy of its message that a stack begins with. Drizzle puts what a query binds
 * into its message: addresses, hashes, what is sealed. Only the query is kept.
 */
function redactError(concealed: ReadonlySet<string>, error: Error): LogFields {
  const frames = (error.stack ?? "").split("\n").filter((line) => /^\s+at /.test(line));
  return {
    name: error.name,
    message: redactWith(concealed, error.message.replace(/\nparams: [\s\S]*$/, `\nparams: ${mask}`)),
    stack: redactWith(
      concealed,
      frames.slice(0, maxFrames).map((frame) => frame.trim()),
    ),
    ...(error instanceof AggregateError && { errors: redactWith(concealed, error.errors) }),
    cause: redactWith(concealed, error.cause),
  };
}
