import { asc } from "drizzle-orm";
import { askKept, keep } from "#db/kept.ts";
import { connections } from "#db/schema/index.ts";
import type { AccountChange, CliffKind, ConnectionKind } from "#db/words/connections.ts";
import type { IncidentKind } from "#db/words/incidents.ts";
import { providers } from "#server/catalog/providers/registry.ts";
import type { TenantCtx } from "#server/ctx.ts";
import { keptOpenIncidents } from "#server/domain/incidents/open-incidents.ts";
import { unreadOf } from "#server/domain/notices/own-notices.ts";
import { anyTenant, inTenant } from "#server/domain/tenancy/in-tenant.ts";

interface Named {
  id: string;
  name: string;
}
/** An account in use, and where it is. */
interface Account {
  id: string;
  account: string;
  provider: Named;
}

/** What every page of a client says of its accounts before all else. Times in milliseconds since 1970. */
export interface Notices {
  /** Every provider that can be connected. */
  providers: Named[];
  /** Providers of this client that fail for many now, and when any account there last went well. */
  incidents: { provider: Named; kind: IncidentKind; asOf: number | null }[];
  /** What ends although it is renewed, and only this client's people mend. */
  cliffs: (Account & { at: number; kind: CliffKind; by: ConnectionKind; since: number })[];
  /** Accounts whose currency or time zone we saw change. */
  changes: (Account & AccountChange)[];
  /** How many notices the person who asks has not read; counted to a hundred. */
  unread: number;
  /** Accounts that wait for a person: a new consent, or a new key. */
  reconnects: (Account & { by: ConnectionKind })[];
}

const facts = {
  id: connections.id,
  provider: connections.provider,
  account: connections.name,
  by: connections.kind,
  status: connections.status,
  cliffAt: connections.cliffAt,
  cliffKind: connections.cliffKind,
  changed: connections.changed,
  since: connections.connectedAt,
  lastSuccessAt: connections.lastSuccessAt,
};

const readAccounts = keep((db) => db.select(facts).from(connections).where(inTenant(anyTenant, connections)).orderBy(asc(connections.id)));

/** The integrations page has all of this and much more (`listIntegrations`); this is what each page of a client asks. */
export async function listNotices(ctx: TenantCtx): Promise<Notices> {
  const userId = ctx.actor.type === "user" ? ctx.actor.userId : "";
  const [rows, incidents, unread] = await Promise.all([
    askKept(ctx.db, readAccounts({ tenant: ctx.tenant.id })),
    askKept(ctx.directory, keptOpenIncidents({})),
    askKept(ctx.db, unreadOf({ tenant: ctx.tenant.id, userId })),
  ]);
  const inUse = rows.filter(({ status }) => status !== "disconnected");
  const accounts = providers.flatMap(({ id, name }) =>
    inUse.flatMap(({ provider, ...row }) => (provider === id ? [{ ...row, provider: { id, name } }] : [])),
  );
  const named = ({ id, account, provider }: Account): Account => ({ id, account, provider });
  return {
    providers: providers.map(({ id, name }) => ({ id, name })),
    incidents: providers.flatMap(({ id, name }) => {
      const incident = incidents.find(({ provider }) => provider === id);
      const own = inUse.filter(({ provider }) => provider === id);
      if (!incident || own.length === 0) return [];
      return [{ provider: { id, name }, kind: incident.kind, asOf: latest(own.map(({ lastSuccessAt }) => lastSuccessAt)) }];
    }),
    cliffs: accounts.flatMap(({ status, cliffAt: at, cliffKind: kind, by, since, ...account }) =>
      status === "active" && at !== null && kind !== null ? [{ ...named(account), at, kind, by, since }] : [],
    ),
    changes: accounts.flatMap(({ changed, ...account }) => (changed === null ? [] : [{ ...changed, ...named(account) }])),
    unread: unread.length,
    reconnects: accounts.flatMap(({ status, by, ...account }) => (status === "reconnect_needed" ? [{ ...named(account), by }] : [])),
  };
}

const latest = (times: readonly (number | null)[]) => times.reduce((last, at) => (at !== null && at > (last ?? 0) ? at : last), null);
