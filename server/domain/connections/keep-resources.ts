import { and, eq, lt, sql } from "drizzle-orm";
import type { Statement } from "#db/client.ts";
import { resources } from "#db/schema/index.ts";
import type { Account } from "#server/catalog/account.ts";
import { grantsAll, type Provider, type Resource } from "#server/catalog/provider.ts";
import type { TenantCtx } from "#server/ctx.ts";
import { inTenant } from "#server/domain/tenants/in-tenant.ts";
import { ProviderError } from "#server/errors.ts";

/**
 * What the login opens, by kind, as far as the scopes allow listing it. An API that is not switched on, or a product that the
 * person never used, is an empty shelf and no failed connection. Throws `ProviderError` where the provider does not answer.
 */
export async function listResources(
  provider: Provider,
  account: Account,
  grant: { kind: "oauth" | "key"; scopesGranted: readonly string[] },
): Promise<Map<string, Resource[]>> {
  const open = (provider.choices ?? []).filter(({ scopes }) => grantsAll(provider, grant, scopes));
  return new Map(await Promise.all(open.map(async (choice) => [choice.kind, await listOrNothing(account, choice)] as const)));
}

async function listOrNothing(account: Account, choice: NonNullable<Provider["choices"]>[number]): Promise<Resource[]> {
  try {
    return await choice.list(account);
  } catch (error) {
    if (error instanceof ProviderError && (error.kind === "rejected" || error.kind === "missing_scopes")) return [];
    throw error;
  }
}

/**
 * What is chosen after a listing, and the statements that keep the listing: a choice stays while what was chosen is there, and
 * where there is only one thing of a kind nobody is asked.
 */
export function keepResources(
  ctx: TenantCtx,
  provider: Provider,
  { connectionId, chosen, listed }: { connectionId: string; chosen: readonly Resource[]; listed: ReadonlyMap<string, readonly Resource[]> },
): { chosen: Resource[]; statements: Statement[] } {
  const now = ctx.now();
  const kinds = (provider.choices ?? []).map(({ kind }) => kind);
  const kept = kinds.flatMap((kind) => {
    const found = listed.get(kind);
    if (!found) return chosen.filter((each) => each.kind === kind);
    const [first, ...others] = found;
    const still = found.filter(({ id }) => chosen.some((each) => each.kind === kind && each.id === id));
    return still.length === 0 && first && others.length === 0 ? [first] : still;
  });
  const statements = [...listed].flatMap(([kind, found]) => [
    ctx.db
      .insert(resources)
      .select(
        sql`select ${ctx.tenant.id}, ${connectionId}, ${kind}, value->>'id', value->>'name', value->>'parent', value->>'currency', value->>'timezone', ${now}
          from json_each(${JSON.stringify(found)}) where true`,
      )
      .onConflictDoUpdate({
        target: [resources.tenantId, resources.connectionId, resources.kind, resources.externalId],
        set: {
          name: sql`excluded.name`,
          parent: sql`excluded.parent`,
          currency: sql`excluded.currency`,
          timezone: sql`excluded.timezone`,
          listedAt: sql`excluded.listed_at`,
        },
      }),
    // What was not listed this time is gone.
    ctx.db
      .delete(resources)
      .where(
        inTenant(ctx, resources, and(eq(resources.connectionId, connectionId), eq(resources.kind, kind), lt(resources.listedAt, now))),
      ),
  ]);
  return { chosen: kept, statements };
}
