import { sessionCookie } from "#server/auth.ts";
import worker from "#workers/app.ts";
import { testEnv } from "./harness.ts";
import { testOrigin } from "./variables.ts";

/** What a request began goes on by itself here: nothing ends this Worker before it is done. */
const context = { waitUntil: () => undefined, passThroughOnException: () => undefined } as Partial<ExecutionContext> as ExecutionContext;

/**
 * Asks the Worker for a path, through everything that stands before its routes. Redirects are answered, not followed. The handler
 * is called directly: the door that the test pool puts before it wraps itself once more with each request, and a run gets slower
 * and slower until its tests exceed their time.
 */
export const ask = async (path: string, init: RequestInit = {}): Promise<Response> =>
  worker.fetch(
    new Request(`${testOrigin}${path}`, { redirect: "manual", ...init }) as Request<unknown, IncomingRequestCfProperties>,
    testEnv,
    context,
  );

/** Headers of a request that a signed-in person's browser sends from a page of ours. */
export const asPerson = (token: string): Record<string, string> => ({
  "content-type": "application/json",
  cookie: `${sessionCookie}=${token}`,
  origin: testOrigin,
});
