import * as z from "zod";
import { exportStatuses } from "#db/words/custody.ts";
import type { ErrorCode } from "#server/errors.ts";

export const ExportStatus = z.enum(exportStatuses);

/** How long an admin may look at a secret, from the moment that another one allowed it. */
export const revealOpenMs = 5 * 60_000;
/** How long a request to see a secret waits for its answer. */
export const revealWaitMs = 24 * 3_600_000;

export const RequestReveal = z.object({
  connectionId: z.string().max(60),
  field: z.string().min(1).max(60).describe("The secret's name."),
  reason: z
    .string()
    .trim()
    .min(10, "reason_too_short" satisfies ErrorCode)
    .max(500),
});
export type RequestReveal = z.infer<typeof RequestReveal>;

export const RevealRef = z.object({ revealId: z.string().max(60) });
export type RevealRef = z.infer<typeof RevealRef>;

/**
 * `waiting` for another admin, `open` to the one who asked, else past: `denied`, `expired` unanswered, `over`, and `void` where the
 * secret was replaced before that.
 */
export type RevealState = "waiting" | "open" | "denied" | "expired" | "over" | "void";

/** How long an export can be downloaded once it is made. */
export const exportKeptMs = 7 * 86_400_000;

/** How long a client that shall end is only stopped, and can be brought back with one click. */
export const deletionGraceMs = 30 * 86_400_000;

export const RequestDeletion = z.object({
  confirmation: z.string().max(200).describe("The client's name, as it is written: so that nobody ends the wrong one."),
  reason: z
    .string()
    .trim()
    .min(3, "reason_missing" satisfies ErrorCode)
    .max(500),
});
export type RequestDeletion = z.infer<typeof RequestDeletion>;

/** `waiting`: can be cancelled. `working`: has begun. */
export type DeletionState = "waiting" | "cancelled" | "working" | "done";
