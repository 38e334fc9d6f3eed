import { encodeBase64 } from "@oslojs/encoding";
import * as z from "zod";
import { parseJson } from "./json.ts";
import { hmacOf, isRecent, isSigned } from "./signature.ts";
import type { Effect, Incoming, PrivacyDemand, Verdict, Webhook } from "./webhook.ts";

const toleranceMs = 300_000;

/** The escapes that HubSpot undoes in the address before it signs, and no others. Source: developers.hubspot.com, "Validating requests". */
const decoded: Readonly<Record<string, string>> = {
  "%3A": ":",
  "%2F": "/",
  "%3F": "?",
  "%40": "@",
  "%21": "!",
  "%24": "$",
  "%27": "'",
  "%28": "(",
  "%29": ")",
  "%2A": "*",
  "%2C": ",",
  "%3B": ";",
};
/** The address as HubSpot signs it. */
const signedUri = (url: string): string => url.replace(/%[0-9a-f]{2}/gi, (code) => decoded[code.toUpperCase()] ?? code);

const Id = z.union([z.number().int(), z.string().min(1)]).transform(String);
const Events = z
  .array(
    z.object({
      eventId: Id,
      subscriptionId: Id,
      portalId: Id,
      occurredAt: z.number().int(),
      subscriptionType: z.string(),
      objectId: Id.optional(),
    }),
  )
  .max(1000);

/**
 * Version 3: base64 over method, address, body and timestamp. The older two are refused: they carry no timestamp, so that a
 * copy is as good as the first for ever.
 */
async function read({ method, urls, headers, body, secret, now }: Incoming): Promise<Verdict> {
  const given = headers.get("x-hubspot-signature-v3");
  const timestamp = headers.get("x-hubspot-request-timestamp");
  if (given === null || timestamp === null) return { is: "refused", reason: "no_signature" };
  const key = secret("HUBSPOT_CLIENT_SECRET");
  const signed = await Promise.all(
    urls.map(async (url) => isSigned(encodeBase64(await hmacOf(key, method, signedUri(url), body, timestamp)), given)),
  );
  if (!signed.includes(true)) return { is: "refused", reason: "wrong_signature" };
  if (!/^\d{1,15}$/.test(timestamp) || !isRecent(Number(timestamp), now, toleranceMs)) return { is: "refused", reason: "stale" };
  const parsed = Events.safeParse(parseJson(body));
  if (!parsed.success) return { is: "refused", reason: "unreadable" };
  return {
    is: "events",
    events: parsed.data.map(({ eventId, subscriptionId, portalId, occurredAt, subscriptionType: topic, objectId }) => {
      // Neither is unique by itself, and the number of the attempt changes.
      const event = { key: `${portalId}:${eventId}:${subscriptionId}:${occurredAt}`, topic, account: portalId, occurredAt };
      if (topic !== "contact.privacyDeletion" || objectId === undefined) return { ...event, payload: {} };
      // Named as what it is: a contact's number may be the portal's own, and the portal is not what is to be forgotten.
      const privacy: PrivacyDemand = { kind: "delete_person", subject: `contact:${objectId}` };
      return { ...event, payload: privacy, privacy };
    }),
  };
}

const Demand = z.object({ kind: z.literal("delete_person"), subject: z.string() });

const effectOf = ({ topic, payload }: { topic: string; payload: unknown }): Effect =>
  topic === "contact.privacyDeletion" ? { type: "privacy", demand: Demand.parse(payload) } : { type: "none", reason: "no_reader" };

export const hubspotWebhook: Webhook = {
  provider: "hubspot",
  secrets: ["HUBSPOT_CLIENT_SECRET"],
  methods: ["POST"],
  accountsAre: "externalId",
  // At most 100 events (developers.hubspot.com, "Webhooks API"), each with one property, whose value has at most 65,536 characters.
  maxBodyBytes: 8 * 1024 * 1024,
  read,
  effectOf,
};
