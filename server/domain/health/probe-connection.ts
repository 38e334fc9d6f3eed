import { eq, sql } from "drizzle-orm";
import { connections } from "#db/schema/index.ts";
import type { ProbeResult } from "#db/words/connections.ts";
import type { AccountFacts } from "#server/catalog/provider.ts";
import { findProvider } from "#server/catalog/providers/registry.ts";
import { requirePermission, type TenantCtx } from "#server/ctx.ts";
import { commitIf, wrote } from "#server/domain/audit/commit-if.ts";
import { accountChange } from "#server/domain/connections/account-change.ts";
import { adoptFacts } from "#server/domain/connections/adopt-facts.ts";
import { connectionExists } from "#server/domain/connections/connection-exists.ts";
import { type ConnectionHealth, healthOf } from "#server/domain/connections/health-of.ts";
import { findConnection, holdConnection } from "#server/domain/connections/hold-connection.ts";
import type { ConnectionRow, HeldConnection } from "#server/domain/connections/rows.ts";
import type { ConnectionRef } from "#server/domain/connections/schemas.ts";
import { tellChange } from "#server/domain/connections/tell-change.ts";
import { requireSwitchedOn } from "#server/domain/incidents/open-incidents.ts";
import { inTenant } from "#server/domain/tenancy/in-tenant.ts";
import { limitOf } from "#server/domain/tenancy/limits.ts";
import { takeFromLimit } from "#server/domain/tenancy/take.ts";
import { openAccount } from "#server/domain/tokens/open-account.ts";
import { nextProbeAt } from "#server/domain/tokens/probe-times.ts";
import { isProviderFault } from "#server/domain/wire/is-provider-fault.ts";
import { conflict, ProviderError } from "#server/errors.ts";

export interface Probe {
  result: ProbeResult;
  probedAt: number;
  /** How the connection is by what was just found. */
  health: ConnectionHealth;
}

/**
 * Makes one cheap authorised call and stores what came of it. A refused token marks the connection, as in any run; a provider
 * that does not answer marks nothing but that. Throws `not_found`, `conflict` for one that is disconnected or whose provider is switched
 * off, and `rate_limited`.
 */
export async function probeConnection(ctx: TenantCtx, { connectionId }: ConnectionRef): Promise<Probe> {
  requirePermission(ctx, "connections:write");
  const held = await holdConnection(ctx, connectionId);
  if (held.connection.status === "disconnected") throw conflict("account_disconnected");
  await requireSwitchedOn(ctx, [held.connection.provider]);
  await takeFromLimit(ctx, limitOf("probe", connectionId));
  return probeHeld(ctx, held);
}

/** As the cron asks for it: what is disconnected by now, or waits for a person, is left alone. */
export async function probeDue(ctx: TenantCtx, { connectionId }: ConnectionRef): Promise<void> {
  const held = await holdConnection(ctx, connectionId);
  if (held.connection.status === "active") await probeHeld(ctx, held);
}

async function probeHeld(ctx: TenantCtx, held: HeldConnection): Promise<Probe> {
  const { id, connectedAt } = held.connection;
  const { result, facts, saysNothing } = await probe(ctx, held);
  const probedAt = ctx.now();
  const [row] = await ctx.db
    .update(connections)
    .set({
      probedAt,
      probeResult: result,
      probeAt: nextProbeAt(probedAt, { failing: isProviderFault(result) }),
      ...(!saysNothing && found(held.connection, result, probedAt)),
    })
    // Connected again meanwhile: what was found is of tokens that are gone.
    .where(inTenant(ctx, connections, eq(connections.id, id), eq(connections.connectedAt, connectedAt)))
    .returning();
  if (row) await noteFacts(ctx, row, facts);
  const health = healthOf(row ?? (await findConnection(ctx, id)), probedAt);
  if (!health) throw conflict("account_disconnected");
  return { result, probedAt, health };
}

/** Any answer but a provider's own failure says that the provider is there. */
function found({ failingSince }: ConnectionRow, result: ProbeResult, now: number) {
  if (isProviderFault(result)) return { failedAt: now, failureKind: result, failingSince: failingSince ?? now };
  return { failedAt: null, failureKind: null, failingSince: null, ...(result === "ok" && { lastSuccessAt: now }) };
}

async function probe(ctx: TenantCtx, held: HeldConnection): Promise<{ result: ProbeResult; facts: AccountFacts; saysNothing?: boolean }> {
  const provider = findProvider(held.connection.provider);
  const account = openAccount(ctx, held);
  try {
    if (provider.facts) return { result: "ok", facts: await provider.facts(account) };
    await provider.probe(account);
    return { result: "ok", facts: {} };
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    ctx.log.warn("probe failed", { connection: held.connection.id, kind: error.kind, reason: error.message });
    // A version that ended says nothing of this account, and is no wave of its provider's; nor does a call that was not sent.
    return { result: error.kind, facts: {}, saysNothing: error.retired !== undefined || error.unsent };
  }
}

/**
 * An account that changed its currency or time zone counts in the new one from now on; what was measured keeps the old. The change
 * stands in the client's log and on its pages, its people are told by mail, once, and the client follows where nobody chose its own.
 */
async function noteFacts(ctx: TenantCtx, { id, provider, details, version }: ConnectionRow, facts: AccountFacts): Promise<void> {
  const said = Object.fromEntries(
    (["currency", "timezone"] as const)
      .filter((each) => facts[each] !== undefined && facts[each] !== details[each])
      .map((each) => [each, { from: details[each] ?? null, to: facts[each] }]),
  );
  if (Object.keys(said).length === 0) return;
  // Of two probes at once the first one says it.
  const asSeen = inTenant(
    ctx,
    connections,
    eq(connections.id, id),
    eq(connections.version, version),
    sql`${connections.details}->>'currency' is ${details.currency ?? null}`,
    sql`${connections.details}->>'timezone' is ${details.timezone ?? null}`,
  );
  const now = { ...details, ...facts };
  const changed = accountChange(details, now, ctx.now());
  const [noted] = await commitIf(ctx, connectionExists(ctx, asSeen), "connection.account_changed", { connection: id, provider, ...said }, [
    ctx.db
      .update(connections)
      .set({ details: now, ...(changed && { changed }) })
      .where(asSeen)
      .returning({ id: connections.id }),
  ]);
  if (!wrote(noted)) return;
  if (changed) await tellChange(ctx, { connectionId: id, changed });
  await adoptFacts(ctx, { connection: id });
}
