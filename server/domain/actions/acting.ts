import type { ActionReason, Receipt } from "#db/words/actions.ts";
import type { Account } from "#server/catalog/account.ts";
import type { ActionKind, Doing } from "#server/catalog/actions/action.ts";
import type { Failure } from "#server/catalog/provider.ts";
import type { Writer } from "#server/catalog/writer.ts";
import type { TenantCtx } from "#server/ctx.ts";
import { holdConnection } from "#server/domain/connections/hold-connection.ts";
import type { HeldConnection } from "#server/domain/connections/rows.ts";
import type { ActionRow, StepRow } from "./rows.ts";

/** What the executor does things with. The door fills it from the shelves, a test from its own. */
export interface Acting {
  kinds(id: string): ActionKind | undefined;
  openAccount(ctx: TenantCtx, held: HeldConnection): Account;
  openWriter(ctx: TenantCtx, held: HeldConnection): Writer;
  /** 0 to below 1, for jitter. */
  random(): number;
}

/** An action whose turn it is, held under a lease. */
export interface Held {
  action: ActionRow;
  steps: readonly StepRow[];
  lease: string;
}

/** How a turn of an action ends. `later`: it is due again; `untried` where this was no try. `unsure`: a person has to look. */
export type Ending =
  | { ends: "done" | "undone" | "expired" | "unsure" }
  /** Another worker has it. */
  | { ends: "lost" }
  | { ends: "failed" | "kept"; failure: Pick<Failure, "kind" | "message"> }
  | { ends: "voided"; why: ActionReason }
  | { ends: "later"; inMs: number; untried?: boolean; unsure?: boolean };

/** Longer than a write's reply is waited for and all that may come before it: only a worker that died loses it. */
export const actionLeaseMs = 90_000;

/** How long until the next try: seconds at first, minutes later. */
export const pauseOf = (attempt: number, random: () => number): number =>
  Math.min(600_000, 1000 * 2 ** Math.min(attempt, 10)) * (0.5 + random() / 2);

/** What a step is done with: the account that it was approved for. `before`: what the steps before it left. */
export async function doingOf(
  ctx: TenantCtx,
  acting: Acting,
  { step, before }: { step: StepRow; before: readonly Receipt[] },
): Promise<Doing> {
  const held = await holdConnection(ctx, step.accountId);
  return {
    account: acting.openAccount(ctx, held),
    writer: acting.openWriter(ctx, held),
    key: `${step.actionId}-${step.place}`,
    before: [...before],
    now: ctx.now(),
  };
}
