import { z } from "zod";
import { decodeCursor } from "#sandbox/body.ts";
import type { SandboxState } from "#sandbox/providers/provider.ts";
import { json } from "#sandbox/reply.ts";
import { slackError } from "./error.ts";

/** One call of a method: whose workspace, with which scopes, and its arguments by name. */
export interface MethodCall {
  state: SandboxState;
  team: string;
  scopes: readonly string[];
  fields: Readonly<Record<string, unknown>>;
  now: number;
}

interface Message {
  type: "message";
  ts: string;
  bot_id: string;
  text: string;
  channel: string;
  blocks?: unknown;
  metadata?: z.output<typeof Metadata> | undefined;
}

const Metadata = z.object({ event_type: z.string().min(1), event_payload: z.record(z.string(), z.unknown()) });
/** An app outside of Slack's directory is shown no more at once (../shared/providers.md, Slack / 6 Limits). */
const shownAtOnce = 15;

/** Channels of every workspace: some that the bot is in, and some that not everything can be done with. */
export const channels: Readonly<Record<string, { name: string; private?: true; archived?: true; joined: boolean }>> = {
  C0GENERAL00: { name: "general", joined: true },
  C0SALES0000: { name: "sales", joined: true },
  C0UNJOINED0: { name: "unjoined", joined: false },
  C0ARCHIVED0: { name: "archived", joined: true, archived: true },
  C0PRIVATE00: { name: "private", joined: true, private: true },
};

export const missing = ({ scopes }: MethodCall, needed: string) =>
  slackError("missing_scope", 200, {}, { needed, provided: scopes.join(",") });

export function postMessage(call: MethodCall): Response {
  const { state, team, fields, now } = call;
  if (!call.scopes.includes("chat:write")) return missing(call, "chat:write");
  const name = String(fields.channel ?? "");
  const channel = channels[name];
  if (!channel) return slackError("channel_not_found");
  if (channel.archived) return slackError("is_archived");
  if (!channel.joined && !call.scopes.includes("chat:write.public")) return slackError("not_in_channel");
  const text = typeof fields.text === "string" ? fields.text : "";
  if (text === "" && fields.blocks === undefined) return slackError("no_text");
  if (text.length > 40_000) return slackError("msg_too_long");
  const metadata = fields.metadata === undefined ? undefined : Metadata.safeParse(fields.metadata);
  if (metadata?.success === false) return slackError("invalid_metadata_format");
  const posted = state.written.list({ kind: "slack_message", account: team }).length;
  // Unique in its channel, and in the order of posting.
  const ts = `${Math.floor(now / 1000)}.${String((now % 1000) * 1000 + (posted % 1000)).padStart(6, "0")}`;
  const message: Message = {
    type: "message",
    ts,
    bot_id: "B0BOT",
    text,
    channel: name,
    ...blocksOf(call),
    ...(metadata && { metadata: metadata.data }),
  };
  state.written.put({ kind: "slack_message", account: team, key: `${name} ${ts}` }, message, now);
  const { key } = (metadata?.data?.event_payload ?? {}) as { key?: unknown };
  state.effects.record(
    { provider: "slack", kind: "message_posted", key: typeof key === "string" ? key : ts, account: team, at: now },
    false,
  );
  return json({ ok: true, channel: name, ts, message: { type: "message", text, ts, bot_id: "B0BOT" } });
}

const blocksOf = ({ fields: { blocks } }: MethodCall) => (blocks === undefined ? {} : { blocks });

/** A message of the bot's own says something else from then on; its metadata stays where none comes along. */
export function updateMessage(call: MethodCall): Response {
  const { state, team, fields, now } = call;
  if (!call.scopes.includes("chat:write")) return missing(call, "chat:write");
  const [channel, ts] = [String(fields.channel ?? ""), String(fields.ts ?? "")];
  if (!channels[channel]) return slackError("channel_not_found");
  const thing = { kind: "slack_message", account: team, key: `${channel} ${ts}` } as const;
  const message = state.written.met<Message>(thing);
  if (!message) return slackError("message_not_found");
  const { blocks: _, ...rest } = message;
  const text = typeof fields.text === "string" ? fields.text : "";
  state.written.put(thing, { ...rest, text, ...blocksOf(call) }, now);
  state.effects.record({ provider: "slack", kind: "message_updated", key: `${channel} ${ts}`, account: team, at: now }, false);
  return json({ ok: true, channel, ts, text });
}

/** Shown to one person of the channel, and kept by nobody. */
export function postEphemeral(call: MethodCall): Response {
  const { state, team, fields, now } = call;
  if (!call.scopes.includes("chat:write")) return missing(call, "chat:write");
  const [channel, user] = [String(fields.channel ?? ""), String(fields.user ?? "")];
  if (!channels[channel]) return slackError("channel_not_found");
  if (!channels[channel].joined) return slackError("not_in_channel");
  if (user === "") return slackError("user_not_in_channel");
  const text = typeof fields.text === "string" ? fields.text : "";
  if (text === "") return slackError("no_text");
  const ts = `${Math.floor(now / 1000)}.${String(now % 1000).padStart(6, "0")}`;
  state.written.put({ kind: "slack_ephemeral", account: team, key: crypto.randomUUID() }, { channel, user, text }, now);
  return json({ ok: true, message_ts: ts });
}

export function deleteMessage(call: MethodCall): Response {
  const { state, team, fields, now } = call;
  if (!call.scopes.includes("chat:write")) return missing(call, "chat:write");
  const [channel, ts] = [String(fields.channel ?? ""), String(fields.ts ?? "")];
  if (!channels[channel]) return slackError("channel_not_found");
  const thing = { kind: "slack_message", account: team, key: `${channel} ${ts}` } as const;
  if (!state.written.met(thing)) return slackError("message_not_found");
  state.written.put(thing, null, now);
  state.effects.record({ provider: "slack", kind: "message_deleted", key: `${channel} ${ts}`, account: team, at: now }, false);
  return json({ ok: true, channel, ts });
}

/** Newest first, at most fifteen, whatever is asked for. */
export function history(call: MethodCall): Response {
  const { state, team, fields, now } = call;
  const name = String(fields.channel ?? "");
  const channel = channels[name];
  const needed = channel?.private ? "groups:history" : "channels:history";
  if (!call.scopes.includes(needed)) return missing(call, needed);
  if (!channel) return slackError("channel_not_found");
  if (!channel.joined) return slackError("not_in_channel");
  const text = (field: string) => (fields[field] === undefined ? undefined : String(fields[field]));
  const [oldest, latest] = [Number(text("oldest") ?? 0), Number(text("latest") ?? Number.POSITIVE_INFINITY)];
  const all = state.written
    .list<Message>({ kind: "slack_message", account: team }, now)
    .map(({ body }) => body)
    .filter((message) => message.channel === name && Number(message.ts) > oldest && Number(message.ts) < latest)
    .reverse();
  const cursor = text("cursor");
  const start = cursor === undefined ? 0 : all.findIndex(({ ts }) => `next_ts:${ts}` === decodeCursor(cursor));
  if (start < 0) return slackError("invalid_cursor");
  const size = Math.min(Number(text("limit") ?? 100), shownAtOnce);
  const following = all[start + size];
  const withMetadata = text("include_all_metadata") === "true";
  return json({
    ok: true,
    messages: all.slice(start, start + size).map(({ metadata, channel: _channel, ...message }) => ({
      ...message,
      ...(withMetadata && metadata && { metadata }),
    })),
    has_more: following !== undefined,
    ...(following && { response_metadata: { next_cursor: btoa(`next_ts:${following.ts}`) } }),
  });
}
