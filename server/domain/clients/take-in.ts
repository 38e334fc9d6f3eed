import { and, eq, inArray, or } from "drizzle-orm";
import { tryAgain } from "#db/patient-d1.ts";
import { connections, tenants } from "#db/schema/index.ts";
import type { Identity, OAuthProvider } from "#server/catalog/provider.ts";
import { acrossTenants, type Ctx, enterTenant, requireAgency, type Tenant, type TenantCtx } from "#server/ctx.ts";
import { EmailAddress } from "#server/domain/people/schemas.ts";
import { findTenant } from "#server/domain/tenancy/find-tenant.ts";
import { businessNameOf, longestPersonName, PersonName } from "#server/domain/tenancy/name.ts";
import { Currency, Locale, Timezone } from "#server/domain/tenancy/schemas.ts";
import { slugOf } from "#server/domain/tenancy/slug-of.ts";
import { conflict, DomainError } from "#server/errors.ts";
import { readDefaults } from "./agency-defaults.ts";
import { createClient } from "./create-client.ts";
import type { UpdateClient } from "./schemas.ts";
import { updateClient } from "./update-client.ts";

/** Tries of a free slug: `acme`, `acme-2`, ... */
const numberedSlugs = 9;
/** Then by chance, since all names without a Latin letter share one slug: `acme-k3x9q`. */
const slugsByChance = 3;

/** Nobody has the account now, and somebody had it: a shop may have been sold. Staff say which client it is. */
export class WhoseAccount extends Error {
  override name = "WhoseAccount";
  /** Ids of the clients that had it. */
  readonly among: readonly string[];

  constructor(among: readonly string[]) {
    super("the account was another client's before");
    this.among = among;
  }
}

/** Several clients have the account, and nobody said which of them is meant. */
export class SeveralClients extends Error {
  override name = "SeveralClients";
  /** Ids of the clients that have it. */
  readonly among: readonly string[];

  constructor(among: readonly string[]) {
    super("several clients have the account");
    this.among = among;
  }
}

/**
 * The client that an account belongs to, for staff: made from the account where there is none, brought up to date where there
 * is one. `made` says which. Only a live connection says by itself whose it is: where the account is connected nowhere any more,
 * `whose` names a client that had it, or says `new`, and what was read of it before stays with whoever had it. Throws
 * `WhoseAccount` where that is not said, and `conflict` where clients have the account that `whose` does not name: then it is
 * connected from one's own page.
 */
export async function takeIn(
  ctx: Ctx,
  provider: OAuthProvider,
  identity: Identity,
  whose: string | null = null,
): Promise<{ client: TenantCtx; made: boolean }> {
  requireAgency(ctx);
  const origin = `${provider.id}:${identity.externalId}`;
  const holders = await holdersOf(ctx, { provider, identity, origin });
  const known = await ownerOf(ctx, holders, whose);
  if (known) return { client: await bringUpToDate(ctx, known, identity), made: false };
  // One account is the origin of one client.
  await tryAgain(async () =>
    ctx.directory
      .update(tenants)
      .set({ origin: null })
      .where(and(eq(tenants.origin, origin), inArray(tenants.id, [...holders.former.keys()]))),
  );
  const made = await makeFrom(ctx, provider, { identity, origin });
  if (made) return { client: enterTenant(ctx, made, "staff"), made: true };
  // Somebody else made it from the same account in the same moment.
  const twin = await byOrigin(ctx, origin);
  if (!twin) throw conflict("no_free_name");
  return { client: await bringUpToDate(ctx, { tenant: twin, name: twin.name }, identity), made: false };
}

/** The client and what its account was called when it was last connected. */
interface Owner {
  tenant: Tenant;
  name: string;
}

/** Ids of clients, each with what it calls the account: those that have it now, and those that had it. */
interface Holders {
  live: ReadonlyMap<string, string>;
  former: ReadonlyMap<string, string>;
  /** The client that was made from it a moment ago, or whose first connection was not stored. */
  begun: Tenant | null;
}

