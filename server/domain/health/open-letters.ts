import { and, desc, eq, inArray, lte, sql } from "drizzle-orm";
import { deadLetters, runs } from "#db/schema/index.ts";
import type { RunErrorKind, RunParams } from "#db/words/runs.ts";
import { acrossTenants, type Ctx } from "#server/ctx.ts";

/** A dead letter that nobody replayed yet, with what its run says of itself. */
export interface OpenLetter {
  id: string;
  /** Why the queue gave it up, see `letterCodes`. */
  reason: string;
  tenantId: string | null;
  at: number;
  /** Null for what is no run, and for a run that was forgotten meanwhile. */
  run: { id: string; job: string; errorKind: RunErrorKind | null; errorMessage: string | null; errorParams: RunParams | null } | null;
}

/** Which open letters are meant: of a job, of a cause (see `causeOf`), of a client; without any of them all. */
export interface WhichLetters {
  job?: string | undefined;
  cause?: string | undefined;
  tenantId?: string | undefined;
  /** None that came after this one. */
  until?: string | undefined;
}

/** What letters are grouped by beside their job: how the run failed, else why the queue gave the message up. */
export const causeOf = ({ run, reason }: Pick<OpenLetter, "run" | "reason">): string => run?.errorKind ?? reason;

/** The newest open letters, `limit` at most: a range of the index `dead_letters_waiting`, and their runs by id in each D1. For staff. */
export async function openLetters(ctx: Ctx, { job, cause, tenantId, until }: WhichLetters, limit: number): Promise<OpenLetter[]> {
  const letters = await ctx.directory
    .select({
      id: deadLetters.id,
      reason: deadLetters.reason,
      tenantId: deadLetters.ofTenant,
      at: deadLetters.at,
      runId: deadLetters.runId,
    })
    .from(deadLetters)
    // Literal as the indexes have it: SQLite does not see bound values when it picks one.
    .where(
      and(
        sql`replayed_at is null`,
        tenantId === undefined ? undefined : eq(deadLetters.ofTenant, tenantId),
        until === undefined ? undefined : lte(deadLetters.id, until),
      ),
    )
    .orderBy(desc(deadLetters.id))
    .limit(limit);
  const found = await runsOfLetters(
    ctx,
    letters.flatMap(({ runId }) => runId ?? []),
  );
  return letters
    .map(({ runId, ...letter }) => ({ ...letter, run: (runId !== null && found.get(runId)) || null }))
    .filter((letter) => (job === undefined || letter.run?.job === job) && (cause === undefined || causeOf(letter) === cause));
}

/** What runs say of themselves, by id, in whatever D1 they are; those that were forgotten meanwhile are left out. For staff. */
export async function runsOfLetters(ctx: Ctx, ids: readonly string[]): Promise<Map<string, NonNullable<OpenLetter["run"]>>> {
  if (ids.length === 0) return new Map();
  const asked = sql`(select value from json_each(${JSON.stringify(ids)}))`;
  const { id, job, errorKind, errorMessage, errorParams } = runs;
  const found = await Promise.all(
    acrossTenants(ctx).map(({ db }) => db.select({ id, job, errorKind, errorMessage, errorParams }).from(runs).where(inArray(id, asked))),
  );
  return new Map(found.flat().map((run) => [run.id, run]));
}
