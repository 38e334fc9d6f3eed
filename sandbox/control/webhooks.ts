import { hmac } from "@oslojs/crypto/hmac";
import { SHA256 } from "@oslojs/crypto/sha2";
import { decodeBase64, decodeBase64urlIgnorePadding, encodeBase64, encodeBase64urlNoPadding, encodeHexLowerCase } from "@oslojs/encoding";
import { z } from "zod";
import { sandboxClients, webhookSecrets } from "#sandbox/endpoints.ts";
import { hashOf } from "#sandbox/seed.ts";
import { signedWebhook, webhookHmac } from "#sandbox/shopify/hmac.ts";

/** What one of the providers is made to send. */
export const Webhook = z
  .object({
    provider: z.enum(["shopify", "klaviyo", "hubspot", "meta", "slack", "tiktok", "telnyx"]).default("shopify"),
    /** What happened, in the provider's words. */
    topic: z.string().default(""),
    /** Whom it happened to; of Shopify the shop's domain. */
    account: z.string().optional(),
    shop: z.string().optional(),
    /** The whole body, as text or as a value; without it the provider's usual envelope around topic and account. */
    payload: z.unknown().optional(),
    webhookId: z.string().optional(),
    /**
     * Meta's other addresses; Slack's buttons come as a form. `flow`: a workflow of Shopify Flow asks for the action whose handle `topic` is, with
     * `payload` as its properties and `webhookId` as its `action_run_id`.
     */
    as: z.enum(["event", "deletion", "deauthorize", "interaction", "flow"]).default("event"),
    /** Milliseconds since 1970: when it is signed. */
    at: z.number().int().optional(),
    wrongSignature: z.boolean().default(false),
    /** What one account's own webhook signs with, of Klaviyo and Telnyx (there the seed of its key, as base64); else the app's. */
    secret: z.string().optional(),
    /** Where it is sent to; without it the signed request is answered. */
    url: z.url().optional(),
    /** So often at once, as providers do by accident. */
    copies: z.number().int().min(1).max(50).default(1),
    /** So often again, until it is taken. */
    retries: z.number().int().min(0).max(20).default(0),
  })
  .transform((input) => ({ ...input, account: input.account ?? input.shop ?? "" }));
export type Webhook = z.infer<typeof Webhook>;

export interface SignedRequest {
  headers: Record<string, string>;
  body: string;
}

const bytes = (text: string) => new TextEncoder().encode(text);
const mac = (secret: string, text: string) => hmac(SHA256, bytes(secret), bytes(text));

/** Headers and body as the provider sends them, signed with what the sandbox's variables say. `attempt` counts from 0. */
export async function signRequest(input: Webhook, now: number, attempt = 0): Promise<SignedRequest> {
  const at = input.at ?? now;
  const signed = await sign(input, {
    at,
    attempt,
    body: bodyOf(input, at, attempt),
    url: input.url ?? "http://atrium.test/webhooks/hubspot",
  });
  return input.wrongSignature ? spoil(signed) : signed;
}

interface Parts {
  at: number;
  attempt: number;
  body: string;
  url: string;
}

