import { hmac } from "@oslojs/crypto/hmac";
import { SHA256, sha256 } from "@oslojs/crypto/sha2";
import { constantTimeEqual } from "@oslojs/crypto/subtle";
import { encodeBase64urlNoPadding, encodeHexLowerCase } from "@oslojs/encoding";
import { alphabet, generateRandomString } from "oslo/crypto";
import type { Config } from "#server/env.ts";
import { newId } from "#server/ids.ts";

const bytesOf = (text: string) => new TextEncoder().encode(text);

/** 43 characters of base64url's alphabet: 258 random bits. Oslo is known to this file alone. */
export const newToken = (): string => generateRandomString(43, alphabet("A-Z", "a-z", "0-9", "-", "_"));

/** What is stored of a token: enough to recognise it, not to use it. A token has 256 bits, so no salt is needed. */
export const hashToken = (token: string): string => encodeHexLowerCase(sha256(bytesOf(token)));

const derive = (config: Config, purpose: string, id: string): Uint8Array =>
  hmac(
    SHA256,
    Uint8Array.from(atob(config.SIGNING_KEY), (char) => char.charCodeAt(0)),
    bytesOf(`${purpose}\n${id}`),
  );

/**
 * What is stored of a text that must be recognised and never read, such as where somebody lives: HMAC-SHA-256 (hex) by a key that is one
 * client's own, so that nobody tells by it that two clients know the same.
 */
export const keyedHash = (config: Config, tenantId: string, text: string): string =>
  encodeHexLowerCase(hmac(SHA256, derive(config, "keyed-hash", tenantId), bytesOf(text)));

/**
 * The token of a link that we mail, the PKCE verifier of a state, the mark of a browser, the code of a privacy request or the proof of a look at a client, from its id: 256 bits that only
 * the holder of SIGNING_KEY can make.
 */
export const linkToken = (
  config: Config,
  purpose: "sign-in" | "known-browser" | "invitation" | "pkce" | "browser" | "privacy" | "view",
  id: string,
): string => encodeBase64urlNoPadding(derive(config, purpose, id));

/**
 * The id of an address's standing link that begins at `from` (milliseconds) once `used` of that time were opened: always the same one,
 * and nobody else can tell which.
 */
export const standingLinkId = (config: Config, email: string, { from, used }: { from: number; used: number }): string =>
  newId("lnk", from, derive(config, "standing-link", `${used} ${email}`));

/** Tries that the digits of one sign-in allow. A row that begins with them used up is a link alone. */
export const maxCodeTries = 5;

/** The six digits beside the link. */
export function linkCode(config: Config, id: string): string {
  const bytes = derive(config, "code", id);
  const number = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
  return String(number % 1_000_000).padStart(6, "0");
}

/** Compares without telling by its time where the first difference is. */
export const sameText = (a: string, b: string): boolean => constantTimeEqual(bytesOf(a), bytesOf(b));

/** What is stored of a code. Keyed, since a million digits are soon tried against a plain hash. */
export const hashCode = (config: Config, id: string, code: string): string =>
  encodeHexLowerCase(derive(config, "code-hash", `${id}\n${code}`));
