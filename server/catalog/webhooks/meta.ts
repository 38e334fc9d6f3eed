import { decodeBase64urlIgnorePadding, encodeBase64urlNoPadding, encodeHexLowerCase } from "@oslojs/encoding";
import * as z from "zod";
import { parseJson } from "./json.ts";
import { hmacOf, isSigned, keyOf } from "./signature.ts";
import type { Effect, Incoming, PrivacyDemand, Verdict, Webhook, WebhookEvent } from "./webhook.ts";

const read = (incoming: Incoming): Promise<Verdict> => (incoming.method === "GET" ? handshake(incoming) : readChanges(incoming));

/** Meta asks once whether the address is ours, with the word that we chose in the app's dashboard. */
async function handshake({ urls: [url = ""], secret }: Incoming): Promise<Verdict> {
  const query = new URL(url).searchParams;
  const challenge = query.get("hub.challenge") ?? "";
  const known = isSigned(secret("META_WEBHOOK_VERIFY_TOKEN"), query.get("hub.verify_token") ?? "");
  // A number by Meta's description; anything else is not echoed to whoever asks.
  if (!known || query.get("hub.mode") !== "subscribe" || !/^\d{1,20}$/.test(challenge)) return { is: "refused", reason: "wrong_word" };
  return { is: "challenge", reply: challenge };
}

/** There is no id: what is sent again is word for word the same. Of the words themselves nothing but `said` is left. */
const Change = z
  .custom<{ field: string }>((change) => z.object({ field: z.string() }).safeParse(change).success)
  .transform((change) => ({ field: change.field, said: keyOf(change) }));
const Message = z.unknown().transform((message) => ({ field: "messaging", said: keyOf(message) }));

const Body = z.object({
  object: z.string(),
  entry: z
    .array(
      z.object({
        id: z.union([z.string(), z.number()]).transform(String),
        time: z.number().optional(),
        changes: z.array(Change).default([]),
        changed_fields: z.array(z.string()).default([]),
        messaging: z.array(Message).default([]),
      }),
    )
    .max(1000),
});

/**
 * Hex over the bytes as they came: Meta signs them with its own unicode escapes, which JSON written anew would not have.
 * Source: developers.facebook.com, "Webhooks: getting started".
 */
async function readChanges({ headers, body, secret }: Incoming): Promise<Verdict> {
  const given = headers.get("x-hub-signature-256");
  if (given === null) return { is: "refused", reason: "no_signature" };
  const expected = `sha256=${encodeHexLowerCase(await hmacOf(secret("META_CLIENT_SECRET"), body))}`;
  if (!isSigned(expected, given)) return { is: "refused", reason: "wrong_signature" };
  const parsed = Body.safeParse(parseJson(body));
  if (!parsed.success) return { is: "refused", reason: "unreadable" };
  const { object, entry } = parsed.data;
  const events = entry.flatMap(({ id, time, changes, changed_fields, messaging }): WebhookEvent[] =>
    [...changes, ...changed_fields.map((field) => ({ field })), ...messaging].map((change) => ({
      key: keyOf(object, id, time, change),
      topic: `${object}.${change.field}`,
      account: id,
      occurredAt: instantOf(time),
      payload: {},
    })),
  );
  return { is: "events", events };
}

/** Seconds in most objects, milliseconds in pages'. */
const instantOf = (time: number | undefined): number | null => (time === undefined ? null : time < 1e11 ? time * 1000 : time);

const SignedRequest = z.object({
  algorithm: z.string(),
  issued_at: z.number().int(),
  user_id: z.union([z.string().min(1), z.number().int()]).transform(String),
});

/** `signed_request=<signature>.<payload>` in a form; the signature is over the payload as it is encoded. */
async function readSignedRequest({ body, secret }: Incoming): Promise<{ refused: Verdict } | { user: string; issuedAt: number }> {
  const [given, payload] = (new URLSearchParams(new TextDecoder().decode(body)).get("signed_request") ?? "").split(".");
  if (!given || !payload) return { refused: { is: "refused", reason: "no_signature" } };
  const expected = encodeBase64urlNoPadding(await hmacOf(secret("META_CLIENT_SECRET"), payload));
  if (!isSigned(expected, given.replace(/=+$/, ""))) return { refused: { is: "refused", reason: "wrong_signature" } };
  const parsed = SignedRequest.safeParse(parseJson(bytesOf(payload)));
  if (!parsed.success || parsed.data.algorithm !== "HMAC-SHA256") return { refused: { is: "refused", reason: "unreadable" } };
  return { user: parsed.data.user_id, issuedAt: parsed.data.issued_at };
}

function bytesOf(payload: string): Uint8Array {
  try {
    return decodeBase64urlIgnorePadding(payload);
  } catch {
    return new Uint8Array(); // signed, but no base64url: unreadable
  }
}

/** A person removed the app from their account. */
async function deauthorize(incoming: Incoming): Promise<Verdict> {
  const request = await readSignedRequest(incoming);
  if ("refused" in request) return request.refused;
  const { user, issuedAt } = request;
  const key = `deauthorize:${user}:${issuedAt}`;
  return { is: "events", events: [{ key, topic: "deauthorize", account: user, occurredAt: issuedAt * 1000, payload: {} }] };
}

/** A person asked Meta that we delete what we have of them. */
async function deletion(incoming: Incoming): Promise<Verdict> {
  const request = await readSignedRequest(incoming);
  if ("refused" in request) return request.refused;
  const { user, issuedAt } = request;
  const privacy: PrivacyDemand = { kind: "delete_person", subject: user };
  const key = `deletion:${user}:${issuedAt}`;
  const event = { key, topic: "deletion", account: user, occurredAt: issuedAt * 1000, payload: privacy, privacy };
  return { is: "events", events: [event], reply: "confirmation" };
}

const Demand = z.object({ kind: z.literal("delete_person"), subject: z.string() });

function effectOf({ topic, payload }: { topic: string; payload: unknown }): Effect {
  if (topic === "deauthorize") return { type: "access_ended", reason: "access_removed" };
  if (topic === "deletion") return { type: "privacy", demand: Demand.parse(payload) };
  // One permission of several, or another way to sign in: a call tells what is left.
  if (topic.startsWith("permissions.") || topic.startsWith("user.")) return { type: "probe" };
  return { type: "none", reason: "no_reader" };
}

export const metaWebhook: Webhook = {
  provider: "meta",
  secrets: ["META_CLIENT_SECRET", "META_WEBHOOK_VERIFY_TOKEN"],
  methods: ["GET", "POST"],
  accountsAre: "externalId",
  // "Webhooks payloads can be up to 3 MB" (developers.facebook.com, WhatsApp Business Platform, "Webhooks"); up to 1000 updates in one.
  maxBodyBytes: 4 * 1024 * 1024,
  read,
  callbacks: { deauthorize, deletion },
  effectOf,
};
