import { beforeEach, expect, test } from "vitest";
import { actionSteps, actions, incidents, schedules } from "#db/schema/index.ts";
import type { ActionState } from "#db/words/actions.ts";
import { automations } from "#server/catalog/automations/registry.ts";
import { shopifyFlowBridge } from "#server/catalog/automations/shopify-flow-bridge.ts";
import { addDays, dayOf, instantOf } from "#server/catalog/days.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { newId } from "#server/ids.ts";
import { storeMeasurements } from "#test/catalog/sensors/run-sensor.ts";
import { clearRuns } from "#test/domain/runs/rig.ts";
import { voiceIn } from "#workers/voice.ts";
import { dayMs, orderOf, type Setting, stage } from "./stage.ts";

beforeEach(clearRuns);

const bridge = automations.find(({ id }) => id === "shopify-flow-bridge") ?? shopifyFlowBridge([]);
const staged = (config: object, setting: Setting = {}) =>
  stage(bridge, { orders: [orderOf(1, Date.now() - 40 * dayMs)] }, { mode: "approve", config: { ...config }, ...setting });
type Staged = Awaited<ReturnType<typeof staged>>;

/** Figures of the last days, yesterday's last, as a sensor whose account is in Jerusalem measured them right after each. */
async function measured(
  { ctx }: Staged,
  values: readonly (number | null)[],
  more: { metric?: string; currency?: string; until?: number } = {},
) {
  const { metric = "shopify-sensor.revenue", currency = "EUR", until = 0 } = more;
  const [sensor = "", key = ""] = metric.split(".");
  const zone = "Asia/Jerusalem";
  const grid = { everyS: 3600, nextAt: Number.MAX_SAFE_INTEGER, enabled: false, config: {} };
  await ctx.db
    .insert(schedules)
    .values({ tenantId: ctx.tenant.id, job: sensor, timezone: zone, ...grid })
    .onConflictDoNothing();
  const today = dayOf(Date.now(), zone);
  for (const [place, value] of values.entries()) {
    const day = addDays(today, place - values.length - until);
    const at = Math.min(instantOf(addDays(day, 1), "00:30", zone), Date.now());
    if (value !== null)
      await storeMeasurements(
        ctx,
        sensor,
        [{ metric: key, day, currency, value }],
        Math.max(at, instantOf(addDays(day, 1), "00:00", zone)),
      );
  }
  return addDays(today, -1 - until);
}
/** What stands in the payloads that it proposed, the first step of each. */
const payloads = async ({ proposed }: Staged) =>
  (await proposed())
    .filter(({ automation, steps }) => automation === bridge.id && steps.length > 0)
    .map(({ steps: [step] }) => step?.payload as { trigger: string; fields: Record<string, unknown>; reference?: string });
const revenueBelow = { metric: "shopify-sensor.revenue", when: "below", threshold: 100, currency: "eur" };

test("a crossing starts Flow once, with the amount in its own currency, and no other currency counts", async () => {
  const it = await staged({ metric1: revenueBelow });
  await measured(it, [20_000, 20_000], { until: 1 });
  // Of a currency that the rule is not about.
  await measured(it, [10, 10], { currency: "GBP", until: 1 });
  await it.run();
  expect(await it.proposed()).toEqual([]);
  const day = await measured(it, [8_050]);
  await it.run();
  await it.run();
  const [payload, ...others] = await payloads(it);
  expect(others).toEqual([]);
  expect(payload).toMatchObject({
    trigger: "metric-crossed",
    fields: {
      Metric: "shopify-sensor.revenue",
      Direction: "below",
      Threshold: 100,
      Value: 80.5,
      Unit: "EUR",
      "Days in a row": 1,
      Day: day,
    },
  });
  const [row] = await it.proposed();
  expect(row).toMatchObject({
    dedupe: payload?.fields["Event ID"],
    subject: "metric:shopify-sensor.revenue",
    status: "waiting",
    touches: "internal",
  });
  if (!row) return;
  const said = voiceIn("en").say({ code: `${bridge.id}.${row.evidence.line}`, params: row.evidence.params });
  expect(said.replace(/[\u2066-\u2069]/g, "").replaceAll("\u2011", "-")).toBe(`Revenue was below €100.00 on ${day}: €80.50.`);
});

