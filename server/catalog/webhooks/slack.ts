import { encodeHexLowerCase } from "@oslojs/encoding";
import * as z from "zod";
import { parseJson } from "./json.ts";
import { hmacOf, isRecent, isSigned, keyOf } from "./signature.ts";
import type { Click, Effect, Incoming, Verdict, Webhook } from "./webhook.ts";

const toleranceMs = 5 * 60_000;

/** `v0=` and hex over version, timestamp and body. Source: api.slack.com, "Verifying requests from Slack". */
async function read(incoming: Incoming): Promise<Verdict> {
  const { headers, body, secret, now } = incoming;
  if (isCertificateCheck(incoming)) return { is: "challenge", reply: "" };
  const given = headers.get("x-slack-signature");
  const timestamp = headers.get("x-slack-request-timestamp");
  if (given === null || timestamp === null) return { is: "refused", reason: "no_signature" };
  const expected = `v0=${encodeHexLowerCase(await hmacOf(secret("SLACK_SIGNING_SECRET"), `v0:${timestamp}:`, body))}`;
  if (!isSigned(expected, given)) return { is: "refused", reason: "wrong_signature" };
  if (!/^\d{1,12}$/.test(timestamp) || !isRecent(Number(timestamp) * 1000, now, toleranceMs)) return { is: "refused", reason: "stale" };
  return isForm(headers) ? readForm(new TextDecoder().decode(body), Number(timestamp) * 1000) : readEvent(body);
}

const isForm = (headers: Headers): boolean => /^application\/x-www-form-urlencoded\b/i.test(headers.get("content-type") ?? "");

/**
 * Slack looks now and then whether the certificate of a command's or a button's address holds: `ssl_check=1` beside a token that is
 * no longer to be relied on, in the query of a GET (slackhq/slack-api-docs, index_slash_commands.md) or in a form. It wants a 200 and
 * nothing else; whoever asks, signed or not, learns no more by it.
 */
function isCertificateCheck({ method, urls: [url = ""], headers, body }: Incoming): boolean {
  if (method === "GET") return asksForCheck(new URL(url).searchParams);
  return isForm(headers) && body.length < 1000 && asksForCheck(new URLSearchParams(new TextDecoder().decode(body)));
}

const asksForCheck = (fields: URLSearchParams): boolean => fields.get("ssl_check") === "1";

const Challenge = z.object({ type: z.literal("url_verification"), challenge: z.string().max(500) });
const EventCallback = z.object({
  type: z.literal("event_callback"),
  team_id: z.string().min(1),
  event_id: z.string().min(1),
  event_time: z.number().optional(),
  /** Where the app is installed: an organisation as a whole has no team of its own. */
  authorizations: z.array(z.object({ enterprise_id: z.string().nullish(), is_enterprise_install: z.boolean().optional() })).nullish(),
  event: z.object({ type: z.string(), tokens: z.object({ bot: z.array(z.string()).optional() }).optional() }),
});
/** More than 30,000 events an hour: Slack says so in place of the events. */
const RateLimited = z.object({ type: z.literal("app_rate_limited"), team_id: z.string().min(1), minute_rate_limited: z.number() });

/** Slack tries up to three times more, and says in `x-slack-retry-num` which one it is: the event's id stays the same. */
function readEvent(body: Uint8Array): Verdict {
  const parsed = z.union([Challenge, EventCallback, RateLimited]).safeParse(parseJson(body));
  if (!parsed.success) return { is: "refused", reason: "unreadable" };
  switch (parsed.data.type) {
    case "url_verification":
      return { is: "challenge", reply: parsed.data.challenge };
    case "app_rate_limited": {
      const { team_id: account, minute_rate_limited: minute } = parsed.data;
      const key = `rate:${account}:${minute}`;
      return { is: "events", events: [{ key, topic: "app_rate_limited", account, occurredAt: minute * 1000, payload: {} }] };
    }
    case "event_callback": {
      const { team_id, event_id: key, event_time: time, event, authorizations } = parsed.data;
      const [installed] = authorizations ?? [];
      const account = (installed?.is_enterprise_install && installed.enterprise_id) || team_id;
      const payload = { bot: (event.tokens?.bot?.length ?? 0) > 0 };
      return { is: "events", events: [{ key, topic: event.type, account, occurredAt: time === undefined ? null : time * 1000, payload }] };
    }
    default:
      return parsed.data satisfies never;
  }
}

