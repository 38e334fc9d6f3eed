import { enterTenant } from "#server/ctx.ts";
import type { DueReason, DueRemark, DueRenewal } from "#server/domain/connections/schemas.ts";
import { findTenant } from "#server/domain/tenancy/find-tenant.ts";
import { claimRenewals } from "#server/domain/tokens/claim-renewals.ts";
import { listDueRenewals } from "#server/domain/tokens/list-due-renewals.ts";
import { listRenewals } from "#server/domain/tokens/list-renewals.ts";
import { readOptions, usageOfWhose, whose } from "./read-options.ts";
import { withAtrium } from "./with-atrium.ts";

const usage = `npm run token-refresh -- --dry-run [options]

  --dry-run        says which connections would be renewed now and why, and renews none
  --tenant ID      those of one client (default: of all clients)
${usageOfWhose}
Does what the cron does each minute: renews what is due, here and now on the local Atrium, by the queue on the deployed one. No
token is shown. Ends with 0, with 1 where something could not be renewed, 2 where it could not begin.
`;

const reasons: Record<DueReason, string> = {
  ahead: "before it expires",
  ends_soon: "access expires within a minute",
  ended: "access has expired",
  again: "the last renewal failed",
  lasting: "the provider wants a token that never expires exchanged",
};
const remarks: Record<DueRemark, string> = {
  being_renewed: "already being renewed",
  reply_lost: "the response to an earlier renewal was lost",
};

const { values } = readOptions(usage, {
  options: { ...whose, tenant: { type: "string" }, "dry-run": { type: "boolean", default: false } },
});
const say = (line: string) => void process.stdout.write(`${line}\n`);

await withAtrium("token-refresh", values, async (ctx) => {
  const one = values.tenant === undefined ? {} : { tenantId: (await findTenant(ctx, values.tenant)).id };
  const due = await listDueRenewals(ctx, one);
  if (values["dry-run"]) {
    for (const each of due) say(`would renew ${nameOf(each)}: ${whyOf(each)}`);
    if (due.length === 0) say("Nothing to renew right now.");
    return;
  }
  const startedAt = ctx.now();
  const claimed = await claimRenewals(ctx, one);
  for (const each of due) await tell(each);
  say(claimed === 0 ? "Nothing to renew." : `${claimed} sent for renewal.`);

  async function tell(each: DueRenewal): Promise<void> {
    const client = enterTenant(ctx, await findTenant(ctx, each.tenant), "system");
    const { items } = await listRenewals(client, { connectionId: each.connection, limit: 1 });
    const latest = items.find(({ at }) => at >= startedAt);
    if (latest?.outcome === "renewed") return say(`renewed     ${nameOf(each)}`);
    if (!latest && values.remote) return say(`queued      ${nameOf(each)}`);
    say(`not renewed ${nameOf(each)}: ${latest ? `${latest.outcome} ${latest.message ?? ""}`.trim() : "not attempted"}`);
    process.exitCode = 1;
  }
});

function nameOf({ tenant, providerName, name, connection }: DueRenewal): string {
  return `${tenant} ${providerName} ${name} (${connection})`;
}

function whyOf({ reason, remark, accessExpiresAt }: DueRenewal): string {
  const end = accessExpiresAt === null ? "" : `, ${new Date(accessExpiresAt).toISOString()}`;
  return `${reasons[reason]}${end}${remark ? `; ${remarks[remark]}` : ""}`;
}
