import { eq, isNull, ne, type SQL } from "drizzle-orm";
import type { Statement } from "#db/client.ts";
import { connections } from "#db/schema/index.ts";
import type { TenantCtx } from "#server/ctx.ts";
import type { ConnectionRow } from "#server/domain/connections/rows.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";

/** So long a key goes on beside the sign-in that replaced it: time to see that the sign-in does, or to keep the key. */
export const keyGraceMs = 30 * 86_400_000;

type Account = Pick<ConnectionRow, "provider" | "externalId">;
const isOf = (row: ConnectionRow, { provider, externalId }: Account) => row.provider === provider && row.externalId === externalId;

/** The sign-in of a key's account, whatever its status. */
export const signInBeside = (key: ConnectionRow, all: readonly ConnectionRow[]): ConnectionRow | undefined =>
  all.find((row) => row.kind === "oauth" && isOf(row, key));

/** The key of an account, of the rows of the tenant. */
export const keyBeside = (ctx: TenantCtx, { provider, externalId }: Account, ...more: SQL[]): SQL =>
  inTenant(
    ctx,
    connections,
    eq(connections.provider, provider),
    eq(connections.externalId, externalId),
    eq(connections.kind, "key"),
    ...more,
  );

/** Sets the end of the account's key, where it has none yet and nobody keeps it: for the batch that stores the sign-in. */
export const replaceKey = (ctx: TenantCtx, signIn: ConnectionRow): Statement =>
  ctx.db
    .update(connections)
    .set({ endsAt: signIn.connectedAt + keyGraceMs, endTold: null, endLookAt: signIn.connectedAt })
    .where(keyBeside(ctx, signIn, ne(connections.status, "disconnected"), isNull(connections.endsAt), isNull(connections.keptAt)));

/** What the log says of that, in the line of the sign-in. */
export function replacedBy(signIn: ConnectionRow, all: readonly ConnectionRow[]): { replaces?: string; keyEndsAt?: number } {
  if (signIn.kind !== "oauth") return {};
  const key = all.find((row) => row.id !== signIn.id && row.kind === "key" && isOf(row, signIn));
  const ends = key && key.status !== "disconnected" && key.endsAt === null && key.keptAt === null;
  return ends ? { replaces: key.id, keyEndsAt: signIn.connectedAt + keyGraceMs } : {};
}

/** A key that is given although one signs in to the account already is wanted beside that: since when. */
export function keptSince(
  ctx: TenantCtx,
  provider: string,
  { kind, identity: { externalId } }: { kind: ConnectionRow["kind"]; identity: { externalId: string } },
  all: readonly ConnectionRow[],
): number | null {
  const signsIn = all.some((row) => row.kind === "oauth" && row.status === "active" && isOf(row, { provider, externalId }));
  return kind === "key" && signsIn ? ctx.now() : null;
}
