import { asc, sql } from "drizzle-orm";
import { keep } from "#db/kept.ts";
import { connections, schedules } from "#db/schema/index.ts";
import { anyTenant, inTenant } from "#server/domain/tenancy/in-tenant.ts";

const scheduleFacts = {
  job: schedules.job,
  enabled: schedules.enabled,
  blocked: schedules.blocked,
  nextAt: schedules.nextAt,
  lastSuccessAt: schedules.lastSuccessAt,
  lastStatus: schedules.lastStatus,
  lastErrorKind: schedules.lastErrorKind,
  timezone: schedules.timezone,
};

/** How each job of a client stands, and the currency of what it reads. */
export const readSchedules = keep((db) =>
  db
    .select({
      ...scheduleFacts,
      /** What the account that the job reads says of its currency. */
      currency: sql<string | null>`(select ${connections.details} ->> '$.currency' from ${connections}
        where ${inTenant(anyTenant, connections)} and ${schedules.source} = ${connections.provider} || ' ' || ${connections.externalId}
        order by ${connections.status} = 'active' desc limit 1)`,
    })
    .from(schedules)
    .where(inTenant(anyTenant, schedules)),
);

/** What a client is connected with. */
export const readConnections = keep((db) =>
  db
    .select({
      id: connections.id,
      provider: connections.provider,
      name: connections.name,
      status: connections.status,
      statusReason: connections.statusReason,
      lastSuccessAt: connections.lastSuccessAt,
      timezone: sql<string | null>`${connections.details} ->> '$.timezone'`,
    })
    .from(connections)
    .where(inTenant(anyTenant, connections))
    .orderBy(asc(connections.id)),
);
