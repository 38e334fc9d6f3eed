import type { LimitName } from "#server/domain/tenancy/limits.ts";

/** Where the pages of a portal stand by themselves: what somebody else may do with them. */
export interface Door {
  /** An address, or all below it where it ends in `/*`. */
  path: string;
  /** Who comes in, and what proves it. `page`: each page and each procedure says itself whom it lets in. */
  who: "anybody" | "signature" | "person" | "procedure" | "page" | "developer";
  /** From whose pages what changes something may be sent with a person's cookies. */
  senders: "ours" | "any";
  /** Whose scripts may read the answers. */
  readers: "ours" | "any";
  /** Bytes of the longest body; null: each of its routes says its own. */
  maxBody: number | null;
  /** How often a person, a client or a network may come; what only reads is not counted, since a count is a write. */
  limits: readonly LimitName[];
  /** Who may show it in a frame. */
  framed: "nobody" | "anybody";
  /** What of a person's device its pages may ask for. */
  devices: readonly ("camera" | "microphone")[];
}

const body = 256 * 1024;
const closed = { senders: "ours", readers: "ours", maxBody: body, limits: [], framed: "nobody", devices: [] } as const;
const changes = ["change:person", "change:tenant"] as const;
const consents = ["oauth:ip", "oauth:user"] as const;

/**
 * Every door of the Worker, in one place: the first one whose path fits counts. The limits are counted where it is known whom to
 * count (server/domain/tenancy/limits.ts has how many, and those that one verb alone has).
 */
export const doors: readonly Door[] = [
  { path: "/healthz", who: "anybody", ...closed },
  // There is no browser: whoever sends these says who it is by a signature.
  { path: "/webhooks/*", who: "signature", ...closed, senders: "any", maxBody: null },
  // Visitors of clients' shops: nothing is proven, nothing is answered (server/domain/flow/receive-signal.ts).
  { path: "/pixel", who: "anybody", ...closed, senders: "any", maxBody: null },
  { path: "/api/trpc/*", who: "procedure", ...closed, limits: changes },
  { path: "/api/auth/oauth/*", who: "person", ...closed, limits: consents },
  { path: "/api/integrations/*", who: "person", ...closed, limits: [...consents, "change:person"] },
  { path: "/api/*", who: "procedure", ...closed, limits: changes },
  { path: "/dev/outbox/*", who: "developer", ...closed },
  { path: "/*", who: "page", ...closed, limits: ["sign-in:network", "sign-in-code:network", ...changes] },
];

const last = doors[doors.length - 1] as Door;

const fits = ({ path: pattern }: Door, path: string): boolean =>
  pattern.endsWith("/*") ? path === pattern.slice(0, -2) || path.startsWith(pattern.slice(0, -1)) : path === pattern;

/** The rules of an address. */
export const doorOf = (path: string): Door => doors.find((door) => fits(door, path)) ?? last;