test("a rule that is changed takes what it finds as given, and a count by currency is one number", async () => {
  const it = await staged({ metric1: { metric: "shopify-sensor.orders", when: "above", threshold: 5 } });
  await measured(it, [2, 2], { metric: "shopify-sensor.orders", until: 1 });
  await it.run();
  await measured(it, [3], { metric: "shopify-sensor.orders" });
  await measured(it, [3], { metric: "shopify-sensor.orders", currency: "GBP" });
  await it.setConfig({ metric1: { metric: "shopify-sensor.orders", when: "above", threshold: 4 } });
  await it.run();
  expect(await it.proposed()).toEqual([]);
  await it.setConfig({ metric1: { metric: "shopify-sensor.orders", when: "above", threshold: 5 } });
  await it.run();
  // The first rule is a new one again: nobody remembers it.
  expect(await it.proposed()).toEqual([]);
});

/** An action of another automation's, which came into this state a while ago. */
async function acted({ ctx, account }: Staged, status: ActionState, more: Partial<typeof actions.$inferInsert> = {}): Promise<string> {
  const now = Date.now();
  const id = newId("act", now);
  await ctx.db.insert(actions).values({
    ...{ id, tenantId: ctx.tenant.id, automation: "price-drop-alerts", runId: "run_1", dedupe: id, subject: "customer:12001" },
    ...{ connectionId: account.connectionId, customerId: "12001", touches: "customer", hash: "h", evidence: { line: "x", params: {} } },
    ...{ status, createdAt: now, expiresAt: now + dayMs, ...(status !== "waiting" && { finishedAt: now }) },
    ...more,
  });
  return id;
}

test("an action that comes to a watched state starts the trigger of what it is about, once, and none from before the rule", async () => {
  const it = await staged({ actions1: { automation: "any", waiting: true, done: true, failed: true, unsure: true } });
  await acted(it, "failed", { finishedAt: Date.now() - 60_000, createdAt: Date.now() - 60_000 });
  await it.run();
  expect(await payloads(it)).toEqual([]);
  const failed = await acted(it, "failed");
  const order = await acted(it, "waiting", { subject: "order:77", customerId: null });
  const many = await acted(it, "done", { subject: "customers:12", customerId: null });
  const own = await acted(it, "done", { automation: bridge.id });
  await acted(it, "rejected");
  const unclear = await acted(it, "unsure", { finishedAt: null, availableAt: null });
  const step = {
    tenantId: it.ctx.tenant.id,
    place: 0,
    kind: "k",
    accountId: "a",
    connectionId: it.account.connectionId,
    payload: {},
    status: "begun" as const,
  };
  await it.ctx.db.insert(actionSteps).values({ ...step, actionId: unclear, begunAt: Date.now() });
  // One that is still looked up is not unclear yet.
  const asked = await acted(it, "unsure", { finishedAt: null, availableAt: Date.now() + dayMs });
  await it.ctx.db.insert(actionSteps).values({ ...step, actionId: asked, begunAt: Date.now() });
  await it.run();
  await it.run();
  const found = (await payloads(it)).map(({ trigger, fields, reference }) => [fields["Action ID"], trigger, fields.State, reference]);
  expect(found.sort()).toEqual(
    [
      [failed, "customer-action-changed", "failed", "12001"],
      [order, "order-action-changed", "waiting", "77"],
      [many, "action-changed", "done", undefined],
      [unclear, "customer-action-changed", "unsure", "12001"],
    ].sort(),
  );
  expect(found.map(([id]) => id)).not.toContain(own);
  // Whom the shop forgets is found by it, and nobody is drawn into a control group by what was decided already.
  const about = (await it.proposed()).find(({ automation, subject }) => automation === bridge.id && subject === "customer:12001");
  expect(about).toMatchObject({ customerId: "12001", control: null });
});

