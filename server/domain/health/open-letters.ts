import { and, desc, eq, inArray, lt, lte, sql } from "drizzle-orm";
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

/** Each page of so many letters is three statements or more, and an invocation has a thousand. */
const mostPages = 20;

/**
 * The newest open letters that are meant, `limit` at most: ranges of the index `dead_letters_waiting`, and their runs by id in each D1. Job
 * and cause are the run's, so that letters are read on until so many are found; `more` says that there are more of them, or may be. For staff.
 */
export async function openLetters(ctx: Ctx, which: WhichLetters, limit: number): Promise<{ letters: OpenLetter[]; more: boolean }> {
  const { job, cause } = which;
  const letters: OpenLetter[] = [];
  let before: string | undefined;
  for (let pages = 0; pages < mostPages && letters.length <= limit; pages++) {
    const page = await readPage(ctx, { ...which, before }, limit);
    letters.push(
      ...page.filter((letter) => (job === undefined || letter.run?.job === job) && (cause === undefined || causeOf(letter) === cause)),
    );
    if (page.length < limit) return { letters: letters.slice(0, limit), more: letters.length > limit };
    before = page.at(-1)?.id;
  }
  return { letters: letters.slice(0, limit), more: true };
}

async function readPage(
  ctx: Ctx,
  { tenantId, until, before }: WhichLetters & { before: string | undefined },
  limit: number,
): Promise<OpenLetter[]> {
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
        before === undefined ? undefined : lt(deadLetters.id, before),
      ),
    )
    .orderBy(desc(deadLetters.id))
    .limit(limit);
  const found = await runsOfLetters(
    ctx,
    letters.flatMap(({ runId }) => runId ?? []),
  );
  return letters.map(({ runId, ...letter }) => ({ ...letter, run: (runId !== null && found.get(runId)) || null }));
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
