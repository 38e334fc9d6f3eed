import { z } from "zod";
import type { JobConfig } from "#db/words/runs.ts";
import type { Job } from "#server/catalog/job.ts";
import { invalid } from "#server/errors.ts";

/** Throws `invalid` with the name of the first parameter that the job's own schema does not have, or does not take. */
export function checkParams({ config }: Job, params: JobConfig): void {
  const known = Object.keys(z.toJSONSchema(config, { io: "input" }).properties ?? {});
  const stray = Object.keys(params).find((name) => !known.includes(name));
  if (stray !== undefined) throw invalid(stray, `This job has no such parameter. It has ${known.join(", ") || "none"}.`);
  // What is not given is the client's own setting, and none of this check's.
  const issue = config.safeParse(params).error?.issues.find(({ path: [name] }) => Object.hasOwn(params, String(name)));
  if (issue) throw invalid(issue.path.join("."), issue.message);
}
