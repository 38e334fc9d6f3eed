import { connections } from "#db/schema/index.ts";
import type { ActionReason, Receipt } from "#db/words/actions.ts";
import type { Account } from "#server/catalog/account.ts";
import type { ActionKind, Doing } from "#server/catalog/actions/action.ts";
import type { Writer } from "#server/catalog/writer.ts";
import type { TenantCtx } from "#server/ctx.ts";
import { chooseAccount } from "#server/domain/connections/choose-account.ts";
import { holdConnection } from "#server/domain/connections/hold-connection.ts";
import type { HeldConnection } from "#server/domain/connections/rows.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { keyedHash } from "#server/domain/vault/sign-in-tokens.ts";
import { ifFound, ProviderError } from "#server/errors.ts";
import { besideSource } from "./beside-source.ts";
import type { ActionRow, StepRow } from "./rows.ts";

/** What the executor does things with. The door fills it from the shelves, a test from its own. */
export interface Acting {
  kinds(id: string): ActionKind | undefined;
  openAccount(ctx: TenantCtx, held: HeldConnection): Account;
  /** After `signal` it sends nothing more. */
  openWriter(ctx: TenantCtx, held: HeldConnection, more: { signal: AbortSignal }): Writer;
  /** 0 to below 1, for jitter. */
  random(): number;
}

/** An action whose turn it is, held under a lease. */
export interface Held {
  action: ActionRow;
  steps: readonly StepRow[];
  lease: string;
}

/** What was said last. */
type Said = { kind: string; message: string };

/** That nothing of it is done any more. */
export type GivenUp = { ends: "failed"; failure: Said } | { ends: "voided"; why: ActionReason; said?: string | undefined };

/** How a turn of an action ends. */
export type Ending =
  | { ends: "undone" | "expired" }
  /** `last`: the step that was just done, whose receipt is not written yet. */
  | { ends: "done"; last?: { place: number; receipt: Receipt } }
  /** A person has to look. */
  | { ends: "unsure"; failure?: Said }
  /** Another worker has it. */
  | { ends: "lost" }
  | { ends: "kept"; failure: Said }
  | GivenUp
  /** It is due again; `untried` where this was no try, `givenUp` where only what was done is still to be taken back. */
  | { ends: "later"; inMs: number; untried?: boolean; unsure?: boolean; givenUp?: GivenUp };

/** What a try writes leaves us within this time or never: whoever takes a step up later knows that nothing of it is still on its way. */
export const tryMs = 60_000;
/** Longer than a try, and held anew as each step begins: only a worker that died loses it. */
export const actionLeaseMs = 90_000;
/** So often an action is taken up; then a person has to look. */
export const maxTries = 60;

/** How long until the next try: seconds at first, minutes later. */
export const pauseOf = (attempt: number, random: () => number): number =>
  Math.min(600_000, 1000 * 2 ** Math.min(attempt, 10)) * (0.5 + random() / 2);

/** What the steps before one left, and from when on reads show what they wrote. */
export interface Before {
  before: readonly Receipt[];
  shownAt?: number | undefined;
}

interface Step extends Before {
  kind: ActionKind;
  step: StepRow;
}

/** From when on its provider's reads show what a step wrote that began then; undefined where its kind says nothing of that. */
export const shownAtOf = (kind: ActionKind, begunAt: number | null): number | undefined =>
  kind.idempotency === "lookup" && begunAt !== null ? begunAt + tryMs + kind.settledAfterMs : undefined;

/** What a step is done with: the account that it was approved for, and what its kind reads beside it. */
export async function doingOf(ctx: TenantCtx, acting: Acting, { kind, step, before, shownAt }: Step): Promise<Doing> {
  const held = await ifFound(holdConnection(ctx, step.accountId));
  if (!held) throw new ProviderError(kind.need.provider, "revoked", "the account is connected no more");
  const beside = await besideOf(ctx, kind, step);
  return {
    account: acting.openAccount(ctx, held),
    writer: acting.openWriter(ctx, held, { signal: AbortSignal.timeout(tryMs) }),
    key: `${step.actionId}-${step.place}`,
    before: [...before],
    ...(shownAt !== undefined && { shownAt }),
    now: ctx.now(),
    hashOf: (text) => keyedHash(ctx.config, ctx.tenant.id, text),
    ...(step.status === "begun" && step.begunAt !== null && { triedAt: step.begunAt }),
    ...(step.looked !== null && { looked: step.looked }),
    also: (provider) => {
      const other = beside.find(({ connection }) => connection.provider === provider);
      return other ? acting.openAccount(ctx, other) : null;
    },
  };
}

/** The accounts that a kind reads beside its own, as far as the client has them: of shops the one that the action's ids are of. */
async function besideOf(ctx: TenantCtx, { reads = [] }: ActionKind, { connectionId }: StepRow): Promise<HeldConnection[]> {
  if (reads.length === 0) return [];
  const all = await ctx.db.select().from(connections).where(inTenant(ctx, connections));
  const own = besideSource(all, connectionId).filter(({ status }) => status === "active");
  const chosen = reads.map((need) => chooseAccount({ needs: [{ ...need }] }, need.provider, own));
  return Promise.all(chosen.flatMap((found) => ("account" in found ? [holdConnection(ctx, found.account.id)] : [])));
}
