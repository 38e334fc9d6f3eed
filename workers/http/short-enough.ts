import { TRPCError } from "@trpc/server";
import { bodyLimit } from "hono/body-limit";
import { createMiddleware } from "hono/factory";
import { doorOf } from "#workers/doors.ts";
import type { HttpEnv } from "#workers/http-env.ts";

const onError = () => {
  throw new TRPCError({ code: "PAYLOAD_TOO_LARGE" });
};

/** Refuses a body that is longer than its door takes. */
export const shortEnough = createMiddleware<HttpEnv>(async (c, next) => {
  const { maxBody } = doorOf(c.req.path);
  if (maxBody === null) return next();
  return bodyLimit({ maxSize: maxBody, onError })(c, next);
});