async function sign(input: Webhook, { at, attempt, body, url }: Parts): Promise<SignedRequest> {
  const json = { "content-type": "application/json" };
  const seconds = String(Math.floor(at / 1000));
  switch (input.provider) {
    case "shopify": {
      const { topic, account: shop, webhookId } = input;
      const secret = sandboxClients.shopify.clientSecret;
      // All that Flow says is in the body.
      if (input.as === "flow") return { body, headers: { ...json, "x-shopify-hmac-sha256": webhookHmac(body, secret) } };
      return signedWebhook({ topic, shop, payload: body, now: at, ...(webhookId !== undefined && { webhookId }) }, secret);
    }
    case "klaviyo": {
      const timestamp = new Date(at).toUTCString();
      const signature = encodeHexLowerCase(mac(input.secret ?? webhookSecrets.KLAVIYO_WEBHOOK_SECRET, body + timestamp));
      const headers = { "klaviyo-signature": signature, "klaviyo-timestamp": timestamp, "klaviyo-webhook-id": klaviyoWebhookId };
      return { body, headers: { ...json, ...headers } };
    }
    case "hubspot": {
      const signature = encodeBase64(mac(sandboxClients.hubspot.clientSecret, `POST${url}${body}${at}`));
      return { body, headers: { ...json, "x-hubspot-signature-v3": signature, "x-hubspot-request-timestamp": String(at) } };
    }
    case "meta":
      if (input.as === "deletion" || input.as === "deauthorize") return { body, headers: { "content-type": form } };
      return {
        body,
        headers: { ...json, "x-hub-signature-256": `sha256=${encodeHexLowerCase(mac(sandboxClients.meta.clientSecret, body))}` },
      };
    case "slack": {
      const signature = `v0=${encodeHexLowerCase(mac(webhookSecrets.SLACK_SIGNING_SECRET, `v0:${seconds}:${body}`))}`;
      const retry: Record<string, string> =
        attempt > 0 ? { "x-slack-retry-num": String(attempt), "x-slack-retry-reason": "http_error" } : {};
      const type = { "content-type": input.as === "interaction" ? form : "application/json" };
      return { body, headers: { ...type, ...retry, "x-slack-signature": signature, "x-slack-request-timestamp": seconds } };
    }
    case "tiktok": {
      const signature = encodeHexLowerCase(mac(sandboxClients.tiktok.clientSecret, `${seconds}.${body}`));
      const headers = {
        "tiktok-signature": `t=${seconds},s=${signature}`,
        "webhook-schema-version": "1.0",
        "x-tt-logid": crypto.randomUUID(),
      };
      return { body, headers: { ...json, ...headers } };
    }
    case "telnyx": {
      const made = await crypto.subtle.sign("Ed25519", await telnyxKey(input.secret), bytes(`${seconds}|${body}`));
      const signature = encodeBase64(new Uint8Array(made));
      return { body, headers: { ...json, "telnyx-signature-ed25519": signature, "telnyx-timestamp": seconds } };
    }
  }
}

/** The key of the vector in ../shared/vectors.json: its seed is the bytes 0 to 31. */
const telnyxSeed = encodeBase64(Uint8Array.from({ length: 32 }, (_, at) => at));
/** RFC 8410: a private key is this and its seed. */
const pkcs8 = Uint8Array.from([0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20]);
const telnyxKey = (seed = telnyxSeed) =>
  crypto.subtle.importKey("pkcs8", Uint8Array.from([...pkcs8, ...decodeBase64(seed)]), { name: "Ed25519" }, true, ["sign"]);

/** The public key of an account at Telnyx, as its portal shows it. */
export async function telnyxPublicKey(seed?: string): Promise<string> {
  const { x = "" } = (await crypto.subtle.exportKey("jwk", await telnyxKey(seed))) as JsonWebKey;
  return encodeBase64(decodeBase64urlIgnorePadding(x));
}

const form = "application/x-www-form-urlencoded";
const klaviyoWebhookId = "01HF7AYTK76RHR4F17G6DGTRGF";