async function holdersOf(
  ctx: Ctx,
  { provider, identity, origin }: { provider: OAuthProvider; identity: Identity; origin: string },
): Promise<Holders> {
  const from = await byOrigin(ctx, origin);
  const found = await Promise.all(
    acrossTenants(ctx).map(({ db }) =>
      db
        .select({ tenantId: connections.tenantId, externalId: connections.externalId, name: connections.name, status: connections.status })
        .from(connections)
        .where(
          and(
            eq(connections.provider, provider.id),
            // A demand of the shop's may have taken its id out of the connection that the client was made by.
            or(eq(connections.externalId, identity.externalId), eq(connections.tenantId, from?.id ?? "")),
          ),
        ),
    ),
  );
  const rows = found.flat();
  const isOf = ({ externalId }: { externalId: string }) => externalId === identity.externalId;
  const names = (some: typeof rows) => new Map(some.map(({ tenantId, name }) => [tenantId, name]));
  // Another account of the client that was made from this one says that it had it, never that it has it.
  const live = names(rows.filter((row) => isOf(row) && row.status === "active"));
  const before = rows.filter(({ tenantId }) => !live.has(tenantId));
  // What the account itself was called comes before what another one is.
  const former = new Map([...names(before.filter((row) => !isOf(row))), ...names(before.filter(isOf))]);
  return { live, former, begun: from && !live.has(from.id) && !former.has(from.id) ? from : null };
}

async function ownerOf(ctx: Ctx, { live, former, begun }: Holders, whose: string | null): Promise<Owner | null> {
  const [only, ...others] = live.keys();
  const named = whose ?? (others.length === 0 ? only : undefined);
  if (only !== undefined) {
    if (named === undefined || !live.has(named)) throw new SeveralClients([...live.keys()]);
    return { tenant: await findTenant(ctx, named), name: live.get(named) ?? "" };
  }
  if (whose === "new") return null;
  if (whose !== null && former.has(whose)) return { tenant: await findTenant(ctx, whose), name: former.get(whose) ?? "" };
  if (whose !== null || former.size > 0) throw new WhoseAccount([...former.keys()]);
  return begun && { tenant: begun, name: begun.name };
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
  const { plan } = await readDefaults(ctx);
  const vertical = provider.oauth.opensClient === "company" ? "b2b" : "shopify";
  for (const id of slugsOf(identity.name)) {
    try {
      return await createClient(ctx, {
        ...facts,
        id,
        name: businessNameOf(identity.name),
        vertical,
        plan,
        origin,
      });
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
  const contactName = PersonName.safeParse(details.contact?.slice(0, longestPersonName));
  const contactEmail = EmailAddress.safeParse(details.email);
  return {
    ...(locale.success && { locale: locale.data }),
    ...(currency.success && { currency: currency.data }),
    ...(timezone.success && { timezone: timezone.data }),
    ...(contactName.success && { contactName: contactName.data }),
    ...(contactEmail.success && { contactEmail: contactEmail.data }),
  };
}

/** Slugs of a name, to be tried in turn; an account whose name makes none is `client`. */
function slugsOf(name: string): string[] {
  const first = slugOf(name) ?? "client";
  const numbered = Array.from({ length: numberedSlugs }, (_, at) => `${first}-${at + 2}`);
  return [first, ...numbered, ...Array.from({ length: slugsByChance }, () => `${first}-${chance()}`)];
}

const chance = (): string => Array.from(crypto.getRandomValues(new Uint8Array(5)), (byte) => (byte % 32).toString(32)).join("");

/**
 * What somebody changed by hand stays: the name is the account's only while it is what the account was called, the contact where there
 * is none. Currency and time
 * zone are adopted as the account is stored, where nobody chose them.
 */
async function bringUpToDate(ctx: Ctx, { tenant, name }: Owner, identity: Identity): Promise<TenantCtx> {
  const client = enterTenant(ctx, tenant, "staff");
  const { contactName, contactEmail } = factsOf(identity);
  const wished: UpdateClient = {
    ...(tenant.contactName === null && { contactName }),
    ...(tenant.contactEmail === null && { contactEmail }),
    ...([name, businessNameOf(name)].includes(tenant.name) && { name: businessNameOf(identity.name) }),
  };
  const change = Object.fromEntries(Object.entries(wished).filter(([field, value]) => Reflect.get(tenant, field) !== value));
  return { ...client, tenant: await updateClient(client, change) };
}
