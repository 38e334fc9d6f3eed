import { and, eq, inArray, isNull, sql } from "drizzle-orm";
import { deadLetters, runs, schedules } from "#db/schema/index.ts";
import { type Ctx, enterTenant, requireStaff, requireUser } from "#server/ctx.ts";
import { commitIf, wrote } from "#server/domain/audit/commit-if.ts";
import { findTenant } from "#server/domain/tenancy/find-tenant.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { commitDue } from "#server/domain/turns/commit-due.ts";
import { conflict, notFound } from "#server/errors.ts";
import { MailMessage } from "#server/messages.ts";
import type { DeadLetter } from "./list-dead-letters.ts";

/**
 * Sends what a queue gave up on once more: a run with all its tries before it again, or a mail. A letter is replayed once;
 * a second click changes nothing and says so (`replayed` false). Throws `not_found`, and `conflict` where it cannot be replayed.
 */
export async function replayDeadLetter(ctx: Ctx, { letterId }: { letterId: string }): Promise<{ replayed: boolean }> {
  requireStaff(ctx);
  const [letter] = await ctx.directory.select().from(deadLetters).where(eq(deadLetters.id, letterId));
  if (!letter) throw notFound("dead_letter");
  if (letter.replayedAt !== null) return { replayed: false };
  if (letter.runId && letter.ofTenant)
    return { replayed: await replayRun(ctx, { letter, tenantId: letter.ofTenant, runId: letter.runId }) };
  const mail = MailMessage.safeParse(letter.message);
  if (!mail.success) throw conflict("message_unknown");
  if (!(await markReplayed(ctx, letter))) return { replayed: false };
  await ctx.send.mail(mail.data);
  return { replayed: true };
}

/** The run's own row decides who replays it; the letter is marked after it, so that a crash in between loses nothing. */
async function replayRun(ctx: Ctx, { letter, tenantId, runId }: { letter: DeadLetter; tenantId: string; runId: string }): Promise<boolean> {
  const inside = enterTenant(ctx, await findTenant(ctx, tenantId), "staff");
  const now = ctx.now();
  const ended = inTenant(inside, runs, eq(runs.id, runId), inArray(runs.status, ["dead", "failed"]));
  const another = sql`select 1 from ${runs} open where open.tenant_id = ${tenantId} and open.job = (select job from ${runs} where ${inTenant(inside, runs, eq(runs.id, runId))}) and open.status in ('queued', 'running')`;
  const isQueued = inTenant(inside, runs, eq(runs.id, runId), eq(runs.status, "queued"), eq(runs.availableAt, now));
  const [requeued] = await commitDue(
    inside,
    { queue: "runs", who: sql`select tenant_id from ${runs} where ${isQueued}` },
    sql`exists (select 1 from ${runs} where ${ended}) and not exists (${another})`,
    "run.replayed",
    { run: runId, letter: letter.id },
    [
      inside.db
        .update(runs)
        .set({
          status: "queued",
          attempt: 0,
          availableAt: now,
          lease: null,
          errorKind: null,
          errorMessage: null,
          errorParams: null,
          startedAt: null,
          finishedAt: null,
        })
        .where(and(ended, sql`not exists (${another})`))
        .returning({ id: runs.id }),
      inside.db
        .update(schedules)
        .set({ lastStatus: "queued", lastErrorKind: null, lastErrorMessage: null, lastErrorParams: null })
        .where(
          inTenant(
            inside,
            schedules,
            eq(schedules.lastRunId, runId),
            sql`exists (select 1 from ${runs} where ${inTenant(inside, runs, eq(runs.id, runId), eq(runs.status, "queued"))})`,
          ),
        ),
    ],
  );
  const [run] = requeued as { id: string }[];
  if (!run) {
    const [now] = await inside.db
      .select({ status: runs.status })
      .from(runs)
      .where(inTenant(inside, runs, eq(runs.id, runId)));
    if (now?.status === "dead" || now?.status === "failed") throw conflict("run_open_already");
  }
  // The line in the client's log names the letter.
  await ctx.directory.update(deadLetters).set(markOf(ctx)).where(isWaiting(letter));
  return run !== undefined;
}

const isWaiting = ({ id }: DeadLetter) => and(eq(deadLetters.id, id), isNull(deadLetters.replayedAt));
const markOf = (ctx: Ctx) => ({ replayedAt: ctx.now(), replayedBy: requireUser(ctx).userId });

/** Answers whether this call was the one that marked it. */
async function markReplayed(ctx: Ctx, letter: DeadLetter): Promise<boolean> {
  const open = isWaiting(letter);
  const guard = sql`exists (select 1 from ${deadLetters} where ${open})`;
  const [marked] = await commitIf(ctx, guard, "dead_letter.replayed", { letter: letter.id }, [
    ctx.directory.update(deadLetters).set(markOf(ctx)).where(open).returning({ id: deadLetters.id }),
  ]);
  return wrote(marked);
}
