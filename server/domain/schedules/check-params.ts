import type { JobConfig } from "#db/words/runs.ts";
import type { Job } from "#server/catalog/job.ts";
import { invalid, refusedInput } from "#server/errors.ts";
import type { SettingField } from "./job-settings.ts";
import { fieldsOf } from "./job-settings.ts";
import { isGroup } from "./merge-config.ts";

/** Throws `invalid` with the name of the first parameter that the job's own schema does not have, or does not take. */
export function checkParams(job: Job, params: JobConfig): void {
  const fields = fieldsOf(job, {});
  const stray = strayIn(fields, params, "");
  if (stray?.known.length === 0) throw invalid(stray.name, "job_without_params");
  if (stray) throw invalid(stray.name, "job_param_unknown", { known: stray.known.join(", ") });
  // What is not given is the client's own setting, and none of this check's.
  const issue = job.config.safeParse(params).error?.issues.find(({ path: [name] }) => Object.hasOwn(params, String(name)));
  if (issue) throw refusedInput(issue);
}

function strayIn(fields: readonly SettingField[], given: JobConfig, at: string): { name: string; known: string[] } | undefined {
  for (const [own, value] of Object.entries(given)) {
    const name = `${at}${own}`;
    const field = fields.find((each) => each.name === name);
    if (!field) return { name, known: fields.map((each) => each.name) };
    const inside = field.type === "group" && isGroup(value) ? strayIn(field.fields, value, `${name}.`) : undefined;
    if (inside) return inside;
  }
  return undefined;
}
