import { z } from "zod";
import type { Farewell } from "#server/domain/connections/schemas.ts";
import type { ZipState } from "./zip-writer.ts";

/** `waiting`: asked for. `ready`: can be downloaded until it expires. `failed`: every try failed. */
export const ExportStatus = z.enum(["waiting", "ready", "failed"]);
export type ExportStatus = z.infer<typeof ExportStatus>;

/** Where an export goes on from: kept in one batch with the pieces of the zip that it stands for. */
export interface ExportProgress {
  /** When it began: the time of its files. */
  at: number;
  /** Pieces that are kept. */
  seq: number;
  /** The key of the last row of the file that is open. */
  behind: Readonly<Record<string, string | number>> | null;
  /** The last line of the audit log that is in it and has a place in the chain. */
  head: { seq: number; hash: string } | null;
  zip: ZipState;
}

/** What the end of a client left: numbers and instants, and nothing that says who its people or customers were. */
export interface DeletionReceipt {
  /** Table -> rows erased. */
  tables: Record<string, number>;
  /**
   * What was connected or still owed, and what became of the access at its provider: `revoked` where that says that it took it back,
   * `farewell` in full, null where nobody came to know. Each is written down before its provider is asked.
   */
  grants: { connection: string; provider: string; kind: "oauth" | "key"; farewell: Farewell | null; revoked: boolean }[];
  /** People's accounts that were erased, since nothing else was theirs. */
  accounts: number;
  /** The end of its audit log, which was erased too: an export that was made before proves itself against it. */
  auditHead: { seq: number; hash: string } | null;
}

/** How long an admin may look at a secret, from the moment that another one allowed it. */
export const revealOpenMs = 5 * 60_000;
/** How long a request to see a secret waits for its answer. */
export const revealWaitMs = 24 * 3_600_000;

export const RequestReveal = z.object({
  connectionId: z.string().max(60),
  field: z.string().min(1).max(60).describe("The secret's name."),
  reason: z.string().trim().min(10, "Say why, in ten letters or more.").max(500),
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
export const graceMs = 30 * 86_400_000;

export const RequestDeletion = z.object({
  confirmation: z.string().max(200).describe("The client's name, as it is written: so that nobody ends the wrong one."),
  reason: z.string().trim().min(3, "Say why.").max(500),
});
export type RequestDeletion = z.infer<typeof RequestDeletion>;

/** `waiting`: can be cancelled. `working`: has begun. */
export type DeletionState = "waiting" | "cancelled" | "working" | "done";
