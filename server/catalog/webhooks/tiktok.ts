import { encodeHexLowerCase } from "@oslojs/encoding";
import * as z from "zod";
import { parseJson } from "./json.ts";
import { hmacOf, isSigned, keyOf } from "./signature.ts";
import type { Effect, Incoming, Verdict, Webhook } from "./webhook.ts";

const headerPattern = /^t=(\d{1,12}),\s*s=([0-9a-f]+)$/i;

const Body = z.object({
  client_key: z.string(),
  event: z.string(),
  create_time: z.number(),
  user_openid: z.string().min(1),
  /** JSON in a text. */
  content: z.string().nullish(),
});

/**
 * `t=<seconds>,s=<hex>` over the time, a point and the body. TikTok repeats a delivery for three days and is not known to sign
 * it anew, so that its age refuses nothing: a copy is known by its key.
 */
async function read({ headers, body, secret }: Incoming): Promise<Verdict> {
  const [, timestamp, given] = headerPattern.exec(headers.get("tiktok-signature") ?? "") ?? [];
  if (!timestamp || !given) return { is: "refused", reason: "no_signature" };
  const expected = encodeHexLowerCase(await hmacOf(secret("TIKTOK_CLIENT_SECRET"), `${timestamp}.`, body));
  if (!isSigned(expected, given.toLowerCase())) return { is: "refused", reason: "wrong_signature" };
  const parsed = Body.safeParse(parseJson(body));
  if (!parsed.success) return { is: "refused", reason: "unreadable" };
  const { client_key, event: topic, create_time, user_openid: account, content } = parsed.data;
  const key = keyOf(client_key, topic, create_time, account, content);
  return { is: "events", events: [{ key, topic, account, occurredAt: create_time * 1000, payload: {} }] };
}

const effectOf = ({ topic }: { topic: string }): Effect =>
  topic === "authorization.removed" ? { type: "access_ended", reason: "access_removed" } : { type: "none", reason: "no_reader" };

export const tiktokWebhook: Webhook = {
  provider: "tiktok",
  secrets: ["TIKTOK_CLIENT_SECRET"],
  methods: ["POST"],
  accountsAre: "externalId",
  // A few ids; no limit is told.
  maxBodyBytes: 1 * 1024 * 1024,
  read,
  effectOf,
};
