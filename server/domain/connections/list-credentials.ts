import { and, asc, eq, gt, inArray } from "drizzle-orm";
import type { Db } from "#db/client.ts";
import { connections, dataKeys, secrets } from "#db/schema/index.ts";
import type { ConnectionKind } from "#db/words/connections.ts";
import { providerName } from "#server/catalog/providers/registry.ts";
import { acrossTenants, type Ctx } from "#server/ctx.ts";
import { VaultError, versionOf } from "#server/domain/vault/envelope.ts";
import { secretMask } from "#server/domain/vault/secrets.ts";

/** A secret as staff see it: everything but itself. Times in milliseconds since 1970. */
export interface Credential {
  tenant: string;
  connection: string;
  provider: string;
  providerName: string;
  kind: ConnectionKind;
  account: string;
  field: string;
  mask: string;
  /** When this value was stored; its age. */
  storedAt: number;
  lastUsedAt: number | null;
  /** Null where the row is no sealed value at all: nothing opens it, and connecting again mends it. */
  dataKeyVersion: number | null;
  rootKeyId: string | null;
}

/** Tenants per page; a page has all of their secrets. */
const tenantsPerPage = 50;

/** Which secrets; what is left out is not asked. */
interface Asked {
  after?: string | undefined;
  tenantId?: string | undefined;
  provider?: string | undefined;
}

/** All tenants' secrets by name, or some, for staff; pages of tenants in order of their id, `next` being where the next page begins. */
export async function listCredentials(ctx: Ctx, asked: Asked = {}): Promise<{ credentials: Credential[]; next: string | null }> {
  const pages = await Promise.all(acrossTenants(ctx).map(({ db }) => readPage(db, asked)));
  const tenants = [...new Set(pages.flatMap((page) => page.tenants))].sort().slice(0, tenantsPerPage);
  const credentials = pages
    .flatMap((page) => page.credentials)
    .filter(({ tenant }) => tenants.includes(tenant))
    .sort((a, b) => (a.tenant < b.tenant ? -1 : a.tenant > b.tenant ? 1 : 0));
  return { credentials, next: tenants.length === tenantsPerPage ? (tenants.at(-1) ?? null) : null };
}

async function readPage(
  db: Db,
  { after = "", tenantId, provider: asked }: Asked,
): Promise<{ tenants: string[]; credentials: Credential[] }> {
  const own = and(eq(connections.id, secrets.connectionId), eq(connections.tenantId, secrets.tenantId));
  const ofProvider = asked === undefined ? undefined : eq(connections.provider, asked);
  const found = await db
    .selectDistinct({ tenant: secrets.tenantId })
    .from(secrets)
    .innerJoin(connections, own)
    .where(and(tenantId === undefined ? gt(secrets.tenantId, after) : eq(secrets.tenantId, tenantId), ofProvider))
    .orderBy(asc(secrets.tenantId))
    .limit(tenantsPerPage);
  const tenants = found.map(({ tenant }) => tenant);
  const [rows, keys] = await db.batch([
    db
      .select({
        secret: secrets,
        provider: connections.provider,
        kind: connections.kind,
        account: connections.name,
        usedAt: connections.lastSuccessAt,
      })
      .from(secrets)
      .innerJoin(connections, own)
      .where(and(inArray(secrets.tenantId, tenants), ofProvider))
      .orderBy(asc(secrets.tenantId), asc(secrets.connectionId), asc(secrets.field)),
    db
      .select({ tenant: dataKeys.tenantId, version: dataKeys.version, rootKeyId: dataKeys.rootKeyId })
      .from(dataKeys)
      .where(inArray(dataKeys.tenantId, tenants)),
  ]);
  const rootKeyOf = new Map(keys.map(({ tenant, version, rootKeyId }) => [`${tenant} ${version}`, rootKeyId]));
  const credentials = rows.map(({ secret, provider, kind, account, usedAt }) => {
    const version = versionIn(secret.sealed);
    return {
      tenant: secret.tenantId,
      connection: secret.connectionId,
      provider,
      providerName: providerName(provider),
      kind,
      account,
      field: secret.field,
      mask: secretMask,
      storedAt: secret.createdAt,
      // A success of the connection is a use of its access token, or of its key, and is written where the run's outcome is.
      lastUsedAt: secret.field === "access_token" || kind === "key" ? latest(secret.lastUsedAt, usedAt) : secret.lastUsedAt,
      dataKeyVersion: version,
      rootKeyId: rootKeyOf.get(`${secret.tenantId} ${version}`) ?? null,
    };
  });
  return { tenants, credentials };
}

/** A row that is no sealed value must not hide the others. */
function versionIn(sealed: string): number | null {
  try {
    return versionOf(sealed);
  } catch (error) {
    if (error instanceof VaultError) return null;
    throw error;
  }
}

const latest = (a: number | null, b: number | null) => (a === null ? b : b === null ? a : Math.max(a, b));
