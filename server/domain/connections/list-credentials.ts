import { and, asc, eq, gt, inArray } from "drizzle-orm";
import type { Db } from "#db/client.ts";
import { connections, dataKeys, secrets } from "#db/schema/index.ts";
import { providerName } from "#server/catalog/providers/registry.ts";
import { acrossTenants, type Ctx } from "#server/ctx.ts";
import { versionOf } from "#server/domain/vault/envelope.ts";
import { secretMask } from "#server/domain/vault/secrets.ts";

/** A secret as staff see it: everything but itself. Times in milliseconds since 1970. */
export interface Credential {
  tenant: string;
  connection: string;
  provider: string;
  providerName: string;
  account: string;
  field: string;
  mask: string;
  /** When this value was stored; its age. */
  storedAt: number;
  lastUsedAt: number | null;
  dataKeyVersion: number;
  rootKeyId: string | null;
}

/** Tenants per page; a page has all of their secrets. */
const tenantsPerPage = 50;

/** All tenants' secrets by name, or one's, for staff; pages of tenants in order of their id, `next` being where the next page begins. */
export async function listCredentials(
  ctx: Ctx,
  { after = "", tenantId }: { after?: string | undefined; tenantId?: string | undefined } = {},
): Promise<{ credentials: Credential[]; next: string | null }> {
  const pages = await Promise.all(acrossTenants(ctx).map(({ db }) => readPage(db, { after, tenantId })));
  const tenants = [...new Set(pages.flatMap((page) => page.tenants))].sort().slice(0, tenantsPerPage);
  const credentials = pages
    .flatMap((page) => page.credentials)
    .filter(({ tenant }) => tenants.includes(tenant))
    .sort((a, b) => (a.tenant < b.tenant ? -1 : a.tenant > b.tenant ? 1 : 0));
  return { credentials, next: tenants.length === tenantsPerPage ? (tenants.at(-1) ?? null) : null };
}

async function readPage(
  db: Db,
  { after, tenantId }: { after: string; tenantId: string | undefined },
): Promise<{ tenants: string[]; credentials: Credential[] }> {
  const found = await db
    .selectDistinct({ tenant: secrets.tenantId })
    .from(secrets)
    .where(tenantId === undefined ? gt(secrets.tenantId, after) : eq(secrets.tenantId, tenantId))
    .orderBy(asc(secrets.tenantId))
    .limit(tenantsPerPage);
  const tenants = found.map(({ tenant }) => tenant);
  const [rows, keys] = await db.batch([
    db
      .select({ secret: secrets, provider: connections.provider, account: connections.name, usedAt: connections.lastSuccessAt })
      .from(secrets)
      .innerJoin(connections, and(eq(connections.id, secrets.connectionId), eq(connections.tenantId, secrets.tenantId)))
      .where(inArray(secrets.tenantId, tenants))
      .orderBy(asc(secrets.tenantId), asc(secrets.connectionId), asc(secrets.field)),
    db
      .select({ tenant: dataKeys.tenantId, version: dataKeys.version, rootKeyId: dataKeys.rootKeyId })
      .from(dataKeys)
      .where(inArray(dataKeys.tenantId, tenants)),
  ]);
  const rootKeyOf = new Map(keys.map(({ tenant, version, rootKeyId }) => [`${tenant} ${version}`, rootKeyId]));
  const credentials = rows.map(({ secret, provider, account, usedAt }) => {
    const version = versionOf(secret.sealed);
    return {
      tenant: secret.tenantId,
      connection: secret.connectionId,
      provider,
      providerName: providerName(provider),
      account,
      field: secret.field,
      mask: secretMask,
      storedAt: secret.createdAt,
      // A success of the connection is a use of its access token, and is written where the run's outcome is.
      lastUsedAt: secret.field === "access_token" ? latest(secret.lastUsedAt, usedAt) : secret.lastUsedAt,
      dataKeyVersion: version,
      rootKeyId: rootKeyOf.get(`${secret.tenantId} ${version}`) ?? null,
    };
  });
  return { tenants, credentials };
}

const latest = (a: number | null, b: number | null) => (a === null ? b : b === null ? a : Math.max(a, b));
