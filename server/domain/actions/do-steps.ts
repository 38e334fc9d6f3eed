import type { Receipt } from "#db/words/actions.ts";
import type { ActionKind, Attempt, Doing } from "#server/catalog/actions/action.ts";
import type { TenantCtx } from "#server/ctx.ts";
import { type Acting, doingOf, type Ending, type Held, pauseOf } from "./acting.ts";
import { noteStep, voidRest } from "./note-step.ts";
import type { StepRow } from "./rows.ts";
import { compensate } from "./undo-steps.ts";

/** So often an end that the provider cannot tell is asked for, before a person has to look. */
const maxLookups = 12;

/**
 * Does the steps that are not done yet, one after the other. Each is written as begun before its provider is asked, and what came of it
 * right after, both only while the lease holds: so whoever comes after a worker that died knows which step may have been done.
 */
export async function doSteps(ctx: TenantCtx, acting: Acting, held: Held): Promise<Ending> {
  const { action } = held;
  const before: Receipt[] = [];
  for (const step of held.steps) {
    if (step.status === "done") {
      before.push(step.receipt ?? { id: null });
      continue;
    }
    // A step that failed before its worker died: what was done before it is still to be taken back.
    if (step.status === "failed" || step.status === "voided") return giveUp(ctx, acting, held, { ends: "voided", why: "step_failed" });
    const kind = acting.kinds(step.kind);
    if (!kind)
      return giveUp(ctx, acting, held, {
        ends: "failed",
        failure: { kind: "rejected", message: `no kind of action is called ${step.kind}` },
      });
    const doing = await doingOf(ctx, acting, { kind, step, before });
    const ended = step.status === "begun" ? await takeUp(ctx, kind, doing, { held, step }) : await begin(ctx, kind, doing, { held, step });
    switch (ended.did) {
      case "done":
        if (!(await noteStep(ctx, held, step, { status: "done", receipt: ended.receipt }))) return { ends: "lost" };
        before.push(ended.receipt);
        break;
      case "void":
        if (!(await noteStep(ctx, held, step, { status: "voided" }))) return { ends: "lost" };
        return giveUp(ctx, acting, held, { ends: "voided", why: ended.why });
      case "failed":
        if (!(await noteStep(ctx, held, step, { status: "failed" }))) return { ends: "lost" };
        return giveUp(ctx, acting, held, { ends: "failed", failure: ended.failure });
      case "limited":
        // It was not acted on.
        if (!(await noteStep(ctx, held, step, { status: "pending" }))) return { ends: "lost" };
        return { ends: "later", inMs: Math.max((ended.retryAfterS ?? 0) * 1000, pauseOf(action.attempt, acting.random)) };
      case "unsure":
        return afterUnsure(kind, { attempt: action.attempt, random: acting.random });
      case "unsettled":
        if (ended.inMs === undefined && action.attempt >= maxLookups) return { ends: "unsure" };
        return { ends: "later", inMs: ended.inMs ?? pauseOf(action.attempt, acting.random), unsure: true };
      case "lost":
        return { ends: "lost" };
      default:
        return ended satisfies never;
    }
  }
  return { ends: "done" };
}

type Ended =
  | Attempt
  | { did: "void"; why: Extract<Ending, { ends: "voided" }>["why"] }
  /** The provider cannot tell yet; milliseconds where it is known when it can. */
  | { did: "unsettled"; inMs?: number }
  | { did: "lost" };

interface At {
  held: Held;
  step: StepRow;
}

/** A step for the first time: what is no longer true is not done. */
async function begin(ctx: TenantCtx, kind: ActionKind, doing: Doing, { held, step }: At): Promise<Ended> {
  const verdict = await kind.stillValid?.(doing, step.payload);
  if (verdict && !verdict.valid) return { did: "void", why: verdict.why };
  if (!(await noteStep(ctx, held, step, { status: "begun", begunAt: ctx.now() }))) return { did: "lost" };
  return kind.execute(doing, step.payload);
}

/** A step that may have been done already. */
async function takeUp(ctx: TenantCtx, kind: ActionKind, doing: Doing, { held, step }: At): Promise<Ended> {
  if (kind.idempotency !== "lookup") return kind.execute(doing, step.payload);
  const found = await kind.lookup(doing, step.payload);
  if (found === "unknown") return { did: "unsettled" };
  if (found !== "absent") return { did: "done", receipt: found };
  const waited = ctx.now() - (step.begunAt ?? 0);
  // Its reads may not show yet what was written.
  if (waited < kind.settledAfterMs) return { did: "unsettled", inMs: kind.settledAfterMs - waited + 500 };
  return begin(ctx, kind, doing, { held, step });
}

/** Nobody said what came of it. Where a repeated try does it once, it is repeated; else it is looked up before anything else. */
function afterUnsure(kind: ActionKind, { attempt, random }: { attempt: number; random: () => number }): Ending {
  if (kind.idempotency !== "lookup") return { ends: "later", inMs: pauseOf(attempt, random), unsure: true };
  return { ends: "later", inMs: Math.min(kind.settledAfterMs, 5_000), unsure: true };
}

/** What is left is not done, and what was done is taken back where its provider can. */
async function giveUp(ctx: TenantCtx, acting: Acting, held: Held, ending: Ending): Promise<Ending> {
  await voidRest(ctx, held);
  await compensate(ctx, acting, held);
  return ending;
}