function bodyOf(input: Webhook, at: number, attempt: number): string {
  if (input.provider === "meta" && input.as !== "event") return signedRequest(input.account, at);
  if (typeof input.payload === "string") return input.payload;
  if (input.provider === "shopify" && input.as === "flow") return flowCall(input);
  if (input.payload !== undefined) {
    const payload = JSON.stringify(input.payload);
    return input.provider === "slack" && input.as === "interaction" ? new URLSearchParams({ payload }).toString() : payload;
  }
  const id = input.webhookId ?? crypto.randomUUID();
  const seconds = Math.floor(at / 1000);
  switch (input.provider) {
    case "shopify":
      return "{}";
    case "klaviyo":
      return JSON.stringify({
        data: [{ external_id: id, topic: input.topic, payload: { data: { type: "event", id } } }],
        meta: { klaviyo_account_id: input.account, klaviyo_webhook_id: klaviyoWebhookId, timestamp: new Date(at).toISOString() },
      });
    case "hubspot":
      return JSON.stringify([
        {
          eventId: Number.parseInt(id.replaceAll(/\D/g, "").slice(0, 9) || "1", 10),
          subscriptionId: 12345,
          portalId: Number(input.account),
          occurredAt: at,
          subscriptionType: input.topic,
          attemptNumber: attempt,
          objectId: 123,
        },
      ]);
    case "meta": {
      const [object = "user", field = "name"] = input.topic.split(".");
      return JSON.stringify({ object, entry: [{ id: input.account, time: seconds, changes: [{ field, value: { id } }] }] });
    }
    case "slack": {
      if (input.as === "interaction") {
        const payload = { type: input.topic, team: { id: input.account }, trigger_id: id };
        return new URLSearchParams({ payload: JSON.stringify(payload) }).toString();
      }
      const event = { type: input.topic, ...(input.topic === "tokens_revoked" && { tokens: { oauth: [], bot: ["U0"] } }) };
      return JSON.stringify({
        token: "x",
        team_id: input.account,
        api_app_id: "A0",
        event,
        type: "event_callback",
        event_id: id,
        event_time: seconds,
      });
    }
    case "tiktok":
      return JSON.stringify({
        client_key: sandboxClients.tiktok.clientId,
        event: input.topic,
        create_time: seconds,
        user_openid: input.account,
        content: "{}",
      });
    case "telnyx":
      return JSON.stringify({
        data: { record_type: "event", event_type: input.topic, id, occurred_at: new Date(at).toISOString(), payload: {} },
        meta: { attempt: attempt + 1, delivered_to: input.url ?? "" },
      });
  }
}

/** What Flow sends to an action's `runtime_url` (shopify.dev, "Create Flow action endpoints"): ids as texts. */
const flowCall = ({ account, topic, webhookId, payload }: Webhook): string =>
  JSON.stringify({
    ...{ shop_id: String(hashOf(account)), shopify_domain: account, action_run_id: webhookId ?? crypto.randomUUID() },
    ...{ action_definition_id: topic, handle: topic, properties: payload ?? {} },
  });

/** Meta's form for a person who removes the app, or wants their data deleted. */
function signedRequest(user: string, at: number): string {
  const payload = encodeBase64urlNoPadding(
    bytes(JSON.stringify({ algorithm: "HMAC-SHA256", issued_at: Math.floor(at / 1000), user_id: user })),
  );
  const signature = encodeBase64urlNoPadding(mac(sandboxClients.meta.clientSecret, payload));
  return new URLSearchParams({ signed_request: `${signature}.${payload}` }).toString();
}

/** One letter of the signature is another one; it is as long as the right one. */
function spoil({ headers, body }: SignedRequest): SignedRequest {
  const other = (text: string) => (text.startsWith("A") ? `B${text.slice(1)}` : `A${text.slice(1)}`);
  const spoiled = Object.entries(headers).map(([name, value]) => {
    if (!/signature|hmac/.test(name)) return [name, value];
    const at = Math.max(value.lastIndexOf("=", value.length - 3), -1) + 1;
    return [name, value.slice(0, at) + other(value.slice(at))];
  });
  return {
    headers: Object.fromEntries(spoiled) as Record<string, string>,
    body: body.replace(/^signed_request=./, (text) => `${text.slice(0, -1)}~`),
  };
}

/** Sends it `copies` times at once, each again until it is taken or `retries` are used up; answers every status. */
export async function sendWebhook(input: Webhook, url: string): Promise<{ statuses: number[]; body: string }> {
  // Copies of one event: they share its id and its moment.
  const one = { ...input, webhookId: input.webhookId ?? crypto.randomUUID(), at: input.at ?? Date.now() };
  const answers = await Promise.all(Array.from({ length: input.copies }, () => sendUntilTaken(one, url)));
  return { statuses: answers.flatMap(({ statuses }) => statuses), body: answers.at(-1)?.body ?? "" };
}

async function sendUntilTaken(input: Webhook, url: string): Promise<{ statuses: number[]; body: string }> {
  const statuses: number[] = [];
  for (let attempt = 0; ; attempt++) {
    const answer = await fetch(url, { method: "POST", ...(await signRequest(input, Date.now(), attempt)), redirect: "manual" });
    statuses.push(answer.status);
    const body = await answer.text();
    if (answer.ok || attempt >= input.retries) return { statuses, body };
  }
}
