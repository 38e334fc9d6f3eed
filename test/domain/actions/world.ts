import { z } from "zod";
import { actions, connections, policies } from "#db/schema/index.ts";
import type { PolicyMode, Receipt } from "#db/words/actions.ts";
import type { Role } from "#db/words/tenants.ts";
import type { ActionKind, Attempt, Tried } from "#server/catalog/actions/action.ts";
import { defineAction } from "#server/catalog/actions/action.ts";
import type { Job } from "#server/catalog/job.ts";
import type { Proposal } from "#server/catalog/records.ts";
import type { Acting } from "#server/domain/actions/acting.ts";
import { decideByPolicy } from "#server/domain/actions/decide-by-policy.ts";
import { readStepsOf } from "#server/domain/actions/note-step.ts";
import { tellWaiting } from "#server/domain/actions/tell-waiting.ts";
import { actionShare, workActions } from "#server/domain/actions/work-actions.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { createPlaces } from "#server/domain/turns/places.ts";
import { ProviderError } from "#server/errors.ts";
import { newId } from "#server/ids.ts";
import { scriptedAccount } from "#test/catalog/sensors/sandbox-account.ts";
import { makeRig } from "#test/domain/runs/rig.ts";
import { makeUser, testTenantCtx } from "#test/harness.ts";

type Fate = "well" | "lost after" | "refused" | "5xx before" | "limited" | "a read is refused" | "under way";

/** A provider of the test's own, which remembers what was done there and ends as it is told. */
export function makeWorld() {
  /** What happened there, by the key or the content it was asked under; raw: however often. */
  const effects: { kind: string; key: string; what: string }[] = [];
  const fates: Fate[] = [];
  const hidden = { until: 0 };
  /** What each try of the keyed kind was told of its first one. */
  const triedAt: (number | undefined)[] = [];
  /** What each try of it was told of what is under way. */
  const goneOnFrom: (string | undefined)[] = [];
  /** From when on reads show what was written before it, as each try of the keyed kind and each undo of the one that is looked up was told. */
  const shownAt: (number | undefined)[] = [];
  const now = { ms: 0 };
  /** What happens while a try is under way. */
  const meanwhile: { now?: () => Promise<void> } = {};
  /** What the next lookups answer in place of the truth, and from which place each was asked to go on. */
  const lookups: (Receipt | "absent" | "unknown" | { looked: string })[] = [];
  const lookedFrom: (string | undefined)[] = [];
  /** Whether what was approved is found to be no longer true. */
  const untrue = { now: false };

  const act = async (kind: string, key: string, what: string, once: boolean): Promise<Tried> => {
    await meanwhile.now?.();
    const fate = fates.shift() ?? "well";
    if (fate === "a read is refused") throw new ProviderError("klaviyo", "revoked", "access was taken away");
    if (fate === "limited") return { did: "limited", retryAfterS: 7 };
    if (fate === "under way") return { did: "under_way", looked: "job 1", inS: 5 };
    if (fate === "refused") return { did: "failed", failure: { kind: "rejected", message: "it was refused" } };
    if (fate === "5xx before") return { did: "unsure", reason: "502" };
    if (!once || !effects.some((each) => each.key === key)) effects.push({ kind, key, what });
    return fate === "lost after" ? { did: "unsure", reason: "no reply" } : { did: "done", receipt: { id: key } };
  };
  const Payload = z.object({ what: z.string().max(100), whom: z.string().optional() });
  const text = { en: "Does it", fr: "Le fait", he: "עושה את זה" };
  const base = {
    title: text,
    need: { provider: "klaviyo", scopes: [] },
    payload: Payload,
    describe: () => ({ sentence: text, fields: [] }),
    edits: [{ path: "what", label: text }],
  };
  const undo = async ({ key }: { key: string }): Promise<Attempt> => {
    const fate = fates.shift() ?? "well";
    if (fate === "a read is refused") throw new ProviderError("klaviyo", "revoked", "access was taken away");
    if (fate === "refused") return { did: "failed", failure: { kind: "rejected", message: "not any more" } };
    if (fate === "limited") return { did: "limited", retryAfterS: 7 };
    const at = effects.findIndex((each) => each.key === key);
    if (at >= 0) effects.splice(at, 1);
    return fate === "lost after" ? { did: "unsure", reason: "no reply" } : { did: "done", receipt: { id: null } };
  };
  const kinds: ActionKind[] = [
    defineAction<z.infer<typeof Payload>>({
      ...base,
      id: "keyed",
      touches: "customer",
      idempotency: "key",
      stillValid: async () => (untrue.now ? { valid: false, why: "bought_meanwhile" } : { valid: true }),
      execute: async (doing, { what }) => {
        triedAt.push(doing.triedAt);
        goneOnFrom.push(doing.looked);
        shownAt.push(doing.shownAt);
        return act("keyed", doing.key, what, true);
      },
      undo,
    }),
    defineAction<z.infer<typeof Payload>>({
      ...base,
      id: "natural",
      touches: "internal",
      idempotency: "natural",
      execute: async (_, { what }) => act("natural", what, what, true),
    }),
    defineAction<z.infer<typeof Payload>>({
      ...base,
      id: "looked-up",
      touches: "money",
      stakeOf: ({ what }) => ({ minor: what.length * 100, currency: "GBP" }),
      idempotency: "lookup",
      settledAfterMs: 30_000,
      execute: async ({ key }, { what }) => act("looked-up", key, what, false),
      async lookup({ key, looked }) {
        lookedFrom.push(looked);
        const told = lookups.shift();
        if (told !== undefined) return told;
        if (now.ms < hidden.until) return "absent";
        return effects.some((each) => each.key === key) ? { id: key } : "absent";
      },
      async undo(doing) {
        shownAt.push(doing.shownAt);
        return undo(doing);
      },
    }),
    defineAction<z.infer<typeof Payload>>({
      ...base,
      id: "batched",
      touches: "internal",
      idempotency: "natural",
      chunks: ({ what }) => what.split(",").map((each) => ({ what: each })),
      execute: async (_, { what }) => act("batched", what, what, true),
    }),
  ];
  return { effects, fates, hidden, now, kinds, triedAt, goneOnFrom, shownAt, untrue, meanwhile, lookups, lookedFrom };
}

