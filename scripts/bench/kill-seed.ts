import type { BatchItem } from "drizzle-orm/batch";
import { connections, dataKeys, secrets, tenants } from "#db/schema/index.ts";
import { propertiesOf } from "#sandbox/google/properties.ts";
import { sensors } from "#server/catalog/sensors/registry.ts";
import { type Ctx, enterTenant, type Tenant } from "#server/ctx.ts";
import { openDataKey } from "#server/domain/vault/data-keys.ts";
import { wrap } from "#server/domain/vault/envelope.ts";
import { currentRootKeyId, findRootKey } from "#server/domain/vault/root-keys.ts";
import { sealSecret } from "#server/domain/vault/secrets.ts";
import { newId } from "#server/ids.ts";

const scopes = ["https://www.googleapis.com/auth/analytics.readonly"];

/**
 * Clients with one Google account each, connected with tokens that the sandbox minted. The cron gives them their schedules, so
 * that `ga4-sensor` is due for all of them. Rows go in many at a time: each batch is a round trip to the D1 from outside.
 */
export async function seedGoogleClients(ctx: Ctx, { count, sandbox }: { count: number; sandbox: string }): Promise<string[]> {
  const now = ctx.now();
  const ids = Array.from({ length: count }, (_, index) => `shop-${index}`);
  const answer = await fetch(`${sandbox}/__sandbox/tokens`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(ids.map((id) => ({ provider: "google", account: mailOf(id), scopes }))),
  });
  const minted = (await answer.json()) as { access_token: string; expires_at: number }[];
  const rows = await Promise.all(ids.map((id, index) => rowsOf(ctx, { ...template, id, name: id, createdAt: now }, minted[index])));
  const db = ctx.directory;
  // At most 100 bound values a statement.
  const statements: BatchItem<"sqlite">[] = [
    ...pages(rows, 4).map((page) => db.insert(tenants).values(page.map(({ tenant }) => tenant))),
    ...pages(rows, 4).map((page) => db.insert(connections).values(page.map(({ connection }) => connection))),
    ...pages(rows, 15).map((page) => db.insert(secrets).values(page.map(({ secret }) => secret))),
    ...pages(rows, 20).map((page) => db.insert(dataKeys).values(page.map(({ dataKey }) => dataKey))),
  ];
  for (const [first, ...rest] of pages(statements, 100)) if (first) await db.batch([first, ...rest]);
  return ids;
}

async function rowsOf(ctx: Ctx, tenant: Tenant, minted: { access_token: string; expires_at: number } | undefined) {
  if (!minted) throw new Error("the sandbox minted too few tokens");
  const now = ctx.now();
  const place = { tenant: tenant.id, version: 1, rootKeyId: currentRootKeyId(ctx.config) };
  const root = await findRootKey(ctx.config, place.rootKeyId);
  const wrapped = await wrap(root.key, { place, dataKey: crypto.getRandomValues(new Uint8Array(32)) });
  const dataKey = { tenantId: tenant.id, version: 1, rootKeyId: place.rootKeyId, wrapped, createdAt: now };
  const field = { connectionId: newId("con", now), field: "access_token" };
  const sealed = await sealSecret(enterTenant(ctx, tenant, "system"), await openDataKey(ctx.config, dataKey), {
    ...field,
    secret: minted.access_token,
  });
  const [property] = propertiesOf(mailOf(tenant.id));
  if (!property) throw new Error("the sandbox gives everybody a property");
  const connection = {
    id: field.connectionId,
    tenantId: tenant.id,
    provider: "google",
    externalId: mailOf(tenant.id),
    name: tenant.id,
    details: { currency: "GBP", timezone: "Europe/London" },
    chosen: [{ kind: "ga4_property", id: property.id, name: property.displayName }],
    scopesAsked: scopes,
    scopesGranted: scopes,
    status: "active" as const,
    accessExpiresAt: minted.expires_at,
    connectedBy: "test",
    connectedAt: now,
  };
  return { tenant, connection, dataKey, secret: { tenantId: tenant.id, ...field, sealed, createdAt: now } };
}

const pages = <T>(items: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, index) => items.slice(index * size, (index + 1) * size));

const mailOf = (tenant: string) => `owner@${tenant}.example`;

const template = {
  vertical: "shopify",
  plan: "growth",
  status: "active",
  locale: "en",
  currency: "GBP",
  timezone: "Europe/London",
  currencyChosen: true,
  timezoneChosen: true,
  // Of the jobs that need nobody's account, and of other accounts, none shall be in the way.
  automations: [] as string[],
  features: Object.fromEntries(sensors.filter(({ id }) => id !== "ga4-sensor").map(({ id }) => [id, false])),
  contactName: null,
  contactEmail: null,
  origin: null,
  source: "manual",
  tags: [] as string[],
  updatedAt: 0,
  endsAt: null,
  lastActivityAt: null,
  catalog: "",
  borrows: false,
  place: "DB",
} as const;
