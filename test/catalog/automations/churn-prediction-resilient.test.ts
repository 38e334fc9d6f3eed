import { and, eq } from "drizzle-orm";
import { beforeAll, expect, test } from "vitest";
import { actionCustomers, actionSteps, actions, connections, customerModels, customerScores, privacyRequests } from "#db/schema/index.ts";
import { signRequest, Webhook } from "#sandbox/control/webhooks.ts";
import { churnPredictionResilient } from "#server/catalog/automations/churn-prediction-resilient.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { receiveWebhook } from "#server/domain/webhooks/receive.ts";
import { workDelivery } from "#server/domain/webhooks/work-delivery.ts";
import { sandbox } from "#test/catalog/sensors/sandbox-account.ts";
import { testCtx } from "#test/harness.ts";
import { asking } from "#workers/asking.ts";
import { voiceIn } from "#workers/voice.ts";
import { dayMs, orderOf, type Setting, stage } from "./stage.ts";

beforeAll(async () => void (await sandbox.control("/control", { limits: false })));

type Payload = { profiles: { customerId: string; properties: Record<string, unknown> }[] };

/** A shop of three customers who have been scored, and what of that a test may change. */
async function scored(setting: Setting = {}) {
  const orders = [1, 2, 3].map((id) => orderOf(id, Date.now() - id * 40 * dayMs, { customerId: 12_000 + id }));
  const shop = await stage(churnPredictionResilient, { orders }, { mode: "approve", ...setting });
  await shop.read();
  const { ctx } = shop;
  const rows = () => ctx.db.select().from(customerScores).where(inTenant(ctx, customerScores)).orderBy(customerScores.customerId);
  const ids = (await rows()).map(({ customerId }) => customerId);
  const days: string[] = (await rows()).map(({ asOf }) => asOf);
  return {
    ...shop,
    rows,
    ids,
    /** Scores of one customer, or of all. */
    score: (values: Partial<typeof customerScores.$inferInsert>, customerId?: string) =>
      ctx.db
        .update(customerScores)
        .set(values)
        .where(inTenant(ctx, customerScores, customerId === undefined ? undefined : eq(customerScores.customerId, customerId))),
    /** As if so many days had passed since the scores were made. */
    async nextDay(many = 1) {
      const asOf = new Date(Date.parse(days[0] ?? "") + many * dayMs).toISOString().slice(0, 10);
      await ctx.db.update(customerScores).set({ asOf }).where(inTenant(ctx, customerScores));
      await ctx.db.update(customerModels).set({ scoredUntil: asOf }).where(inTenant(ctx, customerModels));
    },
    end: (status: "done" | "rejected" | "expired" | "failed") =>
      ctx.db
        .update(actions)
        .set({ status })
        .where(inTenant(ctx, actions, eq(actions.status, "waiting"))),
    klaviyo: (status: "active" | "disconnected" | "reconnect_needed") =>
      ctx.db
        .update(connections)
        .set({ status })
        .where(inTenant(ctx, connections, eq(connections.provider, "klaviyo"))),
    /** Whom each batch names, the first first. */
    batches: async () =>
      (await shop.proposed()).map(({ steps }) =>
        steps.flatMap(({ payload }) => (payload as Payload).profiles.map(({ customerId }) => customerId)).sort(),
      ),
  };
}

test("a profile is given chances in percent, the value in the shop's money, the group, and of which day that is", async () => {
  const { ids, score, run, proposed, nextDay } = await scored();
  await score({ chance30: 0.256, chance90: 0.604, orders90: 1, valueMinor: 1234, currency: "GBP", segment: "loyal" }, ids[0]);
  await nextDay();
  await run();
  const [action, ...others] = await proposed();
  expect([others, action?.subject, action?.touches, action?.customerId]).toEqual([[], "customers:3", "internal", null]);
  const { profiles } = (action?.steps[0] ?? expect.unreachable("a step")).payload as Payload;
  const today = new Date().toISOString().slice(0, 10);
  expect(profiles.find(({ customerId }) => customerId === ids[0])?.properties).toEqual({
    ...{ atrium_segment: "loyal", atrium_forecast: true, atrium_scored_on: today, atrium_chance_30_days: 26, atrium_chance_90_days: 60 },
    ...{ atrium_value_90_days: 12.34, atrium_value_currency: "GBP" },
  });
  // Of a thin history no chance is said; that there is none is.
  expect(profiles.find(({ customerId }) => customerId === ids[1])?.properties).toEqual({
    ...{ atrium_segment: "promising", atrium_forecast: false, atrium_scored_on: today },
  });
  const { line = "", params = {} } = action?.evidence ?? {};
  expect(voiceIn("en").say({ code: `churn-prediction-resilient.${line}`, params })).toBe(
    "3 customers moved to another group, 3 of them are sent for the first time. The order history is too thin for a forecast, so only groups are sent, without chances.",
  );
});

