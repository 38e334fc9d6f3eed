import { type Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { flowDoor } from "#server/catalog/flow-actions.ts";
import { webhooks as shelf } from "#server/catalog/webhooks/registry.ts";
import type { Ctx } from "#server/ctx.ts";
import { receiveFlowCall } from "#server/domain/flow/receive-flow-call.ts";
import { keepRefusal } from "#server/domain/webhooks/keep-refusal.ts";
import { type Receipt, type Received, receiveWebhook } from "#server/domain/webhooks/receive.ts";
import { browserCookies, requestCtx } from "#workers/context.ts";
import type { HttpEnv } from "#workers/http-env.ts";
import { voiceIn } from "#workers/voice.ts";

/**
 * Where providers send their events. There is no browser here: no cookie is read or set, nobody is signed in, and whatever is not
 * proven by its signature is told nothing but that it is refused.
 */
export const webhooks = new Hono<HttpEnv>();

webhooks.use("/webhooks/*", async (c, next) => {
  const request = { id: c.get("requestId"), ip: c.req.header("cf-connecting-ip") ?? "127.0.0.1", userAgent: "" };
  const { cookies } = browserCookies(null);
  c.set("ctx", requestCtx(c.env, { request, actor: { type: "system", job: "webhooks" }, cookies }));
  await next();
});

/** A workflow of Shopify Flow waits here for what came of it, and its merchant reads the words: not as events, which the queue works off. */
webhooks.all(flowDoor, shortEnough(64 * 1024, { provider: "shopify", callback: "flow" }), async (c) => {
  if (c.req.method !== "POST") return c.body(null, 405, { allow: "POST" });
  const ctx: Ctx = { ...c.get("ctx"), actor: { type: "system", job: "shopify-flow" } };
  const body = new Uint8Array(await c.req.arrayBuffer());
  const answer = await receiveFlowCall(ctx, { signature: c.req.header("x-shopify-hmac-sha256") ?? null, body });
  if (answer.is === "unproven") return c.body(null, refusalStatus[answer.reason]);
  const { status, says, locale, retryAfterS } = answer;
  const headers = { "content-type": "application/json", ...(retryAfterS !== undefined && { "retry-after": String(retryAfterS) }) };
  return new Response(JSON.stringify({ message: voiceIn(locale).say(says) }), { status, headers });
});

for (const { provider, secrets, own, methods, takesGet, maxBodyBytes, callbacks = {} } of shelf) {
  const door = (path: string, callback: string | null, allowed: readonly string[]) =>
    webhooks.all(path, shortEnough(maxBodyBytes, { provider, callback }), async (c) => {
      const { method, url } = c.req;
      const isTaken = allowed.includes(method) || (callback === null && method === "GET" && takesGet?.(new URL(url).searchParams));
      return isTaken ? receive(c, { provider, callback }) : c.body(null, 405, { allow: allowed.join(", ") });
    });
  if (secrets.length > 0) door(`/webhooks/${provider}`, null, methods);
  for (const callback of Object.keys(callbacks)) door(`/webhooks/${provider}/${callback}`, callback, ["POST"]);
  if (own) {
    webhooks.all(`/webhooks/${provider}/:connection`, shortEnough(maxBodyBytes, { provider, callback: null }), (c) =>
      c.req.method === "POST"
        ? receive(c, { provider, callback: null, connection: c.req.param("connection") })
        : c.body(null, 405, { allow: "POST" }),
    );
  }
}
webhooks.all("/webhooks/*", (c) => c.body(null, 404));

function shortEnough(maxSize: number, { provider, callback }: { provider: string; callback: string | null }) {
  return bodyLimit({
    maxSize,
    async onError(c: Context<HttpEnv>) {
      await keepRefusal(c.get("ctx"), { provider, callback, reason: "too_large" });
      return c.body(null, refusalStatus.too_large);
    },
  });
}

async function receive(c: Context<HttpEnv>, where: Pick<Received, "provider" | "callback" | "connection">): Promise<Response> {
  const ctx = c.get("ctx");
  const asSeen = new URL(c.req.url);
  const body = new Uint8Array(await c.req.arrayBuffer());
  // A proxy in front of us may have renamed the host that the provider called.
  const urls = [asSeen.href, `${ctx.config.APP_ORIGIN}${asSeen.pathname}${asSeen.search}`];
  return answer(c, await receiveWebhook(ctx, { ...where, method: c.req.method, urls, headers: c.req.raw.headers, body }));
}

function answer(c: Context<HttpEnv>, receipt: Receipt): Response {
  switch (receipt.is) {
    case "accepted":
      return c.body(null, 200);
    case "challenge":
      return c.text(receipt.reply);
    case "confirmation":
      return c.json({ url: `${c.get("ctx").config.APP_ORIGIN}/privacy/${receipt.code}`, confirmation_code: receipt.code });
    case "refused":
      return c.body(null, refusalStatus[receipt.reason]);
    default:
      return receipt satisfies never;
  }
}

/** 503 where it is our own fault: the provider keeps the event and sends it again. */
const refusalStatus = {
  no_secret: 503,
  // As a wrong signature: nobody finds out which addresses there are.
  unknown_address: 401,
  no_signature: 401,
  wrong_signature: 401,
  stale: 401,
  other_account: 401,
  wrong_word: 403,
  unreadable: 400,
  too_large: 413,
} as const satisfies Record<Extract<Receipt, { is: "refused" }>["reason"], number>;
