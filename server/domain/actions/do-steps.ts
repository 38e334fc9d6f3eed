import type { Receipt } from "#db/words/actions.ts";
import type { ActionKind, Attempt, Doing, Tried } from "#server/catalog/actions/action.ts";
import type { TenantCtx } from "#server/ctx.ts";
import { ProviderError } from "#server/errors.ts";
import { type Acting, type Before, doingOf, type Ending, type GivenUp, type Held, maxTries, pauseOf, shownAtOf, tryMs } from "./acting.ts";
import { beginStep, noteStep, voidRest } from "./note-step.ts";
import type { ActionRow, StepRow } from "./rows.ts";
import { compensate } from "./undo-steps.ts";

/** So often an end that the provider cannot tell is asked for, before a person has to look. */
const maxLookups = 12;
const mostUnderWayMs = 24 * 3_600_000;

/**
 * Does the steps that are not done yet, one after the other. Each is written as begun before its provider is asked, and what came of it
 * right after, both only while the lease holds: so whoever comes after a worker that died knows which step may have been done. Where
 * `haltedMs` says that nothing is to be done now, it is only looked up what may have been done, and in so many milliseconds tried again.
 */
export async function doSteps(
  ctx: TenantCtx,
  acting: Acting,
  { held, haltedMs }: { held: Held; haltedMs: number | null },
): Promise<Ending> {
  const { action } = held;
  const before: Receipt[] = [];
  let shownAt: number | undefined;
  const wrote = (kind: ActionKind | undefined, begunAt: number | null) => {
    const at = kind && shownAtOf(kind, begunAt);
    if (at !== undefined) shownAt = Math.max(shownAt ?? 0, at);
  };
  for (const step of held.steps) {
    if (step.status === "done") {
      before.push(step.receipt ?? { id: null });
      wrote(acting.kinds(step.kind), step.begunAt);
      continue;
    }
    // Given up in an earlier turn, or by a worker that died: what was done before it is still to be taken back.
    if (step.status === "failed" || step.status === "voided") return giveUp(ctx, acting, held, givenUpAs(action));
    const kind = acting.kinds(step.kind);
    if (!kind)
      return giveUp(ctx, acting, held, {
        ends: "failed",
        failure: { kind: "rejected", message: `no kind of action is called ${step.kind}` },
      });
    const begunAt = step.status === "begun" ? step.begunAt : ctx.now();
    const ended = await tryStep(ctx, acting, { held, step, kind, before, shownAt, halted: haltedMs !== null });
    switch (ended.did) {
      case "done":
        if (step === held.steps.at(-1)) return { ends: "done", last: { place: step.place, receipt: ended.receipt } };
        if (!(await noteStep(ctx, held, step, { status: "done", looked: null, receipt: ended.receipt }))) return { ends: "lost" };
        before.push(ended.receipt);
        wrote(kind, begunAt);
        break;
      case "void":
        if (!(await noteStep(ctx, held, step, { status: "voided" }))) return { ends: "lost" };
        return giveUp(ctx, acting, held, { ends: "voided", why: ended.why, said: ended.said });
      case "failed":
        if (!(await noteStep(ctx, held, step, { status: "failed" }))) return { ends: "lost" };
        return giveUp(ctx, acting, held, { ends: "failed", failure: ended.failure });
      case "limited":
        if (!(await noteStep(ctx, held, step, { status: "pending" }))) return { ends: "lost" };
        return { ends: "later", inMs: Math.max((ended.retryAfterS ?? 0) * 1000, pauseOf(action.attempt, acting.random)) };
      case "under_way":
        if (!(await noteStep(ctx, held, step, { looked: ended.looked }))) return { ends: "lost" };
        // Not a try: what is looked at in turns is as long as it is. What nobody ends in a day is a person's to look at.
        if (ctx.now() - (step.begunAt ?? ctx.now()) > mostUnderWayMs) return { ends: "unsure" };
        return { ends: "later", inMs: ended.inS * 1000, untried: true };
      case "unsure":
        return afterUnsure(kind, { attempt: action.attempt, random: acting.random });
      case "absent":
        // It begins like any other: halts, its time and its truth are looked at anew.
        if (!(await noteStep(ctx, held, step, { status: "pending", looked: null }))) return { ends: "lost" };
        return { ends: "later", inMs: 0 };
      case "doubtful":
        return { ends: "unsure", failure: ended.failure };
      case "unsettled":
        if (ended.looked !== undefined && !(await noteStep(ctx, held, step, { looked: ended.looked }))) return { ends: "lost" };
        if (action.attempt >= (ended.known === false ? maxLookups : maxTries)) return { ends: "unsure" };
        return { ends: "later", inMs: Math.max(ended.inMs ?? 0, pauseOf(action.attempt, acting.random)), unsure: true };
      case "halted":
        return { ends: "later", inMs: haltedMs ?? 0, untried: true, unsure: step.status === "begun" };
      case "lost":
        return { ends: "lost" };
      default:
        return ended satisfies never;
    }
  }
  return { ends: "done" };
}

