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

/** `write` takes one line; the default prints it. */
export function createLog(fields: LogFields, write: (line: string) => void = console.log, concealed = new Set<string>()): Log {
  const redact = <T>(value: T): T => redactWith(concealed, value) as T;
  const line = (level: Level) => (message: string, more?: LogFields) => {
    write(JSON.stringify({ level, at: new Date().toISOString(), message: redact(message), ...redact({ ...fields, ...more }) }));
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

function redactWith(concealed: ReadonlySet<string>, value: unknown, name = ""): unknown {
  if (typeof value === "string") {
    if (name && secretName.test(name)) return mask;
    let text = value;
    for (const secret of concealed) text = text.replaceAll(secret, mask);
    return text;
  }
  if (value instanceof Error)
    return { name: value.name, message: redactWith(concealed, value.message), cause: redactWith(concealed, value.cause) };
  if (Array.isArray(value)) return value.map((item) => redactWith(concealed, item, name));
  if (value !== null && typeof value === "object") {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, redactWith(concealed, item, key)]));
  }
  return value;
}
