import { webhooks } from "#server/catalog/webhooks/registry.ts";
import type { OwnSecret } from "#server/catalog/webhooks/webhook.ts";
import type { Config } from "#server/env.ts";

/** Under which fields a connection's vault has the secret that its own events are signed with, and the one before it. */
export const webhookFields = ["webhook_secret", "webhook_secret_before"] as const;
export const [webhookField, webhookFieldBefore] = webhookFields;

/** So long after it was replaced the secret before still opens: time to replace it at the provider, without a gap in its events. */
export const rotationMs = 3 * 86_400_000;

/** What can be said of the webhook secret of an account; null where all of its provider's events are signed with our app's. */
export const ownSecretOf = (provider: string): OwnSecret | null => webhooks.find((each) => each.provider === provider)?.own ?? null;

/**
 * The address of one connection's own events. It names the connection by its id: 80 of its bits are random, it says nothing of whose
 * it is, stays the same when the account is connected again, and opens nothing, since what is believed there is believed for its
 * signature alone. An address of nobody's is answered as a wrong signature is, so that nobody finds out which there are.
 */
export const webhookAddress = ({ APP_ORIGIN }: Config, { provider, id }: { provider: string; id: string }): string =>
  `${APP_ORIGIN}/webhooks/${provider}/${id}`;

/** How the webhook secret of an account stands; never itself. Times in milliseconds since 1970. */
export interface OwnWebhook extends Pick<OwnSecret, "label" | "hint" | "made"> {
  address: string;
  /** When the secret in use was set; null where there is none, and nothing is taken in at the address. */
  setAt: number | null;
  /** Until when the secret before it still opens. */
  bothUntil: number | null;
}

interface KnownSecret {
  connectionId: string;
  field: string;
  createdAt: number;
}

/** The same of one connection, of the tenant's secrets as they are known without being opened. */
export function ownWebhookOf(
  { config, now }: { config: Config; now(): number },
  connection: { provider: string; id: string },
  known: readonly KnownSecret[],
): OwnWebhook | null {
  const own = ownSecretOf(connection.provider);
  if (!own) return null;
  const at = (field: string) => known.find((each) => each.connectionId === connection.id && each.field === field)?.createdAt ?? null;
  const replacedAt = at(webhookFieldBefore);
  const bothUntil = replacedAt === null ? null : replacedAt + rotationMs;
  return {
    label: own.label,
    hint: own.hint,
    made: own.made,
    address: webhookAddress(config, connection),
    setAt: at(webhookField),
    bothUntil: bothUntil !== null && bothUntil > now() ? bothUntil : null,
  };
}
