import type { InferSelectModel } from "drizzle-orm";
import type { secrets } from "#db/schema/index.ts";
import { type DataKey, type DataKeyRow, type KeyOwner, openDataKey } from "./data-keys.ts";
import { open, seal, VaultError, versionOf } from "./envelope.ts";

export type SecretRow = InferSelectModel<typeof secrets>;

/** Seals a value for one field of one connection (or of what stands in for one while a consent is on its way). */
export async function sealSecret(
  ctx: KeyOwner,
  dataKey: DataKey,
  { connectionId, field, secret }: { connectionId: string; field: string; secret: string },
): Promise<string> {
  ctx.log.conceal(secret);
  const place = { tenant: ctx.tenant.id, connection: connectionId, field };
  return seal(dataKey.key, { place, version: dataKey.version, secret });
}

/**
 * Opens a sealed value in this tenant. It is concealed in the log from here on, and belongs to this run alone: keep it in no
 * place that outlives it.
 */
export async function openSecret(
  ctx: KeyOwner,
  keys: readonly DataKeyRow[],
  { connectionId, field, sealed }: { connectionId: string; field: string; sealed: string },
): Promise<string> {
  const version = versionOf(sealed);
  const row = keys.find((each) => each.version === version && each.tenantId === ctx.tenant.id);
  if (!row) throw new VaultError(`the tenant has no data key of version ${version}`);
  const { key } = await openDataKey(ctx.config, row);
  const secret = await open(key, { place: { tenant: ctx.tenant.id, connection: connectionId, field }, sealed });
  ctx.log.conceal(secret);
  return secret;
}

/** What is shown in a secret's place: says that there is one, and nothing of its length. */
export const secretMask = "••••";