test("while customers are being scored nothing is proposed, so that the day's one batch has all of them", async () => {
  const { ctx, ids, score, run, batches, nextDay, logs } = await scored();
  const all = [...ids].sort();
  // The first time half of them: those who are missing are nowhere yet.
  await ctx.db.update(customerModels).set({ scoredUntil: null }).where(inTenant(ctx, customerModels));
  await run();
  expect(await batches()).toEqual([]);
  expect((await logs()).map(({ message }) => message)).toContain(
    "Customers are being scored right now. Their profiles are updated once all of them are done.",
  );
  await nextDay(0);
  await run();
  expect(await batches()).toEqual([all]);
  // Another day's, of which one page is written: whichever customer it began with.
  await score({ segment: "loyal" });
  const tomorrow = new Date(Date.now() + dayMs).toISOString().slice(0, 10);
  for (const id of all) {
    await nextDay(0);
    await score({ asOf: tomorrow }, id);
    await run();
    expect(await batches()).toEqual([all]);
  }
  await nextDay(2);
  await run();
  expect(await batches()).toEqual([all, all]);
});

test("only what changed enough is told again: by five points, by a fifth of the value, or another group", async () => {
  const { ids, score, run, batches, nextDay, end } = await scored();
  await score({ chance30: 0.2, chance90: 0.4, valueMinor: 1000, currency: "GBP", segment: "promising" });
  await run();
  await end("done");
  const changes: [Partial<typeof customerScores.$inferInsert>, boolean][] = [
    [{ chance90: 0.44, chance30: 0.17, valueMinor: 1190 }, false],
    [{ chance90: 0.46 }, true],
    [{ valueMinor: 1500 }, true],
    [{ segment: "at_risk" }, true],
    [{ currency: "EUR" }, true],
    [{ chance90: null, chance30: null, valueMinor: null, currency: null }, true],
  ];
  const expected = [[...ids].sort()];
  for (const [place, [values, told]] of changes.entries()) {
    await score(values, ids[1]);
    await nextDay(place + 1);
    await run();
    await end("done");
    if (told) expected.push([ids[1] ?? ""]);
    expect(await batches()).toEqual(expected);
  }
});

test("what was rejected, failed or is over is proposed again with the next day's; what waits is not, and of one day there is one batch", async () => {
  const { ids, run, batches, nextDay, end } = await scored();
  const all = [...ids].sort();
  await run();
  await run();
  expect(await batches()).toEqual([all]);
  for (const [place, ending] of (["rejected", "failed", "expired"] as const).entries()) {
    await end(ending);
    await run();
    expect((await batches()).length).toBe(place + 1);
    await nextDay(place + 1);
    await run();
    expect(await batches()).toEqual(Array.from({ length: place + 2 }, () => all));
  }
  await nextDay(4);
  await run();
  expect((await batches()).length).toBe(4);
});

test("of more than a day may have, the largest changes go first and the rest on the next days", async () => {
  const { ctx, run, proposed, nextDay, logs } = await scored({ config: { mostADay: 100 } });
  const [row] = await ctx.db.select().from(customerScores).where(inTenant(ctx, customerScores));
  if (!row) expect.unreachable("a score");
  for (let n = 0; n < 147; n += 1) await ctx.db.insert(customerScores).values({ ...row, customerId: String(500_000 + n) });
  for (let day = 0; day < 3; day++) {
    await run();
    await nextDay(day + 1);
  }
  expect((await proposed()).map(({ subject }) => subject)).toEqual(["customers:100", "customers:50"]);
  expect((await logs()).map(({ message }) => message)).toContain("50 more customers follow on the next days.");
});

test("while Klaviyo is away customers are scored, nothing is proposed and it says so; when it is back all that changed is told once", async () => {
  const { ids, score, run, read, rows, batches, klaviyo, nextDay, end, logs } = await scored();
  await run();
  await end("done");
  for (const [place, status] of (["disconnected", "reconnect_needed"] as const).entries()) {
    await klaviyo(status);
    await read();
    await nextDay(place + 1);
    for (const id of ids.slice(0, place + 1)) await score({ segment: "at_risk" }, id);
    await run();
    expect((await batches()).length).toBe(1);
    expect((await rows()).length).toBe(3);
  }
  expect((await logs()).filter(({ message }) => message.startsWith("Klaviyo isn’t connected.")).length).toBe(2);
  await klaviyo("active");
  await run();
  expect((await batches()).at(-1)).toEqual([ids[0], ids[1]].sort());
});

