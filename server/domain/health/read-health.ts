import * as z from "zod";
import type { Saying } from "#db/words/locales.ts";
import { providers } from "#server/catalog/providers/registry.ts";
import type { TenantCtx } from "#server/ctx.ts";
import { healthOf, isWell } from "#server/domain/connections/health-of.ts";
import { listLent } from "#server/domain/connections/lent-accounts.ts";
import { listConnections } from "#server/domain/connections/list-connections.ts";
import type { ConnectionRow } from "#server/domain/connections/rows.ts";
import { ConnectionStatus, HealthState, WaitReason } from "#server/domain/connections/schemas.ts";
import { type WaitingJob, waitingJobs } from "#server/domain/connections/waiting-jobs.ts";
import { jobsOn } from "#server/domain/tenancy/jobs-on.ts";
import { TenantStatus } from "#server/domain/tenancy/schemas.ts";

/** An integration as it was last known. Instants are milliseconds since 1970. */
export const IntegrationHealth = z.object({
  provider: z.string(),
  connection: z.string().nullable().describe("Null where this provider was never connected."),
  account: z.string().nullable().describe("The account's name at the provider."),
  connected: z.boolean(),
  status: z.union([ConnectionStatus, z.literal("not_connected")]),
  state: HealthState.nullable().describe(
    "`expiring` works and ends within a month, `degraded` waits for its provider, `misconfigured` for us, `reconnect_needed` and `revoked` for a person. Null where nothing is connected.",
  ),
  since: z.number().nullable().describe("From when on it is in this state, as far as that is known."),
  reason: z.string().nullable().describe("Plain words, where it is not healthy."),
  tokenValidUntil: z
    .number()
    .nullable()
    .describe("When the access token ends; null where it does not, or there is none. It is renewed before."),
  endsAt: z.number().nullable().describe("When the access ends although it is renewed; null where that is not foreseen."),
  lastSuccessAt: z.number().nullable(),
  probe: z.object({ at: z.number(), result: z.string() }).nullable().describe("The last test call to the provider."),
  waits: z.array(z.object({ job: z.string(), why: WaitReason })).describe("Jobs that do not run because of it."),
});
export type IntegrationHealth = z.infer<typeof IntegrationHealth>;

export const Health = z.object({
  tenant: z.string(),
  status: TenantStatus,
  healthy: z.boolean().describe("Whether everything that was connected works."),
  integrations: z.array(IntegrationHealth),
});
export type Health = z.infer<typeof Health>;
/** What is known, before `reason` is said in words. */
export type KnownIntegration = Omit<IntegrationHealth, "reason"> & { reason: Saying | null };
export type KnownHealth = Omit<Health, "integrations"> & { integrations: KnownIntegration[] };

/** How a tenant's integrations are, from what is stored: nobody outside is asked, and it is one query. */
export async function readHealth(ctx: TenantCtx): Promise<KnownHealth> {
  const now = ctx.now();
  const [rows, lent] = await Promise.all([listConnections(ctx), listLent(ctx)]);
  const waits = waitingJobs([...rows, ...lent], now, jobsOn(ctx.tenant));
  const integrations = rows.map((row) => describe(row, waits(row.id), now)).sort((a, b) => (a.provider < b.provider ? -1 : 1));
  const missing = providers.filter(({ id }) => !rows.some(({ provider }) => provider === id));
  return {
    tenant: ctx.tenant.id,
    status: ctx.tenant.status,
    healthy: integrations.every(({ state }) => state === null || isWell({ state })),
    integrations: [...integrations, ...missing.map(({ id }) => ({ ...never, provider: id }))],
  };
}

function describe(row: ConnectionRow, waits: readonly WaitingJob[], now: number): KnownIntegration {
  const health = healthOf(row, now);
  const active = row.status === "active";
  return {
    provider: row.provider,
    connection: row.id,
    account: row.name,
    connected: active,
    status: row.status,
    state: health?.state ?? null,
    since: health?.since ?? null,
    reason: health && health.state !== "healthy" ? health.said : null,
    tokenValidUntil: active ? row.accessExpiresAt : null,
    endsAt: active ? row.cliffAt : null,
    lastSuccessAt: row.lastSuccessAt,
    probe: row.probedAt !== null && row.probeResult !== null ? { at: row.probedAt, result: row.probeResult } : null,
    waits: waits.map(({ job, why }) => ({ job, why })),
  };
}

const never: Omit<KnownIntegration, "provider"> = {
  connection: null,
  account: null,
  connected: false,
  status: "not_connected",
  state: null,
  since: null,
  reason: null,
  tokenValidUntil: null,
  endsAt: null,
  lastSuccessAt: null,
  probe: null,
  waits: [],
};
