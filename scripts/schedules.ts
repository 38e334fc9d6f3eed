import type { ScheduleBlock } from "#db/words/runs.ts";
import { enterTenant } from "#server/ctx.ts";
import { listSchedules } from "#server/domain/schedules/list-schedules.ts";
import type { Schedule } from "#server/domain/schedules/schemas.ts";
import { findTenant } from "#server/domain/tenancy/find-tenant.ts";
import { readOptions, readTenant, refuseCall, usageOfWhose, whose } from "./read-options.ts";
import { withAtrium } from "./with-atrium.ts";

const usage = `npm run schedules -- --list --tenant acme [--json]

${usageOfWhose}
Says what runs for a client, when next, and what keeps it from running. Ends with 0, or with 2 where the client is not there.
`;

const blocks: Record<ScheduleBlock, string> = {
  suspended: "the client is suspended",
  not_connected: "its account is not connected",
  reconnect_needed: "its account must be connected again",
  missing_scopes: "its account lacks a permission",
  choice_needed: "what it reads must be chosen",
  choice_gone: "what it read is no longer there",
  not_in_plan: "the client's plan does not have it",
  retired: "it is no longer on offer",
};

const { values, positionals } = readOptions(usage, {
  allowPositionals: true,
  options: {
    ...whose,
    tenant: { type: "string" },
    list: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
  },
});
if (!values.list) refuseCall(usage, "What of the schedules? They can be listed: --list.");
const id = readTenant(usage, values, positionals);

await withAtrium("schedules", values, async (ctx) => {
  const client = enterTenant(ctx, await findTenant(ctx, id), "system");
  const schedules = await listSchedules(client);
  if (values.json) process.stdout.write(`${JSON.stringify(schedules)}\n`);
  else for (const each of schedules) process.stdout.write(`${lineOf(each)}\n`);
  if (!values.json && schedules.length === 0) process.stdout.write(`${client.tenant.name}: nothing is scheduled.\n`);
});

function lineOf({ job, everyS, nextAt, enabled, blocked, lastSuccessAt }: Schedule): string {
  const next = !enabled ? "switched off" : blocked ? `waits: ${blocks[blocked]}` : `next ${new Date(nextAt).toISOString()}`;
  const last = lastSuccessAt === null ? "never done yet" : `last done ${new Date(lastSuccessAt).toISOString()}`;
  return `${job.padEnd(20)} every ${everyS / 60} min  ${next}; ${last}`;
}
