import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { pixelDoor } from "#server/catalog/pixel.ts";
import { receiveSignal } from "#server/domain/flow/receive-signal.ts";
import { browserCookies, requestCtx } from "#workers/context.ts";
import type { HttpEnv } from "#workers/http-env.ts";

/** Where storefronts tell of completed checkouts. Visitors' browsers send it without their cookies, and are answered the same whatever they sent. */
export const pixel = new Hono<HttpEnv>();

pixel.all(pixelDoor, bodyLimit({ maxSize: 256, onError: (c) => c.body(null, 204) }), async (c) => {
  if (c.req.method !== "POST") return c.body(null, 405, { allow: "POST" });
  const request = { id: c.get("requestId"), ip: c.req.header("cf-connecting-ip") ?? "127.0.0.1", userAgent: "" };
  const { cookies } = browserCookies(null);
  const ctx = requestCtx(c.env, { request, actor: { type: "system", job: "storefront" }, cookies });
  await receiveSignal(ctx, new Uint8Array(await c.req.arrayBuffer()));
  return c.body(null, 204);
});
