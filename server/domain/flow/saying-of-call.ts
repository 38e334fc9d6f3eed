import type { flowCalls } from "#db/schema/index.ts";
import type { Named, Saying } from "#db/words/locales.ts";
import { allJobs } from "#server/catalog/jobs.ts";
import { isErrorCode } from "#server/errors.ts";

/** What a call was answered, to be said: jobs by their names. Null while it is under way. */
export function sayingOfCall({ code, params }: Pick<typeof flowCalls.$inferSelect, "code" | "params">): Saying | null {
  if (code === null) return null;
  const named = Object.entries(params ?? {}).map(([name, value]): [string, Named] => [
    name,
    name === "job" || name === "automation" ? (allJobs.find(({ id }) => id === value)?.title ?? value) : value,
  ]);
  return { code: isErrorCode(code) ? code : `flow.${code}`, params: Object.fromEntries(named) };
}
