import { type Context, Hono } from "hono";
import { type Healthz, lookAround, unconfigured } from "#server/domain/health/look-around.ts";
import { createLog } from "#server/log.ts";
import { browserCookies, requestCtx } from "#workers/context.ts";
import type { HttpEnv } from "#workers/http-env.ts";

/** What was found is answered again for so long, so that asking often costs nothing. */
const heldMs = 5_000;
let held: { at: number; found: Promise<Healthz> } | undefined;

/** For whoever watches from outside: 200 where all is well, 503 where not, with what was looked at. Nobody is signed in here. */
export const healthz = new Hono<HttpEnv>();

healthz.get("/healthz", async (c) => {
  const now = Date.now();
  if (!held || now - held.at > heldMs || now < held.at) held = { at: now, found: look(c) };
  const found = await held.found;
  c.header("cache-control", "no-store");
  return c.json(found, found.ok ? 200 : 503);
});

async function look(c: Context<HttpEnv>): Promise<Healthz> {
  const request = { id: c.get("requestId"), ip: null, userAgent: "" };
  try {
    return await lookAround(
      requestCtx(c.env, { request, actor: { type: "system", job: "healthz" }, cookies: browserCookies(null).cookies }),
    );
  } catch (error) {
    createLog({ request: request.id }).error("the configuration is incomplete", { error });
    return unconfigured;
  }
}
