import * as z from "zod";
import type { Text } from "#db/words/locales.ts";
import { decimalOf } from "#server/catalog/money.ts";
import { shopifyGraphql } from "#server/catalog/providers/shopify-api.ts";
import { attemptOf, type Doing, defineAction } from "./action.ts";
import { findProfiles, type KlaviyoProfile, klaviyoWriting } from "./klaviyo-wire.ts";
import { Amount, amountText, asIs, impersonal, instantText, labels, ShopId } from "./payload.ts";
import { describeGuard, guardScopes, holdsAtShop, ShopGuard } from "./shop-guard.ts";

const Payload = z.strictObject({
  customerId: ShopId,
  /** The event's name, on which flows start. */
  metric: impersonal(127),
  properties: z
    .record(impersonal(100), z.union([impersonal(1000), z.number(), z.boolean()]))
    .refine((all) => Object.keys(all).length <= 400, "at most 400 properties"),
  value: Amount.optional(),
  /** When it happened: every try says the same. */
  at: z.iso.datetime(),
  /** By what the flow that it starts writes to the customer: without consent to it the event is not sent. */
  channel: z.enum(["email", "sms"]),
  /** What must still be so at the shop. */
  onlyIf: ShopGuard.optional(),
});
type Payload = z.output<typeof Payload>;

const channels: Record<Payload["channel"], Text> = {
  email: { en: "an email", fr: "un e-mail", he: "אימייל" },
  sms: { en: "a text message", fr: "un SMS", he: "הודעת SMS" },
};

const Address = z.object({
  data: z.object({ customer: z.object({ defaultEmailAddress: z.object({ emailAddress: z.string() }).nullable() }).nullable() }),
});

/** The customer's profile: by the shop's id, else by the address that the shop has at this moment. Null where Klaviyo knows neither. */
async function profileOf({ account, also }: Doing, { customerId }: Payload): Promise<KlaviyoProfile | null> {
  const known = await findProfiles(account, "external_id", [customerId]);
  const theirs = known.find(({ attributes }) => attributes.external_id === customerId);
  if (theirs) return theirs;
  const shop = also?.("shopify");
  if (!shop) return null;
  const query = "query ($id: ID!) { customer(id: $id) { defaultEmailAddress { emailAddress } } }";
  const body = { query, variables: { id: `gid://shopify/Customer/${customerId}` } };
  const { data } = await shop.json({ method: "POST", path: shopifyGraphql, body, reads: true }, Address);
  const address = data.customer?.defaultEmailAddress?.emailAddress;
  if (address === undefined) return null;
  // One address is one profile's: an answer with more of them is not about it.
  const [one, ...others] = await findProfiles(account, "email", [address]);
  return one && others.length === 0 ? one : null;
}

function mayReceive({ attributes }: KlaviyoProfile, channel: Payload["channel"]): boolean {
  const { email, sms } = attributes.subscriptions ?? {};
  const marketing = channel === "email" ? email?.marketing : sms?.marketing;
  const barred = channel === "email" ? email?.marketing?.can_receive_email_marketing : sms?.marketing?.can_receive_sms_marketing;
  return marketing?.consent === "SUBSCRIBED" && barred !== false;
}

/**
 * An event of a customer's, on which the client's own flows at Klaviyo start.
 *
 * Done once: Klaviyo keeps one event for a `unique_id`, a profile and a metric, and drops every later one without a word (OpenAPI,
 * create_event; ../shared/writes-and-voice.md, Klaviyo / events). So the key is the `unique_id`, the profile is named by Klaviyo's own
 * id, and a try may be repeated. That a 202 is processed later is all that Klaviyo promises, and an event cannot be taken back.
 *
 * A profile is looked for before, never made: an `external_id` that nobody has would make one without an address, to which no flow
 * could write. Where Klaviyo was never told the shop's id, the address is fetched from the shop for this one call and kept nowhere.
 */
export const klaviyoEvent = defineAction<Payload>({
  id: "klaviyo-event",
  title: { en: "Send an event to Klaviyo", fr: "Envoyer un événement à Klaviyo", he: "שליחת אירוע ל-Klaviyo" },
  need: { provider: "klaviyo", scopes: ["events:write", "profiles:read"] },
  reads: [
    {
      provider: "shopify",
      scopes: guardScopes,
      optional: {
        without: {
          en: "Customers are found in Klaviyo by their shop ID only, not by email address, and an event that depends on an order or a price isn’t sent.",
          fr: "Les clients sont retrouvés dans Klaviyo par leur identifiant de boutique seulement, pas par leur adresse e-mail, et un événement qui dépend d’une commande ou d’un prix n’est pas envoyé.",
          he: "לקוחות מאותרים ב-Klaviyo רק לפי המזהה שלהם בחנות, ולא לפי כתובת אימייל, ואירוע שתלוי בהזמנה או במחיר לא נשלח.",
        },
      },
    },
  ],
  payload: Payload,
  touches: "customer",
  idempotency: "key",
  describe: ({ customerId, metric, properties, value, at, channel, onlyIf }) => ({
    sentence: {
      en: `Record “${metric}” in Klaviyo for customer ${customerId}. A flow that starts on it can send ${channels[channel].en}.`,
      fr: `Enregistrer « ${metric} » dans Klaviyo pour le client ${customerId}. Un flux qui démarre sur cet événement peut envoyer ${channels[channel].fr}.`,
      he: `רישום האירוע “${metric}” ב-Klaviyo עבור לקוח ${customerId}. תהליך שמתחיל מהאירוע יכול לשלוח ${channels[channel].he}.`,
    },
    fields: [
      { label: labels.customer, value: customerId },
      { label: labels.event, value: metric },
      { label: labels.at, value: instantText(at) },
      ...(value ? [{ label: labels.value, value: amountText(value) }] : []),
      ...(onlyIf ? describeGuard(onlyIf) : []),
      ...Object.entries(properties).map(([name, each]) => ({ label: asIs(name), value: String(each) })),
    ],
  }),
  edits: [
    { path: "metric", label: labels.event },
    { path: "value", label: labels.value },
    { path: "properties", label: labels.properties, each: true },
  ],
  async stillValid(doing, payload) {
    const profile = await profileOf(doing, payload);
    if (!profile) return { valid: false, why: "gone" };
    if (!mayReceive(profile, payload.channel)) return { valid: false, why: "unsubscribed" };
    if (!payload.onlyIf) return { valid: true };
    const shop = doing.also?.("shopify");
    return shop ? holdsAtShop(shop, payload.onlyIf, { customerId: payload.customerId, now: doing.now }) : { valid: false, why: "gone" };
  },
  async execute(doing, payload) {
    const profile = await profileOf(doing, payload);
    if (!profile) return { did: "failed", failure: { kind: "rejected", message: "no profile of this customer" } };
    const { metric, properties, value, at: time } = payload;
    const money = value && { value: Number(decimalOf(value.minor, value.currency)), value_currency: value.currency };
    const attributes = {
      ...{ properties, time, unique_id: doing.key, ...money },
      metric: { data: { type: "metric", attributes: { name: metric } } },
      profile: { data: { type: "profile", id: profile.id, attributes: {} } },
    };
    const body = { data: { type: "event", attributes } };
    const outcome = await doing.writer.send(
      { method: "POST", path: "/api/events", headers: klaviyoWriting, body, repeatable: true },
      z.null(),
    );
    return attemptOf(outcome, () => ({ id: doing.key }));
  },
});
