import { and, eq, ne } from "drizzle-orm";
import { connections, resources, secrets } from "#db/schema/index.ts";
import type { Provider } from "#server/catalog/provider.ts";
import { findProvider } from "#server/catalog/providers/registry.ts";
import type { Text } from "#server/catalog/text.ts";
import { requirePermission, type TenantCtx } from "#server/ctx.ts";
import { commit } from "#server/domain/audit/commit.ts";
import { commitIf, wrote } from "#server/domain/audit/commit-if.ts";
import { scheduleStatements } from "#server/domain/runs/schedule-statements.ts";
import { inTenant } from "#server/domain/tenants/in-tenant.ts";
import { conflict, ProviderError } from "#server/errors.ts";
import { connectionExists } from "./connection-exists.ts";
import { remarkOn } from "./farewell-words.ts";
import { freshAccess } from "./fresh-access.ts";
import { giveBack } from "./give-back.ts";
import { holdConnection } from "./hold-connection.ts";
import { listConnections } from "./list-connections.ts";
import { nothingAhead } from "./nothing-ahead.ts";
import { debtOf, debtWhere } from "./owe.ts";
import { pause } from "./pause.ts";
import { payDebt } from "./pay-debt.ts";
import type { ConnectionRow, DebtRow, HeldConnection } from "./rows.ts";
import type { ConnectionRef, Farewell } from "./schemas.ts";

export interface Disconnected {
  /** What became of our access at the provider; null where it was disconnected before. */
  farewell: Farewell | null;
  /** Whether the provider says that it ended our access. */
  revoked: boolean;
  /** What the person should know or do, where anything is left there. */
  remark: Text | null;
}

/** Somebody else changes the connection at this moment: looked at again this often. */
const maxLooks = 6;
const lookAgainMs = 200;

/**
 * Ends a connection: its secrets are destroyed, its jobs blocked, its history stays. Access is owed back at the
 * provider from the same batch on, and given back at once where it answers: `farewell` says how that went, and so does the audit log. Disconnecting twice is no error. Throws
 * `not_found`, `forbidden`.
 */
export async function disconnect(ctx: TenantCtx, { connectionId }: ConnectionRef): Promise<Disconnected> {
  requirePermission(ctx, "connections:write");
  for (let look = 1; look <= maxLooks; look++) {
    const held = await holdConnection(ctx, connectionId);
    const { connection } = held;
    if (connection.status === "disconnected") return { farewell: null, revoked: false, remark: null };
    // Tokens that are being renewed right now would be lost to us, and live on at the provider.
    const busy = connection.leaseUntil !== null && connection.leaseUntil > ctx.now();
    if (busy && look < maxLooks) {
      await pause(lookAgainMs);
      continue;
    }
    const now = await renewed(ctx, held);
    const debt = debtOf(ctx, now);
    if (await end(ctx, now.connection, debt)) return sayFarewell(ctx, now.connection, debt);
  }
  throw conflict("This account is being changed right now. Please try again.");
}

/** With a token that has ended, some providers take nothing back. Whoever does not answer keeps nobody from disconnecting. */
async function renewed(ctx: TenantCtx, held: HeldConnection): Promise<HeldConnection> {
  const { provider, kind, status } = held.connection;
  if (kind === "key" || status !== "active" || !findProvider(provider).oauth?.revocation) return held;
  try {
    return (await freshAccess(ctx, held)).held;
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    return holdConnection(ctx, held.connection.id);
  }
}

/** Answers whether it was we who ended it: not where it has other tokens by now than those that were seen. */
async function end(ctx: TenantCtx, connection: ConnectionRow, debt: DebtRow | null): Promise<boolean> {
  const { id, version, provider, name } = connection;
  // What was chosen stays, for the day on which the same account is connected again.
  const ended = { ...nothingAhead, status: "disconnected" as const, statusReason: null, statusAt: ctx.now() };
  const others = (await listConnections(ctx)).filter((each) => each.id !== id);
  const seen = inTenant(ctx, connections, eq(connections.id, id), eq(connections.version, version), ne(connections.status, "disconnected"));
  const gone = connectionExists(
    ctx,
    inTenant(ctx, connections, eq(connections.id, id), eq(connections.version, version + 1), eq(connections.status, "disconnected")),
  );
  const [marked] = await commitIf(
    ctx,
    connectionExists(ctx, seen),
    "connection.disconnected",
    { connection: id, provider, account: name },
    [
      ctx.db
        .update(connections)
        .set({ ...ended, version: version + 1 })
        .where(seen)
        .returning({ id: connections.id }),
      // Whoever dies after this batch leaves a debt, which the cron pays.
      ...(debt ? [debtWhere(ctx, debt, gone)] : []),
      ctx.db.delete(secrets).where(and(inTenant(ctx, secrets, eq(secrets.connectionId, id)), gone)),
      ctx.db.delete(resources).where(and(inTenant(ctx, resources, eq(resources.connectionId, id)), gone)),
      ...scheduleStatements(ctx, { connections: [...others, { ...connection, ...ended }] }),
    ],
  );
  return wrote(marked);
}

/** Gives access back after it was destroyed here, so that it is destroyed here whatever the provider says. */
async function sayFarewell(ctx: TenantCtx, connection: ConnectionRow, debt: DebtRow | null): Promise<Disconnected> {
  const provider = findProvider(connection.provider);
  const farewell = debt ? await payDebt(ctx, debt) : await nothingOwed(ctx, provider, connection);
  return { farewell, revoked: farewell === "returned", remark: remarkOn(farewell, provider) };
}

async function nothingOwed(ctx: TenantCtx, provider: Provider, connection: ConnectionRow): Promise<Farewell> {
  const farewell = await giveBack(ctx, provider, { connection, tokens: null });
  const facts = { connection: connection.id, provider: provider.id, account: connection.name };
  await commit(ctx, "connection.access_returned", { ...facts, farewell }, []);
  return farewell;
}
