import type { Ctx } from "#server/ctx.ts";
import { type Problem, readToday } from "./read-today.ts";
import type { Cause } from "./schemas.ts";

/** The clients that need attention by their ids, the worst first, each with the worst of its causes. */
export type Attention = ReadonlyMap<string, Cause>;

/** Who has a problem today (see `readToday`, which costs a healthy fleet nothing). An incident is its provider's and counts for no client. */
export async function needingAttention(ctx: Ctx): Promise<Attention> {
  const { problems } = await readToday(ctx);
  const worst = new Map<string, Cause>();
  for (const problem of problems) for (const id of clientsOf(problem)) if (!worst.has(id)) worst.set(id, problem.cause);
  return worst;
}

function clientsOf(problem: Problem): string[] {
  switch (problem.cause) {
    case "incident":
      return [];
    case "dead_letters":
      return problem.clients.map(({ id }) => id);
    default:
      return problem.client ? [problem.client.id] : [];
  }
}
