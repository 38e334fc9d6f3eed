import { and, eq, isNotNull, ne, type SQL, sql } from "drizzle-orm";
import type { Statement } from "#db/client.ts";
import { connections, resources, secrets } from "#db/schema/index.ts";
import { clientNoticeKinds } from "#db/words/notices.ts";
import type { TenantCtx } from "#server/ctx.ts";
import { afterCommit } from "#server/domain/audit/after-commit.ts";
import { commitIf, wrote } from "#server/domain/audit/commit-if.ts";
import { adoptFacts } from "#server/domain/connections/adopt-facts.ts";
import { connectionExists } from "#server/domain/connections/connection-exists.ts";
import { listLent } from "#server/domain/connections/lent-accounts.ts";
import { listConnections } from "#server/domain/connections/list-connections.ts";
import { nothingAhead } from "#server/domain/connections/nothing-ahead.ts";
import type { ConnectionRow, DebtRow } from "#server/domain/connections/rows.ts";
import { retracted } from "#server/domain/notices/retract.ts";
import { alignJobs } from "#server/domain/schedules/align-jobs.ts";
import { scheduleStatements } from "#server/domain/schedules/schedule-statements.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { debtWhere } from "#server/domain/tokens/owe.ts";
import { keyBeside } from "./replace-key.ts";

/** How a connection ends, where it is more than somebody who disconnects it. */
interface Ending {
  /** What is owed back at the provider from then on. */
  debt: DebtRow | null;
  /** Ends it only where this holds of its row, too. */
  only?: SQL | undefined;
  /** The sign-in that takes its place among the accounts, as it will be. */
  heir?: ConnectionRow;
  /** When the cron looks at it once more, to tell people that it ended. */
  endLookAt?: number;
}

/**
 * Ends a connection in one batch: its secrets are destroyed, its jobs read another way or are blocked, what is owed is written down.
 * Answers whether it was we who ended it: not where it has other tokens by now than those that were seen.
 */
export async function endConnection(ctx: TenantCtx, connection: ConnectionRow, { debt, only, heir, endLookAt }: Ending): Promise<boolean> {
  const { id, version, provider, name } = connection;
  // What was chosen stays, for the day on which the same account is connected again.
  const ended = {
    ...nothingAhead,
    status: "disconnected" as const,
    statusReason: null,
    statusAt: ctx.now(),
    ...(endLookAt !== undefined && { endLookAt }),
  };
  const others = (await listConnections(ctx)).filter((each) => each.id !== id && each.id !== heir?.id);
  const seen = inTenant(
    ctx,
    connections,
    eq(connections.id, id),
    eq(connections.version, version),
    ne(connections.status, "disconnected"),
    only,
  );
  const gone = connectionExists(
    ctx,
    inTenant(ctx, connections, eq(connections.id, id), eq(connections.version, version + 1), eq(connections.status, "disconnected")),
  );
  const after = [...others, ...(heir ? [heir] : []), { ...connection, ...ended }, ...(await listLent(ctx))];
  const details = { connection: id, provider, account: name, ...(heir && { replacedBy: heir.id }) };
  const [marked] = await commitIf(ctx, connectionExists(ctx, seen), "connection.disconnected", details, [
    ctx.db
      .update(connections)
      .set({ ...ended, version: version + 1 })
      .where(seen)
      .returning({ id: connections.id }),
    // Whoever dies after this batch leaves a debt, which the cron pays.
    ...(debt ? [debtWhere(ctx, debt, gone)] : []),
    ctx.db.delete(secrets).where(and(inTenant(ctx, secrets, eq(secrets.connectionId, id)), gone)),
    ctx.db.delete(resources).where(and(inTenant(ctx, resources, eq(resources.connectionId, id)), gone)),
    retracted(ctx.db, ctx.now(), { tenant: ctx.tenant.id, kinds: clientNoticeKinds, subject: id, where: gone }),
    heir ? inherit(ctx, heir, gone) : keepItsKey(ctx, connection, gone),
    ...scheduleStatements(ctx, { connections: after }),
  ]);
  if (!wrote(marked)) return false;
  await afterCommit(ctx, "jobs", () => alignJobs(ctx, { written: after }));
  // Where another shop is read from now on, the client counts as that one does.
  await afterCommit(ctx, "facts", () => adoptFacts(ctx, { connection: id }));
  return true;
}

/** The sign-in has the key's place in the client's order. */
const inherit = (ctx: TenantCtx, { id, preferredAt }: ConnectionRow, gone: SQL): Statement =>
  ctx.db
    .update(connections)
    .set({ preferredAt })
    .where(and(inTenant(ctx, connections, eq(connections.id, id)), gone));

/**
 * Without the sign-in nothing takes the place of its account's key: that one goes on. Where people were told of its end, the cron tells
 * them that it comes no more (see end-replaced.ts); a version of its own sets these news apart from earlier ones.
 */
const keepItsKey = (ctx: TenantCtx, signIn: ConnectionRow, gone: SQL): Statement =>
  ctx.db
    .update(connections)
    .set({
      endsAt: null,
      endLookAt: sql`case when ${connections.endTold} is not null then ${ctx.now()} end`,
      version: sql`${connections.version} + 1`,
    })
    .where(and(keyBeside(ctx, signIn, isNotNull(connections.endsAt)), gone));
