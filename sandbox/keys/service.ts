import { sha1 } from "@oslojs/crypto/sha1";
import { encodeHexLowerCase } from "@oslojs/encoding";
import type { KeyServiceId } from "#sandbox/endpoints.ts";
import type { SandboxState } from "#sandbox/providers/provider.ts";

/** One request to a service that is connected by a key, its body read once. `now` is epoch milliseconds. */
export interface KeyCall {
  service: KeyService;
  request: Request;
  url: URL;
  /** Behind the service's root, as its API names it. */
  path: string;
  body: string;
  now: number;
}

/** A service that is connected by a key: one file that fills this in. An account is a name; all its facts follow from it. */
export interface KeyService {
  id: KeyServiceId;
  /** What a key of this account begins with, as on the wire. */
  prefix(account: string): string;
  /** What opens the API: the key itself, or a token that it buys. */
  opens: "key" | "access";
  /** Calls a second and account before it says "too many". */
  perSecond: number;
  /** What a request carries of it. */
  bearer(request: Request): string | null;
  /** What a person types into the form, and the secrets in it besides the key. */
  form(account: string, key: string): { fields: Record<string, string>; secrets?: readonly string[] };
  /** Where tokens are bought: null for any other path. */
  tokens?(state: SandboxState, call: KeyCall): Response | null;
  unauthorized(): Response;
  rateLimited(retryAfter: number): Response;
  serverError(status: number): Response;
  /** A failure that the service dresses as a success. */
  errorInSuccess(): Response;
  notFound(): Response;
  /** Null where it has no such address. */
  api(call: KeyCall, account: string, token: string, state: SandboxState): Response | null;
}

/** Hexadecimal digits that belong to a text, the same on every machine; 40 of them at most. */
export const hexOf = (text: string, digits = 40): string => encodeHexLowerCase(sha1(new TextEncoder().encode(text))).slice(0, digits);

/** Decimal digits that belong to a text; at most 40. */
export const digitsOf = (text: string, digits: number): string =>
  [...hexOf(text, digits)].map((digit) => Number.parseInt(digit, 16) % 10).join("");

/** A UUID that belongs to a text. */
export const uuidOf = (text: string): string => hexOf(text, 32).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");

/** The token of an `Authorization: Bearer` header. */
export const bearerOf = (request: Request): string | null => /^Bearer (.+)$/i.exec(request.headers.get("authorization") ?? "")?.[1] ?? null;