test("another Klaviyo account is told of everybody, whatever the one before it was told", async () => {
  const { ctx, ids, run, batches, klaviyo, nextDay, end } = await scored();
  await run();
  await end("done");
  const [own] = await ctx.db
    .select()
    .from(connections)
    .where(inTenant(ctx, connections, eq(connections.provider, "klaviyo")));
  await klaviyo("disconnected");
  await ctx.db
    .insert(connections)
    .values({ ...(own ?? expect.unreachable("one")), id: `${own?.id}-2`, externalId: `${own?.externalId}-2` });
  await nextDay();
  await run();
  expect((await batches()).at(-1)).toEqual([...ids].sort());
});

test("scores that nothing has made anew for days are not told", async () => {
  const { run, batches, nextDay, logs } = await scored();
  await nextDay(-4);
  await run();
  expect(await batches()).toEqual([]);
  expect((await logs()).map(({ message }) => message)).toContain(
    "Customers haven’t been scored in the last days, so there is nothing to update.",
  );
});

/** The shop asks that a customer be forgotten, by the product's own door. */
async function forget({ ctx, domain, account }: Awaited<ReturnType<typeof scored>>, customerId: string) {
  await ctx.db
    .update(connections)
    .set({ externalId: domain, details: { shop: domain } })
    .where(inTenant(ctx, connections, eq(connections.id, account.connectionId)));
  const payload = { shop_id: 1, shop_domain: domain, customer: { id: Number(customerId) }, orders_to_redact: [] };
  const { headers, body } = await signRequest(
    Webhook.parse({ provider: "shopify", topic: "customers/redact", account: domain, payload }),
    Date.now(),
  );
  const work = testCtx({ actor: { type: "system", job: "webhooks" } });
  await receiveWebhook(work, {
    ...{ provider: "shopify", callback: null, method: "POST", urls: [] },
    ...{ headers: new Headers(headers), body: new TextEncoder().encode(body) },
  });
  for (const message of work.traces.tasks.splice(0)) if (message.type === "webhook") await workDelivery(work, asking, message);
}

test("who is forgotten is taken out of every batch; one that waits is void, and the others are in the next day's", async () => {
  const shop = await scored();
  const { ctx, ids, run, batches, proposed, rows, nextDay } = shop;
  await run();
  const gone = ids[1] ?? "";
  const others = ids.filter((id) => id !== gone).sort();
  await forget(shop, gone);
  const [voided] = await proposed();
  expect([voided?.status, voided?.reason]).toEqual(["voided", "forgotten"]);
  expect(await batches()).toEqual([others]);
  expect((await rows()).map(({ customerId }) => customerId)).toEqual(others);
  const named = await ctx.db.select().from(actionCustomers).where(inTenant(ctx, actionCustomers));
  expect(named.map(({ customerId }) => customerId).sort()).toEqual(others);
  await nextDay();
  await run();
  expect(await batches()).toEqual([others, others]);
});

test("of a batch that is approved or done the forgotten one is taken out, and the rest of it stands", async () => {
  for (const status of ["approved", "done"] as const) {
    const shop = await scored();
    const { ctx, ids, run, batches, proposed } = shop;
    await run();
    await ctx.db.update(actions).set({ status }).where(inTenant(ctx, actions));
    await forget(shop, ids[0] ?? "");
    expect([(await proposed())[0]?.status, await batches()]).toEqual([status, [ids.slice(1).sort()]]);
  }
});

test("who was forgotten after their score was read is not proposed: the batch is not, and the next one is without them", async () => {
  const shop = await scored();
  const { ctx, ids, run, batches, account } = shop;
  // It is written as met in the moment between the reading and the writing.
  await ctx.db.insert(privacyRequests).values({
    ...{ id: `prv-${ctx.tenant.id}`, tenantId: ctx.tenant.id, provider: "shopify", connectionId: account.connectionId, deliveryId: "d" },
    ...{ kind: "redact_customer", subject: ids[0] ?? "", receivedAt: Date.now(), doneAt: Date.now() + 3_600_000 },
  });
  await run();
  expect(await batches()).toEqual([]);
  expect(await ctx.db.select().from(actionSteps).where(inTenant(ctx, actionSteps))).toEqual([]);
  await ctx.db.delete(customerScores).where(and(inTenant(ctx, customerScores), eq(customerScores.customerId, ids[0] ?? "")));
  await run();
  expect(await batches()).toEqual([ids.slice(1).sort()]);
});
