import { openDb } from "#db/client.ts";
import {
  connections,
  dataKeys,
  deadLetters,
  measurements,
  orders,
  refunds,
  runLogs,
  runs,
  schedules,
  secrets,
  tenants,
} from "#db/schema/index.ts";
import type { Account } from "#server/catalog/account.ts";
import type { Job } from "#server/catalog/job.ts";
import type { Tenant, TenantCtx } from "#server/ctx.ts";
import type { HeldConnection } from "#server/domain/connections/rows.ts";
import { claimDue } from "#server/domain/runs/claim-due.ts";
import { defaultLimits, type Engine, type Limits } from "#server/domain/runs/engine.ts";
import { type QueueMessage, workBatch } from "#server/domain/runs/work-batch.ts";
import { scheduleStatements } from "#server/domain/schedules/schedule-statements.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { newId } from "#server/ids.ts";
import { worded, wordedLine } from "#server/trpc/say-run.ts";
import { makeTenant, testCtx, testEnv, testTenantCtx } from "#test/harness.ts";
import { voiceIn } from "#workers/voice.ts";
import { testClock } from "./clock.ts";

export const database = openDb(testEnv.DB);

/** Ticks and sweeps see all tenants at once, so a test of theirs begins with none. */
export async function clearRuns(): Promise<void> {
  await database.batch([
    database.delete(runs),
    database.delete(schedules),
    database.delete(tenants),
    database.delete(runLogs),
    database.delete(measurements),
    database.delete(orders),
    database.delete(refunds),
    database.delete(deadLetters),
  ]);
}

const noAccount = (_ctx: TenantCtx, { connection }: HeldConnection): Account => {
  throw new Error(`this test has no account at ${connection.provider}`);
};

/** A message that remembers what was done with it. */
export function delivery(body: unknown): QueueMessage & { done: string[] } {
  const done: string[] = [];
  return {
    id: crypto.randomUUID(),
    body,
    done,
    ack: () => void done.push("ack"),
    retry: (options) => void done.push(`retry ${options?.delaySeconds ?? 0}`),
  };
}

const english = { voice: voiceIn("en") };

export interface RigInput {
  jobs: readonly Job[];
  limits?: Partial<Limits>;
  openAccount?: Engine["openAccount"];
  random?: () => number;
  kinds?: Engine["kinds"];
}

/** The runner with a test's own jobs, its clock and its queue in the test's hands. */
export function makeRig({ jobs, limits, openAccount = noAccount, random = () => 0.5, kinds = () => undefined }: RigInput) {
  const clock = testClock();
  const ctx = testCtx({ actor: { type: "system", job: "test" }, now: clock.now });
  const engine: Engine = {
    jobs: new Map(jobs.map((job) => [job.id, job])),
    kinds,
    openAccount,
    limits: { ...defaultLimits, ...limits },
    random,
  };
  return {
    clock,
    ctx,
    engine,
    tick: () => claimDue(ctx),
    /** Delivers every message that was sent so far, in one batch. */
    async work(as = ctx) {
      const deliveries = ctx.traces.runs.splice(0).map(delivery);
      await workBatch(as, engine, deliveries);
      return deliveries;
    },
    async tenant(more: Partial<Tenant> = {}) {
      const tenantCtx = testTenantCtx(await makeTenant(more), "owner", { now: clock.now });
      const [first, ...rest] = scheduleStatements(tenantCtx, { connections: [] }, jobs);
      if (first) await tenantCtx.db.batch([first, ...rest]);
      return {
        ctx: tenantCtx,
        id: tenantCtx.tenant.id,
        /** As a program is told of them, in English. */
        runs: async () =>
          (await tenantCtx.db.select().from(runs).where(inTenant(tenantCtx, runs)).orderBy(runs.id)).map((run) => worded(english, run)),
        logs: async () => {
          const logs = await tenantCtx.db.select().from(runLogs).where(inTenant(tenantCtx, runLogs)).orderBy(runLogs.seq);
          return logs.map((line) => wordedLine(english, line));
        },
        measurements: () => tenantCtx.db.select().from(measurements).where(inTenant(tenantCtx, measurements)),
        schedule: async (job: string) =>
          (await tenantCtx.db.select().from(schedules).where(inTenant(tenantCtx, schedules))).find((row) => row.job === job),
      };
    },
  };
}

/** Connects a shop as the gateway would, with a secret that is not one; answers the connection's id. */
export async function connectShop(ctx: TenantCtx, { jobs }: Engine): Promise<string> {
  const id = newId("con", ctx.now());
  const own = { tenantId: ctx.tenant.id, connectionId: id };
  const account = { id, externalId: id, preferredAt: null, chosen: [] as never[], scopesGranted: [] as string[] };
  const facts = { provider: "shopify", status: "active", kind: "oauth", ...account } as const;
  await ctx.db.batch([
    ctx.db.insert(connections).values({
      ...facts,
      tenantId: ctx.tenant.id,
      name: "Shop",
      details: {},
      scopesAsked: [],
      connectedBy: "test",
      connectedAt: ctx.now(),
    }),
    ctx.db.insert(secrets).values({ ...own, field: "access_token", sealed: "sealed", createdAt: ctx.now() }),
    ctx.db.insert(dataKeys).values({ tenantId: ctx.tenant.id, version: 1, rootKeyId: "t1", wrapped: "wrapped", createdAt: ctx.now() }),
    ...scheduleStatements(ctx, { connections: [facts] }, [...jobs.values()]),
  ]);
  return id;
}
