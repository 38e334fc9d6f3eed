import { eq, ne, sql } from "drizzle-orm";
import { actionSteps, actions, connections, policies, runs, schedules } from "#db/schema/index.ts";
import type { PolicyMode } from "#db/words/actions.ts";
import type { SandboxProviderId } from "#sandbox/endpoints.ts";
import type { OrderRow, ProductRow } from "#sandbox/shop/model.ts";
import type { Account } from "#server/catalog/account.ts";
import { kindOf } from "#server/catalog/actions/registry.ts";
import type { Automation } from "#server/catalog/automation.ts";
import type { Job } from "#server/catalog/job.ts";
import { customerBaseSensor } from "#server/catalog/sensors/customer-base-sensor.ts";
import { shopifyDetailsSensor } from "#server/catalog/sensors/shopify-details-sensor.ts";
import { shopifySensor } from "#server/catalog/sensors/shopify-sensor.ts";
import type { Tenant } from "#server/ctx.ts";
import { sweep } from "#server/domain/runs/sweep.ts";
import { scheduleStatements } from "#server/domain/schedules/schedule-statements.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { sweepTurns } from "#server/domain/turns/sweep-turns.ts";
import { runSensor } from "#test/catalog/sensors/run-sensor.ts";
import { jsonAlone, sandbox, sandboxAccount } from "#test/catalog/sensors/sandbox-account.ts";
import { makeRig } from "#test/domain/runs/rig.ts";

export const dayMs = 86_400_000;
export const hourMs = 3_600_000;
/** The sandbox keeps seconds. */
export const second = (instant: number) => Math.floor(instant / 1000) * 1000;
export const iso = (instant: number) => new Date(second(instant)).toISOString();

/** An order of one Ware A by a customer who agreed to be mailed, unless it is said otherwise. */
export const orderOf = (id: number, createdAt: number, more: Partial<OrderRow> = {}): OrderRow => ({
  ...{ id, createdAt: second(createdAt), customerId: 12_001, country: "United Kingdom", gross: 1000, lines: "A|1|10.00", refunds: [] },
  ...more,
});
export const wareOf = (code: string, more: Partial<ProductRow> = {}): ProductRow => ({
  ...{ code, title: `Ware ${code}`, price: "10.00", inventory: 9 },
  ...more,
});

export interface Staged {
  orders: OrderRow[];
  products?: ProductRow[];
  /** Words of the shop's: customers by their number, of whom all others agreed to be mailed. Null: whatever belongs to each. */
  consents?: Record<number, string> | null;
  /** What customers have as their date of birth, by their number; all others have none. Null: whatever belongs to each. */
  bornOn?: Record<number, string> | null;
  currency?: string;
}

export interface Setting {
  /** Null: there is no policy. */
  mode?: PolicyMode | null;
  config?: Record<string, unknown>;
  tenant?: Partial<Tenant>;
  /** What is run in its place. */
  job?: Job;
  /** Its account at Klaviyo; else one that grants no permission and answers nothing. */
  klaviyo?: Account;
  /** Its accounts at others, by provider. */
  others?: Readonly<Record<string, Account>>;
}

/** What the stage knows nothing of. */
const unsaid = { currency: undefined, timezone: undefined };
let shops = 0;

