import { sha256 } from "@oslojs/crypto/sha2";
import { encodeHexLowerCase } from "@oslojs/encoding";
import type { auditLog } from "#db/schema/index.ts";

/** A line as it stands in a chain: all of it but the request in which it was written, which the chain does not hold. */
export type AuditRow = Omit<typeof auditLog.$inferSelect, "requestId">;

/** The end of a chain: how many lines it has, and the hash of its last one. */
export interface ChainHead {
  seq: number;
  hash: string;
}

/** The head of a chain without a line. */
export const emptyChain: ChainHead = { seq: 0, hash: "" };

/**
 * The hash of a line, which holds all that came before it: SHA-256, in lower-case hex, of the UTF-8 bytes of the JSON array
 * `[previous, id, at, tenantId, actorType, actorId, action, details, ip]`, written without spaces and with the keys of all
 * objects in order of their UTF-16 code units (RFC 8785). `previous` is the hash of the line before it, "" for the first;
 * `at` is in milliseconds since 1970. The line's number is not in it: the chain itself says the order.
 */
export function lineHash(previous: string, line: Omit<AuditRow, "seq" | "hash">): string {
  const { id, at, tenantId, actorType, actorId, action, details, ip } = line;
  const text = canonical([previous, id, at, tenantId, actorType, actorId, action, details, ip]);
  return encodeHexLowerCase(sha256(new TextEncoder().encode(text)));
}

/** JSON in its one form. What JSON leaves out (undefined) is left out here too, so that a line reads back as it was hashed. */
export const canonical = (value: unknown): string => JSON.stringify(sorted(JSON.parse(JSON.stringify(value))));

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== "object") return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, item]) => [key, sorted(item)]));
}

/**
 * - `changed`: the line is not what was written, or the one before it was taken away and the rest numbered anew.
 * - `missing`: lines before it are gone.
 * - `moved`: the line is as it was written, at another place.
 * - `cut`: the end of the log is gone; the line is the last one that is left.
 * - `added`: the line was not written by us.
 */
export type BreakKind = "changed" | "missing" | "moved" | "cut" | "added";

/** The first link that does not hold. `line` is null where no line is left to name. */
export interface BrokenLink {
  kind: BreakKind;
  line: string | null;
  /** The line's number, or the first number that is missing. */
  seq: number;
}

/**
 * Follows the chain over these lines, in order of their numbers, from `head` on. Answers the head after them, or the first
 * link that does not hold.
 */
export function followChain(head: ChainHead, lines: readonly AuditRow[]): { head: ChainHead; broken: BrokenLink | null } {
  let { seq, hash } = head;
  for (const line of lines) {
    const expected = seq + 1;
    if (line.seq !== expected) return { head: { seq, hash }, broken: { kind: "missing", line: line.id, seq: expected } };
    if (line.hash !== lineHash(hash, line)) {
      // The line fits behind another hash than the one that stands before it: only its place is wrong.
      const fits = ["", head.hash, ...lines.map((other) => other.hash ?? "")].some((before) => lineHash(before, line) === line.hash);
      return { head: { seq, hash }, broken: { kind: fits ? "moved" : "changed", line: line.id, seq: expected } };
    }
    ({ seq, hash } = { seq: expected, hash: line.hash });
  }
  return { head: { seq, hash }, broken: null };
}
