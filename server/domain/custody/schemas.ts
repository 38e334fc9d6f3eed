import { z } from "zod";

/** `waiting`: asked for. `ready`: can be downloaded until it expires. `failed`: every try failed. */
export const ExportStatus = z.enum(["waiting", "ready", "failed"]);
export type ExportStatus = z.infer<typeof ExportStatus>;

/** What the end of a client left: numbers and instants, and nothing that says who its people or customers were. */
export interface DeletionReceipt {
  /** Table -> rows erased. */
  tables: Record<string, number>;
  /** What was connected, and whether the provider took the access back. */
  grants: { provider: string; kind: "oauth" | "key"; revoked: boolean }[];
  /** People's accounts that were erased, since nothing else was theirs. */
  accounts: number;
  /** The end of its audit log, which was erased too: an export that was made before proves itself against it. */
  auditHead: { seq: number; hash: string } | null;
}
