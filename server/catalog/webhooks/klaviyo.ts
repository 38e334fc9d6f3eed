import { encodeHexLowerCase } from "@oslojs/encoding";
import * as z from "zod";
import { parseJson } from "./json.ts";
import { hmacOf, isRecent, isSigned, keyOf } from "./signature.ts";
import type { Effect, Incoming, Verdict, Webhook } from "./webhook.ts";

const toleranceMs = 5 * 60_000;

const Body = z.object({
  data: z
    .array(
      z.object({
        external_id: z.string().nullish(),
        topic: z.string(),
        payload: z.object({ data: z.object({ id: z.string() }) }).nullish(),
      }),
    )
    .max(10_000),
  meta: z.object({ klaviyo_account_id: z.string().min(1), klaviyo_webhook_id: z.string(), timestamp: z.string().nullish() }),
});

/** Hex over the body and then the timestamp, with nothing in between. Source: developers.klaviyo.com, "Working with system webhooks". */
async function read({ headers, body, secret, now }: Incoming): Promise<Verdict> {
  const given = headers.get("klaviyo-signature");
  const timestamp = headers.get("klaviyo-timestamp");
  if (given === null || timestamp === null) return { is: "refused", reason: "no_signature" };
  const expected = encodeHexLowerCase(await hmacOf(secret("KLAVIYO_WEBHOOK_SECRET"), body, timestamp));
  if (!isSigned(expected, given)) return { is: "refused", reason: "wrong_signature" };
  if (!isRecent(Date.parse(timestamp), now, toleranceMs)) return { is: "refused", reason: "stale" };
  const parsed = Body.safeParse(parseJson(body));
  if (!parsed.success) return { is: "refused", reason: "unreadable" };
  const { data, meta } = parsed.data;
  // The header is not signed, the body is.
  if (headers.get("klaviyo-webhook-id") !== meta.klaviyo_webhook_id) return { is: "refused", reason: "other_account" };
  const at = Date.parse(meta.timestamp ?? "");
  // One event a topic: a campaign opens thousands at once, and they say the same to us.
  const topics = new Map<string, unknown[]>();
  for (const { topic, payload, external_id } of data) addTo(topics, topic, payload?.data.id ?? external_id);
  return {
    is: "events",
    events: [...topics].map(([topic, ids]) => ({
      key: keyOf(meta.klaviyo_webhook_id, meta.timestamp, topic, ids),
      topic,
      account: meta.klaviyo_account_id,
      occurredAt: Number.isNaN(at) ? null : at,
      payload: {},
    })),
  };
}

function addTo(topics: Map<string, unknown[]>, topic: string, id: unknown): void {
  const ids = topics.get(topic);
  if (ids) ids.push(id);
  else topics.set(topic, [id]);
}

const effectOf = ({ topic }: { topic: string }): Effect =>
  topic.startsWith("event:") ? { type: "wake", happened: "klaviyo.events" } : { type: "none", reason: "no_reader" };

export const klaviyoWebhook: Webhook = {
  provider: "klaviyo",
  secrets: ["KLAVIYO_WEBHOOK_SECRET"],
  // Whoever makes a webhook in an account chooses its `secret_key` (developers.klaviyo.com, "Create webhook").
  own: {
    name: "KLAVIYO_WEBHOOK_SECRET",
    label: { en: "Secret key", fr: "Clé secrète", he: "מפתח סודי" },
    hint: {
      en: "The secret key of a webhook in this Klaviyo account: at least 16 characters.",
      fr: "La clé secrète d’un webhook de ce compte Klaviyo : au moins 16 caractères.",
      he: "המפתח הסודי של webhook בחשבון ה-Klaviyo הזה: 16 תווים לפחות.",
    },
    schema: z
      .string()
      .trim()
      .regex(/^\S{16,500}$/),
    made: true,
  },
  methods: ["POST"],
  accountsAre: "externalId",
  // Klaviyo takes 5 MB of an event at most (developers.klaviyo.com, "Create event") and sends several at once.
  maxBodyBytes: 10 * 1024 * 1024,
  read,
  effectOf,
};
