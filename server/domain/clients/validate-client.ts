import { eq } from "drizzle-orm";
import { connections, dataKeys, invitations, memberships, orders, resources, schedules, secrets } from "#db/schema/index.ts";
import type { ParamsFor, Saying } from "#db/words/locales.ts";
import type { ScheduleBlock } from "#db/words/runs.ts";
import { allJobs } from "#server/catalog/jobs.ts";
import type { Provider } from "#server/catalog/provider.ts";
import { providers } from "#server/catalog/providers/registry.ts";
import type { TenantCtx } from "#server/ctx.ts";
import { type LentConnection, listLent } from "#server/domain/connections/lent-accounts.ts";
import { ofConnection } from "#server/domain/connections/of-connection.ts";
import { type ConnectionRow, hasSecret } from "#server/domain/connections/rows.ts";
import { blockOf } from "#server/domain/schedules/block-of.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { isStopped } from "#server/domain/tenancy/is-stopped.ts";
import { planHasJob } from "#server/domain/tenancy/plans.ts";
import { waysToTokens } from "#server/domain/tokens/ways-to-tokens.ts";
import type { DataKeyRow } from "#server/domain/vault/data-keys.ts";
import { VaultError } from "#server/domain/vault/envelope.ts";
import { openSecret, type SecretRow } from "#server/domain/vault/secrets.ts";
import { isConfigured } from "#server/domain/wire/provider-endpoints.ts";
import type { FindingCode, FindingWord, findingCodes } from "./schemas.ts";

/** Something that is missing or does not fit together. `error`: something of the client does not work because of it. */
export interface Finding {
  severity: "error" | "warning";
  code: FindingCode;
  params: Saying["params"];
}

/** All of a tenant that is looked at, of one moment. */
interface Holding {
  rows: ConnectionRow[];
  lent: LentConnection[];
  secrets: SecretRow[];
  dataKeys: DataKeyRow[];
  schedules: (typeof schedules.$inferSelect)[];
  owners: number;
  invitedOwners: number;
  /** Ids of connections that orders and listed accounts belong to. */
  referred: Set<string>;
}

/**
 * What is missing or inconsistent in a client, for staff: the gravest first, none where all is well. Secrets are
 * opened to see whether they do, and nothing of them is kept. Nobody outside is asked.
 */
export async function validateClient(ctx: TenantCtx): Promise<Finding[]> {
  const held = await hold(ctx);
  const findings = [
    ...checkPeople(ctx, held),
    ...held.rows.flatMap((row) => checkConnection(ctx, held, row)),
    ...(await checkVault(ctx, held)),
    ...checkSchedules(ctx, held),
    ...checkFacts(ctx, held),
  ];
  return findings.sort((a, b) => Number(a.severity === "warning") - Number(b.severity === "warning"));
}

async function hold(ctx: TenantCtx): Promise<Holding> {
  const [rows, sealed, keys, plans, listed, sold] = await ctx.db.batch([
    ctx.db.select().from(connections).where(inTenant(ctx, connections)),
    ctx.db.select().from(secrets).where(inTenant(ctx, secrets)),
    ctx.db.select().from(dataKeys).where(inTenant(ctx, dataKeys)),
    ctx.db.select().from(schedules).where(inTenant(ctx, schedules)),
    ctx.db.selectDistinct({ id: resources.connectionId }).from(resources).where(inTenant(ctx, resources)),
    ctx.db.selectDistinct({ id: orders.connectionId }).from(orders).where(inTenant(ctx, orders)),
  ]);
  const [team, waiting] = await ctx.directory.batch([
    ctx.directory.select({ role: memberships.role }).from(memberships).where(eq(memberships.tenantId, ctx.tenant.id)),
    ctx.directory.select().from(invitations).where(eq(invitations.tenantId, ctx.tenant.id)),
  ]);
  const open = waiting.filter((each) => each.acceptedAt === null && each.revokedAt === null && each.expiresAt > ctx.now());
  return {
    rows,
    lent: await listLent(ctx),
    secrets: sealed,
    dataKeys: keys,
    schedules: plans,
    owners: team.filter(({ role }) => role === "owner").length,
    invitedOwners: open.filter(({ role }) => role === "owner").length,
    referred: new Set([...listed, ...sold].map(({ id }) => id)),
  };
}

type Found<C extends FindingCode> = ParamsFor<(typeof findingCodes)[C]>;
const error = <C extends FindingCode>(code: C, ...[params = {}]: Found<C>): Finding => ({ severity: "error", code, params });
const warning = <C extends FindingCode>(code: C, ...[params = {}]: Found<C>): Finding => ({ severity: "warning", code, params });

function checkPeople({ tenant }: TenantCtx, { owners, invitedOwners, rows }: Holding): Finding[] {
  const found: Finding[] = [];
  if (owners === 0 && invitedOwners === 0) found.push(error("no_owner"));
  if (owners === 0 && invitedOwners > 0) found.push(warning("owner_invited"));
  if (!tenant.contactEmail) found.push(warning("no_contact"));
  if (!rows.some(({ status }) => status === "active")) found.push(warning("nothing_connected"));
  return found;
}

