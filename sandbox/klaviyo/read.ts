import type { z } from "zod";
import { readJson } from "#sandbox/body.ts";
import type { Call } from "#sandbox/providers/provider.ts";
import { klaviyoError } from "./error.ts";

const mostBytes = 5_000_000;

export const invalid = (detail: string, pointer = "/data/attributes") =>
  klaviyoError(400, "invalid", "Invalid input.", detail, undefined, { pointer });

/** The body as the schema reads it, or how it is refused. */
export function read<T>({ body }: Call, schema: z.ZodType<T>): T | Response {
  if (body.length > mostBytes) return invalid("The payload is too large.", "/data");
  const parsed = schema.safeParse(readJson(body));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  return invalid(issue?.message ?? "Invalid input.", `/${issue?.path.join("/")}`);
}
