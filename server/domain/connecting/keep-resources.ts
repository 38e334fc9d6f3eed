import { and, eq, lt, sql } from "drizzle-orm";
import type { Statement } from "#db/client.ts";
import { resources } from "#db/schema/index.ts";
import type { ChosenResource, ConnectionKind } from "#db/words/connections.ts";
import type { Account } from "#server/catalog/account.ts";
import { type Choice, grantsAll, type Provider } from "#server/catalog/provider.ts";
import type { Resource } from "#server/catalog/resource.ts";
import type { TenantCtx } from "#server/ctx.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { VaultError } from "#server/domain/vault/envelope.ts";
import { ProviderError } from "#server/errors.ts";

/**
 * What the login opens, by kind, as far as the scopes allow listing it. An API that is not switched on, or a product that the
 * person never used, is an empty shelf and no failed connection; one that we ourselves are not set up for is left out, as not
 * listed. Throws `ProviderError` where the provider does not answer.
 */
export async function listResources(
  provider: Provider,
  account: Account,
  grant: { kind: ConnectionKind; scopesGranted: readonly string[] },
): Promise<Map<string, Resource[]>> {
  const open = (provider.choices ?? []).filter(({ scopes }) => grantsAll(provider, grant, scopes));
  // Of an account that is not stored yet only its consent says what it allows.
  const allowed = grant.kind === "key" ? account : { ...account, scopes: grant.scopesGranted };
  const listed = await Promise.all(open.map(async (choice) => [choice.kind, await listOrNothing(allowed, choice)] as const));
  return new Map(listed.filter((each): each is [string, Resource[]] => each[1] !== null));
}

async function listOrNothing(account: Account, choice: Choice): Promise<Resource[] | null> {
  try {
    return await choice.list(account);
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    if (error.kind === "rejected" || error.kind === "missing_scopes") return [];
    // Such as a Cloud project that Google Ads has not approved: the other products of this login work without it.
    if (error.kind === "misconfigured" && !(error.cause instanceof VaultError)) return null;
    throw error;
  }
}

/**
 * What is chosen after a listing, and the statements that keep the listing. What was chosen and is there no more is marked
 * `gone`; nothing else takes its place by itself. Where nothing was ever chosen and there is only one thing, nobody is asked;
 * where there are several, the kind is one of `toChoose`. What the portal itself uses waits until somebody chooses it.
 */
export function keepResources(
  ctx: TenantCtx,
  provider: Provider,
  {
    connectionId,
    chosen,
    listed,
  }: { connectionId: string; chosen: readonly ChosenResource[]; listed: ReadonlyMap<string, readonly Resource[]> },
): { chosen: ChosenResource[]; toChoose: string[]; statements: Statement[] } {
  const now = ctx.now();
  const choices = provider.choices ?? [];
  const kept = choices.flatMap(({ kind, portal }): ChosenResource[] => {
    const own = chosen.filter((each) => each.kind === kind);
    const found = listed.get(kind);
    if (!found) return own;
    if (own.length === 0 && found.length === 1 && !portal) return [...found];
    return own.map((each) => found.find(({ id }) => id === each.id) ?? { ...each, gone: true });
  });
  const toChoose = choices
    .filter(({ kind, portal }) => !portal && (listed.get(kind)?.length ?? 0) > 1 && !kept.some((each) => each.kind === kind && !each.gone))
    .map(({ kind }) => kind);
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
  return { chosen: kept, toChoose, statements };
}
