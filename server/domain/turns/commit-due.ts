import type { SQL } from "drizzle-orm";
import type { Statement } from "#db/client.ts";
import type { TurnQueue } from "#db/words/turns.ts";
import type { TenantCtx } from "#server/ctx.ts";
import { commitIf } from "#server/domain/audit/commit-if.ts";
import { givingTurns } from "./give-turns.ts";
import { sendTurns, type Turn } from "./send-turns.ts";

/** What of the client's becomes due in which queue: `who` asks for its id (`tenant_id`) as soon as the statements are done, and finds none where they did nothing. */
export interface Due {
  queue: TurnQueue;
  who: SQL;
}

/** As `commitIf`, for what makes work due: the client gets a turn in the same batch, which is sent right after it. Answers what the statements did. */
export async function commitDue(
  ctx: TenantCtx,
  { queue, who }: Due,
  ...[guard, action, details, statements]: [
    guard: SQL,
    action: Parameters<typeof commitIf>[2],
    details: Record<string, unknown>,
    statements: readonly Statement[],
  ]
): Promise<unknown[]> {
  const answers = await commitIf(ctx, guard, action, details, [...statements, givingTurns(ctx.db, queue, { who, now: ctx.now() })]);
  await sendTurns(ctx, queue, answers[statements.length] as Turn[]);
  return answers;
}
