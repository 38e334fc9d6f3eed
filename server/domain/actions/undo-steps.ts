import type { Attempt } from "#server/catalog/actions/action.ts";
import type { TenantCtx } from "#server/ctx.ts";
import { type Acting, doingOf, type Ending, type Held, maxTries, pauseOf } from "./acting.ts";
import { noteStep, readStepsOf } from "./note-step.ts";
import type { StepRow } from "./rows.ts";

/** Takes back what was done, the last step first. What its provider refuses to take back leaves the action done. */
export async function undoSteps(ctx: TenantCtx, acting: Acting, held: Held): Promise<Ending> {
  for (const step of held.steps.toReversed()) {
    if (step.status !== "done") continue;
    const attempt = await undo(ctx, acting, step);
    if (attempt === null) return { ends: "kept", failure: { kind: "rejected", message: `${step.kind} cannot be undone` } };
    switch (attempt.did) {
      case "done":
        if (!(await noteStep(ctx, held, step, { status: "undone" }))) return { ends: "lost" };
        break;
      case "failed":
        return { ends: "kept", failure: attempt.failure };
      case "limited":
      case "unsure": {
        if (held.action.attempt >= maxTries) return { ends: "unsure" };
        const asked = attempt.did === "limited" ? (attempt.retryAfterS ?? 0) * 1000 : 0;
        return { ends: "later", inMs: Math.max(asked, pauseOf(held.action.attempt, acting.random)) };
      }
      default:
        return attempt satisfies never;
    }
  }
  return { ends: "undone" };
}

/** The same for a chain that broke off: what can be taken back is, the rest stays as it was done. */
export async function compensate(ctx: TenantCtx, acting: Acting, held: Held): Promise<void> {
  for (const step of (await readStepsOf(ctx, held.action.id)).toReversed()) {
    if (step.status !== "done") continue;
    const attempt = await undo(ctx, acting, step);
    if (attempt?.did === "done") await noteStep(ctx, held, step, { status: "undone" });
    else ctx.log.warn("a step of a broken chain could not be taken back", { action: held.action.id, step: step.place, kind: step.kind });
  }
}

/** Null where its kind takes nothing back. Asked twice, a kind takes back once. */
async function undo(ctx: TenantCtx, acting: Acting, step: StepRow): Promise<Attempt | null> {
  const kind = acting.kinds(step.kind);
  if (!kind?.undo) return null;
  return kind.undo(await doingOf(ctx, acting, { kind, step, before: [] }), step.payload, step.receipt ?? { id: null });
}
