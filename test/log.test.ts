import { expect, test } from "vitest";
import { createLog } from "#server/log.ts";

function logged(fields: Record<string, unknown> = {}) {
  const lines: Record<string, unknown>[] = [];
  const log = createLog(fields, (line) => void lines.push(JSON.parse(line)));
  return { log, lines };
}

test("a field overwrites neither the message, nor its level and time, nor the ids of the logger", () => {
  const { log, lines } = logged({ request: "req_1", message: "of the logger" });
  log.with({ tenant: "acme" }).warn("what happened", { message: "of a field", level: "fatal", at: 0, request: "req_2", tenant: "other" });
  expect(lines[0]).toMatchObject({
    level: "warn",
    message: "what happened",
    request: "req_1",
    tenant: "acme",
    "field.level": "fatal",
    "field.at": 0,
    "field.request": "req_2",
    "field.tenant": "other",
  });
  expect(Date.parse(String(lines[0]?.at))).toBeGreaterThan(0);
});

test("an error is logged with the frames of its stack and of its causes', without what is secret", () => {
  const { log, lines } = logged();
  log.conceal("sk_live_verysecret");
  const cause = new TypeError("refused sk_live_verysecret");
  log.error("failed", { error: new Error("outer sk_live_verysecret", { cause }) });
  const error = lines[0]?.error as { message: string; stack: string[]; cause: { name: string; stack: string[] } };
  expect(error.message).toBe("outer [redacted]");
  expect(error.stack[0]).toMatch(/^at .*log\.test\.ts:\d+:\d+/);
  expect(error.cause).toMatchObject({ name: "TypeError", message: "refused [redacted]" });
  expect(error.cause.stack[0]).toMatch(/log\.test\.ts/);
  expect(JSON.stringify(lines)).not.toContain("verysecret");
});

test("a secret that stands in a stack is taken out of it, and a long stack is cut", () => {
  const { log, lines } = logged();
  log.conceal("sk_live_verysecret");
  const error = new Error("x");
  error.stack = `Error: x sk_live_verysecret\n${Array.from({ length: 90 }, (_, at) => `    at call (https://x/sk_live_verysecret/${at}.js:1:1)`).join("\n")}`;
  log.error("failed", { error });
  const [{ error: logError } = {}] = lines;
  const { stack } = logError as { stack: string[] };
  expect(stack).toHaveLength(30);
  expect(stack[0]).toBe("at call (https://x/[redacted]/0.js:1:1)");
});

test("what a failed query bound is not in the log, the query is", () => {
  const { log, lines } = logged();
  log.error("failed", { error: new Error("Failed query: select 1 from users where email = ?\nparams: someone@example.com,1") });
  expect(JSON.stringify(lines)).toContain("Failed query: select 1 from users");
  expect(JSON.stringify(lines)).not.toContain("someone@example.com");
});

test("all that failed together is named", () => {
  const { log, lines } = logged();
  log.error("failed", { error: new AggregateError([new Error("one"), new Error("two")], "both") });
  expect(lines[0]?.error).toMatchObject({ message: "both", errors: [{ message: "one" }, { message: "two" }] });
});

test("a line is written whatever its fields are", () => {
  const { log, lines } = logged({ request: "req_1" });
  const circle: Record<string, unknown> = {};
  circle.self = circle;
  log.error("went round", { circle });
  log.error("was large", { big: 1n });
  expect(lines).toMatchObject([
    { message: "went round", request: "req_1", unreadable: "RangeError" },
    { message: "was large", request: "req_1", unreadable: "TypeError" },
  ]);
});
