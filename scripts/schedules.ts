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
  suspended: "the client is paused",
  not_connected: "connect its account",
  reconnect_needed: "reconnect its account",
  missing_scopes: "its account is missing a permission",
  choice_needed: "choose what it syncs",
  choice_gone: "what was chosen no longer exists",
  not_in_plan: "not in the client's plan",
  retired: "no longer offered",
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
if (!values.list) refuseCall(usage, "Add --list to list the schedules.");
const id = readTenant(usage, values, positionals);

await withAtrium("schedules", values, async (ctx) => {
  const client = enterTenant(ctx, await findTenant(ctx, id), "system");
  const schedules = await listSchedules(client);
  if (values.json) process.stdout.write(`${JSON.stringify(schedules)}\n`);
  else for (const each of schedules) process.stdout.write(`${lineOf(each)}\n`);
  if (!values.json && schedules.length === 0) process.stdout.write(`${client.tenant.name}: no syncs scheduled.\n`);
});

function lineOf({ job, everyS, nextAt, enabled, blocked, lastSuccessAt }: Schedule): string {
  const next = !enabled ? "turned off" : blocked ? `paused: ${blocks[blocked]}` : `next ${new Date(nextAt).toISOString()}`;
  const last = lastSuccessAt === null ? "never done yet" : `last done ${new Date(lastSuccessAt).toISOString()}`;
  return `${job.padEnd(20)} every ${everyS / 60} min  ${next}; ${last}`;
}