export const proposal = (dedupe: string, more: Partial<Proposal> = {}): Proposal => ({
  subject: "customer:7",
  customerId: "7",
  steps: [{ kind: "keyed", payload: { what: dedupe } }],
  evidence: { line: "because", params: {} },
  dedupe,
  expiresAt: Number.MAX_SAFE_INTEGER,
  ...more,
});

/** A client with an automation that proposes what it is told, run and worked off by the engine itself. */
export async function makeActingRig({ mode = "approve", ...limits }: { mode?: PolicyMode } & Partial<typeof policies.$inferInsert> = {}) {
  const world = makeWorld();
  const wished: { proposals: Proposal[] } = { proposals: [] };
  const automation: Job = {
    id: "test-automation",
    title: { en: "T", fr: "T", he: "ט" },
    description: { en: "T", fr: "T", he: "ט" },
    needs: [],
    everyS: 3600,
    onByDefault: true,
    config: z.object({}),
    cursor: z.object({}),
    step: async () => ({ cursor: {}, done: true, proposals: wished.proposals }),
  };
  const kindOf = (id: string) => world.kinds.find((kind) => kind.id === id);
  const rig = makeRig({ jobs: [automation], kinds: kindOf });
  const client = await rig.tenant();
  const now = rig.clock.now();
  await client.ctx.db.insert(connections).values({
    ...{ id: newId("con", now), tenantId: client.id, provider: "klaviyo", externalId: "K1", name: "K" },
    ...{ details: {}, connectedBy: "x", scopesAsked: [], scopesGranted: [], status: "active", connectedAt: now },
  });
  const { tenantId: _, ...set } = limits;
  await client.ctx.db.insert(policies).values({
    ...{ tenantId: client.id, automation: automation.id, mode, holdout: 0, salt: "salt" },
    ...{ actionsADay: 100, peopleADay: 100, stakeADay: 100_000, largestStake: 10_000, createdAt: now, updatedAt: now },
    // At whatever hour a test runs.
    ...{ quietFrom: "00:00", quietTo: "00:00" },
    ...set,
  });
  const advance = (ms: number) => {
    rig.clock.advance(ms);
    world.now.ms = rig.clock.now();
  };
  /** What ends each try's writes. */
  const signals: AbortSignal[] = [];
  const acting: Acting = {
    kinds: kindOf,
    openAccount: () => scriptedAccount("klaviyo", () => Promise.reject(new Error("the test's kinds read nothing"))),
    openWriter({ tenant }, _held, { signal }) {
      signals.push(signal);
      return {
        provider: "klaviyo",
        connectionId: tenant.id,
        send: () => Promise.reject(new Error("the test's kinds write by themselves")),
      };
    },
    random: () => 0.5,
  };
  return {
    rig,
    world,
    acting,
    signals,
    automation: automation.id,
    ctx: client.ctx,
    tenant: client.ctx.tenant,
    /** Runs the automation once, with these proposals. */
    async propose(...proposals: Proposal[]) {
      wished.proposals = proposals;
      advance(3_600_000);
      await rig.tick();
      await rig.work();
    },
    advance,
    /** Works off what was sent to the queue so far, and what that sends at once; `pause` milliseconds pass before each round. */
    async work({ rounds = 1, pause = 0 } = {}) {
      for (let round = 0; round < rounds; round++) {
        advance(pause);
        // The sweep finds what other tests left too.
        const sent = [...rig.ctx.traces.actions.splice(0), ...client.ctx.traces.actions.splice(0)];
        const messages = sent.filter(({ tenant }) => tenant === client.id);
        for (const message of messages)
          if (message.type === "turn") await workActions(rig.ctx, acting, { ...message, places: createPlaces(1, actionShare) });
          else if (message.type === "action.decide") await decideByPolicy(rig.ctx, message);
          else if (message.type === "action.digest") await tellWaiting(rig.ctx, message);
      }
    },
    /** The actions as they are, by what they were proposed under. */
    async actions() {
      const rows = await client.ctx.db.select().from(actions).where(inTenant(client.ctx, actions)).orderBy(actions.dedupe);
      return Object.fromEntries(rows.map((row) => [row.dedupe.replace(/^shadow:/, ""), row]));
    },
    steps: (id: string) => readStepsOf(client.ctx, id),
    /** A person of the client, with a role in it. */
    async person(role: Role = "owner") {
      const { actor } = await makeUser({ roles: [[client.ctx.tenant, role]] });
      return testTenantCtx(client.ctx.tenant, role, { actor, now: rig.clock.now });
    },
  };
}
