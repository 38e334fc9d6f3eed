import { batchOf, type Statement } from "#db/client.ts";
import { connections, dataKeys, secrets, tenants } from "#db/schema/index.ts";
import type { Job } from "#server/catalog/job.ts";
import { allJobs } from "#server/catalog/jobs.ts";
import type { Resource } from "#server/catalog/resource.ts";
import { type Ctx, enterTenant, type Tenant } from "#server/ctx.ts";
import { openDataKey } from "#server/domain/vault/data-keys.ts";
import { wrap } from "#server/domain/vault/envelope.ts";
import { currentRootKeyId, findRootKey } from "#server/domain/vault/root-keys.ts";
import { sealSecret } from "#server/domain/vault/secrets.ts";
import { newId } from "#server/ids.ts";
import { pages } from "./pages.ts";

/** An account of a client's, with the tokens that the sandbox minted for it. */
export interface SeededConnection {
  id: string;
  provider: string;
  account: string;
  details: Readonly<Record<string, string>>;
  chosen?: Resource[];
  scopes: readonly string[];
  /** Milliseconds since 1970. */
  accessEndsAt: number;
  connectedAt?: number;
  /** By the vault's names: `access_token`, `refresh_token`. */
  secrets: Readonly<Record<string, string>>;
}

export interface SeededClient {
  id: string;
  connections: readonly SeededConnection[];
}

export interface Seeding {
  clients: readonly SeededClient[];
  /** Which jobs may run for them. */
  runs(job: Job): boolean;
  timezone: string;
}

/** What the sandbox answers for a grant without a consent. */
export interface Minted {
  grant_id: string;
  access_token: string;
  refresh_token: string;
  expires_at: number;
}

/**
 * Clients with connected accounts, as rows and not by the verbs, many at a time: each batch is a round trip to the D1 from outside. The cron
 * gives them their schedules.
 */
export async function seedClients(ctx: Ctx, { clients, runs, timezone }: Seeding): Promise<Tenant[]> {
  const features = Object.fromEntries(allJobs.filter((job) => !runs(job)).map(({ id }) => [id, false]));
  const rows = await Promise.all(
    clients.map((client) => rowsOf(ctx, { ...template, timezone, features, id: client.id, name: client.id, createdAt: ctx.now() }, client)),
  );
  const db = ctx.directory;
  // At most 100 bound values a statement.
  const statements: Statement[] = [
    ...pages(rows, 4).map((page) => db.insert(tenants).values(page.map(({ tenant }) => tenant))),
    ...pages(rows, 15).map((page) => db.insert(dataKeys).values(page.map(({ dataKey }) => dataKey))),
    ...pages(
      rows.flatMap(({ connected }) => connected),
      3,
    ).map((page) => db.insert(connections).values(page)),
    ...pages(
      rows.flatMap(({ sealed }) => sealed),
      12,
    ).map((page) => db.insert(secrets).values(page)),
  ];
  for (const page of pages(statements, 100)) await batchOf(db, page);
  return rows.map(({ tenant }) => tenant);
}

async function rowsOf(ctx: Ctx, tenant: Tenant, client: SeededClient) {
  const now = ctx.now();
  const place = { tenant: tenant.id, version: 1, rootKeyId: currentRootKeyId(ctx.config) };
  const root = await findRootKey(ctx.config, place.rootKeyId);
  const wrapped = await wrap(root.key, { place, dataKey: crypto.getRandomValues(new Uint8Array(32)) });
  const dataKey = { tenantId: tenant.id, version: 1, rootKeyId: place.rootKeyId, wrapped, createdAt: now };
  const opened = await openDataKey(ctx.config, dataKey);
  const inside = enterTenant(ctx, tenant, "system");
  const fields = client.connections.flatMap(({ id, secrets: all }) =>
    Object.entries(all).map(([field, secret]) => ({ connectionId: id, field, secret })),
  );
  const sealed = await Promise.all(
    fields.map(async ({ secret, ...field }) => ({
      tenantId: tenant.id,
      ...field,
      sealed: await sealSecret(inside, opened, { ...field, secret }),
      createdAt: now,
    })),
  );
  const connected = client.connections.map(({ id, provider, account, details, chosen = [], scopes, accessEndsAt, connectedAt = now }) => ({
    ...{ id, tenantId: tenant.id, provider, externalId: account, name: account, details, chosen },
    ...{ scopesAsked: [...scopes], scopesGranted: [...scopes], status: "active" as const, accessExpiresAt: accessEndsAt },
    ...{ connectedBy: "bench", connectedAt },
  }));
  return { tenant, dataKey, sealed, connected };
}

/** A connection's id, to be known before its row is written. */
export const connectionId = (ctx: Ctx): string => newId("con", ctx.now());

const template = {
  ...({ vertical: "shopify", plan: "growth", status: "active", locale: "en", currency: "GBP" } as const),
  ...({ currencyChosen: true, timezoneChosen: true, contactName: null, contactEmail: null, origin: null, source: "manual" } as const),
  ...({
    tags: [] as string[],
    automations: [] as string[],
    updatedAt: 0,
    endsAt: null,
    lastActivityAt: null,
    catalog: "",
    borrows: false,
    place: "DB",
  } as const),
};
