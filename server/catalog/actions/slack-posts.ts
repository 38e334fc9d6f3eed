import * as z from "zod";
import type { Account } from "#server/catalog/account.ts";
import type { Outcome, Writer } from "#server/catalog/writer.ts";
import { escaped, eventType } from "./slack-message.ts";

/** What a post says, in parts; plain text, but for `until`. */
export interface Post {
  heading: string;
  lines: readonly string[];
  /** In small print below them. */
  notes: readonly string[];
  /** When it ends, milliseconds since 1970, and the words before it: Slack shows it by each reader's own clock. */
  until?: { words: string; at: number };
  /** Either what is pressed to decide, each with the value that comes back, or a link. */
  buttons: readonly ({ id: "approve" | "reject"; text: string; value: string } | { url: string; text: string })[];
}

const Posted = z.object({ ok: z.literal(true), ts: z.string() });
const Said = z.object({ ok: z.literal(true) });

/** Section text has 3,000 characters at most, a button's 75 (docs.slack.dev, Block Kit). */
const sectionChars = 3000;
const cut = (text: string, most: number): string => (text.length > most ? `${text.slice(0, most - 1)}…` : text);
/** Before it is escaped, which may make it five times as long. */
const said = (text: string, most: number): string => cut(escaped(cut(text, most)), sectionChars).replace(/&[a-z]{0,4}…$/, "…");

function contentOf({ heading, lines, notes, until, buttons }: Post) {
  const section = (text: string) => ({ type: "section", text: { type: "mrkdwn", text } });
  const small = [
    ...notes.map((note) => said(note, 300)),
    // The fallback is for clients that know no dates.
    ...(until
      ? [`${escaped(until.words)} <!date^${Math.floor(until.at / 1000)}^{date_short_pretty}, {time}^${new Date(until.at).toISOString()}>`]
      : []),
  ];
  const blocks = [
    section(`*${said(heading, 200)}*`),
    ...lines.map((line) => section(said(line, 1000))),
    ...(small.length > 0 ? [{ type: "context", elements: small.map((text) => ({ type: "mrkdwn", text })) }] : []),
    ...(buttons.length > 0 ? [{ type: "actions", elements: buttons.map(buttonOf) }] : []),
  ];
  return { text: said([heading, ...lines].join(" "), 2000), blocks };
}

function buttonOf(button: Post["buttons"][number]) {
  const text = { type: "plain_text", text: cut(button.text, 75) };
  if ("url" in button) return { type: "button", action_id: "open", text, url: button.url };
  return { type: "button", action_id: button.id, value: button.value, text, style: button.id === "approve" ? "primary" : "danger" };
}

/** Posts it in a channel, with the key by which `findMessage` finds it after silence. Its id is the message's `ts`. */
export const postMessage = (
  writer: Writer,
  { channel, key, post }: { channel: string; key: string; post: Post },
): Promise<Outcome<{ ts: string }>> =>
  writer.send(
    {
      method: "POST",
      path: "/chat.postMessage",
      body: { channel, ...contentOf(post), unfurl_links: false, metadata: { event_type: eventType, event_payload: { key } } },
    },
    Posted,
  );

/** Lets a message of ours say something else. Done twice it says the same. */
export const updateMessage = (
  writer: Writer,
  { channel, message, post }: { channel: string; message: string; post: Post },
): Promise<Outcome<unknown>> =>
  writer.send({ method: "POST", path: "/chat.update", body: { channel, ts: message, ...contentOf(post) }, repeatable: true }, Said);

/** Tells one person of a channel something that nobody else sees. */
export const tellPerson = (
  writer: Writer,
  { channel, user, text }: { channel: string; user: string; text: string },
): Promise<Outcome<unknown>> =>
  writer.send({ method: "POST", path: "/chat.postEphemeral", body: { channel, user, text: escaped(text) } }, Said);

const Info = z.object({
  ok: z.literal(true),
  user: z.object({
    team_id: z.string().optional(),
    enterprise_user: z.object({ enterprise_id: z.string().optional() }).nullish(),
    deleted: z.boolean().optional(),
    is_bot: z.boolean().optional(),
    is_restricted: z.boolean().optional(),
    is_ultra_restricted: z.boolean().optional(),
    is_stranger: z.boolean().optional(),
    is_email_confirmed: z.boolean().optional(),
    profile: z.object({ email: z.string().optional() }),
  }),
});

/** What it takes to know whoever presses a button by their address. */
export const peopleScopes = ["users:read", "users:read.email"] as const;

/**
 * The address of somebody of this workspace, which is kept nowhere; null for guests, bots, people of other workspaces and those who left,
 * and where Slack does not say that the address was confirmed: what a user object holds "can vary greatly" by the workspace (docs.slack.dev,
 * users.info), so that a field that is missing confirms nothing. Throws `ProviderError`. Source: docs.slack.dev, users.info and the user object.
 */
export async function addressOf(account: Account, user: string): Promise<string | null> {
  const { user: found } = await account.json({ path: `/users.info?${new URLSearchParams({ user })}` }, Info);
  // Of an organisation as a whole each person belongs to one of its workspaces, whose id is another one; in a channel that is shared with
  // another organisation sit its people too, whose addresses are for that one to set.
  const home = account.externalId.startsWith("E") ? found.enterprise_user?.enterprise_id : found.team_id;
  const isOther = home !== account.externalId;
  const isGuest = found.is_restricted || found.is_ultra_restricted || found.is_stranger;
  if (isOther || isGuest || found.deleted || found.is_bot || !found.is_email_confirmed) return null;
  return found.profile.email ?? null;
}
