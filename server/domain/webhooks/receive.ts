import type { RefusalReason } from "#db/words/webhooks.ts";
import { findWebhook } from "#server/catalog/webhooks/registry.ts";
import type { Incoming, Verdict, Webhook } from "#server/catalog/webhooks/webhook.ts";
import type { Ctx } from "#server/ctx.ts";
import { notFound } from "#server/errors.ts";
import { confirmationCode } from "./confirmation-code.ts";
import { findOwnSecrets } from "./find-own-secrets.ts";
import { keepEvents } from "./keep-events.ts";
import { keepRefusal } from "./keep-refusal.ts";

/**
 * What came to `/webhooks/:provider`, to one of the provider's further addresses below it (`callback`), or to the address of one
 * connection's own events (`connection`, as it was called).
 */
export interface Received extends Omit<Incoming, "secret" | "now"> {
  provider: string;
  callback: string | null;
  connection?: string;
}

/** What is answered. `confirmation`: the code that a privacy request can be looked up by. */
export type Receipt =
  | { is: "accepted" }
  | { is: "challenge"; reply: string }
  | { is: "confirmation"; code: string }
  | { is: "refused"; reason: RefusalReason };

/**
 * Takes a provider's events in: verified over their raw bytes, then kept once for each connection that they are about, sealed,
 * and told to the queue. What they do is done there. Throws `not_found` for an address that there is none, and whatever kept
 * the events from being kept: the provider then sends them again.
 */
export async function receiveWebhook(ctx: Ctx, { provider, callback, connection, ...request }: Received): Promise<Receipt> {
  const webhook = findWebhook(provider);
  if (connection !== undefined) return receiveOwn(ctx, webhook, { ...request, connection });
  const read = callback === null ? webhook.read : webhook.callbacks?.[callback];
  if (!read) throw notFound("webhook");
  const verdict = await judge(ctx, webhook, read, request);
  return receipt(ctx, webhook, { callback, verdict, keep: (found) => keepEvents(ctx, webhook, found) });
}

/**
 * The same at a connection's own address: verified with that connection's secrets alone, ours or another's open nothing there, and
 * believed of that connection alone, whatever account the body names.
 */
async function receiveOwn(
  ctx: Ctx,
  webhook: Webhook,
  { connection, ...request }: Omit<Incoming, "secret" | "now"> & { connection: string },
) {
  const found = webhook.own && (await findOwnSecrets(ctx, webhook, connection));
  const verdict = found
    ? await judgeOwn(ctx, webhook, { ...request, secrets: found.secrets })
    : ({ is: "refused", reason: "unknown_address" } as const);
  return receipt(ctx, webhook, { callback: null, verdict, keep: (events) => keepEvents(ctx, webhook, { ...events, only: found?.owner }) });
}

type Events = Extract<Verdict, { is: "events" }>;

async function receipt(
  ctx: Ctx,
  { provider }: Webhook,
  {
    callback,
    verdict,
    keep,
  }: { callback: string | null; verdict: Verdict | { is: "refused"; reason: RefusalReason }; keep(events: Events): Promise<void> },
): Promise<Receipt> {
  switch (verdict.is) {
    case "refused":
      await keepRefusal(ctx, { provider, callback, reason: verdict.reason });
      return verdict;
    case "challenge":
      return verdict;
    case "events": {
      await keep(verdict);
      const [event] = verdict.events;
      return verdict.reply && event ? { is: "confirmation", code: confirmationCode(ctx, event.key) } : { is: "accepted" };
    }
    default:
      return verdict satisfies never;
  }
}

async function judge(
  ctx: Ctx,
  { secrets }: Webhook,
  read: Webhook["read"],
  request: Omit<Incoming, "secret" | "now">,
): Promise<Verdict | { is: "refused"; reason: "no_secret" }> {
  const values = new Map<string, unknown>(secrets.map((name) => [name, Reflect.get(ctx.config, name)]));
  if ([...values.values()].some((value) => typeof value !== "string" || value === "")) {
    ctx.log.error("webhooks are refused: a variable is not set", { variables: secrets });
    return { is: "refused", reason: "no_secret" };
  }
  const secret = (name: string): string => {
    const value = values.get(name);
    if (typeof value !== "string") throw new Error(`${name} is not among the secrets that the webhook named`);
    return value;
  };
  return read({ ...request, secret, now: ctx.now() });
}

/** By each secret that opens there now; one that verifies says what is to be said. */
async function judgeOwn(
  ctx: Ctx,
  webhook: Webhook,
  { secrets, ...request }: Omit<Incoming, "secret" | "now"> & { secrets: readonly string[] },
): Promise<Verdict | { is: "refused"; reason: "no_secret" }> {
  let last: Verdict | null = null;
  for (const value of secrets) {
    last = await webhook.read({ ...request, secret: () => value, now: ctx.now() });
    if (last.is !== "refused" || last.reason !== "wrong_signature") return last;
  }
  // There is one, and it does not open: our own fault, and told as such.
  return last ?? { is: "refused", reason: "no_secret" };
}
