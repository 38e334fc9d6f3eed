import { eq, isNull, type SQL } from "drizzle-orm";
import type { Statement } from "#db/client.ts";
import { tryAgain } from "#db/patient-d1.ts";
import { rowIf } from "#db/row-if.ts";
import { debts } from "#db/schema/index.ts";
import type { DebtReason } from "#db/words/connections.ts";
import type { Grant, OAuthProvider, Provider } from "#server/catalog/provider.ts";
import { findProvider } from "#server/catalog/providers/registry.ts";
import type { Ctx, TenantCtx } from "#server/ctx.ts";
import type { Debtor } from "#server/domain/connections/debtor.ts";
import type { DebtRow, HeldConnection } from "#server/domain/connections/rows.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { currentDataKey, type DataKey } from "#server/domain/vault/data-keys.ts";
import { sealSecret } from "#server/domain/vault/secrets.ts";
import { oauthEndpointsOf } from "#server/domain/wire/provider-endpoints.ts";
import { newId } from "#server/ids.ts";
import { expiriesOf } from "./expiries.ts";

/** Whoever wrote a debt pays it at once; when they have not within this time, they died of it and the cron does. */
export const payOwnMs = 5 * 60_000;

/** Whether the provider has a way to take access back. */
export const takesBack = (ctx: Ctx, provider: Provider): provider is OAuthProvider =>
  Boolean(provider.oauth?.revocation && oauthEndpointsOf(ctx.config, { ...provider, oauth: provider.oauth }).revoke);

/** A grant that has just come, and what is known of its account by then. */
export interface NewDebt {
  grant: Grant;
  shop: string | null;
  reason: Exclude<DebtReason, "disconnected">;
  account?: { externalId: string; name: string };
  /** Seals it, where the owner's key is open already. */
  dataKey?: DataKey;
}

/**
 * Writes down that a grant must be given back unless a connection is made of it: `storeConnection` takes the debt and strikes it
 * out in its own batch, whoever keeps nothing calls `payDebt`, and the cron pays what nobody came to. Null where the provider takes
 * nothing back.
 */
export async function oweGrant(
  ctx: Debtor,
  provider: OAuthProvider,
  { grant, shop, reason, account, dataKey: open }: NewDebt,
): Promise<DebtRow | null> {
  if (!takesBack(ctx, provider)) return null;
  const now = ctx.now();
  const id = newId("dbt", now);
  const dataKey = open ?? (await currentDataKey(ctx));
  const sealed = (field: string, secret: string) => sealSecret(ctx, dataKey, { connectionId: id, field, secret });
  const debt = {
    id,
    tenantId: ctx.tenant.id,
    provider: provider.id,
    connectionId: id,
    reason,
    externalId: account?.externalId ?? null,
    name: account?.name.slice(0, 200) ?? "",
    shop,
    accessSealed: await sealed("access_token", grant.accessToken),
    refreshSealed: grant.refreshToken === undefined ? null : await sealed("refresh_token", grant.refreshToken),
    accessExpiresAt: expiriesOf(provider, grant, { now, kept: null }).accessExpiresAt,
    owedAt: now,
    renewBegunAt: null,
    tries: 0,
    nextAt: now + payOwnMs,
    farewell: null,
    endedAt: null,
  };
  await tryAgain(async () => ctx.db.insert(debts).values(debt).onConflictDoNothing());
  return debt;
}

/**
 * What a connection that ends owes, in its tokens as they are sealed there: null for a key, where nothing is sealed any more, and
 * where the provider takes nothing back.
 */
export function debtOf(ctx: TenantCtx, { connection, secrets }: HeldConnection): DebtRow | null {
  const sealed = (field: string) => secrets.find((secret) => secret.field === field)?.sealed ?? null;
  const accessSealed = sealed("access_token");
  if (connection.kind === "key" || accessSealed === null || !takesBack(ctx, findProvider(connection.provider))) return null;
  const now = ctx.now();
  return {
    id: newId("dbt", now),
    tenantId: ctx.tenant.id,
    provider: connection.provider,
    connectionId: connection.id,
    reason: "disconnected",
    externalId: connection.externalId,
    name: connection.name,
    shop: connection.details.shop ?? null,
    accessSealed,
    refreshSealed: sealed("refresh_token"),
    accessExpiresAt: connection.accessExpiresAt,
    owedAt: now,
    renewBegunAt: null,
    tries: 0,
    nextAt: now + payOwnMs,
    farewell: null,
    endedAt: null,
  };
}

/** Writes a debt where `condition` holds, along with what ends its connection. */
export const debtWhere = (ctx: Debtor, debt: DebtRow, condition: SQL): Statement =>
  ctx.db.insert(debts).select(rowIf(debts, debt, condition));

/** Leaves it alone until then: somebody may still make a connection of it. */
export async function holdDebt(ctx: Debtor, { id }: DebtRow, until: number): Promise<void> {
  await tryAgain(async () =>
    ctx.db
      .update(debts)
      .set({ nextAt: until })
      .where(inTenant(ctx, debts, eq(debts.id, id), isNull(debts.farewell))),
  );
}

/** A debt that is open; null where it is over. */
export async function findDebt(ctx: Debtor, id: string): Promise<DebtRow | null> {
  const [debt] = await ctx.db
    .select()
    .from(debts)
    .where(inTenant(ctx, debts, eq(debts.id, id), isNull(debts.farewell)));
  return debt ?? null;
}

/** Strikes out a debt of what became a connection. */
export const strikeDebt = (ctx: Debtor, { id }: DebtRow): Statement =>
  ctx.db.delete(debts).where(inTenant(ctx, debts, eq(debts.id, id), isNull(debts.farewell)));
