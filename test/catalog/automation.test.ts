import { expect, test } from "vitest";
import { z } from "zod";
import { actions, connections, occurrences, policies } from "#db/schema/index.ts";
import { klaviyoEvent } from "#server/catalog/actions/klaviyo-event.ts";
import { kindOf } from "#server/catalog/actions/registry.ts";
import { defineAutomation } from "#server/catalog/automation.ts";
import type { Occurrence } from "#server/catalog/occurrences.ts";
import type { Proposal } from "#server/catalog/records.ts";
import { sweep } from "#server/domain/runs/sweep.ts";
import { scheduleStatements } from "#server/domain/schedules/schedule-statements.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { sweepTurns } from "#server/domain/turns/sweep-turns.ts";
import { makeRig } from "#test/domain/runs/rig.ts";

const dayMs = 86_400_000;
const text = { en: "T", fr: "T", he: "ט" };
const proposal = ({ seq, subject }: Occurrence): Proposal => ({
  ...{ subject: "customer:7", customerId: "7", dedupe: `${subject} ${seq}`, expiresAt: Number.MAX_SAFE_INTEGER },
  evidence: { line: "because", params: {} },
  steps: [
    { kind: klaviyoEvent.id, payload: { customerId: "7", metric: "M", properties: {}, at: "2026-12-01T09:00:00Z", channel: "email" } },
  ],
});

/** A client with an automation that hears of what is paid and cancelled, and remembers what it was handed. */
async function hearingRig() {
  const heard: string[] = [];
  const failing = { at: "" };
  const automation = defineAutomation({
    ...{
      id: "test-automation",
      title: text,
      description: text,
      needs: [{ provider: "shopify", scopes: [] }],
      kinds: [klaviyoEvent],
      config: z.object({}),
      everyS: 3600,
    },
    acts: { feeds: [], reasons: { because: text }, never: text },
    mode: "event",
    hears: ["order_paid", "order_cancelled"],
    react:
      ({ proposed }) =>
      async (occurrence) => {
        if (occurrence.subject === failing.at) throw new Error("the test breaks it here");
        heard.push(`${occurrence.kind} ${occurrence.subject}`);
        const before = await proposed({ prefix: occurrence.subject, since: 0 });
        return before.length > 0 ? {} : { proposals: [proposal(occurrence)] };
      },
  });
  const rig = makeRig({ jobs: [automation], kinds: kindOf });
  const client = await rig.tenant({ automations: [automation.id] });
  const { ctx } = client;
  const now = rig.clock.now();
  const shop = `con_${client.id}`;
  const facts = automation.needs.map(({ provider, scopes }) => ({
    ...{ id: provider === "shopify" ? shop : `${shop}_${provider}`, provider, kind: "oauth" as const, status: "active" as const },
    ...{ externalId: `${provider} of ${client.id}`, scopesGranted: [...scopes], chosen: [], preferredAt: null },
  }));
  const more = { tenantId: client.id, name: "A", details: {}, connectedBy: "x", scopesAsked: [], connectedAt: now };
  await ctx.db.batch([
    ctx.db.insert(connections).values(facts.map((fact) => ({ ...fact, ...more }))),
    ...scheduleStatements(ctx, { connections: facts }, [automation]),
    ctx.db.insert(policies).values({
      ...{ tenantId: client.id, automation: automation.id, mode: "approve", holdout: 0, salt: "s", actionsADay: 1, peopleADay: 1 },
      ...{ stakeADay: 1, largestStake: 1, createdAt: now, updatedAt: now },
    }),
  ]);
  let at = 0;
  return {
    heard,
    failing,
    rig,
    async happen(...all: [kind: Occurrence["kind"], subject: string, agoMs?: number][]) {
      for (const [kind, subject, ago = 0] of all) {
        const row = { tenantId: client.id, connectionId: shop, kind, subject, at: at++, noticedAt: rig.clock.now() - ago, facts: {} };
        await ctx.db.insert(occurrences).values(row);
      }
    },
    async run() {
      rig.clock.advance(3_600_000);
      await rig.tick();
      await rig.work();
    },
    async goOn() {
      rig.clock.advance(3_600_000);
      await sweep(rig.ctx);
      await sweepTurns(rig.ctx);
      await rig.work();
    },
    proposed: async () =>
      (await ctx.db.select().from(actions).where(inTenant(ctx, actions)).orderBy(actions.createdAt)).map(({ dedupe }) =>
        dedupe.replace(/ \d+$/, ""),
      ),
    status: async () => (await client.runs()).at(-1)?.status,
  };
}

test("what hears is handed what happened since its first run, each once and in order, and nothing of other kinds", async () => {
  const { heard, happen, run } = await hearingRig();
  await happen(["order_paid", "order:0"]);
  await run();
  expect(heard).toEqual([]);
  await happen(["order_paid", "order:1"], ["order_delivered", "order:1"], ["order_paid", "order:2"], ["order_cancelled", "order:1"]);
  await run();
  await run();
  expect(heard).toEqual(["order_paid order:1", "order_paid order:2", "order_cancelled order:1"]);
});

test("what happens more often than one step takes is handed whole, in steps", async () => {
  const { heard, happen, run } = await hearingRig();
  await run();
  await happen(
    ...Array.from({ length: 45 }, (_, n) => ["order_paid", `order:${n}`] as const).map(
      ([kind, subject]) => [kind, subject] as [Occurrence["kind"], string],
    ),
  );
  await run();
  expect(heard).toEqual(Array.from({ length: 45 }, (_, n) => `order_paid order:${n}`));
});

test("of what it proposed a moment ago, in the same step, it knows", async () => {
  const { happen, run, proposed } = await hearingRig();
  await run();
  await happen(["order_paid", "order:1"], ["order_cancelled", "order:1"]);
  await run();
  expect(await proposed()).toEqual(["order:1"]);
});

test("one that fails keeps what comes after it waiting, and nothing of its step is proposed until it goes well", async () => {
  const { heard, failing, happen, run, goOn, proposed, status } = await hearingRig();
  await run();
  failing.at = "order:2";
  await happen(["order_paid", "order:1"], ["order_paid", "order:2"], ["order_paid", "order:3"]);
  await run();
  expect([await proposed(), await status()]).toEqual([[], "queued"]);
  failing.at = "";
  await goOn();
  expect(await proposed()).toEqual(["order:1", "order:2", "order:3"]);
  expect(heard).toEqual(["order_paid order:1", "order_paid order:1", "order_paid order:2", "order_paid order:3"]);
});

test("what it could not be handed for days is passed over", async () => {
  const { heard, happen, run } = await hearingRig();
  await run();
  await happen(["order_paid", "order:1", 4 * dayMs], ["order_paid", "order:2", 2 * dayMs]);
  await run();
  expect(heard).toEqual(["order_paid order:2"]);
});
