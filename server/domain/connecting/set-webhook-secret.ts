import { and, eq, inArray, ne, type SQL, sql } from "drizzle-orm";
import type { Statement } from "#db/client.ts";
import { rowIf } from "#db/row-if.ts";
import { connections, secrets } from "#db/schema/index.ts";
import type { OwnSecret } from "#server/catalog/webhooks/webhook.ts";
import { requirePermission, type TenantCtx } from "#server/ctx.ts";
import { commitIf, wrote } from "#server/domain/audit/commit-if.ts";
import { connectionExists } from "#server/domain/connections/connection-exists.ts";
import { holdConnection, openField } from "#server/domain/connections/hold-connection.ts";
import type { HeldConnection } from "#server/domain/connections/rows.ts";
import type { RemoveWebhookSecret, SetWebhookSecret } from "#server/domain/connections/schemas.ts";
import {
  ownSecretOf,
  rotationMs,
  webhookAddress,
  webhookField,
  webhookFieldBefore,
  webhookFields,
} from "#server/domain/connections/webhook-secret.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { currentDataKey } from "#server/domain/vault/data-keys.ts";
import { VaultError } from "#server/domain/vault/envelope.ts";
import { requireVault } from "#server/domain/vault/require-vault.ts";
import { sealSecret } from "#server/domain/vault/secrets.ts";
import { newToken } from "#server/domain/vault/sign-in-tokens.ts";
import { conflict, invalid, notFound } from "#server/errors.ts";
import { parseField } from "./parse-field.ts";

/** What came of it. Times in milliseconds since 1970. */
export interface WebhookSecretSet {
  /** Where the provider is to send this account's events. */
  address: string;
  /** The secret, where we made it: told this once. */
  secret: string | null;
  /** Until when the secret before it still opens; null where there was none. */
  bothUntil: number | null;
}

/**
 * Keeps the secret that an account's own events are signed with; without one it is made, where the provider takes any. The one
 * that it replaces opens three days longer, so that it can be replaced at the provider without a gap. The same one again changes nothing.
 * Throws `forbidden`, `not_found` also where the provider has no such secret, `invalid` for what is none, `conflict` for an account that is not
 * connected or whose secret somebody else sets at this moment, and `vault_closed`.
 */
export async function setWebhookSecret(ctx: TenantCtx, { connectionId, secret: given }: SetWebhookSecret): Promise<WebhookSecretSet> {
  requirePermission(ctx, "connections:write");
  for (const text of [given, given?.trim()]) if (text) ctx.log.conceal(text);
  const { held, own } = await find(ctx, connectionId);
  const { provider, name } = held.connection;
  const secret = given === undefined ? makeSecret(own) : parseField("secret", own, given);
  const address = webhookAddress(ctx.config, held.connection);
  const made = given === undefined ? secret : null;
  await requireVault(ctx);
  const before = await secretInUse(ctx, held);
  if (before === secret) return { address, secret: made, bothUntil: null };
  const now = ctx.now();
  const dataKey = await currentDataKey(ctx);
  const seal = (field: string, text: string) => sealSecret(ctx, dataKey, { connectionId, field, secret: text });
  const unchanged = connectionExists(ctx, stillSo(ctx, held));
  const details = { connection: connectionId, provider, account: name, replaced: before !== null };
  const answers = await commitIf(ctx, unchanged, "connection.webhook_secret_set", details, [
    // The one before first: whether it is still in use is asked by each.
    ...(before === null
      ? [dropped(ctx, connectionId, [webhookFieldBefore], unchanged)]
      : [kept(ctx, { connectionId, field: webhookFieldBefore, sealed: await seal(webhookFieldBefore, before), unchanged })]),
    kept(ctx, { connectionId, field: webhookField, sealed: await seal(webhookField, secret), unchanged }),
  ]);
  if (!wrote(answers.at(-1))) throw conflict("account_changing");
  return { address, secret: made, bothUntil: before === null ? null : now + rotationMs };
}

/**
 * Ends the secret before at once, as where somebody has it who should not; with `all` the one in use too: nothing more is taken in at the
 * account's address. Where there is none nothing is written. Throws `forbidden`, `not_found`, `conflict`.
 */
export async function removeWebhookSecret(ctx: TenantCtx, { connectionId, all }: RemoveWebhookSecret): Promise<void> {
  requirePermission(ctx, "connections:write");
  const { held } = await find(ctx, connectionId);
  const fields = all ? [...webhookFields] : [webhookFieldBefore];
  const some = sql`exists (select 1 from ${secrets} where ${inTenant(ctx, secrets, eq(secrets.connectionId, connectionId), inArray(secrets.field, fields))})`;
  const details = { connection: connectionId, provider: held.connection.provider, account: held.connection.name, all };
  await commitIf(ctx, some, "connection.webhook_secret_removed", details, [dropped(ctx, connectionId, fields, sql`true`)]);
}

async function find(ctx: TenantCtx, connectionId: string): Promise<{ held: HeldConnection; own: OwnSecret }> {
  const held = await holdConnection(ctx, connectionId);
  const own = ownSecretOf(held.connection.provider);
  if (!own) throw notFound("webhook");
  if (held.connection.status === "disconnected") throw conflict("account_disconnected");
  return { held, own };
}

function makeSecret({ made, label }: OwnSecret): string {
  if (!made) throw invalid("secret", "key_field_missing", { field: label });
  return newToken();
}

/** One that does not open any more is no secret that a provider's events could still be verified with. */
async function secretInUse(ctx: TenantCtx, held: HeldConnection): Promise<string | null> {
  try {
    return (await openField(ctx, held, webhookField)) ?? null;
  } catch (error) {
    if (!(error instanceof VaultError)) throw error;
    ctx.log.error("a webhook secret does not open, and is replaced", { connection: held.connection.id, closedBy: error.closedBy, error });
    return null;
  }
}

/** The connection, as long as it is connected and has the secret that was seen, or still none. */
function stillSo(ctx: TenantCtx, { connection, secrets: known }: HeldConnection): SQL {
  const seen = known.find(({ field }) => field === webhookField);
  const own = inTenant(ctx, secrets, eq(secrets.connectionId, connection.id), eq(secrets.field, webhookField));
  return inTenant(
    ctx,
    connections,
    eq(connections.id, connection.id),
    ne(connections.status, "disconnected"),
    seen
      ? sql`exists (select 1 from ${secrets} where ${and(own, eq(secrets.sealed, seen.sealed))})`
      : sql`not exists (select 1 from ${secrets} where ${own})`,
  );
}

const dropped = (ctx: TenantCtx, connectionId: string, fields: readonly string[], where: SQL): Statement =>
  ctx.db.delete(secrets).where(inTenant(ctx, secrets, eq(secrets.connectionId, connectionId), inArray(secrets.field, [...fields]), where));

const kept = (
  ctx: TenantCtx,
  { connectionId, field, sealed, unchanged }: { connectionId: string; field: string; sealed: string; unchanged: SQL },
): Statement =>
  ctx.db
    .insert(secrets)
    .select(rowIf(secrets, { tenantId: ctx.tenant.id, connectionId, field, sealed, createdAt: ctx.now(), lastUsedAt: null }, unchanged))
    .onConflictDoUpdate({
      target: [secrets.tenantId, secrets.connectionId, secrets.field],
      set: { sealed, createdAt: ctx.now(), lastUsedAt: null },
      setWhere: and(eq(secrets.tenantId, ctx.tenant.id), eq(secrets.connectionId, connectionId)),
    })
    .returning({ field: secrets.field });
