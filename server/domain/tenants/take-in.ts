import { eq } from "drizzle-orm";
import { connections, tenants } from "#db/schema/index.ts";
import type { Identity, OAuthProvider } from "#server/catalog/provider.ts";
import { acrossTenants, type Ctx, enterTenant, requireAgency, type Tenant, type TenantCtx } from "#server/ctx.ts";
import { conflict, DomainError } from "#server/errors.ts";
import type { UpdateClient } from "./client.ts";
import { createClient } from "./create-client.ts";
import { findTenant } from "./find-tenant.ts";
import { Currency, Locale, TenantId, Timezone } from "./schemas.ts";
import { updateClient } from "./update-client.ts";

/** Tries of a free slug: `acme`, `acme-2`, ... */
const numberedSlugs = 9;
/** Then by chance, since all names without a Latin letter share one slug: `acme-k3x9q`. */
const slugsByChance = 3;

/**
 * The client that an account belongs to, for staff: made from the account where there is none, brought up to date where there
 * is one. `made` says which. Throws `conflict` where several clients have the account: then it is connected from one's own page.
 */
export async function takeIn(ctx: Ctx, provider: OAuthProvider, identity: Identity): Promise<{ client: TenantCtx; made: boolean }> {
  requireAgency(ctx);
  const origin = `${provider.id}:${identity.externalId}`;
  const known = await ownerOf(ctx, { provider: provider.id, externalId: identity.externalId, origin });
  if (known) return { client: await bringUpToDate(ctx, known, identity), made: false };
  const made = await makeFrom(ctx, provider, { identity, origin });
  if (made) return { client: enterTenant(ctx, made, "staff"), made: true };
  // Somebody else made it from the same account in the same moment.
  const twin = await byOrigin(ctx, origin);
  if (!twin) throw conflict("No free name was found for this client.");
  return { client: await bringUpToDate(ctx, { tenant: twin, name: twin.name }, identity), made: false };
}

/** The client and what its account was called when it was last connected. */
interface Owner {
  tenant: Tenant;
  name: string;
}

async function ownerOf(ctx: Ctx, of: { provider: string; externalId: string; origin: string }): Promise<Owner | null> {
  const found = await Promise.all(
    acrossTenants(ctx).map(({ db }) =>
      db
        .select({ tenantId: connections.tenantId, name: connections.name, provider: connections.provider })
        .from(connections)
        .where(eq(connections.externalId, of.externalId)),
    ),
  );
  const rows = found.flat().filter(({ provider }) => provider === of.provider);
  const [first, ...others] = [...new Map(rows.map((row) => [row.tenantId, row])).values()];
  if (first && others.length > 0) throw conflict([first, ...others].map(({ tenantId }) => tenantId).join(", "));
  if (first) return { tenant: await findTenant(ctx, first.tenantId), name: first.name };
  const made = await byOrigin(ctx, of.origin);
  return made && { tenant: made, name: made.name };
}

async function byOrigin(ctx: Ctx, origin: string): Promise<Tenant | null> {
  const [tenant] = await ctx.directory.select().from(tenants).where(eq(tenants.origin, origin));
  return tenant ?? null;
}

/** Null where another client came from this account meanwhile. */
async function makeFrom(
  ctx: Ctx,
  provider: OAuthProvider,
  { identity, origin }: { identity: Identity; origin: string },
): Promise<Tenant | null> {
  const facts = factsOf(identity);
  const fallback = { locale: "en", currency: "EUR", timezone: "UTC" } as const;
  const vertical = provider.oauth.opensClient === "company" ? "b2b" : "shopify";
  for (const id of slugsOf(identity.name)) {
    try {
      return await createClient(ctx, { ...fallback, ...facts, id, name: nameOf(identity), vertical, plan: "essentials", origin });
    } catch (error) {
      if (!(error instanceof DomainError && error.kind === "conflict")) throw error;
      if (await byOrigin(ctx, origin)) return null;
    }
  }
  return null;
}

/** What the account says of its owner, as far as it is of use. */
function factsOf({ details }: Identity) {
  const locale = Locale.safeParse(details.locale?.slice(0, 2).toLowerCase());
  const currency = Currency.safeParse(details.currency);
  const timezone = Timezone.safeParse(details.timezone);
  return {
    ...(locale.success && { locale: locale.data }),
    ...(currency.success && { currency: currency.data }),
    ...(timezone.success && { timezone: timezone.data }),
    ...(details.contact && { contactName: details.contact.slice(0, 120) }),
    ...(details.email && { contactEmail: details.email.toLowerCase() }),
  };
}

const nameOf = ({ name }: Identity): string =>
  name
    .replace(/\p{Cc}/gu, " ")
    .trim()
    .slice(0, 80) || "Client";

/** Slugs of a name, to be tried in turn: its letters and digits without accents; an account whose name has none is `client`. */
function slugsOf(name: string): string[] {
  const plain = name
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 34)
    .replace(/-+$/, "");
  const first = TenantId.safeParse(plain).success ? plain : "client";
  const numbered = Array.from({ length: numberedSlugs }, (_, at) => `${first}-${at + 2}`);
  return [first, ...numbered, ...Array.from({ length: slugsByChance }, () => `${first}-${chance()}`)];
}

const chance = (): string => Array.from(crypto.getRandomValues(new Uint8Array(5)), (byte) => (byte % 32).toString(32)).join("");

/** What somebody changed by hand stays: the name is the account's only while it is what the account was called. */
async function bringUpToDate(ctx: Ctx, { tenant, name }: Owner, identity: Identity): Promise<TenantCtx> {
  const client = enterTenant(ctx, tenant, "staff");
  const { locale: _, ...facts } = factsOf(identity);
  const wished: UpdateClient = { ...facts, ...(tenant.name === name && { name: nameOf(identity) }) };
  const change = Object.fromEntries(Object.entries(wished).filter(([field, value]) => Reflect.get(tenant, field) !== value));
  return { ...client, tenant: await updateClient(client, change) };
}