type Ended =
  | Tried
  | ({ did: "void" } & Omit<Extract<Ending, { ends: "voided" }>, "ends">)
  /** It was not done, and whatever was tried is over. */
  | { did: "absent" }
  /** Nobody can say yet; milliseconds where it is known when, the place up to which was looked, `known` false where the provider cannot tell. */
  | { did: "unsettled"; inMs?: number; looked?: string; known?: false }
  /** A repeated try was refused, which says nothing of the one before it. */
  | { did: "doubtful"; failure: Extract<Attempt, { did: "failed" }>["failure"] }
  | { did: "halted" }
  | { did: "lost" };

interface At {
  held: Held;
  step: StepRow;
}

async function tryStep(
  ctx: TenantCtx,
  acting: Acting,
  { held, step, kind, before, shownAt, halted }: At & Before & { kind: ActionKind; halted: boolean },
): Promise<Ended> {
  try {
    if (halted && step.status !== "begun") return { did: "halted" };
    const doing = await doingOf(ctx, acting, { kind, step, before, shownAt });
    if (step.status !== "begun") return await begin(ctx, kind, doing, { held, step });
    return await takeUp(ctx, kind, doing, { step, halted });
  } catch (error) {
    // A read says at its first time that nothing will come of it. What may have been done is not given up for that.
    const passes = !(error instanceof ProviderError) || error.kind === "rate_limited" || error.kind === "unavailable";
    if (passes || step.status === "begun") throw error;
    return { did: "failed", failure: { kind: error.kind, message: error.message } };
  }
}

/** A step for the first time: what is no longer true is not done. */
async function begin(ctx: TenantCtx, kind: ActionKind, doing: Doing, { held, step }: At): Promise<Ended> {
  const verdict = await kind.stillValid?.(doing, step.payload);
  if (verdict && !verdict.valid) return { did: "void", why: verdict.why, said: verdict.said };
  const begun = await beginStep(ctx, held, step);
  return begun ? kind.execute(doing, begun.payload) : { did: "lost" };
}

/** A step that may have been done already. */
async function takeUp(
  ctx: TenantCtx,
  kind: ActionKind,
  doing: Doing,
  { step, halted }: { step: StepRow; halted: boolean },
): Promise<Ended> {
  if (kind.idempotency !== "lookup") {
    // It may be the first time that it is done.
    if (halted) return { did: "halted" };
    const again = await kind.execute(doing, step.payload);
    // Of what its provider was seen to work on a refusal is no doubt.
    if (again.did === "failed" && doing.looked === undefined) return { did: "doubtful", failure: again.failure };
    return again.did === "limited" ? { did: "unsettled", inMs: (again.retryAfterS ?? 0) * 1000 } : again;
  }
  const found = await kind.lookup(doing, step.payload);
  if (found === "unknown") return { did: "unsettled", known: false };
  if (found !== "absent" && !("looked" in found)) return { did: "done", receipt: found };
  // Its reads may not show yet what was written, at the latest at the end of the try: neither is it absent, nor is that place looked through.
  const left = tryMs + kind.settledAfterMs - (ctx.now() - (step.begunAt ?? 0));
  if (left > 0) return { did: "unsettled", inMs: left + 500 };
  return found === "absent" ? { did: "absent" } : { did: "unsettled", looked: found.looked };
}

/** Nobody said what came of it. Where a repeated try does it once, it is repeated; else it is looked up before anything else. */
function afterUnsure(kind: ActionKind, { attempt, random }: { attempt: number; random: () => number }): Ending {
  if (kind.idempotency !== "lookup") return { ends: "later", inMs: pauseOf(attempt, random), unsure: true };
  return { ends: "later", inMs: Math.min(kind.settledAfterMs, 5_000), unsure: true };
}

/** What is left is not done, and what was done is taken back where its provider can, later where it cannot now. */
async function giveUp(ctx: TenantCtx, acting: Acting, held: Held, givenUp: GivenUp): Promise<Ending> {
  await voidRest(ctx, held);
  const inMs = await compensate(ctx, acting, held);
  return inMs === null ? givenUp : { ends: "later", inMs, givenUp };
}

/** As `settle` kept it, where it came to that. */
export const givenUpAs = ({ failureKind, failureMessage, reason }: ActionRow): GivenUp =>
  failureKind === null
    ? { ends: "voided", why: reason ?? "step_failed", said: failureMessage ?? undefined }
    : { ends: "failed", failure: { kind: failureKind, message: failureMessage ?? "" } };
