import type { Attempt } from "#server/catalog/actions/action.ts";
import type { TenantCtx } from "#server/ctx.ts";
import { ProviderError } from "#server/errors.ts";
import { type Acting, doingOf, type Ending, type Held, maxTries, pauseOf, shownAtOf } from "./acting.ts";
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
      case "unsure":
        // A person asks for it again: what is asked twice is taken back once.
        if (held.action.attempt >= maxTries) return { ends: "kept", failure: saidOf(attempt) };
        return { ends: "later", inMs: waitMs(acting, held, attempt) };
      default:
        return attempt satisfies never;
    }
  }
  return { ends: "undone" };
}

/**
 * The same for a chain that broke off: what can be taken back is, what cannot stays as it was done. Answers in how many milliseconds more of
 * it may be, null where it is over.
 */
export async function compensate(ctx: TenantCtx, acting: Acting, held: Held): Promise<number | null> {
  let again: number | null = null;
  for (const step of (await readStepsOf(ctx, held.action.id)).toReversed()) {
    if (step.status !== "done") continue;
    const attempt = await undo(ctx, acting, step);
    if (attempt?.did === "done") await noteStep(ctx, held, step, { status: "undone" });
    else if (attempt === null || attempt.did === "failed" || held.action.attempt >= maxTries)
      ctx.log.warn("a step of a broken chain could not be taken back", { action: held.action.id, step: step.place, kind: step.kind });
    else again = Math.max(again ?? 0, waitMs(acting, held, attempt));
  }
  return again;
}

const saidOf = (attempt: Extract<Attempt, { did: "limited" | "unsure" }>) =>
  attempt.did === "limited" ? { kind: "rate_limited", message: "rate limit" } : { kind: "unavailable", message: attempt.reason };

const waitMs = (acting: Acting, { action }: Held, attempt: Extract<Attempt, { did: "limited" | "unsure" }>): number =>
  Math.max(attempt.did === "limited" ? (attempt.retryAfterS ?? 0) * 1000 : 0, pauseOf(action.attempt, acting.random));

/** Null where its kind takes nothing back. Asked twice, a kind takes back once. */
async function undo(ctx: TenantCtx, acting: Acting, step: StepRow): Promise<Attempt | null> {
  const kind = acting.kinds(step.kind);
  if (!kind?.undo) return null;
  try {
    const doing = await doingOf(ctx, acting, { kind, step, before: [], shownAt: shownAtOf(kind, step.begunAt) });
    return await kind.undo(doing, step.payload, step.receipt ?? { id: null });
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    // What it reads for that.
    const { kind: failed, message, retryAfterS } = error;
    const passes = failed === "rate_limited" || failed === "unavailable";
    return passes ? { did: "limited", retryAfterS } : { did: "failed", failure: { kind: failed, message } };
  }
}
