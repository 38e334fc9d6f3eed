import { and, eq, inArray, isNull, ne, sql } from "drizzle-orm";
import { alias } from "drizzle-orm/sqlite-core";
import { connections, loans, tenants } from "#db/schema/index.ts";
import { type Ctx, enterTenant, type Tenant, type TenantCtx } from "#server/ctx.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { ifFound } from "#server/errors.ts";
import { holdConnection } from "./hold-connection.ts";
import type { ConnectionRow, HeldConnection } from "./rows.ts";

const lender = alias(tenants, "lender");

/** A connection of the agency's own that another client's jobs may read. */
export type LentConnection = ConnectionRow & { lent: true };

type Client = Pick<Tenant, "id" | "borrows">;

/** A loan that holds, and whose account it is of. */
interface HoldingLoan {
  borrowerId: string;
  connectionId: string;
  lender: Tenant;
}

/**
 * The loans to these clients that hold now, where any was ever lent one: not ended, of a client that is the agency's own
 * and is not stopped, in the same D1 as the borrower. Whatever reads a lender's account for a borrower asks here first.
 */
async function holdingLoans({ directory }: Ctx, clients: readonly Client[]): Promise<HoldingLoan[]> {
  const borrowerIds = clients.filter(({ borrows }) => borrows).map(({ id }) => id);
  if (borrowerIds.length === 0) return [];
  return directory
    .select({ borrowerId: loans.tenantId, connectionId: loans.connectionId, lender })
    .from(loans)
    .innerJoin(lender, eq(lender.id, loans.lenderId))
    .innerJoin(tenants, and(eq(tenants.id, loans.tenantId), eq(tenants.place, lender.place)))
    .where(
      and(
        inArray(loans.tenantId, sql`(select value from json_each(${JSON.stringify(borrowerIds)}))`),
        isNull(loans.endedAt),
        eq(lender.vertical, "agency"),
        ne(lender.status, "suspended"),
        isNull(lender.endsAt),
      ),
    );
}

/**
 * The context in which a lent account is read, opened and renewed: the lender's, as the engine. Nothing else enters one client on behalf
 * of another, and nobody but a holding loan leads here.
 */
export const enterLender = (ctx: Ctx, owner: Tenant): TenantCtx =>
  enterTenant({ ...ctx, actor: ctx.actor.type === "system" ? ctx.actor : { type: "system", job: "loan" } }, owner, "system");

/** The lent accounts by borrower, without their secrets. */
export async function lentTo(ctx: Ctx, clients: readonly Client[]): Promise<Map<string, LentConnection[]>> {
  const read = ({ lender: owner, connectionId }: HoldingLoan) => waysTo(enterLender(ctx, owner), connectionId);
  return byBorrower(await holdingLoans(ctx, clients), read, (connection) => ({ ...connection, lent: true as const }));
}

/** The same of one client. */
export const listLent = async (ctx: TenantCtx): Promise<LentConnection[]> => (await lentTo(ctx, [ctx.tenant])).get(ctx.tenant.id) ?? [];

/** The same with their secrets, sealed for the lender: they open in `enterLender` alone. */
export async function holdLent(ctx: Ctx, clients: readonly Client[]): Promise<Map<string, HeldConnection[]>> {
  const read = async ({ lender: owner, connectionId }: HoldingLoan) => {
    const inside = enterLender(ctx, owner);
    const ways = await waysTo(inside, connectionId);
    const held = await Promise.all(ways.map(({ id }) => ifFound(holdConnection(inside, id))));
    return held.flatMap((each) => each ?? []).map((each) => ({ ...each, lender: owner }));
  };
  return byBorrower(await holdingLoans(ctx, clients), read, ({ connection, ...held }) => ({
    ...held,
    connection: { ...connection, lent: true as const },
  }));
}

/** All connections of the account that is lent: it stays lent where a sign-in took the place of the key that it was lent by. */
const waysTo = (ctx: TenantCtx, connectionId: string): Promise<ConnectionRow[]> => {
  const lent = ctx.db
    .select({ provider: connections.provider, externalId: connections.externalId })
    .from(connections)
    .where(inTenant(ctx, connections, eq(connections.id, connectionId)));
  return ctx.db
    .select()
    .from(connections)
    .where(inTenant(ctx, connections, sql`(${connections.provider}, ${connections.externalId}) in ${lent}`));
};

/** Each account is read once, however many borrow it. */
async function byBorrower<Read, Lent>(
  holding: readonly HoldingLoan[],
  read: (loan: HoldingLoan) => Promise<Read[]>,
  lentOf: (read: Read) => Lent,
): Promise<Map<string, Lent[]>> {
  const reading = new Map<string, Promise<Read[]>>();
  const found = new Map<string, Lent[]>();
  for (const loan of holding) {
    const one = reading.get(loan.connectionId) ?? read(loan);
    reading.set(loan.connectionId, one);
    found.set(loan.borrowerId, [...(found.get(loan.borrowerId) ?? []), ...(await one).map(lentOf)]);
  }
  return found;
}