function checkConnection(ctx: TenantCtx, held: Holding, row: ConnectionRow): Finding[] {
  if (row.status === "disconnected") return [];
  const provider = providers.find(({ id }) => id === row.provider);
  const account = `${provider?.name ?? row.provider} (${row.name})`;
  if (!provider) return [error("unknown_provider", { account })];
  const found: Finding[] = [];
  if (row.status === "reconnect_needed") found.push(error("reconnect_needed", { account, reason: reasonOf(row) }));
  if (row.kind === "oauth" && !isConfigured(ctx.config, provider)) {
    found.push(error("not_configured", { account, provider: provider.name }));
  }
  const own = held.secrets.filter(({ connectionId }) => connectionId === row.id);
  const missing = secretsOf(provider, row).filter((field) => !hasSecret({ secrets: own }, field));
  for (const field of missing) found.push(error("secret_missing", { account, field }));
  const ended = row.accessExpiresAt !== null && row.accessExpiresAt <= ctx.now();
  if (ended && waysToTokens({ connection: row, secrets: own }).length === 0) {
    found.push(error("ended", { account }));
  }
  return found;
}

const reasonOf = ({ statusReason }: ConnectionRow): Saying => ofConnection(statusReason ?? "not_renewable");

/** What an active connection cannot be without. */
function secretsOf({ key }: Provider, { kind }: ConnectionRow): string[] {
  if (kind === "oauth" || key?.tokens) return ["access_token"];
  const needed = (key?.fields ?? []).filter(({ secret, optional }) => secret && !optional);
  return needed.map(({ name }) => name);
}

async function checkVault(ctx: TenantCtx, { rows, secrets: sealed, dataKeys: keys, referred }: Holding): Promise<Finding[]> {
  const found: Finding[] = [];
  for (const { connectionId, field, sealed: value } of sealed) {
    const row = rows.find(({ id }) => id === connectionId);
    if (!row || row.status === "disconnected") {
      found.push(row ? error("orphan_secret", { account: row.name, field }) : error("stray_secret", { field }));
    }
    if (!(await opens(ctx, keys, { connectionId, field, sealed: value }))) {
      found.push(error("secret_closed", { account: row?.name ?? connectionId, field }));
    }
  }
  const strays = [...referred].filter((id) => !rows.some((row) => row.id === id));
  if (strays.length > 0) found.push(error("orphan_rows", { connections: strays.length }));
  return found;
}

async function opens(ctx: TenantCtx, keys: readonly DataKeyRow[], secret: { connectionId: string; field: string; sealed: string }) {
  try {
    await openSecret(ctx, keys, secret);
    return true;
  } catch (cause) {
    if (cause instanceof VaultError) return false;
    throw cause;
  }
}

function checkSchedules(ctx: TenantCtx, { rows, lent, schedules: plans }: Holding): Finding[] {
  const suspended = isStopped(ctx.tenant);
  const found = allJobs.flatMap((job): Finding[] => {
    const plan = plans.find((each) => each.job === job.id);
    if (!plan) return [error("no_schedule", { job: job.title })];
    const blocked = blockOf(job, { suspended, inPlan: planHasJob(ctx.tenant, job.id), connections: [...rows, ...lent] });
    if (plan.blocked !== blocked) {
      return [error("schedule_differs", { job: job.title, marked: ofBlock(plan.blocked), wanted: ofBlock(blocked) })];
    }
    if (plan.enabled && blocked !== null && blocked !== "not_connected") {
      return [warning("job_waits", { job: job.title, why: ofBlock(blocked) })];
    }
    return [];
  });
  const unknown = Object.keys(ctx.tenant.features).filter((id) => !allJobs.some((job) => job.id === id));
  if (unknown.length > 0) found.push(warning("unknown_feature", { jobs: unknown.join(", ") }));
  return found;
}

/** What keeps a job from running, as part of a finding. */
const ofBlock = (block: ScheduleBlock | null): Saying => {
  const word: FindingWord = `block_${block ?? "free"}`;
  return { code: `finding.${word}`, params: {} };
};

/** Days and money are the account's where it says them: a workspace that says otherwise shows figures that look wrong. */
function checkFacts({ tenant }: TenantCtx, { rows }: Holding): Finding[] {
  return rows
    .filter(({ status, provider }) => status === "active" && provider === "shopify")
    .flatMap(({ name: account, details: { currency, timezone } }) => [
      ...(currency && currency !== tenant.currency ? [warning("currency_differs", { account, currency, own: tenant.currency })] : []),
      ...(timezone && timezone !== tenant.timezone ? [warning("timezone_differs", { account, timezone, own: tenant.timezone })] : []),
    ]);
}
