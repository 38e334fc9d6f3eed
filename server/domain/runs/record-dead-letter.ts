import * as z from "zod";
import { deadLetters } from "#db/schema/index.ts";
import type { LetterCode } from "#db/words/runs.ts";
import type { Ctx } from "#server/ctx.ts";
import { newId } from "#server/ids.ts";
import { DeadMessage, MailMessage, TaskMessage, TokenMessage } from "#server/messages.ts";

const Known = z.union([DeadMessage, MailMessage, TokenMessage, TaskMessage]);
type Known = z.infer<typeof Known>;
/**
 * Keeps what a queue gave up on, for staff to see. A known message is ids only and is kept; of any other only that it came.
 * A run has one open letter at most, so that a second delivery of the same death writes nothing.
 */
export async function recordDeadLetter(ctx: Ctx, body: unknown): Promise<void> {
  const now = ctx.now();
  const parsed = Known.safeParse(body);
  const message = parsed.success ? parsed.data : null;
  await ctx.directory
    .insert(deadLetters)
    .values({
      id: newId("ddl", now),
      queue: queueOf(message),
      message: message ?? { type: "unreadable" },
      ofTenant: message && "tenant" in message ? message.tenant : null,
      runId: message && "run" in message ? message.run : null,
      reason: kindOf(message),
      at: now,
    })
    .onConflictDoNothing();
}

/** Where it was sent to at first. */
function queueOf(message: Known | null): string {
  const kind = kindOf(message);
  switch (kind) {
    case "run_dead":
      return "atrium-runs";
    case "unreadable":
      return "unknown";
    default:
      return `atrium-${kind}${kind === "mail" ? "" : "s"}`;
  }
}

function kindOf(message: Known | null): LetterCode {
  if (!message) return "unreadable";
  if (message.type === "run.dead") return "run_dead";
  if (message.type.startsWith("mail.")) return "mail";
  return message.type.startsWith("token.") ? "token" : "task";
}