/** A client with a shop at the sandbox and an automation, both read and run by the product's own code. */
export async function stage(
  automation: Automation,
  { orders, products, consents = {}, bornOn = {}, currency }: Staged,
  setting: Setting = {},
) {
  const { mode = "shadow", config = {}, tenant = {}, job = automation } = setting;
  const domain = `auto-${Date.now()}-${shops++}.myshopify.com`;
  await sandbox.control(`/shop/${domain}`, undefined, "PUT");
  if (currency) await sandbox.control("/places", { provider: "shopify", account: domain, currency, since: iso(0) });
  await sandbox.control(`/shop/${domain}/rows`, { orders, products: products ?? [wareOf("A")] });
  await sandbox.control(`/shop/${domain}/finish`, { mark: "hand" });
  const buyers = [...new Set(orders.flatMap(({ customerId }) => customerId ?? []))];
  const at = iso(Date.now() - 400 * dayMs);
  await sandbox.control(`/shop/${domain}/changes`, {
    consents: consents ? buyers.map((customerId) => ({ customerId, email: consents[customerId] ?? "SUBSCRIBED", at })) : [],
    births: bornOn ? buyers.map((customerId) => ({ customerId, value: bornOn[customerId] ?? null })) : [],
  });

  const scopes = [
    ...new Set(
      [shopifyDetailsSensor, automation].flatMap(({ needs }) => needs.find(({ provider }) => provider === "shopify")?.scopes ?? []),
    ),
  ];
  const account = await sandboxAccount("shopify", domain, { scopes, ...(currency && { currency }) });
  /** Providers of which an account was opened. */
  const opened: string[] = [];
  const rig = makeRig({
    jobs: [job],
    kinds: kindOf,
    openAccount(_, { connection: { id, provider, externalId, name } }) {
      opened.push(provider);
      if (provider === "shopify") return account;
      const other = setting.others?.[provider];
      if (other) return { ...other, connectionId: id };
      if (provider === "klaviyo" && setting.klaviyo) return { ...setting.klaviyo, connectionId: id };
      const json = () => Promise.reject(new Error(`the stage has no account at ${provider as SandboxProviderId}`));
      return { ...jsonAlone, ...{ provider, externalId, name, json }, connectionId: id, fields: {}, resources: [], scopes: [], ...unsaid };
    },
  });
  rig.clock.advance(Date.now() - rig.clock.now());
  const client = await rig.tenant({ automations: [automation.id], ...tenant });
  const { ctx } = client;
  const facts = automation.needs.map(({ provider, scopes: needed }) => ({
    ...{ id: provider === "shopify" ? account.connectionId : `con-${provider}-${domain}`, provider, status: "active" as const },
    ...{ kind: "oauth" as const, externalId: `${provider}-${domain}`, preferredAt: null, chosen: [], scopesGranted: [...needed] },
  }));
  await ctx.db.batch([
    ctx.db.insert(connections).values(
      facts.map((fact) => ({
        ...fact,
        tenantId: ctx.tenant.id,
        name: "A",
        details: {},
        scopesAsked: [],
        connectedBy: "test",
        connectedAt: 1,
      })),
    ),
    ...scheduleStatements(ctx, { connections: facts }, [job]),
    ctx.db.update(schedules).set({ config }).where(inTenant(ctx, schedules)),
  ]);
  if (mode)
    await ctx.db.insert(policies).values({
      ...{ tenantId: ctx.tenant.id, automation: automation.id, mode, holdout: 0, salt: "s", actionsADay: 100, peopleADay: 100 },
      ...{ stakeADay: 100_000, largestStake: 10_000, createdAt: 1, updatedAt: 1 },
    });

  let cursors: unknown[] = [null, null];
  const of = inTenant(ctx, actions);
  return {
    ctx,
    rig,
    domain,
    account,
    opened,
    change: (change: object) => sandbox.control(`/shop/${domain}/changes`, change),
    /** Lets both sensors of the shop read what is new there. */
    async read() {
      const [figures, details] = cursors;
      cursors = [
        (await runSensor(ctx, shopifySensor, { account, cursor: figures })).cursor,
        (await runSensor(ctx, shopifyDetailsSensor, { account, cursor: details })).cursor,
      ];
      if (automation.acts.feeds.includes(customerBaseSensor.id)) await runSensor(ctx, customerBaseSensor, { account });
    },
    /** Runs the automation once, as when it is due. */
    async run() {
      rig.clock.advance(Math.max(1, Date.now() - rig.clock.now()));
      // It alone: the stage has no other jobs to run.
      await ctx.db.batch([
        ctx.db.delete(runs).where(inTenant(ctx, runs, ne(runs.job, automation.id))),
        ctx.db
          .update(schedules)
          .set({ nextAt: sql`iif(${schedules.job} = ${automation.id}, ${rig.clock.now()}, 9999999999999)` })
          .where(inTenant(ctx, schedules)),
      ]);
      await rig.tick();
      await rig.work();
    },
    /** Goes on with a run that failed, as the sweep does. */
    async goOn() {
      rig.clock.advance(hourMs);
      await sweep(rig.ctx);
      await sweepTurns(rig.ctx);
      await rig.work();
    },
    schedule: () => client.schedule(automation.id),
    setCursor: (cursor: Record<string, unknown> | null) =>
      ctx.db
        .update(schedules)
        .set({ cursor })
        .where(inTenant(ctx, schedules, eq(schedules.job, automation.id))),
    setConfig: (other: Record<string, unknown>) =>
      ctx.db
        .update(schedules)
        .set({ config: other })
        .where(inTenant(ctx, schedules, eq(schedules.job, automation.id))),
    logs: client.logs,
    /** What it proposed, with the steps of each. */
    async proposed() {
      const rows = await ctx.db.select().from(actions).where(of).orderBy(actions.dedupe);
      const steps = await ctx.db.select().from(actionSteps).where(inTenant(ctx, actionSteps)).orderBy(actionSteps.place);
      return rows.map((row) => ({ ...row, steps: steps.filter(({ actionId }) => actionId === row.id) }));
    },
    customers: async () => (await ctx.db.select().from(actions).where(of)).flatMap(({ customerId }) => customerId ?? []).sort(),
  };
}
