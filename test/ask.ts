import { exports } from "cloudflare:workers";
import { sessionCookie } from "#server/auth.ts";
import { testOrigin } from "./variables.ts";

const portal = (exports as unknown as { default: Fetcher }).default;

/** Asks the Worker for a path, through everything that stands before its routes. Redirects are answered, not followed. */
export const ask = (path: string, init: RequestInit = {}): Promise<Response> =>
  portal.fetch(new Request(`${testOrigin}${path}`, { redirect: "manual", ...init }));

/** Headers of a request that a signed-in person's browser sends from a page of ours. */
export const asPerson = (token: string): Record<string, string> => ({
  "content-type": "application/json",
  cookie: `${sessionCookie}=${token}`,
  origin: testOrigin,
});
