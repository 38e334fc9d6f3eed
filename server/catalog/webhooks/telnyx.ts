import { decodeBase64 } from "@oslojs/encoding";
import * as z from "zod";
import { typed } from "#server/catalog/providers/typed.ts";
import { parseJson } from "./json.ts";
import { isRecent } from "./signature.ts";
import type { Effect, Incoming, Verdict, Webhook } from "./webhook.ts";

const toleranceMs = 5 * 60_000;
const publicKey = "public_key";

const Body = z.object({
  data: z.object({ id: z.string().min(1).max(200), event_type: z.string().min(1), occurred_at: z.string().nullish() }),
});

/**
 * Ed25519 over `timestamp|body`, by a key that each account has of its own: its public half stands in the account's portal, and what it
 * verifies is that account's, which the body does not name. Source: npm telnyx 7.24 `lib/webhooks.js`.
 */
async function read({ headers, body, secret, now }: Incoming): Promise<Verdict> {
  const given = headers.get("telnyx-signature-ed25519");
  const timestamp = headers.get("telnyx-timestamp");
  if (given === null || timestamp === null) return { is: "refused", reason: "no_signature" };
  if (!(await isSignedBy(secret(publicKey), given, `${timestamp}|`, body))) return { is: "refused", reason: "wrong_signature" };
  if (!/^\d{1,12}$/.test(timestamp) || !isRecent(Number(timestamp) * 1000, now, toleranceMs)) return { is: "refused", reason: "stale" };
  const parsed = Body.safeParse(parseJson(body));
  if (!parsed.success) return { is: "refused", reason: "unreadable" };
  const { id, event_type: topic, occurred_at } = parsed.data.data;
  const at = Date.parse(occurred_at ?? "");
  // A second delivery has the same id, and another attempt in `meta`.
  return { is: "events", events: [{ key: id, topic, account: "", occurredAt: Number.isNaN(at) ? null : at, payload: {} }] };
}

async function isSignedBy(key: string, given: string, prefix: string, body: Uint8Array): Promise<boolean> {
  const [bytes, signature] = [bytesIn(key, 32), bytesIn(given, 64)];
  if (!bytes || !signature) return false;
  const start = new TextEncoder().encode(prefix);
  const message = new Uint8Array(start.length + body.length);
  message.set(start);
  message.set(body, start.length);
  const imported = await crypto.subtle.importKey("raw", bytes, { name: "Ed25519" }, false, ["verify"]);
  return crypto.subtle.verify("Ed25519", imported, signature, message);
}

/** So many bytes in base64; null where it is something else. */
function bytesIn(base64: string, length: number): Uint8Array<ArrayBuffer> | null {
  try {
    const bytes = new Uint8Array(decodeBase64(base64));
    return bytes.length === length ? bytes : null;
  } catch {
    return null; // no base64
  }
}

/** What happens on a phone line is read by nothing of ours so far. */
const effectOf = (): Effect => ({ type: "none", reason: "no_reader" });

export const telnyxWebhook: Webhook = {
  provider: "telnyx",
  secrets: [],
  own: {
    name: publicKey,
    label: { en: "Public key", fr: "Clé publique", he: "מפתח ציבורי" },
    hint: {
      en: "In the Telnyx portal under Account, Keys & Credentials, Public key.",
      fr: "Dans le portail Telnyx, sous Account, Keys & Credentials, Public key.",
      he: "בפורטל של Telnyx, תחת Account, אחר כך Keys & Credentials ואז Public key.",
    },
    schema: typed(/^[A-Za-z0-9+/]{43}=$/),
    made: false,
  },
  methods: ["POST"],
  accountsAre: "externalId",
  // A text message with its media's addresses; no limit is told.
  maxBodyBytes: 1 * 1024 * 1024,
  read,
  effectOf,
};
