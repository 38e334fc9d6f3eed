import type { JobConfig as Config } from "#db/words/runs.ts";
import { enterTenant } from "#server/ctx.ts";
import { startRun } from "#server/domain/runs/start-run.ts";
import { listJobSettings, type SettingField } from "#server/domain/schedules/job-settings.ts";
import { mergeConfig } from "#server/domain/schedules/merge-config.ts";
import { JobConfig, JobId } from "#server/domain/schedules/schemas.ts";
import { findTenant } from "#server/domain/tenancy/find-tenant.ts";
import { readOptions, refuseCall, usageOfWhose, whose } from "./read-options.ts";
import { withAtrium } from "./with-atrium.ts";

const usage = `npm run run-job -- shopify-sensor --tenant acme [--param lowStockAt=12 ...]

  --param NAME=VALUE  for this run alone, in place of the client's own setting; as often as there are parameters. Steps into a group are
                      dots (quiet.from=8), a list has commas between its values
${usageOfWhose}
Starts a job of a client now, or answers the run of it that is open. The parameters are those that the job's own schema names. The
Worker runs it: the deployed one at once, a local one within minutes after it is started. Ends with 0, or with 2 where it is refused.
`;

const { values, positionals } = readOptions(usage, {
  allowPositionals: true,
  options: { ...whose, tenant: { type: "string" }, param: { type: "string", multiple: true, default: [] } },
});
const [word, ...others] = positionals;
const job = JobId.safeParse(word);
if (!job.success || others.length > 0) refuseCall(usage, "Which job? Name one.");
if (values.tenant === undefined) refuseCall(usage, "Of which client? Name it with --tenant ID.");
const { tenant: id } = values;
const given = values.param.map((text): [string, string] => {
  const at = text.indexOf("=");
  return at < 1 ? refuseCall(usage, `--param is NAME=VALUE, not ${text}.`) : [text.slice(0, at), text.slice(at + 1)];
});
const twice = given.find(([name], at) => given.findIndex(([other]) => other === name) !== at);
if (twice) refuseCall(usage, `${twice[0]} is given twice.`);
if (!JobConfig.safeParse(Object.fromEntries(given)).success)
  refuseCall(usage, "A parameter's name has at most 60 characters, all of them together at most 10,000.");

await withAtrium("run-job", values, async (ctx) => {
  const client = enterTenant(ctx, await findTenant(ctx, id), "system");
  const fields = (await listJobSettings(client)).find((settings) => settings.job === job.data)?.fields ?? [];
  const params = given.reduce<Config>((all, [name, text]) => mergeConfig(all, nested(name, parseValue(text, fieldAt(fields, name)))), {});
  const { id: run, status } = await startRun(client, { job: job.data, params });
  process.stdout.write(`${job.data} of ${client.tenant.name}: ${run} is ${status}.\n`);
});

/** What a text says in the type that the schema has. What says nothing in it stays a text, which the schema refuses. */
function parseValue(text: string, field: Pick<SettingField, "type" | "ofNumbers"> | undefined): unknown {
  const type = field?.type;
  switch (type) {
    case "integer":
    case "number":
      return text.trim() === "" || Number.isNaN(Number(text)) ? text : Number(text);
    case "boolean":
      return text === "true" || text === "false" ? text === "true" : text;
    case "list":
      return text.split(",").map((each) => parseValue(each.trim(), { type: field?.ofNumbers ? "number" : "text", ofNumbers: false }));
    case "text":
    case "choice":
    case "group":
    case undefined:
      return text;
    default:
      return type satisfies never;
  }
}

/** The field of a name, also within groups. */
function fieldAt(fields: readonly SettingField[], name: string): SettingField | undefined {
  const own = fields.find((field) => field.name === name);
  return own ?? fields.map((field) => fieldAt(field.fields, name)).find((found) => found !== undefined);
}

/** `quiet.from` and 8 as `{ quiet: { from: 8 } }`. */
function nested(name: string, value: unknown): Config {
  const steps = name.split(".").reverse();
  return steps.reduce<unknown>((inner, step) => ({ [step]: inner }), value) as Config;
}
