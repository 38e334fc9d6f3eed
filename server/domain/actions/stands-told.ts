import { type SQL, sql } from "drizzle-orm";
import type { TenantCtx } from "#server/ctx.ts";
import { inShadow } from "./list-proposed.ts";

/**
 * In SQL, what an action (`a`, an alias) that tells somebody something comes to: `done`, `coming` while it may still be done, null where it came
 * to nothing. In shadow nothing is done, and what was told counts as coming as long as the automation is there.
 */
export const standsTold = (ctx: TenantCtx, automation: string, a: string): SQL => {
  const of = (column: string) => sql.raw(`${a}.${column}`);
  const shadow = sql`exists (select 1 from policies p where p.tenant_id = ${ctx.tenant.id} and p.automation = ${automation} and p.mode = 'shadow')`;
  return sql`case when substr(${of("dedupe")}, 1, ${inShadow.length}) = ${inShadow} then iif(${shadow}, 'coming', null)
    when ${of("status")} in ('waiting', 'approved', 'executing', 'unsure') then 'coming' when ${of("status")} = 'done' then 'done' end`;
};
