import { sha256 } from "@oslojs/crypto/sha2";
import { constantTimeEqual } from "@oslojs/crypto/subtle";
import { encodeHexLowerCase } from "@oslojs/encoding";

const bytesOf = (text: string) => new TextEncoder().encode(text);

/**
 * HMAC-SHA256 over the parts, one after the other. Text is UTF-8. By the runtime and not in JavaScript: whoever sends a mebibyte of
 * nothing must not cost us a second.
 */
export async function hmacOf(secret: string, ...parts: (string | Uint8Array)[]): Promise<Uint8Array> {
  const pieces = parts.map((part) => (typeof part === "string" ? bytesOf(part) : part));
  const message = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    message.set(piece, at);
    at += piece.length;
  }
  const key = await crypto.subtle.importKey("raw", bytesOf(secret), { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  return new Uint8Array(await crypto.subtle.sign("HMAC", key, message));
}

/**
 * Whether a header carries this signature, written as `expected`. Takes as long for any text of the right length; a text of
 * another length is simply not it.
 */
export const isSigned = (expected: string, given: string): boolean => constantTimeEqual(bytesOf(expected), bytesOf(given));

/** Whether an instant is at most this far from now, before or behind it: what is signed for next year is no proof of today. */
export const isRecent = (at: number, now: number, toleranceMs: number): boolean => Math.abs(now - at) <= toleranceMs;

/** A key for an event that has no id of its own: of all that tells it from others. */
export const keyOf = (...parts: unknown[]): string => encodeHexLowerCase(sha256(bytesOf(JSON.stringify(parts))));
