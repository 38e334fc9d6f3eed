import * as z from "zod";
import type { Receipt } from "#db/words/actions.ts";
import { ProviderError } from "#server/errors.ts";
import { attemptOf, type Doing, defineAction } from "./action.ts";
import { impersonal, labels } from "./payload.ts";

const Payload = z.strictObject({
  /** A channel's id; its name may change. */
  channel: z.string().regex(/^[CG][A-Z0-9]{8,12}$/),
  channelName: impersonal(80),
  text: impersonal(3000),
});
type Payload = z.output<typeof Payload>;

export const eventType = "atrium_action";
/** Of clocks that differ, ours and Slack's. */
const skewMs = 60_000;
/** Slack shows apps outside of its directory no more at once, once a minute (providers.md, Slack / 6 Limits). */
const shownAtOnce = 15;
/** Where nobody limits it, so many pages a turn. */
const pagesAtOnce = 10;

const Posted = z.object({ ok: z.literal(true), ts: z.string() });
const Deleted = z.object({ ok: z.literal(true) });
const Refused = z.object({ ok: z.literal(false), error: z.string() });
const History = z.object({
  ok: z.literal(true),
  has_more: z.boolean().default(false),
  response_metadata: z.object({ next_cursor: z.string().default("") }).optional(),
  messages: z.array(
    z.object({
      ts: z.string(),
      metadata: z.object({ event_type: z.string(), event_payload: z.object({ key: z.string().optional() }) }).optional(),
    }),
  ),
});

/** Slack's own three characters. */
export const escaped = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

const historyScopes = ["channels:history", "groups:history"];

type Looked = Receipt | "absent" | "unknown" | { looked: string };

/** The message of this key, in what the channel shows since the first try, page by page; at the next turn from where this one could not go on. */
export async function findMessage(
  { account, key, triedAt, looked }: Pick<Doing, "account" | "key" | "triedAt" | "looked">,
  { channel }: Pick<Payload, "channel">,
): Promise<Looked> {
  if (account.scopes && !historyScopes.some((scope) => account.scopes?.includes(scope))) return "unknown";
  const query = new URLSearchParams({ channel, include_all_metadata: "true", limit: String(shownAtOnce) });
  if (triedAt !== undefined) query.set("oldest", String((triedAt - skewMs) / 1000));
  let place = looked;
  try {
    for (let page = 0; page < pagesAtOnce; page++) {
      if (place !== undefined) query.set("cursor", place);
      const { messages, has_more, response_metadata } = await account.json({ path: `/conversations.history?${query}` }, History);
      const found = messages.find(({ metadata }) => metadata?.event_type === eventType && metadata.event_payload.key === key);
      if (found) return { id: found.ts };
      if (!has_more) return "absent";
      place = response_metadata?.next_cursor;
      // Further back nobody can look.
      if (!place) return "unknown";
    }
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    // A channel that the app may write to without being in it, or one that is gone by now: what stands in it is not for us to read.
    if (error.kind === "rejected" || error.kind === "missing_scopes") return "unknown";
    if (place === looked) throw error;
  }
  return place === undefined ? "unknown" : { looked: place };
}

/**
 * A message in a channel of the client's own team.
 *
 * Done once: Slack takes no key, so the key travels as the message's metadata, and after a lost reply the channel is read for it
 * (docs.slack.dev, chat.postMessage and conversations.history; ../shared/providers.md, Slack / 5 and 6), page by page where much was
 * written there since. Where the app may not read the channel nobody can say, and a person looks. Undone by deleting it.
 */
export const slackMessage = defineAction<Payload>({
  id: "slack-message",
  title: { en: "Post a Slack message", fr: "Publier un message Slack", he: "פרסום הודעה ב-Slack" },
  need: {
    provider: "slack",
    scopes: ["chat:write", ...historyScopes],
    optionalScopes: historyScopes.map((scope) => ({
      scope,
      without: {
        en: "If Slack doesn’t confirm a message, someone has to check whether it was posted.",
        fr: "Si Slack ne confirme pas un message, quelqu’un doit vérifier s’il a été publié.",
        he: "אם Slack לא מאשר הודעה, צריך לבדוק ידנית אם היא פורסמה.",
      },
    })),
  },
  payload: Payload,
  touches: "internal",
  describe: ({ channelName, text }) => ({
    sentence: {
      en: `Post a message in #${channelName} on Slack.`,
      fr: `Publier un message dans #${channelName} sur Slack.`,
      he: `פרסום הודעה בערוץ #${channelName} ב-Slack.`,
    },
    fields: [
      { label: labels.channel, value: `#${channelName}` },
      { label: labels.text, value: text },
    ],
  }),
  edits: [{ path: "text", label: labels.text }],
  async execute({ writer, key }, { channel, text }) {
    const metadata = { event_type: eventType, event_payload: { key } };
    const body = { channel, text: escaped(text), unfurl_links: false, metadata };
    const outcome = await writer.send({ method: "POST", path: "/chat.postMessage", body }, Posted);
    return attemptOf(outcome, (posted) => ({ id: posted?.ts ?? null }));
  },
  idempotency: "lookup",
  // No figure is published; a channel shows a message within a second or two.
  settledAfterMs: 30_000,
  lookup: findMessage,
  async undo(doing, payload, receipt) {
    const { id: ts } = receipt.id === null ? foundOr(await findMessage(doing, payload)) : receipt;
    if (ts === null) return { did: "failed", failure: { kind: "rejected", message: "the message is not to be found" } };
    const outcome = await doing.writer.send({ method: "POST", path: "/chat.delete", body: { channel: payload.channel, ts } }, Deleted);
    // Whoever deleted it, it is gone.
    const gone = outcome.outcome === "refused" && Refused.safeParse(outcome.body).data?.error === "message_not_found";
    return gone ? { did: "done", receipt } : attemptOf(outcome, () => receipt);
  },
});

const foundOr = (found: Looked): Receipt => (typeof found === "string" || "looked" in found ? { id: null } : found);
