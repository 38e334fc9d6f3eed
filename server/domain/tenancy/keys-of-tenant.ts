import { type SQL, sql } from "drizzle-orm";
import { rateLimits } from "#db/schema/index.ts";

/**
 * The WHERE of the limits that are counted under a tenant. Such a key says what it counts, then `tenant:<id>`, and may go on
 * (invitations count by `invite:address:<id>:<address>` too): whatever else stands in a key, a person's address or the name of what
 * is counted, is never taken for a tenant that is called so.
 */
export function keysOfTenant(tenantId: string): SQL {
  const { key } = rateLimits;
  const behind = sql`substr(${key}, instr(${key}, ':') + 1)`;
  const address = `invite:address:${tenantId}:`;
  return sql`(${behind} = ${`tenant:${tenantId}`} or substr(${behind}, 1, ${tenantId.length + 8}) = ${`tenant:${tenantId}:`}
    or substr(${key}, 1, ${address.length}) = ${address})`;
}