test("of more actions at one instant than a run tells of, none is left out", async () => {
  const it = await staged({ actions1: { automation: "any", done: true } });
  await it.run();
  const finishedAt = Date.now();
  const ids: string[] = [];
  for (let n = 0; n < 60; n++) ids.push(await acted(it, "done", { finishedAt, subject: `order:${n + 1}`, customerId: null }));
  await it.run();
  await it.run();
  expect((await payloads(it)).map(({ fields }) => fields["Action ID"]).sort()).toEqual([...ids].sort());
});

test("what is about another shop of the client's is never told to this one", async () => {
  const it = await staged({ actions1: { automation: "any", done: true } });
  await it.run();
  await acted(it, "done", { connectionId: "con-another-shop" });
  const mine = await acted(it, "done");
  await it.run();
  expect((await payloads(it)).map(({ fields }) => fields["Action ID"])).toEqual([mine]);
});

test("a rule about one automation hears of no other, and one about none of nothing", async () => {
  const it = await staged({
    actions1: { automation: "review-request-automation", done: true },
    actions2: { automation: "none", done: true },
  });
  await it.run();
  await acted(it, "done");
  const mine = await acted(it, "done", { automation: "review-request-automation" });
  await it.run();
  expect((await payloads(it)).map(({ fields }) => fields["Action ID"])).toEqual([mine]);
});

test("an incident at a provider of the client's is told as it ends, and one elsewhere is not", async () => {
  const it = await staged({ incidents: { opened: true, ended: true } });
  await it.run();
  const now = Date.now();
  const rowOf = (provider: string, closedAt: number | null) => ({
    ...{ id: newId("inc", now), provider, kind: "rate_limited" as const, openedAt: now, lastSeenAt: now, closedAt },
    ...{ tenantsFailing: 3, tenantsUsing: 4 },
  });
  await it.ctx.directory.insert(incidents).values([rowOf("shopify", now + 1), rowOf("tiktok", null)]);
  await it.run();
  await it.run();
  expect((await payloads(it)).map(({ trigger, fields: { Provider, State, Kind } }) => [trigger, Provider, State, Kind])).toEqual([
    ["incident-changed", "shopify", "ended", "rate_limited"],
    ["incident-changed", "shopify", "opened", "rate_limited"],
  ]);
  await it.ctx.directory.delete(incidents);
});

test("another client's actions and figures start nothing here", async () => {
  const config = { metric1: revenueBelow, actions1: { automation: "any", done: true } };
  const [mine, theirs] = [await staged(config), await staged(config)];
  await measured(mine, [20_000], { until: 1 });
  await mine.run();
  await measured(theirs, [10]);
  await acted(theirs, "done");
  await mine.run();
  expect(await mine.ctx.db.select().from(actions).where(inTenant(mine.ctx, actions))).toEqual([]);
});

test("the pixel is proposed once for a shop where it is wanted and allowed, and else it is told what is missing", async () => {
  const it = await staged({ pixel: true });
  await it.run();
  await it.run();
  expect((await it.proposed()).map(({ evidence, steps }) => [evidence.line, steps[0]?.payload])).toEqual([
    ["pixel", { events: ["checkout_completed"], consent: "analytics" }],
  ]);
  const said: string[] = [];
  const { proposals } = await bridge.step({
    ...{ account: () => ({ connectionId: "con_1", scopes: ["read_orders"] }), config: bridge.config.parse({ pixel: true }) },
    ...{ cursor: null, now: 1, currency: "EUR", log: (_: string, line: string) => void said.push(line) },
  } as never);
  expect([proposals, said]).toEqual([[], ["no_pixel"]]);
});