const Interaction = z.object({
  type: z.string(),
  team: z.object({ id: z.string().min(1) }).nullish(),
  /** Where the app is installed for an organisation as a whole, that is whose account it is. */
  enterprise: z.object({ id: z.string().min(1) }).nullish(),
  is_enterprise_install: z.boolean().nullish(),
  trigger_id: z.string().optional(),
});
/** Source: docs.slack.dev, block_actions payload. A name in it is whatever its person likes. */
const Pressed = z.object({
  user: z.object({ id: z.string().regex(/^[UW][A-Z0-9]{1,20}$/) }),
  container: z.object({ type: z.literal("message"), message_ts: z.string().max(40), channel_id: z.string().max(40) }),
  actions: z.tuple([z.object({ action_id: z.enum(["approve", "reject"]), value: z.string().max(200) })]),
});

/** What a button carries: the action's id and the hash of what was shown. */
export const buttonValue = ({ id, hash }: { id: string; hash: string }): string => `${id}:${hash}`;

/** Null for a button of another kind, such as one that only leads to the portal. */
function clickOf(payload: unknown): Click | null {
  const { data } = Pressed.safeParse(payload);
  const [, actionId, hash] = /^(act_[a-z0-9]{1,60}):([0-9a-f]{64})$/.exec(data?.actions[0].value ?? "") ?? [];
  if (!data || actionId === undefined || hash === undefined) return null;
  const { message_ts: message, channel_id: channel } = data.container;
  return { user: data.user.id, channel, message, decision: data.actions[0].action_id, actionId, hash };
}

/** A button that was pressed (`payload=` and JSON), or a command (fields of their own). */
function readForm(form: string, at: number): Verdict {
  const fields = new URLSearchParams(form);
  const payload = fields.get("payload");
  if (payload === null) {
    const account = fields.get("team_id");
    if (!account || !fields.get("command")) return { is: "refused", reason: "unreadable" };
    return { is: "events", events: [{ key: keyOf(form), topic: "command", account, occurredAt: at, payload: {} }] };
  }
  const read = parseJson(payload);
  const parsed = Interaction.safeParse(read);
  if (!parsed.success) return { is: "refused", reason: "unreadable" };
  const { type, team, enterprise, is_enterprise_install, trigger_id: trigger } = parsed.data;
  const account = (is_enterprise_install && enterprise?.id) || team?.id || "";
  const click = type === "block_actions" ? clickOf(read) : null;
  const event = { key: keyOf(trigger ?? form), topic: `interaction.${type}`, account, occurredAt: at, payload: click ? { click } : {} };
  return { is: "events", events: [event] };
}

const Clicked = z.object({
  click: z
    .object({
      ...{ user: z.string(), channel: z.string(), message: z.string(), decision: z.enum(["approve", "reject"]) },
      ...{ actionId: z.string(), hash: z.string() },
    })
    .optional(),
});
const Revoked = z.object({ bot: z.boolean() });

function effectOf({ topic, payload }: { topic: string; payload: unknown }): Effect {
  if (topic === "app_uninstalled") return { type: "access_ended", reason: "uninstalled" };
  if (topic === "interaction.block_actions") {
    const { click } = Clicked.parse(payload);
    if (click) return { type: "click", click };
  }
  // Tokens of single people are none of ours: we hold the bot's.
  if (topic === "tokens_revoked" && Revoked.parse(payload).bot) return { type: "access_ended", reason: "access_removed" };
  return { type: "none", reason: "no_reader" };
}

export const slackWebhook: Webhook = {
  provider: "slack",
  secrets: ["SLACK_SIGNING_SECRET"],
  methods: ["POST"],
  takesGet: asksForCheck,
  accountsAre: "externalId",
  // A message has 40,000 characters and 50 blocks at most, a view 250 KB of state (docs.slack.dev).
  maxBodyBytes: 2 * 1024 * 1024,
  read,
  effectOf,
};
