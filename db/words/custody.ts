import type { Farewell } from "./connections.ts";

/** `waiting`: asked for. `ready`: can be downloaded until it expires. `failed`: every try failed. */
export const exportStatuses = ["waiting", "ready", "failed"] as const;
export type ExportStatus = (typeof exportStatuses)[number];

/** A hash that was put down: the eight words, how many bytes went in, and those that fill no block yet (base64). */
export interface HashState {
  words: number[];
  length: number;
  rest: string;
}

/** A file that is written: where it begins in the zip, its checksum and its length as it lies there. */
export interface ZipEntry {
  name: string;
  rows: number;
  bytes: number;
  at: number;
  crc: number;
  packed: number;
}

/** A zip that was put down between two pieces of it: JSON, small, and all that another process needs to go on. */
export interface ZipState {
  /** Bytes written. */
  offset: number;
  done: (ZipEntry & { sha256: string })[];
  open: (ZipEntry & { hash: HashState }) | null;
}

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
